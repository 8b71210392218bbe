/// How long a delivery waits for its next try.
enum Backoff {
    /// µs.
    static let first: Int64 = 5_000_000
    static let longest: Int64 = 300_000_000
    /// For pages, and for what a receiver that doesn't answer keeps from being tried at all.
    static let longestForPages: Int64 = 60_000_000
    /// However long a receiver asks for.
    static let longestAsked: Int64 = 3_600_000_000
    /// After so long it isn't news any more.
    static let patience: Int64 = 86_400_000_000

    /// µs after so many failed attempts, doubling from 5 s to the longest, a fifth more or less so that many don't come at once; at least
    /// what the receiver asked for.
    ///
    /// - Parameter random: 0 ..< 1.
    static func delay(attempts: Int, longest: Int64 = longest, random: Double, asked: Int64?) -> Int64 {
        let doubled = min(longest, first << Int64(min(max(attempts, 1) - 1, 10)))
        let spread = Int64(Double(doubled) * (0.8 + 0.4 * min(max(random, 0), 1)))
        // Those who were all asked to come back then don't all come back then.
        let wanted = asked.map { min($0, longestAsked) + Int64(Double(first) * random) } ?? 0
        return max(spread, wanted)
    }
}
