/// Two cumulative sums of standardised deviations, one a side: sees small shifts that last. Source: Page 1954, tabular form
/// of Montgomery.
package struct CUSUM: Sendable, Codable, Hashable {
    /// k, deviations that count for nothing: half the shift that matters.
    package let allowance: Double
    /// h, the sum in deviations that signals.
    package let decision: Double
    package private(set) var baseline: ControlBaseline
    /// Sums of what lay above and below, in deviations, 0 or more.
    package private(set) var upper = 0.0
    package private(set) var lower = 0.0
    /// Values since each sum was last 0: how long the shift has lasted.
    package private(set) var upperRun = 0
    package private(set) var lowerRun = 0

    package init(allowance: Double = 0.5, decision: Double = 5, baseline: ControlBaseline = ControlBaseline()) {
        self.allowance = max(0, allowance)
        self.decision = max(0, decision)
        self.baseline = baseline
    }

    package var isAlarming: Bool { upper > decision || lower > decision }

    /// Takes in a value.
    /// - Returns: whether either sum signals; nil while warming up, and for what cannot be standardised.
    @discardableResult
    package mutating func step(_ value: Double) -> Bool? {
        guard value.isFinite else { return nil }
        guard baseline.isReady else {
            baseline.learn(value)
            return nil
        }
        guard baseline.deviation > 0 else { return nil }
        let z = (value - baseline.mean) / baseline.deviation
        upper = max(0, upper + z - allowance)
        lower = max(0, lower - z - allowance)
        upperRun = upper > 0 ? upperRun + 1 : 0
        lowerRun = lower > 0 ? lowerRun + 1 : 0
        if !isAlarming { baseline.learn(value) }
        return isAlarming
    }

    /// Both sums are 0 again; the baseline stays.
    package mutating func reset() {
        (upper, lower) = (0, 0)
        (upperRun, lowerRun) = (0, 0)
    }

    /// Starts again from the values that come.
    package mutating func rebaseline() {
        reset()
        baseline.rebaseline()
    }
}
