/// What a key can make happen. Everything the program does on a key is one of these.
///
/// The raw value is the action's name in the palette and in a configuration file.
package enum Action: String, Sendable, Hashable, CaseIterable {
    case help
    case zoom1 = "zoom-latency"
    case zoom2 = "zoom-cost"
    case zoom3 = "zoom-success"
    case zoom4 = "zoom-drift"
    case zoom5 = "zoom-alerts"
    case zoom6 = "zoom-canary"
    case open, back, requests, slices, agents, explain, changes
    case focusNext = "next-panel"
    case focusPrevious = "previous-panel"
    case left, right, up, down
    case pageUp = "page-up"
    case pageDown = "page-down"
    case first, last
    case acknowledge, silence
    case baseline
    case rebaseline = "re-baseline"
    case rollback = "roll-back"
    case filter
    case addToFilter = "add-to-filter"
    case clearFilter = "clear-filter"
    case palette
    case window = "next-window"
    case windowBack = "previous-window"
    case freeze
    case scrubBack = "scrub-back"
    case scrubForward = "scrub-forward"
    case alertBack = "previous-alert"
    case alertForward = "next-alert"
    case sort
    case copy
    case copyLink = "copy-link"
    case copyScreen = "copy-screen"
    case theme = "next-theme"
    case redraw, suspend, quit

    /// The panel that the action zooms.
    var panel: Panel? {
        switch self {
        case .zoom1: .latency
        case .zoom2: .cost
        case .zoom3: .success
        case .zoom4: .drift
        case .zoom5: .alerts
        case .zoom6: .canary
        default: nil
        }
    }
}
