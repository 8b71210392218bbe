import Glibc

/// Evidence from pairs that saw the same input: where one of the two failed and the other did not, it is as likely to have been
/// either one if they are equal.
///
/// A Beta mixture over that probability (its e-process; McNemar's test without a fixed number of pairs), of one side: the prior is that the
/// second is worse.
package struct DiscordantPairs: Sendable, Hashable, Codable {
    /// Only the first failed; only the second did.
    package private(set) var onlyFirst: Int64 = 0
    package private(set) var onlySecond: Int64 = 0

    /// Where the second is worse its part of the discordant pairs is one of these, each as likely.
    private static let parts = [0.6, 0.7, 0.8, 0.9, 0.97]

    package init() {}

    package mutating func observe(firstFailed: Bool, secondFailed: Bool) {
        if firstFailed, !secondFailed { onlyFirst += 1 }
        if secondFailed, !firstFailed { onlySecond += 1 }
    }

    /// The same of many pairs, of which these are the discordant ones.
    package mutating func observe(onlyFirst: Int64, onlySecond: Int64) {
        self.onlyFirst += onlyFirst
        self.onlySecond += onlySecond
    }

    package mutating func merge(_ other: DiscordantPairs) {
        onlyFirst += other.onlyFirst
        onlySecond += other.onlySecond
    }

    /// ln of the evidence that the second is worse; of the first, with the two exchanged.
    package var logEvidence: Double { Self.logEvidence(onlyFirst, onlySecond) }
    package var logEvidenceOfFirst: Double { Self.logEvidence(onlySecond, onlyFirst) }

    private static func logEvidence(_ better: Int64, _ worse: Int64) -> Double {
        let logs = parts.map { Double(worse) * log(2 * $0) + Double(better) * log(2 * (1 - $0)) }
        return OutcomeBlock.logSum(logs) - log(Double(parts.count))
    }
}
