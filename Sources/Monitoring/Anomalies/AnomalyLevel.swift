/// Where a value usually lies, and where it is going: Holt's line with Brown's weights, both of which follow one time constant.
struct AnomalyLevel: Sendable, Codable, Hashable {
    private(set) var value: Double
    /// Per minute.
    private(set) var slope = 0.0

    /// Minutes after which two thirds of a change are taken for normal.
    private static let span = 45.0
    /// The same where the hours of the day are known: what remains is how today differs, which lasts longer.
    private static let seasonalSpan = 180.0

    init(_ value: Double) { self.value = value }

    /// Expected in the middle of the next `minutes`.
    func forecast(after minutes: Double) -> Double { value + slope * minutes }

    /// Takes in how far the value was from the forecast.
    mutating func follow(_ error: Double, after minutes: Double, isSeasonal: Bool) {
        guard !isSeasonal else {
            slope = 0
            value += error * minutes / (minutes + Self.seasonalSpan)
            return
        }
        let weight = minutes / (minutes + Self.span)
        value = forecast(after: minutes) + weight * (2 - weight) * error
        slope += weight * weight / minutes * error
    }

    /// After an interruption nobody knows where it was going.
    mutating func stop() { slope = 0 }

    /// The same height over another ground.
    mutating func move(by distance: Double) {
        value += distance
        slope = 0
    }
}
