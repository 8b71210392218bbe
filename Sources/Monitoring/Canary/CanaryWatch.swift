package import Metrics
import Telemetry

/// Follows the canary through its soak at judgement times.
package struct CanaryWatch: Sendable {
    package let settings: CanarySettings
    /// Of the canary that takes traffic or did so lately; nil: none does.
    package private(set) var soak: CanarySoak?

    package init(_ settings: CanarySettings = CanarySettings()) { self.settings = settings }

    /// Takes in the minutes that are over at `now`, µs since 1970.
    package mutating func step(_ snapshot: Snapshot, at now: Int64) {
        let variants = snapshot.arms.variants
        guard let canary = variants.first(where: { snapshot.names[$0] == settings.canaryName }),
            let control = variants.first(where: { snapshot.names[$0] == settings.controlName }),
            let presence = snapshot.arms.presence(of: canary, asOf: now), presence.first <= now,
            now - presence.last <= CanaryReport.shownAfter
        else {
            soak = nil
            return
        }
        // A canary that was away begins anew.
        if soak == nil || soak?.presence != presence.first || soak?.canarySymbol != canary
            || soak?.controlSymbol != control
        {
            soak = CanarySoak(
                settings, canary: canary, control: control, presence: presence.first, since: presence.first, snapshot)
        }
        soak?.advance(snapshot, to: now)
    }
}
