import Glibc

/// Whether users fall into arms as they should: sample-ratio mismatch. Counts are of users, who are routed, not of requests.
package enum SplitTest {
    /// p of the chi-square test of a fixed number of users; 1 where there are none.
    ///
    /// - Parameters:
    ///   - observed: users of each arm.
    ///   - shares: of each arm, in any unit, above 0.
    package static func chiSquare(observed: [Int64], shares: [Double]) -> Double {
        let total = Double(observed.reduce(0, +))
        let whole = shares.reduce(0, +)
        guard total > 0, whole > 0, observed.count == shares.count, observed.count > 1 else { return 1 }
        let statistic = zip(observed, shares).reduce(0.0) { sum, pair in
            let expected = total * pair.1 / whole
            return sum + (Double(pair.0) - expected) * (Double(pair.0) - expected) / expected
        }
        // Far out the complement has no digits left: the tail itself, for the two arms that there nearly always are.
        if observed.count == 2 { return erfc((statistic / 2).squareRoot()) }
        return 1 - ChiSquareDistribution.cumulative(statistic, degreesOfFreedom: observed.count - 1)
    }

    /// ln of the evidence for a mismatch, which may be looked at after every user: the Bayes factor of a Dirichlet prior around the
    /// shares (Lindon and Malek, "Anytime-valid inference for multinomial count data", 2022). p is at most 1 over the largest so
    /// far.
    ///
    /// - Parameter concentration: of the prior; large where a mismatch would be small.
    package static func logEvidence(observed: [Int64], shares: [Double], concentration: Double = 10_000) -> Double {
        let whole = shares.reduce(0, +)
        guard whole > 0, observed.count == shares.count, shares.allSatisfy({ $0 > 0 }) else { return 0 }
        let n = Double(observed.reduce(0, +))
        var sum = LogGamma.value(concentration) - LogGamma.value(concentration + n)
        for (count, share) in zip(observed, shares) {
            let (count, share) = (Double(count), share / whole)
            sum += LogGamma.value(concentration * share + count) - LogGamma.value(concentration * share)
            sum -= count * log(share)
        }
        return sum
    }
}
