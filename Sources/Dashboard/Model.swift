package import Canvas
package import Metrics
package import Monitoring

/// Everything the screen depends on. `update` changes it, `view` draws it; neither knows a clock or a terminal.
package struct Model: Sendable {
    package var size: Size
    package var window: Window
    /// The newest state; nil until the first arrives.
    package var latest: Situation?
    /// The numbers of the newest state, for the page that was visible when it arrived.
    var remembered: Figures?
    /// The verdict that the terminal's title carries.
    var announced: Verdict.State?
    /// The moment that is shown while the screen is frozen.
    var pause: Pause?
    package var focus = Panel.latency
    /// Pages over the overview, the last one visible.
    package var pages: [Page] = []
    /// Which row has the focus on the pages that have rows.
    var cursors: [Page: Cursor] = [:]
    /// What is being typed.
    var prompt: Prompt?
    /// What every number is recomputed under; nil: all requests.
    package var filter: RecordFilter?
    var history = FilterHistory()
    /// Whether the next Esc clears the filter.
    var isAboutToClear = false
    /// What drift is measured against; nil: as the settings say.
    var baseline: DriftBaseline?
    /// What was kept under names.
    package var baselines = SavedBaselines()
    /// Whether the next `R` rolls the canary back.
    var isAboutToRollBack = false
    /// Where its rollback stands.
    var rollback = RollbackStanding.off
    package var keys = KeyTable.standard
    /// Who sits before the screen, as others are told.
    package var user = ""
    /// Theme names in the order that `t` goes through, and the one in use.
    package var themes: [String]
    package var theme: String
    /// A line to be told once: a terminal that is unknown, a theme with an error.
    package var notice: String?

    package init(size: Size, window: Window = .minutes15, themes: [String] = [], theme: String = "") {
        self.size = size
        self.window = window
        self.themes = themes
        self.theme = theme
    }

    package var page: Page { pages.last ?? .overview }

    /// The newest state under the filter, where one is set and was answered.
    var current: Situation? {
        guard let filter, let filtered = latest?.filtered, filtered.filter == filter else { return latest }
        return filtered.situation
    }

    /// What is drawn.
    package var shown: Situation? { pause.map { $0.held.asOf($0.time) } ?? current }

    /// Whether it is to be found out how often the rules would have fired: rules are on the screen, and what is known of them is of
    /// a minute ago, of others, or nothing.
    package var wantsTrial: Bool {
        guard showsRules, pause == nil, filter == nil, let latest, latest.snapshot.source.progress == nil,
            latest.snapshot.now != nil
        else { return false }
        return latest.trial?.isOutdated(by: latest.rules, of: latest.snapshot) ?? true
    }

    private var showsRules: Bool {
        if case .alert = page { return true }
        return page == .zoom(.alerts)
    }

    /// Whether the filter is set but not everything held was recounted under it yet.
    var isFiltering: Bool {
        guard let filter else { return false }
        guard let filtered = latest?.filtered, filtered.filter == filter else { return true }
        return !filtered.isComplete
    }
}

/// A moment that the screen stands still at.
struct Pause: Sendable {
    /// What was known when the screen was frozen: history is read from it, so that what is looked at does not change.
    var held: Situation
    /// Under which filter it was counted.
    var filter: RecordFilter?
    /// µs since 1970.
    var time: Int64
}

/// The filters that were typed before, for the arrow keys.
struct FilterHistory: Sendable {
    /// Oldest first; each once.
    private(set) var filters: [String] = []
    private static let limit = 50

    mutating func add(_ text: String) {
        filters = (filters.filter { $0 != text } + [text]).suffix(Self.limit)
    }
}

/// What can happen to the screen.
package enum Message: Sendable {
    case key(Key)
    case situation(Situation)
    case resize(Size)
    case notice(String)
    /// Where the canary's rollback stands.
    case rollback(RollbackStanding)
}

/// What the program around the screen is asked to do.
package enum Effect: Sendable, Equatable {
    case quit
    case suspend
    /// Draw every cell again.
    case redraw
    /// Use this theme.
    case theme(String)
    /// Show this as the terminal's title.
    case title(String)
    case bell
    /// Put this on the clipboard.
    case copy(String)
    /// Say this of alerts.
    case tell(NotificationOrder)
    /// Keep this baseline; nothing else of its name.
    case keepBaseline(SavedBaseline)
    case forgetBaseline(String)
    /// Have what is usual learned anew.
    case rebaseline
    /// Run this, which rolls the canary back, as it was offered.
    case rollBack(String)
    /// Recount everything held under this, and what comes; nil: all again.
    case filter(RecordFilter?)
}
