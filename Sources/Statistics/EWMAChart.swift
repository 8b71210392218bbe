/// An exponentially weighted moving average with control limits: sees shifts of about one deviation within some 16 values.
///
/// The limits are exact from the first value on: `Vᵢ = λ²σᵢ² + (1 − λ)²Vᵢ₋₁`, which for a constant σ is
/// `σ²·λ/(2 − λ)·(1 − (1 − λ)²ⁱ)`. λ 0.2 with L 3.5 gives a false signal in 2,878 values. Sources: Roberts 1959;
/// Lucas & Saccucci 1990.
package struct EWMAChart: Sendable, Codable, Hashable {
    /// λ, the weight of the newest value, 0 < λ ≤ 1.
    package let weight: Double
    /// L, the limits' distance from the mean in deviations of the average.
    package let limit: Double
    package private(set) var baseline: ControlBaseline
    private var average: Double?
    private var variance = 0.0
    package private(set) var isAlarming = false

    package init(weight: Double = 0.2, limit: Double = 3.5, baseline: ControlBaseline = ControlBaseline()) {
        self.weight = min(1, max(0.001, weight))
        self.limit = max(0, limit)
        self.baseline = baseline
    }

    /// What the chart shows for one value.
    package struct Point: Sendable, Hashable {
        package var average: Double
        /// What the average is expected to be.
        package var centre: Double
        /// One deviation of the average, over 0 unless the values never varied.
        package var deviation: Double
        package var lower: Double
        package var upper: Double
        package var isOut: Bool { average > upper || average < lower }
        /// Deviations of the average from its centre, signed; 0 where nothing varies.
        package var score: Double { deviation > 0 ? (average - centre) / deviation : 0 }
    }

    /// Takes in a value.
    /// - Parameter deviation: of this value, where it is known, as of a share of n requests; nil: the baseline's.
    /// - Returns: nil while warming up, and for what is no number.
    package mutating func step(_ value: Double, deviation: Double? = nil) -> Point? {
        guard value.isFinite else { return nil }
        guard baseline.isReady else {
            baseline.learn(value)
            return nil
        }
        let sigma = deviation ?? baseline.deviation
        let centre = baseline.mean
        let average = weight * value + (1 - weight) * (average ?? centre)
        variance = weight * weight * sigma * sigma + (1 - weight) * (1 - weight) * variance
        self.average = average
        let spread = variance.squareRoot()
        let point = Point(
            average: average, centre: centre, deviation: spread, lower: centre - limit * spread,
            upper: centre + limit * spread)
        isAlarming = point.isOut
        // What is out of control teaches nothing: the baseline stays as it was until the alarm is over.
        if !isAlarming { baseline.learn(value) }
        return point
    }

    /// Starts again from the values that come.
    package mutating func rebaseline() {
        self = EWMAChart(weight: weight, limit: limit, baseline: baseline)
        baseline.rebaseline()
    }
}
