package import Metrics
import Telemetry

/// Whether failures lie in all slices as the traffic does: then none of them is to blame, and what is common to all is, such
/// as the provider.
package enum ProviderOutage {
    /// Fewer failures can't be told apart from chance.
    private static let minimumFailures = 20.0
    private static let dimensions: [Dimension] = [
        .taskType, .model, .promptVersion, .promptHash, .agentVersion, .region,
    ]

    /// - Parameters:
    ///   - duration: µs before `end` that are looked at.
    ///   - end: µs since 1970.
    package static func isUnderWay(in snapshot: Snapshot, lasting duration: Int64, endingAt end: Int64) -> Bool {
        var looked = 0
        // Of sampled requests as many count as equally weighted ones would be.
        let worth = snapshot.timeline.sum(from: end - duration, to: snapshot.limit(end), parts: []).tally.effectiveShare
        for dimension in dimensions {
            let (table, _) = snapshot.slices.sum(dimension, from: end - duration, to: snapshot.limit(end))
            let rows = table.rows.map(\.counts).filter { $0.failed.weighted + $0.succeeded.weighted > 0 }
            let failures = rows.reduce(0) { $0 + $1.failed.value } * worth
            guard rows.count >= 2, failures >= minimumFailures else { continue }
            looked += 1
            let most = OutcomeSpread.chance(values: rows.count, cases: failures)
            let divergence = OutcomeSpread.divergence(
                rows.map(\.failed.value), rows.map { $0.failed.value + $0.succeeded.value })
            if divergence ?? 0 > most { return false }
        }
        return looked > 0
    }
}

extension Situation {
    /// Whether alerts fire about failures of everything and of slices, and no slice is to blame: one of them then says it all.
    package func isOutage(_ alerts: [Alert]) -> Bool {
        let firing = alerts.filter(\.state.isFiring)
        guard let judgedUpTo, firing.contains(where: \.isOfAllFailures), firing.contains(where: \.isOfFailuresInSlice)
        else { return false }
        return ProviderOutage.isUnderWay(in: snapshot, lasting: 5 * Span.minute, endingAt: judgedUpTo)
    }
}
