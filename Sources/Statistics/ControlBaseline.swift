/// Mean and deviation that a control chart compares with: learnt from its first values, then moved slowly or not at all.
package struct ControlBaseline: Sendable, Codable, Hashable {
    /// Fewer values tell too little of a deviation.
    package static let minimumWarmUp = 20

    /// How many values are learnt from before any is judged; 0 where mean and deviation were given.
    package let warmUp: Int
    /// Weight of each later value, 0..<1; 0 keeps what was learnt.
    package let adaptation: Double
    package private(set) var count = 0
    package private(set) var mean = 0.0
    private var variance = 0.0

    /// Learns from the first `warmUp` values, at least 20.
    package init(warmUp: Int = minimumWarmUp, adaptation: Double = 0) {
        self.warmUp = max(Self.minimumWarmUp, warmUp)
        self.adaptation = min(0.999, max(0, adaptation))
    }

    /// Known beforehand.
    package init(mean: Double, deviation: Double) {
        warmUp = 0
        adaptation = 0
        self.mean = mean
        variance = deviation * deviation
    }

    package var isReady: Bool { count >= warmUp }
    /// Sample deviation; 0 before two values.
    package var deviation: Double { variance.squareRoot() }

    /// Takes in a value that is in control; what is no number teaches nothing.
    package mutating func learn(_ value: Double) {
        guard value.isFinite else { return }
        let offset = value - mean
        if count < warmUp {
            count += 1
            mean += offset / Double(count)
            if count > 1 {
                let n = Double(count)
                // Welford's recursion for the sample variance.
                variance += (offset * (value - mean) - variance) / (n - 1)
            }
        } else if adaptation > 0 {
            mean += adaptation * offset
            variance += adaptation * (offset * offset - variance)
        }
    }

    /// Forgets what was learnt: after an intended change the next values are the new normal.
    package mutating func rebaseline() {
        guard warmUp > 0 else { return }
        self = ControlBaseline(warmUp: warmUp, adaptation: adaptation)
    }
}
