package import Canvas
import Metrics
import Monitoring

extension Model {
    /// Draws the whole screen. Pure: the same model and glyphs give the same cells.
    package func view(glyphs: GlyphSet) -> Screen {
        var screen = Screen(size: size, glyphs: glyphs)
        guard size.width > 0, size.height > 0 else { return screen }
        let figures = shown.map(figures)
        switch SizeClass(size) {
        case .line: VerdictLine(figures: figures, isPaused: pause != nil).draw(y: 0, on: &screen)
        case .tiny: TinyPage(model: self, figures: figures).draw(on: &screen)
        case .small, .grid, .large, .huge: drawFramed(figures, on: &screen)
        }
        if let prompt { PromptView(prompt: prompt).draw(on: &screen) }
        return screen
    }

    /// The numbers of a situation, as the visible page shows them.
    func figures(of situation: Situation) -> Figures {
        if pause == nil, let remembered, remembered.scope == scope { return remembered }
        return Figures(situation, scope)
    }

    /// What the visible page shows.
    var scope: FigureScope {
        var scope = FigureScope(window: window, filter: filter, columns: bars, baseline: baseline, saved: baselines)
        if case .explain(let outcome) = page { scope.explains = outcome }
        scope.hasChanges = page == .changes
        scope.hasTrajectories = page == .zoom(.success)
        guard page == .overview else { return scope }
        let sizeClass = SizeClass(size)
        if sizeClass == .large || sizeClass == .huge { scope.dayColumns = RequestsStrip.bars(width: size.width) }
        scope.hasSlices = sizeClass == .huge
        return scope
    }

    /// Bars of the sparklines: a page for one panel has room for more.
    private var bars: Int {
        if case .zoom = page { return max(15, min(60, size.width - 25)) }
        return SizeClass(size).bars(width: size.width)
    }

    /// What lies between header and footer.
    var body: Rect {
        let top = filter == nil ? 2 : 3
        return Rect(x: 0, y: top, width: size.width, height: max(0, size.height - top - 1))
    }

    /// Header, verdict, filter, the page, footer. A page is made once and serves both.
    private func drawFramed(_ figures: Figures?, on screen: inout Screen) {
        Header(model: self, figures: figures).draw(y: 0, on: &screen)
        VerdictLine(figures: figures).draw(y: 1, on: &screen)
        FilterLine(model: self).draw(y: 2, on: &screen)
        let sheet = figures.flatMap { self.sheet($0, in: body, glyphs: screen.glyphs) } ?? helpSheet
        let cursor = cursors[page] ?? Cursor()
        Footer(model: self, target: sheet.flatMap { cursor.target(in: $0, height: SheetView.inside(body).height) })
            .draw(y: size.height - 1, on: &screen)
        if let sheet {
            SheetView(sheet: sheet, cursor: cursor).draw(in: body, on: &screen)
        } else if page == .overview {
            drawOverview(figures, on: &screen)
        } else {
            EmptyPage().draw(in: body, on: &screen)
        }
    }

    /// The list of keys needs no numbers.
    var helpSheet: Sheet? {
        page == .help ? HelpPage(keys: keys).sheet(width: SheetView.inside(body).width) : nil
    }

    private func drawOverview(_ figures: Figures?, on screen: inout Screen) {
        guard let figures, figures.snapshot.firstTime != nil else {
            return EmptyPage(status: figures?.snapshot.source).draw(in: body, on: &screen)
        }
        if SizeClass(size).hasPanels {
            Overview(figures: figures, focus: focus, sizeClass: SizeClass(size)).draw(in: body, on: &screen)
        } else {
            SmallPage(figures: figures, focus: focus).draw(in: body, on: &screen)
        }
    }

    /// The panel with the focus, or the page, as text to be pasted somewhere.
    var visibleText: String {
        var model = self
        model.notice = nil
        let rows = model.view(glyphs: .unicode).rows
        var place = body
        if page == .overview, SizeClass(size).hasPanels,
            let panel = Overview.place(of: focus, in: body, SizeClass(size))
        {
            place = panel
        }
        let shown = rows[min(place.y, rows.count)..<min(place.maxY, rows.count)].map { row in
            String(row.dropFirst(place.x).prefix(place.width))
        }
        // Whose numbers they are, and of when.
        return (rows.prefix(2) + shown).joined(separator: "\n") + "\n"
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

    /// Whether there are a header, a footer and pages between them.
    var isFramed: Bool {
        switch self {
        case .line, .tiny: false
        case .small, .grid, .large, .huge: true
        }
    }

    /// Whether the overview has its six panels.
    var hasPanels: Bool {
        switch self {
        case .line, .tiny, .small: false
        case .grid, .large, .huge: true
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
