package import Canvas
package import Metrics
package import Monitoring

/// Everything the screen depends on. `update` changes it, `view` draws it; neither knows a clock or a terminal.
package struct Model: Sendable {
    package var size: Size
    package var window: Window
    /// The newest state; nil until the first arrives.
    package var latest: Situation?
    /// The verdict that the terminal's title carries.
    var announced: Verdict.State?
    /// The state that is shown while the screen is frozen.
    package var frozen: Situation?
    package var focus = Panel.latency
    /// Pages over the overview, the last one visible.
    package var pages: [Page] = []
    /// Theme names in the order that `t` goes through, and the one in use.
    package var themes: [String]
    package var theme: String
    /// A line to be told once: a terminal that is unknown, a theme with an error.
    package var notice: String?
    /// Latency budgets that the latency panel marks.
    package var tier = LatencyTier.chat

    package init(size: Size, window: Window = .minutes15, themes: [String] = [], theme: String = "") {
        self.size = size
        self.window = window
        self.themes = themes
        self.theme = theme
    }

    package var page: Page { pages.last ?? .overview }
    /// What is drawn.
    package var shown: Situation? { frozen ?? latest }
}

/// What can happen to the screen.
package enum Message: Sendable {
    case key(Key)
    case situation(Situation)
    case resize(Size)
    case notice(String)
}

/// What the program around the screen is asked to do.
package enum Effect: Sendable, Hashable {
    case quit
    case suspend
    /// Draw every cell again.
    case redraw
    /// Use this theme.
    case theme(String)
    /// Show this as the terminal's title.
    case title(String)
    case bell
}

/// Latency budgets by kind of agent (requirements F1), in seconds.
package enum LatencyTier: String, Sendable, CaseIterable {
    case chat, document, batch, background

    package var budgets: (p50: Double, p95: Double, p99: Double) {
        switch self {
        case .chat: (2, 5, 10)
        case .document: (10, 30, 60)
        case .batch: (30, 120, 300)
        case .background: (60, 300, 600)
        }
    }
}
