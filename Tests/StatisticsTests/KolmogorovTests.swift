import Glibc
import Statistics
import Testing

@Suite struct KolmogorovTests {
    /// D, n and P(D ≥ d) by SciPy 1.17.1's `kstwo`: every method on both sides of where it takes over.
    private static let known: [(Double, Int, Double)] = [
        (0.6, 1, 0.8), (0.3, 2, 0.98), (0.2, 5, 0.9616), (0.1, 17, 0.9890775140928306),
        (0.4, 17, 0.005746287518025528), (0.11, 60, 0.4313749541795109), (0.16, 140, 0.001344016324418744),
        (0.05, 140, 0.8576480297656114), (0.05, 141, 0.854845693009663), (0.124, 141, 0.02389925467524623),
        (0.13, 141, 0.015449346308454497), (0.03, 500, 0.7473166700457021), (0.02, 1000, 0.8108971656895577),
        (0.045, 1000, 0.03378304014546085), (0.014, 5000, 0.27834233798323127),
        (0.04, 5000, 2.1805586378557164e-07),
    ]

    @Test(arguments: known.indices)
    func tailsAgreeWithTheExactOnes(index: Int) {
        let (d, n, tail) = Self.known[index]
        let found = KolmogorovDistribution.tail(d, count: n)
        #expect(abs(found - tail) <= 1e-9 * max(1, 1 / max(tail, 1e-3)) * tail + 1e-15, "\(d) \(n): \(found) \(tail)")
    }

    @Test func twoSamplesAgreeWithTheirVectors() throws {
        for row in try #require(VectorFile.object("distances")["histogram_distances"] as? [[String: Any]]) {
            let n = try row.numbers("ref_counts").reduce(0, +)
            let m = try row.numbers("cur_counts").reduce(0, +)
            let wanted = try row.number("ks_p_kstwo_nannyml")
            let found = try #require(KolmogorovDistribution.twoSampleTail(try row.number("ks_D"), n, m))
            #expect(isClose(found, wanted), "\(row["name"] ?? "") \(found) \(wanted)")
        }
    }

    @Test func whereTheSumsEndTheLimitGoesOn() {
        let exact = KolmogorovDistribution.tail(0.0125, count: 20_000)
        let limit = KolmogorovDistribution.tail(0.0125, count: 20_001)
        #expect(abs(exact - limit) < 0.03 * exact)
        #expect(abs(KolmogorovDistribution.tail(0.002, count: 100_000) - 0.8178408363081542) < 1e-6)
    }

    @Test func itFallsWithTheGapAndStaysAProbability() {
        for n in [1, 7, 139, 140, 141, 900] {
            var before = 1.0
            for step in 1...60 {
                let tail = KolmogorovDistribution.tail(Double(step) / 60, count: n)
                #expect(tail >= 0 && tail <= before + 1e-6, "\(n) \(step): \(tail) after \(before)")
                before = tail
            }
            #expect(before == 0)
        }
        #expect(KolmogorovDistribution.tail(0, count: 5) == 1 && KolmogorovDistribution.tail(0.4, count: 0) == 1)
        #expect(KolmogorovDistribution.twoSampleTail(0.5, 0, 5) == nil)
    }
}

@Suite struct RateChangeTests {
    @Test func aRiseIsAsLikelyAsTheBinomialSays() {
        // P(X ≥ 8 | 10, 1/2) = 56/1024.
        let equal = RateChange.riseByChance(current: 8, of: 100, reference: 2, of: 100)
        #expect(isClose(equal, 56.0 / 1024))
        // P(X ≥ 1 | 1, 1/4) = 1/4.
        #expect(isClose(RateChange.riseByChance(current: 1, of: 50, reference: 0, of: 150), 0.25))
        #expect(RateChange.riseByChance(current: 0, of: 50, reference: 9, of: 150) == 1)
        #expect(RateChange.riseByChance(current: 3, of: 0, reference: 0, of: 150) == 1)
    }

    @Test func aRiseIsJudgedAlikeFromBothEnds() {
        // Against the sum of all terms, above and below what is expected.
        for (hits, share) in [(1.0, 0.3), (3, 0.3), (9, 0.3), (15, 0.3), (20, 0.3), (20, 0.9), (1, 0.01)] {
            let all = 20.0
            let sum = stride(from: hits, through: all, by: 1).reduce(0.0) { sum, k in
                let ways = (0..<Int(k)).reduce(1.0) { $0 * (all - Double($1)) / Double($1 + 1) }
                return sum + ways * pow(share, k) * pow(1 - share, all - k)
            }
            let found = RateChange.riseByChance(
                current: hits, of: share * 1000, reference: all - hits, of: (1 - share) * 1000)
            #expect(isClose(found, sum), "\(hits) at \(share)")
        }
        // Far from what is expected nothing is walked through that does not count.
        #expect(RateChange.riseByChance(current: 1, of: 1e6, reference: 8e6, of: 1e6) == 1)
    }

    @Test func equalRatesSeldomLookLikeARise() {
        var random = Xoshiro256(seed: 3)
        var alarms = 0
        for _ in 0..<2000 {
            let now = Double((0..<300).count { _ in random.below(100) < 2 })
            let then = Double((0..<900).count { _ in random.below(100) < 2 })
            if RateChange.riseByChance(current: now, of: 300, reference: then, of: 900) < 0.01 { alarms += 1 }
        }
        #expect(alarms <= 20)
    }
}
