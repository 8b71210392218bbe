/// Something that is not as it used to be.
package struct Anomaly: Sendable, Codable, Hashable {
    package enum Direction: String, Sendable, Codable {
        case up, down
    }

    /// How it came about.
    package enum Kind: String, Sendable, Codable {
        /// Within minutes.
        case shift
        /// Day after day.
        case trend
    }

    package var metric: AnomalyMetric
    package var kind: Kind
    /// Start of the minutes that showed it first; of a trend, of the first day of the line. µs since 1970.
    package var since: Int64
    /// Smoothed, and what was expected instead: fractions, seconds, dollars, tokens, requests per second.
    package var value: Double
    package var expected: Double
    package var direction: Direction
    /// Standard deviations from what was expected, over 0.
    package var score: Double
}
