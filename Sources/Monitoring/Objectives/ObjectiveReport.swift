import Metrics
package import Query

/// How an objective stands at one time.
package struct ObjectiveReport: Sendable, Hashable {
    /// One pair of windows.
    package struct Burn: Sendable, Hashable {
        package var window: BurnWindow
        package var factor: Ratio
        package var long: ObjectiveCounts
        package var short: ObjectiveCounts
        /// Both burn faster than the factor, and that is no chance of few requests.
        package var isFiring: Bool
        /// Both do, but of too few requests.
        package var isDoubtful: Bool
    }

    package var objective: Objective
    /// Of the period, as far as it is held.
    package var counts: ObjectiveCounts
    /// µs of the period that are held.
    package var held: Int64
    package var burns: [Burn]
    /// Over the last 6 hours, or over the last hour while the budget burns fast.
    package var burn: Double?
    /// Requests of any kind in the period, weighted in 1/1024: what the counts are a sample of.
    package var requests: Int64

    /// Share of the budget that is left, below 0 when more was spent than there was; nil where nothing was counted.
    package var remaining: Double? { counts.burn(target: objective.target).map { 1 - $0 } }

    /// Good over all.
    package var attained: Double? {
        counts.total > 0 ? Double(counts.total - counts.bad) / Double(counts.total) : nil
    }

    /// Share of the requests that say whether they are good.
    package var coverage: Double? {
        requests > 0 ? min(1, Double(counts.total) / Double(requests)) : nil
    }

    /// Seconds until the budget is spent at the present pace; nil while it does not shrink.
    package var exhaustion: Double? {
        guard let remaining, let burn else { return nil }
        return Self.exhaustion(remaining: remaining, burn: burn, period: objective.period)
    }

    /// remaining · period / burn, in seconds; 0 when nothing is left, nil while nothing burns.
    package static func exhaustion(remaining: Double, burn: Double, period: Int64) -> Double? {
        if remaining <= 0 { return 0 }
        return burn > 0 ? remaining * Double(period) / 1e6 / burn : nil
    }

    /// A window that pages burns.
    package var isBurningFast: Bool { burns.contains { $0.isFiring && $0.window.severity == .p1 } }

    /// What the requirements ask for when a budget is in danger (F3).
    package var policy: String? {
        if let remaining, remaining < 0 { return "budget spent: freeze prompt experiments" }
        return isBurningFast ? "fast burn: freeze prompt experiments" : nil
    }

    /// `26h of 30d` while less than the period is held.
    package var reach: String? {
        guard held < objective.period else { return nil }
        let hours = held / Span.hour
        let text = hours == 0 ? "\(held / Span.minute)m" : hours < 72 ? "\(hours)h" : "\(hours / 24)d"
        return "\(text) of \(BurnWindow.text(objective.period))"
    }
}
