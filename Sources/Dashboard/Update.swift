import Canvas
import Metrics
import Monitoring
import Telemetry

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
        case .rollback(let standing):
            arrived(standing)
            return []
        }
    }

    /// A new state: the title carries the verdict, and a page-worthy one rings once.
    private mutating func arrived(_ situation: Situation) -> [Effect] {
        latest = situation
        remembered = current.map { Figures($0, scope, after: remembered) }
        // A frozen screen shows the same moment under the new filter as soon as it is recounted, and then stands still again.
        if let pause, pause.filter != filter, !isFiltering, let current {
            self.pause = Pause(held: current, filter: filter, time: pause.time)
        }
        // What a backlog tells of is over: it changes no title and wakes nobody.
        guard situation.snapshot.source.progress == nil else { return [] }
        let before = announced
        // Of the whole, whatever is filtered.
        let verdict = filter == nil ? remembered?.verdict : nil
        let now = (verdict ?? situation.verdict(window: window)).state
        guard before != now else { return [] }
        announced = now
        var effects: [Effect] = [.title("\(now.titleMark) agentdash")]
        if now == .critical, before != nil { effects.append(.bell) }
        return effects
    }

    private mutating func pressed(_ key: Key) -> [Effect] {
        let hadNotice = notice != nil
        notice = nil
        if prompt != nil, let effects = typed(key) { return effects }
        switch key {
        case .click(let x, let y): return clicked(x: x, y: y, isFooterDrawn: !hadNotice)
        case .wheel(let up, _, _):
            scrollPage(by: up ? -1 : 1)
            return []
        default: break
        }
        guard let action = keys.action(for: key) else { return [] }
        if action != .back { isAboutToClear = false }
        if action != .rollback { isAboutToRollBack = false }
        // While the screen is frozen the arrows move in time.
        if pause != nil {
            switch key {
            case .left: scrub(by: -1)
            case .right: scrub(by: 1)
            case .end: unfreeze()
            default: return perform(action)
            }
            return []
        }
        return perform(action)
    }

    /// Does what an action is for, whether a key or its name asked for it.
    mutating func perform(_ action: Action) -> [Effect] {
        switch action {
        case .quit: return [.quit]
        case .suspend: return [.suspend]
        case .redraw: return [.redraw]
        case .theme: return nextTheme()
        case .help: toggle(.help)
        case .zoom1, .zoom2, .zoom3, .zoom4, .zoom5, .zoom6: if let panel = action.panel { zoom(panel) }
        case .open: return open()
        case .requests: openRequests()
        case .slices: nextSlices()
        case .explain: explain()
        case .agents: push(.slices(.field(.agent)))
        case .changes: toggle(.changes)
        case .back: return back()
        case .focusNext: moveFocus(1)
        case .focusPrevious: moveFocus(-1)
        case .left: moveSideways(-1)
        case .right: moveSideways(1)
        case .up: if page == .overview { moveFocus(-2) } else { moveRows(by: -1) }
        case .down: if page == .overview { moveFocus(2) } else { moveRows(by: 1) }
        case .pageUp: turnPage(by: -1)
        case .pageDown: turnPage(by: 1)
        case .first: jumpRows(toEnd: false)
        case .last: jumpRows(toEnd: true)
        case .acknowledge: return acknowledge()
        case .silence: startSilence()
        case .baseline: startBaseline()
        case .rebaseline: return rebaseline()
        case .rollback: return rollBack()
        case .filter: startFilter()
        case .addToFilter: return addToFilter()
        case .clearFilter: return setFilter(nil)
        case .palette: startPalette()
        case .window: window = window.next
        case .windowBack: window = window.previous
        case .freeze: if pause == nil { freeze() } else { unfreeze() }
        case .scrubBack: scrub(by: -Self.largeStep)
        case .scrubForward: scrub(by: Self.largeStep)
        case .alertBack: jumpToAlert(before: true)
        case .alertForward: jumpToAlert(before: false)
        case .sort: sort()
        case .copy: return copy { $0.copies }
        case .copyLink: return copy { $0.url }
        case .copyScreen:
            let text = visibleText
            notice = "copied as text"
            return [.copy(text)]
        }
        return []
    }

    private mutating func nextTheme() -> [Effect] {
        guard !themes.isEmpty else { return [] }
        let index = themes.firstIndex(of: theme).map { ($0 + 1) % themes.count } ?? 0
        return use(theme: themes[index])
    }

    mutating func use(theme name: String) -> [Effect] {
        theme = name
        notice = "theme \(name)"
        return [.theme(name)]
    }

    /// One step back: out of a page, out of a freeze, out of a filter if asked twice.
    private mutating func back() -> [Effect] {
        if let page = pages.popLast() {
            cursors[page] = nil
        } else if pause != nil {
            unfreeze()
        } else if filter != nil {
            guard isAboutToClear else {
                isAboutToClear = true
                notice = "Esc again clears the filter"
                return []
            }
            return setFilter(nil)
        }
        isAboutToClear = false
        return []
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
