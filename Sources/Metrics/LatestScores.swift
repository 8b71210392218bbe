import Statistics

/// The scores that came last, one a request: what an average over so many requests is taken of.
package struct LatestScores: Sendable {
    private struct Score: Sendable {
        /// Start of the request's 5-second slot, µs since 1970.
        var time: Int64
        /// In millionths.
        var value: Int64
        var weight: Int64
    }

    /// A ring: `next` is the place of the oldest once it is full.
    private var scores: [Score] = []
    private var next = 0
    private var newest: Int64 = .min

    /// As many as are held.
    package static let limit = 1000
    /// What comes later than this is none of the last.
    private static let lateness = 10 * Span.minute

    init() {}

    mutating func append(_ observations: [Observation], at time: Int64) {
        guard !observations.isEmpty, newest == .min || time >= newest - Self.lateness else { return }
        newest = max(newest, time)
        for observation in observations.suffix(Self.limit) {
            let score = Score(time: time, value: observation.value, weight: observation.weight)
            if scores.count < Self.limit {
                scores.append(score)
            } else {
                scores[next] = score
                next = (next + 1) % Self.limit
            }
        }
    }

    /// The last `count` scores before `end` (µs since 1970): the sum of each times its weight, and of the weights; nil while
    /// there are fewer.
    func sum(ofLast count: Int, before end: Int64) -> (sum: Int64, weight: Int64)? {
        var left = count
        var sum: Int64 = 0
        var weight: Int64 = 0
        for offset in scores.indices.reversed() where left > 0 {
            let score = scores[(next + offset) % scores.count]
            guard score.time < end else { continue }
            sum &+= score.value &* score.weight
            weight &+= score.weight
            left -= 1
        }
        return left == 0 && weight > 0 ? (sum, weight) : nil
    }
}
