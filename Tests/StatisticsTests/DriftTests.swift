import Statistics
import Testing

@Suite struct DriftTests {
    @Test func distancesAgreeWithTheirVectors() throws {
        let rows = try #require(VectorFile.object("distances")["histogram_distances"] as? [[String: Any]])
        #expect(rows.count == 8)
        for row in rows {
            let reference = try row.numbers("ref_counts")
            let current = try row.numbers("cur_counts")
            func check(_ value: Double?, _ key: String) throws {
                #expect(isClose(try #require(value), try #require(row[key] as? Double)), "\(key) \(row)")
            }
            try check(DistributionDistance.populationStability(reference: reference, current: current), "psi_add_half")
            try check(DistributionDistance.kolmogorovSmirnov(reference: reference, current: current), "ks_D")
            try check(
                DistributionDistance.jensenShannon(reference: reference, current: current), "js_distance_base2")
            let threshold = try #require(
                DistributionDistance.populationStabilityThreshold(
                    bins: reference.count, referenceCount: reference.reduce(0, +), currentCount: current.reduce(0, +)))
            #expect(isClose(threshold, max(0.1, try row.number("psi_null_q99"))))
        }
    }

    @Test func chanceLevelsAgreeWithTheirVectors() throws {
        for row in try #require(VectorFile.object("distances")["psi_null"] as? [[String: Any]]) {
            let threshold = try #require(
                DistributionDistance.populationStabilityThreshold(
                    bins: row.integer("B"), referenceCount: try row.number("n_ref"),
                    currentCount: try row.number("n_cur"), quantile: 0.95))
            #expect(isClose(threshold, max(0.1, try row.number("chi2_q95"))))
        }
    }

    @Test func equalDistributionsRarelyPassTheThreshold() throws {
        var generator = Xoshiro256(seed: 4)
        var exceeded = 0
        for _ in 0..<400 {
            var (reference, current) = ([Double](repeating: 0, count: 10), [Double](repeating: 0, count: 10))
            for _ in 0..<1000 { reference[Int(generator.below(10))] += 1 }
            for _ in 0..<50 { current[Int(generator.below(10))] += 1 }
            let index = try #require(DistributionDistance.populationStability(reference: reference, current: current))
            let threshold = try #require(
                DistributionDistance.populationStabilityThreshold(bins: 10, referenceCount: 1000, currentCount: 50))
            if index > threshold { exceeded += 1 }
        }
        #expect(exceeded <= 12)
    }

    /// Of names as of bins: shares of one distribution are seldom further apart than chance is said to bring them.
    @Test func equalMixesRarelyPassWhatChanceGives() throws {
        var generator = Xoshiro256(seed: 9)
        var exceeded = 0
        for _ in 0..<2000 {
            var (reference, current) = ([Double](repeating: 0, count: 6), [Double](repeating: 0, count: 6))
            for _ in 0..<300 { reference[Int(generator.below(6))] += 1 }
            for _ in 0..<60 { current[Int(generator.below(6))] += 1 }
            let distance = try #require(DistributionDistance.jensenShannon(reference: reference, current: current))
            let chance = try #require(
                DistributionDistance.jensenShannonByChance(
                    bins: 6, referenceCount: 300, currentCount: 60, quantile: 0.99))
            if distance > chance { exceeded += 1 }
        }
        #expect((4...45).contains(exceeded), "\(exceeded) of 2000")
    }

    @Test func distancesToNothingAreUnknown() {
        #expect(DistributionDistance.populationStability(reference: [], current: [1]) == nil)
        #expect(DistributionDistance.jensenShannon(reference: [0, 0], current: [1]) == nil)
        #expect(DistributionDistance.kolmogorovSmirnov(reference: [1], current: [-3, .nan]) == nil)
        #expect(
            DistributionDistance.populationStabilityThreshold(bins: 5, referenceCount: 0, currentCount: 3) == nil)
    }

    @Test func aShorterHistogramHasEmptyBinsAtItsEnd() {
        #expect(
            DistributionDistance.jensenShannon(reference: [1, 1], current: [1, 1, 2])
                == DistributionDistance.jensenShannon(reference: [1, 1, 0], current: [1, 1, 2]))
        #expect(DistributionDistance.jensenShannon(reference: [1], current: [0, 1]) == 1)
    }

    @Test func coarseBinsHoldEqualSharesOfTheirBaseline() {
        let bins = CoarseBins(baseline: [Int64](repeating: 10, count: 160), bins: 16)
        #expect(bins.count == 16)
        #expect(
            bins.counts(of: [Int64](repeating: 10, count: 160)) == [Double](repeating: 100, count: 16))
    }

    @Test func coarseBinsNeverLoseACount() {
        var generator = Xoshiro256(seed: 5)
        for _ in 0..<300 {
            let baseline = (0..<Int(generator.below(80))).map { _ in Int64(generator.below(50)) }
            let current = (0..<Int(generator.below(120))).map { _ in Int64(generator.below(50)) * 1024 }
            let bins = CoarseBins(baseline: baseline, bins: Int(generator.below(20)))
            #expect(bins.count <= 20 && bins.cuts == bins.cuts.sorted())
            let coarse = bins.counts(of: current, unit: 1024)
            #expect(coarse.count == bins.count)
            #expect(coarse.reduce(0, +) == Double(current.reduce(0, +) / 1024))
            let own = bins.counts(of: baseline)
            #expect(baseline.reduce(0, +) == 0 || own.allSatisfy { $0 > 0 })
        }
    }

    @Test func oneHeavyBucketTakesTheBinsItFills() {
        #expect(CoarseBins(baseline: [0, 100, 0], bins: 16).count == 1)
        #expect(CoarseBins(baseline: [100, 1], bins: 16).counts(of: [100, 1]) == [100, 1])
        #expect(CoarseBins(baseline: [], bins: 0).count == 1)
    }

    @Test func effectiveCountIsKishs() throws {
        let example = try #require(VectorFile.object("distributions")["kish"] as? [String: Any])
        var count = EffectiveCount()
        #expect(count.value == 0)
        for _ in 0..<Int(try example.number("failures")) { count.record(1024) }
        for _ in 0..<Int(try example.number("successes_kept")) { count.record(10 * 1024) }
        #expect(isClose(count.value, try example.number("n_eff")))
    }

    @Test func effectiveCountsSubtractExactly() {
        var generator = Xoshiro256(seed: 6)
        var (kept, gone) = (EffectiveCount(), EffectiveCount())
        for _ in 0..<3000 {
            kept.record(Int64(1 + generator.below(65_536 * 1024)))
            gone.record(Int64(1 + generator.below(65_536 * 1024)))
        }
        var both = kept
        both.merge(gone)
        #expect(both != kept)
        both.subtract(gone)
        #expect(both == kept)
        #expect(both.value > 1 && both.value <= 3000)
    }
}
