import Canvas
import Metrics
import Monitoring
import Telemetry

/// Opening pages, and moving on them.
extension Model {
    /// Opens a page or, if it is the one to be seen, leaves it. Each page is on the way back once.
    mutating func toggle(_ page: Page) {
        let isOpen = self.page == page
        pages.removeAll { $0 == page }
        if !isOpen { pages.append(page) }
    }

    /// Opens a page over the visible one. The way back is bounded: nobody remembers more.
    mutating func push(_ page: Page) {
        pages.removeAll { $0 == page }
        pages.append(page)
        if pages.count > Self.mostPages { pages.removeFirst() }
        let open = Set(pages)
        cursors = cursors.filter { open.contains($0.key) }
    }

    private static let mostPages = 32

    mutating func zoom(_ panel: Panel) {
        focus = panel
        let isOpen = page == .zoom(panel)
        // A zoom replaces another zoom: Esc leads back to the overview, not through every panel that was looked at.
        pages.removeAll { if case .zoom = $0 { true } else { false } }
        if !isOpen { pages.append(.zoom(panel)) }
    }

    /// Moves the focus among the panels; on a zoomed panel to the page of another.
    mutating func moveFocus(_ offset: Int) {
        switch page {
        case .overview: focus = focus.advanced(by: offset)
        case .zoom(let panel): zoom(panel.advanced(by: offset))
        case .slices(let dimension): replacePage(with: .slices(dimension.advanced(by: offset)))
        case .explain(let outcome): replacePage(with: .explain(outcome.advanced(by: offset)))
        default: break
        }
    }

    mutating func moveSideways(_ direction: Int) {
        if page == .overview {
            moveFocus(focus.rawValue % 2 == 1 ? 1 : -1)
        } else {
            moveFocus(direction)
        }
    }

    mutating func replacePage(with page: Page) {
        guard let visible = pages.popLast() else { return }
        cursors[visible] = nil
        push(page)
    }

    // MARK: Rows

    /// The sheet that is to be seen; nil on the overview.
    var visibleSheet: Sheet? {
        guard let shown else { return helpSheet }
        return sheet(figures(of: shown), in: body, glyphs: .unicode)
    }

    /// What the row with the focus stands for.
    var target: Target? {
        visibleSheet.flatMap { (cursors[page] ?? Cursor()).target(in: $0, height: seenLines) }
    }

    /// Lines of a page that are seen at once.
    private var seenLines: Int { SheetView.inside(body).height }

    mutating func moveRows(by offset: Int) {
        guard let sheet = visibleSheet else { return }
        cursors[page, default: Cursor()].move(by: offset, in: sheet, height: seenLines)
    }

    /// - Parameter direction: 1 or −1.
    mutating func scrollPage(by direction: Int) {
        guard let sheet = visibleSheet else { return }
        cursors[page, default: Cursor()].scroll(by: direction, in: sheet, height: seenLines)
    }

    /// - Parameter direction: 1 or −1.
    mutating func turnPage(by direction: Int) {
        guard let sheet = visibleSheet else { return }
        cursors[page, default: Cursor()].page(by: direction, in: sheet, height: seenLines)
    }

    mutating func jumpRows(toEnd: Bool) {
        guard let sheet = visibleSheet else { return }
        cursors[page, default: Cursor()].jump(toEnd: toEnd, in: sheet, height: seenLines)
    }

    // MARK: Opening

    /// Opens what has the focus: a panel, what a row says, else the requests behind the row.
    mutating func open() -> [Effect] {
        if page == .overview {
            zoom(focus)
        } else if let target {
            if let time = target.time { move(to: time) }
            if let opened = target.opens {
                if case .zoom(let panel) = opened { zoom(panel) } else { push(opened) }
            } else if target.condition != nil {
                return addToFilter()
            } else if let query = target.requests {
                push(.requests(query))
            }
        }
        return []
    }

    /// Lists the requests behind the row with the focus, or behind the panel.
    mutating func openRequests() {
        switch page {
        case .overview: push(.requests(focus.requests))
        case .zoom(let panel): push(.requests(target?.requests ?? panel.requests))
        default:
            if let query = target?.requests { push(.requests(query)) }
        }
    }

    mutating func nextSlices() {
        if case .slices(let dimension) = page {
            replacePage(with: .slices(dimension.advanced(by: 1)))
        } else {
            let worst = shown.flatMap { SlicesPage.worstDimension(figures(of: $0)) }
            push(.slices(worst ?? .field(.taskType)))
        }
    }

    /// Another order of the list.
    mutating func sort() {
        guard case .requests(var query) = page else { return }
        query.order = query.order.next
        replacePage(with: .requests(query))
    }

    mutating func copy(_ text: (Target) -> String?) -> [Effect] {
        guard let target, let copied = text(target), !copied.isEmpty else {
            notice = "nothing to copy here"
            return []
        }
        notice = "copied \(copied)"
        return [.copy(copied)]
    }

    // MARK: Mouse

    /// - Parameter isFooterDrawn: whether the last line told the keys.
    mutating func clicked(x: Int, y: Int, isFooterDrawn: Bool) -> [Effect] {
        guard SizeClass(size).isFramed else { return [] }
        if isFooterDrawn, y == size.height - 1,
            let action = Footer(model: self, target: target).action(atColumn: x, width: size.width)
        {
            return perform(action)
        }
        guard body.contains(x: x, y: y) else { return [] }
        if page == .overview {
            guard SizeClass(size).hasPanels, let panel = Overview.panel(atX: x, y: y, in: body, SizeClass(size)) else {
                return []
            }
            if panel == focus { zoom(panel) } else { focus = panel }
            return []
        }
        guard let sheet = visibleSheet else { return [] }
        var cursor = cursors[page] ?? Cursor()
        let inside = SheetView.inside(body)
        let line = SheetView(sheet: sheet, cursor: cursor).firstLine(height: inside.height) + y - inside.y
        let before = cursor.target(in: sheet, height: inside.height)
        guard inside.contains(x: x, y: y), cursor.jump(toLine: line, in: sheet, height: inside.height) else {
            return []
        }
        cursors[page] = cursor
        return cursor.target(in: sheet, height: inside.height) == before ? open() : []
    }
}

extension RequestsQuery.Order {
    var next: RequestsQuery.Order {
        let all = Self.allCases
        return all[((all.firstIndex(of: self) ?? 0) + 1) % all.count]
    }
}

extension Panel {
    /// The requests that one wants to see of the panel's subject.
    var requests: RequestsQuery {
        switch self {
        case .latency: RequestsQuery("slowest requests", order: .slowest)
        case .cost: RequestsQuery("costliest requests", order: .costliest)
        case .success, .alerts: RequestsQuery("failed requests", QueryText.failed)
        case .drift: RequestsQuery("requests")
        case .canary: RequestsQuery("canary requests", QueryText.equals(QueryText.variant, "canary"))
        }
    }
}
