/// From which share of change an alert counts as flapping, and below which no more.
package struct FlapThresholds: Sendable, Codable, Hashable {
    package var start: Double
    package var end: Double

    package init(start: Double = 0.30, end: Double = 0.20) {
        self.start = start
        self.end = end
    }
}

/// How often a condition has changed its mind of late: Nagios' weighted share of transitions among the last 21 states,
/// in which a recent transition counts 1.25 and the oldest 0.75.
package struct FlapHistory: Sendable, Codable, Hashable {
    /// The newest state is the lowest bit.
    private var bits: UInt32 = 0
    package private(set) var isFlapping = false

    package static let length = 21
    private static let mask: UInt32 = 1 << UInt32(length) - 1

    package init() {}

    /// Takes in what was judged; what is not known is no change.
    package mutating func note(_ state: Bool?, _ thresholds: FlapThresholds = FlapThresholds()) {
        let newest = state.map { $0 ? 1 : 0 } ?? (bits & 1)
        bits = (bits << 1 | newest) & Self.mask
        let change = change
        // Between the two it stays what it was.
        if change >= thresholds.start { isFlapping = true } else if change <= thresholds.end { isFlapping = false }
    }

    /// 0…1; 1 if every state differed from the one before.
    package var change: Double {
        // Pairs of neighbours that differ; the newest pair is the lowest bit.
        var differing = (bits ^ bits >> 1) & (Self.mask >> 1)
        var sum = 0.0
        while differing != 0 {
            let age = differing.trailingZeroBitCount
            sum += 1.25 - Double(age) * 0.5 / 19
            differing &= differing - 1
        }
        return sum / Double(Self.length - 1)
    }

    /// Whether all states are the same.
    package var isSteady: Bool { bits == 0 || bits == Self.mask }
}
