import Metrics
import Telemetry

/// Which canary is to be rolled back, and to what: what nearly all requests of each arm say, not what the newest one does.
package struct RollbackTarget: Sendable, Hashable {
    package let controlVariant: String
    package let canaryVariant: String
    /// Empty where requests of the arm name no version.
    package let controlVersion: String
    package let canaryVersion: String
    /// µs since 1970 of the canary's first request.
    package let since: Int64

    /// Of an arm's requests so many must agree: what a few say is a mistake, or meant to mislead.
    private static let agreement = 0.9
    /// µs: which version control runs now, not at the soak's beginning.
    private static let recent = 30 * Span.minute

    package init(
        controlVariant: String, canaryVariant: String, controlVersion: String, canaryVersion: String, since: Int64
    ) {
        self.controlVariant = controlVariant
        self.canaryVariant = canaryVariant
        self.controlVersion = controlVersion
        self.canaryVersion = canaryVersion
        self.since = since
    }

    /// - Parameters:
    ///   - since: of the canary's first request, µs since 1970.
    ///   - now: µs since 1970.
    /// - Throws: where an arm's requests do not agree on their version.
    init(
        _ snapshot: Snapshot, control: (name: String, symbol: Symbol), canary: (name: String, symbol: Symbol),
        since: Int64, now: Int64
    ) throws(RollbackCommand.Mistake) {
        let counts = snapshot.releases(in: max(since, now - Self.recent)..<now + 1)
        func version(_ arm: (name: String, symbol: Symbol)) throws(RollbackCommand.Mistake) -> String {
            var requests: [Symbol: Int64] = [:]
            for count in counts where count.release.variant == arm.symbol {
                let release = count.release
                requests[release.agentVersion.isAbsent ? release.promptVersion : release.agentVersion, default: 0] +=
                    count.requests.weighted
            }
            let all = requests.values.reduce(0, +)
            guard let most = requests.max(by: { ($0.value, $0.key.rawValue) < ($1.value, $1.key.rawValue) }) else {
                return ""
            }
            guard Double(most.value) >= Self.agreement * Double(all), most.key != .other else {
                throw RollbackCommand.Mistake(
                    description: "requests of \(arm.name) name several versions: which one is meant is not known")
            }
            return most.key.isAbsent ? "" : snapshot.names[most.key]
        }
        try self.init(
            controlVariant: control.name, canaryVariant: canary.name, controlVersion: version(control),
            canaryVersion: version(canary), since: since)
    }
}
