package import Canvas
import Metrics

extension Model {
    /// Draws the whole screen. Pure: the same model and glyphs give the same cells.
    package func view(glyphs: GlyphSet) -> Screen {
        var screen = Screen(size: size, glyphs: glyphs)
        guard size.width > 0, size.height > 0 else { return screen }
        let figures = shown.map { Figures($0, window: window, tier: tier, columns: bars) }
        switch SizeClass(size) {
        case .line: VerdictLine(figures: figures, isPaused: frozen != nil).draw(y: 0, on: &screen)
        case .tiny: TinyPage(model: self, figures: figures).draw(on: &screen)
        case .small, .grid, .large, .huge: drawFramed(figures, on: &screen)
        }
        return screen
    }

    /// Bars of the sparklines: a page for one panel has room for more.
    private var bars: Int {
        if case .zoom = page { return max(15, min(60, size.width - 25)) }
        return SizeClass(size).bars(width: size.width)
    }

    /// Header, verdict, the page, footer.
    private func drawFramed(_ figures: Figures?, on screen: inout Screen) {
        Header(model: self, figures: figures).draw(y: 0, on: &screen)
        VerdictLine(figures: figures).draw(y: 1, on: &screen)
        Footer(model: self).draw(y: size.height - 1, on: &screen)
        let body = Rect(x: 0, y: 2, width: size.width, height: size.height - 3)
        switch page {
        case .help: HelpPage().draw(in: body, on: &screen)
        case .zoom(let panel):
            if let figures {
                PanelFrame(panel: panel, figures: figures, isFocused: true).draw(in: body, on: &screen)
            } else {
                EmptyPage().draw(in: body, on: &screen)
            }
        case .overview:
            guard let figures, figures.snapshot.firstTime != nil else {
                return EmptyPage(status: figures?.snapshot.source).draw(in: body, on: &screen)
            }
            if SizeClass(size) == .small {
                SmallPage(figures: figures, focus: focus).draw(in: body, on: &screen)
            } else {
                Overview(figures: figures, focus: focus, sizeClass: SizeClass(size)).draw(in: body, on: &screen)
            }
        }
    }
}

/// How much room there is, and so how much is shown. Smaller screens show less, never a wall.
enum SizeClass {
    /// The verdict alone.
    case line
    /// The verdict and six numbers.
    case tiny
    /// The verdict and a line a panel.
    case small
    /// Six panels.
    case grid
    /// Six panels and the day.
    case large
    /// Also the worst slices and the latest failures.
    case huge

    init(_ size: Size) {
        switch (size.width, size.height) {
        case (_, ...1): self = .line
        case (..<36, _), (_, ..<11): self = .tiny
        case (..<76, _), (_, ..<21): self = .small
        case (180..., 45...): self = .huge
        case (76..., 34...): self = .large
        default: self = .grid
        }
    }

    /// Bars that all sparklines of the screen share: as many as the latency panel, whose lines are the longest, has room for.
    func bars(width: Int) -> Int {
        switch self {
        case .line, .tiny, .small: 15
        case .grid, .large: min(60, max(15, width / 2 - 25))
        case .huge: min(60, max(15, width * 7 / 20 - 25))
        }
    }
}
