package import Metrics
import Query
import Statistics
import Telemetry

/// What is said of a canary.
package enum CanaryVerdict: String, Sendable, Codable {
    case rollback, promote, hold, inconclusive
}

/// A canary against its control since it began to take traffic.
package struct CanaryReport: Sendable {
    package var controlName: String
    package var canaryName: String
    /// Versions the arms' requests name; empty if none.
    package var controlVersion: String
    package var canaryVersion: String
    /// Share of the two arms' traffic that the canary takes.
    package var share: Double
    /// µs since 1970 of the canary's first request, and µs it has soaked.
    package var since: Int64
    package var soak: Int64
    /// µs since 1970 of the canary's newest request.
    package var until: Int64
    /// Whether the canary takes no traffic any more: what is said of it is history.
    package var isOver: Bool
    package var metrics: [CanaryMetric]
    /// Further variants that took traffic in the same time, which nothing is judged by; the busiest first.
    package var others: [(name: String, arm: ArmRow)]
    package var verdict: CanaryVerdict
    package var reasons: [String]
    /// What the verdict rests on; nil where there is no control.
    package var evidence: CanarySoak?
    package var settings: CanarySettings
    /// What is rolled back, and to what, where the settings say how and the verdict asks for it; else nil.
    package var rollback: Result<RollbackTarget, RollbackCommand.Mistake>?

    /// What would be run to roll it back; nil where nothing is to be, or the settings do not say how.
    package var rollbackArguments: Result<[String], RollbackCommand.Mistake>? {
        guard let command = settings.rollback, let rollback else { return nil }
        return rollback.flatMap { target in
            Result { () throws(RollbackCommand.Mistake) in try command.arguments(for: target) }
        }
    }

    /// Since when it is to be rolled back, µs since 1970; nil where it is not.
    package var rollbackSince: Int64? { verdict == .rollback ? evidence?.findings.accusedAt : nil }

    /// A canary without a request for so long is over, and after a while is not shown any more.
    package static let overAfter = 5 * Span.minute
    package static let shownAfter = 30 * Span.minute

    package subscript(kind: CanaryMetric.Kind) -> CanaryMetric? { metrics.first { $0.kind == kind } }

    /// Nil if no canary took traffic lately.
    package init?(_ snapshot: Snapshot, _ watch: CanaryWatch) {
        guard let now = snapshot.now else { return nil }
        settings = watch.settings
        let variants = snapshot.arms.variants
        let canaryName = settings.canaryName
        guard let canarySymbol = variants.first(where: { snapshot.names[$0] == canaryName }),
            let presence = snapshot.arms.presence(of: canarySymbol, asOf: now), presence.first <= now,
            now - presence.last <= Self.shownAfter
        else { return nil }
        let controlName = settings.controlName
        let controlSymbol = variants.first { snapshot.names[$0] == controlName }
        let evidence = watch.soak.flatMap { $0.presence == presence.first ? $0 : nil }
        since = evidence?.since ?? presence.first
        let arms = snapshot.arms.sum(from: since, to: snapshot.limit(now))
        let canary = arms[canarySymbol] ?? ArmRow()
        let control = controlSymbol.flatMap { arms[$0] } ?? ArmRow()
        (self.controlName, self.canaryName) = (controlName, canaryName)
        controlVersion = snapshot.names[control.version]
        canaryVersion = snapshot.names[canary.version]
        until = presence.last
        soak = max(0, min(now, presence.last) - since)
        isOver = now - presence.last > Self.overAfter
        let total = control.requests.weighted + canary.requests.weighted
        share = total > 0 ? Double(canary.requests.weighted) / Double(total) : 0
        self.evidence = evidence
        others = arms.names.indices.filter { arms.names[$0] != canarySymbol && arms.names[$0] != controlSymbol }
            .map { (name: snapshot.names.label(arms.names[$0]), arm: arms.rows[$0]) }
            .sorted { ($1.arm.requests.weighted, $0.name) < ($0.arm.requests.weighted, $1.name) }
        metrics = CanaryMetric.all(control, canary, power: evidence?.power ?? 1)
        let decision: CanaryDecision =
            if control.requests.raw == 0 {
                CanaryDecision(.inconclusive, ["no \(controlName) takes traffic beside it"])
            } else if let evidence {
                CanaryDecision(
                    evidence, metrics, at: now, until: presence.last,
                    task: evidence.findings.worseTask.map { snapshot.names[$0] })
            } else {
                CanaryDecision(.inconclusive, ["it has just begun"])
            }
        (verdict, reasons) = (decision.verdict, decision.reasons)
        if verdict == .rollback, settings.rollback != nil, let controlSymbol {
            let since = since
            rollback = Result { () throws(RollbackCommand.Mistake) in
                try RollbackTarget(
                    snapshot, control: (controlName, controlSymbol), canary: (canaryName, canarySymbol), since: since,
                    now: now)
            }
        }
    }
}
