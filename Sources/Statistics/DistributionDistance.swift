import Glibc

/// How far two histograms over the same bins lie apart. Where one array is shorter, its missing bins are empty.
package enum DistributionDistance {
    /// The population stability index Σ(q − p)·ln(q/p), each count raised by ½ so that empty bins stay finite.
    ///
    /// Counts are requests (effective ones, where they are weighted). Nil while either side is empty.
    package static func populationStability(reference: [Double], current: [Double]) -> Double? {
        guard let pair = Pair(reference, current) else { return nil }
        let bins = Double(pair.bins)
        let n = pair.referenceTotal + bins / 2
        let m = pair.currentTotal + bins / 2
        var sum = 0.0
        for i in 0..<pair.bins {
            let p = (pair.reference(i) + 0.5) / n
            let q = (pair.current(i) + 0.5) / m
            sum += (q - p) * log(q / p)
        }
        return sum
    }

    /// From which index on a shift is worth a word: 0.1, or what chance alone exceeds once in a hundred times,
    /// χ²(bins − 1, 0.99)·(1/n + 1/m), whichever is more. Nil while either count is 0.
    ///
    /// Source: Yurdakul & Naranjo, "Statistical properties of the population stability index".
    package static func populationStabilityThreshold(
        bins: Int, referenceCount: Double, currentCount: Double, quantile: Double = 0.99
    ) -> Double? {
        guard referenceCount > 0, currentCount > 0 else { return nil }
        let chance = ChiSquareDistribution.quantile(quantile, degreesOfFreedom: bins - 1)
        return max(0.1, chance * (1 / referenceCount + 1 / currentCount))
    }

    /// The Kullback–Leibler divergence Σ q·ln(q/p) of the current from the reference, in nats, 0 or more: infinite where a bin
    /// is there now that was not before. Nil while either side is empty.
    package static func kullbackLeibler(reference: [Double], current: [Double]) -> Double? {
        guard let pair = Pair(reference, current) else { return nil }
        var divergence = 0.0
        for i in 0..<pair.bins {
            let q = pair.current(i) / pair.currentTotal
            if q > 0 { divergence += q * log(q / (pair.reference(i) / pair.referenceTotal)) }
        }
        return max(0, divergence)
    }

    /// The Jensen–Shannon distance to base 2, 0...1: the square root of the divergence. Nil while either side is empty.
    package static func jensenShannon(reference: [Double], current: [Double]) -> Double? {
        guard let pair = Pair(reference, current) else { return nil }
        var divergence = 0.0
        for i in 0..<pair.bins {
            let p = pair.reference(i) / pair.referenceTotal
            let q = pair.current(i) / pair.currentTotal
            let middle = (p + q) / 2
            if p > 0 { divergence += p * log2(p / middle) }
            if q > 0 { divergence += q * log2(q / middle) }
        }
        return min(1, max(0, divergence / 2).squareRoot())
    }

    /// The Jensen–Shannon distance that chance alone exceeds once in a thousand times, 0...1: the divergence of two samples of
    /// one distribution is χ²(bins − 1)·(1/n + 1/m)/(8·ln 2). Nil while either count is 0.
    package static func jensenShannonByChance(
        bins: Int, referenceCount: Double, currentCount: Double, quantile: Double = 0.999
    ) -> Double? {
        guard referenceCount > 0, currentCount > 0 else { return nil }
        let chance = ChiSquareDistribution.quantile(quantile, degreesOfFreedom: bins - 1)
        return min(1, (chance * (1 / referenceCount + 1 / currentCount) / (8 * log(2))).squareRoot())
    }

    /// The Kolmogorov–Smirnov statistic D of binned counts, 0...1: a lower bound of the unbinned one.
    package static func kolmogorovSmirnov(reference: [Double], current: [Double]) -> Double? {
        guard let pair = Pair(reference, current) else { return nil }
        var (p, q, greatest) = (0.0, 0.0, 0.0)
        for i in 0..<pair.bins {
            p += pair.reference(i)
            q += pair.current(i)
            greatest = max(greatest, abs(p / pair.referenceTotal - q / pair.currentTotal))
        }
        return min(1, greatest)
    }

    /// Both sides with negative and undefined counts read as 0; nil while either is empty.
    private struct Pair {
        private let references: [Double]
        private let currents: [Double]
        let bins: Int
        let referenceTotal: Double
        let currentTotal: Double

        init?(_ reference: [Double], _ current: [Double]) {
            references = reference.map { $0 > 0 && $0.isFinite ? $0 : 0 }
            currents = current.map { $0 > 0 && $0.isFinite ? $0 : 0 }
            bins = max(reference.count, current.count)
            referenceTotal = references.reduce(0, +)
            currentTotal = currents.reduce(0, +)
            if referenceTotal <= 0 || currentTotal <= 0 { return nil }
        }

        func reference(_ i: Int) -> Double { i < references.count ? references[i] : 0 }
        func current(_ i: Int) -> Double { i < currents.count ? currents[i] : 0 }
    }
}
