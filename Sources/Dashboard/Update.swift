import Canvas
import Metrics
import Monitoring

extension Model {
    /// Takes in what happened.
    package mutating func update(_ message: Message) -> [Effect] {
        switch message {
        case .key(let key): return pressed(key)
        case .resize(let size):
            self.size = size
            return []
        case .notice(let text):
            notice = text
            return []
        case .situation(let situation): return arrived(situation)
        }
    }

    /// A new state: the title carries the verdict, and a page-worthy one rings once.
    private mutating func arrived(_ situation: Situation) -> [Effect] {
        latest = situation
        // What a backlog tells of is over: it changes no title and wakes nobody.
        guard situation.snapshot.source.progress == nil else { return [] }
        let before = announced
        let now = situation.verdict(window: window).state
        guard before != now else { return [] }
        announced = now
        var effects: [Effect] = [.title("\(now.titleMark) agentdash")]
        if now == .critical, before != nil { effects.append(.bell) }
        return effects
    }

    private mutating func pressed(_ key: Key) -> [Effect] {
        notice = nil
        guard let action = KeyTable.action(for: key) else { return [] }
        switch action {
        case .quit: return [.quit]
        case .suspend: return [.suspend]
        case .redraw: return [.redraw]
        case .theme: return nextTheme()
        case .help: toggle(.help)
        case .zoom1: zoom(.latency)
        case .zoom2: zoom(.cost)
        case .zoom3: zoom(.success)
        case .zoom4: zoom(.drift)
        case .zoom5: zoom(.alerts)
        case .zoom6: zoom(.canary)
        case .zoomFocused: if page == .overview { zoom(focus) }
        case .back: if !pages.isEmpty { pages.removeLast() } else { frozen = nil }
        case .focusNext: moveFocus(1)
        case .focusPrevious: moveFocus(-1)
        case .focusLeft, .focusRight: moveFocus(focus.rawValue % 2 == 1 ? 1 : -1)
        case .focusUp: moveFocus(-2)
        case .focusDown: moveFocus(2)
        case .window: window = window.next
        case .windowBack: window = window.previous
        case .freeze: frozen = frozen == nil ? latest : nil
        }
        return []
    }

    /// Opens a page or, if it is the one to be seen, leaves it. Each page is on the way back once.
    private mutating func toggle(_ page: Page) {
        let isOpen = self.page == page
        pages.removeAll { $0 == page }
        if !isOpen { pages.append(page) }
    }

    private mutating func zoom(_ panel: Panel) {
        focus = panel
        let isOpen = page == .zoom(panel)
        // A zoom replaces another zoom: Esc leads back to the overview, not through every panel that was looked at.
        pages.removeAll { if case .zoom = $0 { true } else { false } }
        if !isOpen { pages.append(.zoom(panel)) }
    }

    /// Moves the focus where it can be seen.
    private mutating func moveFocus(_ offset: Int) {
        guard page != .help else { return }
        focus = focus.advanced(by: offset)
        if case .zoom = page { pages[pages.count - 1] = .zoom(focus) }
    }

    private mutating func nextTheme() -> [Effect] {
        guard !themes.isEmpty else { return [] }
        let index = themes.firstIndex(of: theme).map { ($0 + 1) % themes.count } ?? 0
        theme = themes[index]
        notice = "theme \(theme)"
        return [.theme(theme)]
    }
}

extension Verdict.State {
    /// For a title that any terminal can show.
    var titleMark: String {
        switch self {
        case .healthy: "✓"
        case .degraded: "▲ P2"
        case .critical: "✗ P1"
        case .noData: "?"
        }
    }
}
