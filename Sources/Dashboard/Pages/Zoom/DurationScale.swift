/// Round times for the axis of a distribution and for ranges of it.
enum DurationScale {
    struct Step {
        /// µs.
        var time: Int64
        var text: String
        /// The lower, the more it is wanted where there is no room for all.
        var rank: Int

        /// Seconds.
        var seconds: Double { Double(time) / 1e6 }
    }

    /// Ascending.
    static let steps: [Step] =
        [(1, 0), (2, 2), (5, 1), (10, 0), (20, 2), (50, 1), (100, 0), (200, 2), (500, 1)].map {
            Step(time: $0 * 1000, text: "\($0)ms", rank: $1)
        }
        + [(1, 0), (2, 2), (5, 1), (10, 0), (20, 2), (30, 3)].map {
            Step(time: $0 * 1_000_000, text: "\($0)s", rank: $1)
        }
        + [(1, 0), (2, 2), (5, 1), (10, 0), (20, 2), (30, 3)].map {
            Step(time: $0 * 60_000_000, text: "\($0)m", rank: $1)
        }
        + [(1, 0), (3, 1), (12, 1)].map { Step(time: $0 * 3_600_000_000, text: "\($0)h", rank: $1) }
        + [(1, 0), (7, 1)].map { Step(time: $0 * 86_400_000_000, text: "\($0)d", rank: $1) }
}

/// Round counts, 1, 2 and 5 times a power of ten, for the axis of a distribution.
enum CountScale {
    /// Value, text, and rank as of times.
    static let steps: [(value: Int64, text: String, rank: Int)] = {
        var steps: [(value: Int64, text: String, rank: Int)] = []
        var power: Int64 = 1
        for (unit, letter) in [(Int64(1), ""), (1000, "k"), (1_000_000, "M"), (1_000_000_000, "G")] {
            for _ in 0..<3 {
                for (factor, rank) in [(Int64(1), 0), (2, 2), (5, 1)] {
                    steps.append((power * factor, "\(power * factor / unit)\(letter)", rank))
                }
                power *= 10
            }
        }
        return steps
    }()
}
