import Statistics
import Testing

@Suite struct TwoByTwoTableTests {
    @Test(arguments: ["eu_refund", "rare_all_fail", "big_neutral", "model_b", "tiny", "protective"])
    func tablesAgreeWithTheirVectors(_ name: String) throws {
        let rows = try #require(VectorFile.object("slices")["two_by_two"] as? [String: [String: Any]])
        let row = try #require(rows[name])
        let table = TwoByTwoTable(
            Double(try row.integer("a")), Double(try row.integer("b")), Double(try row.integer("c")),
            Double(try row.integer("d")))
        func check(_ value: Double?, _ key: String) throws {
            let wanted = try row.number(key)
            #expect(abs(try #require(value) - wanted) <= 1e-9 * max(abs(wanted), 1e-300), "\(key) of \(name)")
        }
        try check(table.rateInside, "fail_rate_in")
        try check(table.rateOutside, "fail_rate_out")
        try check(table.shareOfCases, "share_of_failures")
        try check(table.shareOfOthers, "share_of_successes")
        try check(table.lift, "lift")
        try check(table.relativeRisk, "risk_ratio")
        try check(table.relativeRiskInterval(confidence: 0.95).lower, "rr_lower95")
        try check(table.phi, "phi")
        try check(table.excess, "excess_failures")
        // Sums of a thousand terms.
        #expect(abs(table.pValue / (try row.number("fisher_p_greater")) - 1) < 1e-6)
    }

    @Test func falseDiscoveriesAgreeWithTheirVectors() throws {
        let rows = try #require(VectorFile.object("slices")["bh"] as? [String: Any])
        let q = FalseDiscovery.adjusted(try rows.numbers("p"))
        for (a, b) in zip(q, try rows.numbers("q")) { #expect(isClose(a, b)) }
        let rejected = try #require(rows["reject_0.05"] as? [Bool])
        #expect(q.map { $0 <= 0.05 } == rejected)
    }

    @Test func divergencesAgreeWithTheirVectors() throws {
        let rows = try #require(VectorFile.object("slices")["outage_vs_cluster"] as? [String: Any])
        for name in ["provider_wide", "localized"] {
            let row = try #require(rows[name] as? [String: Any])
            let divergence = try #require(
                DistributionDistance.kullbackLeibler(
                    reference: try row.numbers("requests"), current: try row.numbers("failures")))
            #expect(isClose(divergence, try row.number("KL_fail_vs_traffic")))
        }
        #expect(DistributionDistance.kullbackLeibler(reference: [1, 0], current: [1, 1]) == .infinity)
        #expect(DistributionDistance.kullbackLeibler(reference: [0, 0], current: [1, 1]) == nil)
    }

    private static func count(_ n: Int64, weighing weight: Int64 = 1024) -> EffectiveCount {
        var count = EffectiveCount()
        count.record(weight, times: n)
        return count
    }

    @Test func requestsThatWeighOneAreCounts() {
        let counted = TwoByTwoTable(64, 136, 36, 1764)
        let weighted = TwoByTwoTable(
            cases: (Self.count(64), Self.count(100)), others: (Self.count(136), Self.count(1900)))
        #expect(counted == weighted)
    }

    /// A sample that keeps failures and one in ten of the rest says the same of risks, and is as sure as it has requests.
    @Test func samplesSayTheSameAndAreLessSure() throws {
        let whole = TwoByTwoTable(64, 1360, 36, 17640)
        let sample = TwoByTwoTable(
            cases: (Self.count(64), Self.count(100)),
            others: (Self.count(136, weighing: 10_240), Self.count(1900, weighing: 10_240)))
        #expect(isClose(sample.phi, whole.phi))
        let (lifts, excesses) = ([sample.lift, whole.lift], [sample.excess, whole.excess])
        #expect(isClose(try #require(lifts[0]), try #require(lifts[1])))
        #expect(isClose(try #require(excesses[0]), try #require(excesses[1])))
        let (wide, narrow) = (
            sample.relativeRiskInterval(confidence: 0.95), whole.relativeRiskInterval(confidence: 0.95)
        )
        #expect(wide.lower < narrow.lower && wide.upper > narrow.upper)
        // As of the requests that were seen.
        #expect(abs(sample.pValue / TwoByTwoTable(64, 136, 36, 1764).pValue - 1) < 1e-9)
    }

    /// Where only a slice is kept whole, its shares are surer than those of the rest, and chance is not mistaken for more.
    @Test func chanceAmongSampledRequestsIsNoFinding() {
        var random = Xoshiro256(seed: 3)
        var small = 0
        for _ in 0..<400 {
            var (cases, others) = ((EffectiveCount(), EffectiveCount()), (EffectiveCount(), EffectiveCount()))
            for _ in 0..<3000 {
                let isInside = random.chance(0.2)
                let fails = random.chance(0.05)
                // Failures and the slice are kept, of the rest one in ten.
                let weight: Int64 = fails || isInside ? 1024 : 10_240
                guard weight == 1024 || random.chance(0.1) else { continue }
                if fails {
                    cases.1.record(weight)
                    if isInside { cases.0.record(weight) }
                } else {
                    others.1.record(weight)
                    if isInside { others.0.record(weight) }
                }
            }
            if TwoByTwoTable(cases: cases, others: others).pValue <= 0.05 { small += 1 }
        }
        // 5% of 400, and three standard deviations.
        #expect(small <= 33 && small >= 4, "\(small)")
    }

    @Test func emptyTablesSayNothing() {
        for table in [TwoByTwoTable(0, 0, 0, 0), TwoByTwoTable(0, 0, 5, 9), TwoByTwoTable(3, 0, 0, 0)] {
            #expect(table.phi == 0 && table.pValue == 1)
            #expect(table.relativeRiskInterval(confidence: 0.95).lower <= 1)
        }
        #expect(TwoByTwoTable(0, 0, 0, 0).lift == nil && TwoByTwoTable(0, 0, 0, 0).relativeRisk == nil)
        #expect(TwoByTwoTable(3, 1, 0, 9).relativeRisk == .infinity)
    }

    /// Both tails add up to all and the value itself, however far from the mode.
    @Test func exactTestsAreProbabilities() {
        var random = Xoshiro256(seed: 11)
        for _ in 0..<300 {
            let cells = (0..<4).map { _ in Double(random.below(random.chance(0.2) ? 20_000 : 40)) }
            let up = TwoByTwoTable(cells[0], cells[1], cells[2], cells[3]).pValue
            let down = TwoByTwoTable(cells[1], cells[0], cells[3], cells[2]).pValue
            #expect(up >= 0 && up <= 1 && up + down >= 1 - 1e-6, "\(cells)")
        }
    }
}
