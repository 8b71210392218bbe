package import Metrics
import Query
package import Statistics
import Telemetry

/// How a latency budget is kept in a window.
package struct LatencyBudgetReport: Sendable {
    /// Which requests are held against it.
    package enum Scope: Sendable, Hashable {
        case all
        /// All that no other budget is for.
        case others
        /// Those that pass its condition.
        case condition
    }

    package enum Standing: Sendable, Hashable {
        case within, over
        /// Too few requests have such a percentile.
        case few
        case unknown
        /// Nothing limits it.
        case unlimited
    }

    package struct Percentile: Sendable, Hashable {
        package let name: String
        package let permille: Int
        /// Fewer requests than this have no such percentile but their maximum.
        package let enough: Int64
        /// Seconds; infinite where nothing limits it.
        package let limit: Double
    }

    package let budget: LatencyBudget
    package let scope: Scope
    /// Nil where it can't be told: conditions are counted where they ask for one value of one dimension, whose sketches
    /// are coarse.
    package let latency: ExponentialHistogram?

    package init(_ budget: LatencyBudget, _ scope: Scope, _ latency: ExponentialHistogram?) {
        (self.budget, self.scope, self.latency) = (budget, scope, latency)
    }

    /// What it is for, in words.
    package var name: String {
        switch scope {
        case .all: "all requests"
        case .others: "all others"
        case .condition: budget.filter?.source ?? ""
        }
    }

    /// p50, p95, p99.
    package var percentiles: [Percentile] { budget.percentiles }

    /// Seconds; nil where nothing is known.
    package func value(_ percentile: Percentile) -> Double? {
        latency.flatMap { $0.quantile(permille: percentile.permille) }.map { $0 / 1e6 }
    }

    /// Requests, weighted; nil where nobody can tell.
    package var count: Double? { latency.map { Double($0.count) / 1024 } }

    package func standing(_ percentile: Percentile) -> Standing {
        guard percentile.limit.isFinite else { return .unlimited }
        guard let latency, let value = value(percentile) else { return .unknown }
        guard latency.count / 1024 >= percentile.enough else { return .few }
        return value < percentile.limit ? .within : .over
    }

    /// Whether one of its percentiles is over.
    package var isOver: Bool { percentiles.contains { standing($0) == .over } }
}

extension LatencyBudget {
    /// p50, p95, p99.
    package var percentiles: [LatencyBudgetReport.Percentile] {
        [
            .init(name: "p50", permille: 500, enough: 1, limit: p50),
            .init(name: "p95", permille: 950, enough: 20, limit: p95),
            .init(name: "p99", permille: 990, enough: 100, limit: p99),
        ]
    }
}

extension [LatencyBudget] {
    /// The one of the requests that no condition is for, if there is one.
    package var general: LatencyBudget? { first { $0.filter == nil } }

    /// Those of some requests only.
    package var conditional: [LatencyBudget] { filter { $0.filter != nil } }

    /// How each stands in a window (of the last day, if that is longer): those with a condition in their order, then what holds for
    /// the rest.
    ///
    /// - Parameters:
    ///   - fallback: what holds where the settings name none for the rest.
    ///   - latency: of all requests of the window.
    package func reports(
        in snapshot: Snapshot, over window: Window, fallback: LatencyBudget, latency: ExponentialHistogram
    ) -> [LatencyBudgetReport] {
        let general = general ?? fallback
        guard !conditional.isEmpty, let now = snapshot.now else { return [LatencyBudgetReport(general, .all, latency)] }
        let times = (now - Swift.min(window.duration ?? Span.day, Span.day))..<snapshot.limit(now)
        let reports = conditional.map { budget in
            LatencyBudgetReport(budget, .condition, budget.filter.flatMap { Self.latency($0, in: snapshot, times) })
        }
        if let rest = rest(reports, in: snapshot, times) {
            return reports + [LatencyBudgetReport(general, .others, rest)]
        }
        return reports + [LatencyBudgetReport(general, .all, latency)]
    }

    private static func latency(
        _ filter: RecordFilter, in snapshot: Snapshot, _ times: Range<Int64>
    ) -> ExponentialHistogram? {
        guard let (dimension, value) = filter.slice else { return nil }
        let table = snapshot.slices.sum(dimension, from: times.lowerBound, to: times.upperBound).table
        let place = table.names.firstIndex { $0 != .other && snapshot.names[$0] == value }
        return place.map { table.rows[$0].latency }
    }

    /// What is left of all requests without those that the conditions are for; nil where that can't be told: where one might be in two
    /// of them, or some are not counted.
    private func rest(
        _ reports: [LatencyBudgetReport], in snapshot: Snapshot, _ times: Range<Int64>
    ) -> ExponentialHistogram? {
        let slices = reports.compactMap { $0.budget.filter?.slice }
        guard slices.count == reports.count, let dimension = slices.first?.dimension,
            slices.allSatisfy({ $0.dimension == dimension }), Set(slices.map(\.value)).count == slices.count
        else { return nil }
        let table = snapshot.slices.sum(dimension, from: times.lowerBound, to: times.upperBound).table
        // A value may hide among those that were folded into one.
        guard !table.names.contains(.other) || reports.allSatisfy({ $0.latency != nil }) else { return nil }
        let extent = snapshot.slices.extent(from: times.lowerBound, to: times.upperBound)
        let (tally, start) = snapshot.timeline.sum(from: extent.lowerBound, to: extent.upperBound, parts: .latency)
        guard start == extent.lowerBound, let scale = table.rows.first?.latency.scale else { return nil }
        var rest = tally.latency.downscaled(to: scale)
        for part in reports.compactMap(\.latency) where !part.isEmpty { rest.subtract(part) }
        guard rest.count > 0 else {
            return rest.count == 0 ? ExponentialHistogram(scale: scale, unitsPerOne: 1000) : nil
        }
        // Nobody knows better: those of all.
        rest.setExtremes(minimum: tally.latency.minimum, maximum: tally.latency.maximum)
        return rest
    }
}
