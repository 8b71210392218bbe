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
        var sum = 0.0
        var k = hits
        while k <= all {
            let term = exp(
                logFactorial(all) - logFactorial(k) - logFactorial(all - k) + k * log(share)
                    + (all - k) * log1p(-share))
            sum += term
            if term < 1e-16, k > all * share { break }
            k += 1
        }
        return min(1, sum)
    }

    private static func logFactorial(_ n: Double) -> Double {
        var sign: Int32 = 0
        return unsafe lgamma_r(n + 1, &sign)
    }
}
