import Glibc
package import Metrics
import Statistics
import Telemetry

/// Whether failures lie in all slices as the traffic does: then none of them is to blame, and what is common to all is, such
/// as the provider.
package enum ProviderOutage {
    /// Fewer failures can't be told apart from chance.
    private static let minimumFailures = 20.0
    /// Bits of a difference that is none, in nats (analytics: provider-wide .0004, localized .99).
    private static let mostDivergence = 0.05
    private static let dimensions: [Dimension] = [
        .taskType, .model, .promptVersion, .promptHash, .agentVersion, .region,
    ]

    /// - Parameters:
    ///   - duration: µs before `end` that are looked at.
    ///   - end: µs since 1970.
    package static func isUnderWay(in snapshot: Snapshot, lasting duration: Int64, endingAt end: Int64) -> Bool {
        var looked = 0
        for dimension in dimensions {
            let (table, _) = snapshot.slices.sum(dimension, from: end - duration, to: snapshot.limit(end))
            let rows = table.rows.map(\.counts).filter { $0.failed.weighted + $0.succeeded.weighted > 0 }
            let failures = rows.reduce(0) { $0 + $1.failed.value }
            guard rows.count >= 2, failures >= minimumFailures else { continue }
            let all = rows.reduce(0) { $0 + $1.failed.value + $1.succeeded.value }
            looked += 1
            let divergence = rows.reduce(0.0) { sum, row in
                let share = row.failed.value / failures
                guard share > 0 else { return sum }
                return sum + share * log(share / ((row.failed.value + row.succeeded.value) / all))
            }
            // What chance alone exceeds once in a hundred times: 2n·KL is χ² distributed.
            let chance = ChiSquareDistribution.quantile(0.99, degreesOfFreedom: rows.count - 1) / (2 * failures)
            if divergence > max(mostDivergence, chance) { return false }
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
