import Canvas

/// What fills a page that is read from top to bottom: lines and charts, some of which can have the focus.
///
/// A page is made anew from the figures for every frame and for every key that needs to know what there is to choose from; only
/// which row has the focus is remembered (`Cursor`).
struct Sheet {
    var title: String
    /// At the right of the frame's upper line.
    var trailing = ""
    var items: [Item] = []

    /// Some lines that belong together.
    struct Item {
        /// Rows of the screen.
        var height = 1
        /// What the row stands for; nil where it can't have the focus.
        var target: Target?
        let draw: (_ place: Rect, _ screen: inout Screen) -> Void

        init(height: Int = 1, target: Target? = nil, draw: @escaping (Rect, inout Screen) -> Void) {
            self.height = height
            self.target = target
            self.draw = draw
        }
    }

    init(_ title: String, trailing: String = "") {
        self.title = title
        self.trailing = trailing
    }

    /// The rows that can have the focus, from top to bottom.
    var targets: [Target] { items.compactMap(\.target) }

    var height: Int { items.reduce(0) { $0 + $1.height } }

    // MARK: Filling

    mutating func add(_ item: Item) { items.append(item) }

    mutating func gap() { items.append(Item { _, _ in }) }

    /// A line with something at its right end.
    mutating func line(_ text: StyledText, trailing: StyledText = StyledText(), target: Target? = nil) {
        items.append(
            Item(target: target) { place, screen in
                let end = trailing.width > 0 ? min(place.width, trailing.width) + 1 : 0
                screen.put(text, x: place.x, y: place.y, width: max(0, place.width - end))
                if end > 0 { screen.put(rightAligned: trailing, x: place.x, y: place.y, width: place.width) }
            })
    }

    /// A word over what follows.
    mutating func heading(_ text: String, trailing: String = "") {
        if !items.isEmpty { gap() }
        line(StyledText(text, .title, bold: true), trailing: StyledText(trailing, .dim))
    }

    /// Text in as many lines as it takes.
    mutating func paragraph(_ text: String, _ role: Role = .text, width: Int) {
        for part in DisplayWidth.lines(of: text, within: max(1, width)) { line(StyledText(part, role)) }
    }

    /// A line in the grammar that all panels share.
    mutating func row(_ row: PanelRow, _ columns: RowColumns, target: Target? = nil) {
        items.append(
            Item(target: target) { place, screen in
                var canvas = PanelCanvas(inside: place)
                canvas.draw(row, columns, on: &screen)
            })
    }

    /// A chart `height` rows high.
    mutating func chart(_ chart: ChartBlock, height: Int) {
        guard height > 0 else { return }
        items.append(
            Item(height: height) { place, screen in
                var canvas = PanelCanvas(inside: place)
                chart.draw(&canvas, on: &screen)
            })
    }
}

/// What a row stands for: what Enter opens, which requests are behind it, and what it is called elsewhere.
struct Target: Hashable {
    /// Tells the row from others of its page, also when they change their places.
    var id: String
    /// What Enter opens; nil: the requests behind it.
    var opens: Page?
    /// The requests behind it.
    var requests: RequestsQuery?
    /// What Enter filters by, where it opens nothing, and `+`; nil: what the requests behind it have in common.
    var condition: String?
    /// What `y` copies.
    var copies: String?
    /// What `o` copies: where the request is to be seen in another tool.
    var url: String?
    /// The alert that can be acknowledged or silenced.
    var alert: AlertSubject?
    /// A name of a time that Enter jumps to, µs since 1970.
    var time: Int64?
}

/// Which requests a page lists.
package struct RequestsQuery: Sendable, Hashable {
    /// What they have in common, in words.
    package var title: String
    /// A condition on records, of the expression language; nil: all.
    package var condition: String?
    package var order: Order
    /// µs since 1970; nil: the window.
    package var times: ClosedRange<Int64>?

    /// What the list is sorted by.
    package enum Order: String, Sendable, Hashable, CaseIterable {
        case newest, slowest, costliest
    }

    package init(_ title: String, _ condition: String? = nil, order: Order = .newest, times: ClosedRange<Int64>? = nil)
    {
        self.title = title
        self.condition = condition
        self.order = order
        self.times = times
    }
}
