import Glibc

/// Whether something rare happens more often than before.
package enum RateChange {
    /// The probability that so many of all occurrences, or more, fall into the current requests by chance, 0...1: given all
    /// of them, their number there is binomial with the current requests' share. Exact for however few.
    ///
    /// - Parameters: occurrences and requests, effective ones where they are weighted; fractions are cut off in favour of chance.
    /// - Returns: 1 where there is nothing to compare.
    package static func riseByChance(
        current: Double, of currentCount: Double, reference: Double, of referenceCount: Double
    ) -> Double {
        guard currentCount > 0, referenceCount > 0, currentCount.isFinite, referenceCount.isFinite else { return 1 }
        let hits = max(0, current.rounded(.down))
        let all = hits + max(0, reference.rounded(.up))
        guard hits > 0, all < 1e7 else { return hits > 0 ? 0.5 : 1 }
        let share = currentCount / (currentCount + referenceCount)
        func probability(_ k: Double) -> Double {
            exp(
                LogFactorial.of(all) - LogFactorial.of(k) - LogFactorial.of(all - k) + k * log(share)
                    + (all - k) * log1p(-share))
        }
        // Away from the most likely number, one term made from the other until they no longer count: below it the other tail.
        let isAbove = hits >= all * share
        let odds = share / (1 - share)
        var k = isAbove ? hits : hits - 1
        var term = probability(k)
        var sum = term
        while term > sum * 1e-17, term > 0, k > 0 || isAbove {
            term *= isAbove ? (all - k) / (k + 1) * odds : k / (all - k + 1) / odds
            k += isAbove ? 1 : -1
            sum += term
        }
        return min(1, max(0, isAbove ? sum : 1 - sum))
    }
}
