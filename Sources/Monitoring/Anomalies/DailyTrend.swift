import Metrics

/// Whether a metric gets worse day after day, too slowly for any minute to show it.
struct DailyTrend: Sendable, Codable, Hashable {
    private struct Day: Sendable, Codable, Hashable {
        /// Days since 1970.
        var number: Int64
        var sum: Double
        var weight: Double

        var mean: Double { sum / weight }
    }

    /// Whole UTC days, oldest first, at most four weeks.
    private var days: [Day] = []
    private var open: Day?
    /// The day that is open began after it did.
    private var isPartial = true

    private static let kept: Int64 = 28
    /// Days that a line is laid through. Of fewer than five nothing can be told.
    private static let spans = [5, 7, 10, 14, 21, 28]
    /// A slope is believed when it is so many of its own deviations.
    private static let certainty = 5.0

    /// A line through the last days, on the metric's scale.
    struct Line: Sendable, Codable, Hashable {
        /// Its first and last day's values.
        var first: Double
        var last: Double
        var days: Int
        /// Start of the first day, µs since 1970.
        var since: Int64
        /// Slope over its deviation, signed.
        var score: Double
    }

    /// Takes in a value.
    /// - Returns: whether a day is over.
    mutating func note(_ value: Double, weight: Double, at time: Int64) -> Bool {
        let number = time.alignedDown(to: Span.day) / Span.day
        let begins = open.map { number > $0.number } ?? true
        if begins {
            if let open, !isPartial, open.weight > 0 { days.append(open) }
            isPartial = open == nil && time - number * Span.day > Span.hour
            open = Day(number: number, sum: 0, weight: 0)
            days.removeAll { $0.number < number - Self.kept }
        }
        open?.sum += value * weight
        open?.weight += weight
        return begins
    }

    /// The most certain of the lines through the last 5…28 days.
    /// - Parameters:
    ///   - floor: by how much days differ for no reason.
    ///   - scatter: variance of a day's mean times its weight: what counting alone explains.
    func line(floor: Double, scatter: Double) -> Line? {
        Self.spans.compactMap { line(through: $0, floor: floor, scatter: scatter) }.filter {
            abs($0.score) >= Self.certainty
        }
        .max { abs($0.score) < abs($1.score) }
    }

    private func line(through count: Int, floor: Double, scatter: Double) -> Line? {
        let used = days.suffix(count)
        guard used.count == count, let first = used.first, let last = used.last,
            // A day without traffic is a gap, not a point.
            last.number - first.number == Int64(count - 1)
        else { return nil }
        let n = Double(count)
        let middle = (n - 1) / 2
        let mean = used.reduce(0) { $0 + $1.mean } / n
        var (product, spread) = (0.0, 0.0)
        for (i, day) in used.enumerated() {
            product += (Double(i) - middle) * (day.mean - mean)
            spread += (Double(i) - middle) * (Double(i) - middle)
        }
        let slope = product / spread
        var rest = 0.0
        for (i, day) in used.enumerated() {
            let error = day.mean - mean - slope * (Double(i) - middle)
            rest += error * error
        }
        let counting = used.reduce(0) { $0 + scatter / $1.weight } / n
        let deviation = (max(floor * floor + counting, rest / (n - 2)) / spread).squareRoot()
        return Line(
            first: mean - slope * middle, last: mean + slope * middle, days: count, since: first.number * Span.day,
            score: slope / deviation)
    }
}
