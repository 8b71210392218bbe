/// SplitMix64: the same numbers on every run.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(_ seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    /// 0..<1.
    mutating func share() -> Double { Double(next() >> 11) * 0x1p-53 }

    /// About normal, mean 0, deviation 1: the sum of twelve, which needs no function that machines disagree about.
    mutating func normal() -> Double { (0..<12).reduce(-6) { sum, _ in sum + share() } }

    /// One of the names, by weight.
    mutating func pick(_ weighted: [(name: String, weight: Double)]) -> String {
        var left = share() * weighted.reduce(0) { $0 + $1.weight }
        for (name, weight) in weighted {
            left -= weight
            if left < 0 { return name }
        }
        return weighted.last?.name ?? ""
    }
}
