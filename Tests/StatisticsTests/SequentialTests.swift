import Glibc
import Statistics
import Testing

/// Evidence that may be looked at as often as one likes.
@Suite struct SequentialTests {
    private static let vectors = "sequential"

    private static func cases(_ key: String) throws -> [[String: Any]] {
        try #require(try VectorFile.object(vectors)[key] as? [[String: Any]])
    }

    private static func expectClose(
        _ a: Double, _ b: Double, within tolerance: Double = 1e-9, sourceLocation: SourceLocation = #_sourceLocation
    ) {
        #expect(abs(a - b) <= tolerance * max(1, abs(b)), "\(a) \(b)", sourceLocation: sourceLocation)
    }

    private static func share(_ row: [String: Any], _ arm: String) throws -> Proportion {
        try #require(Proportion(try row.number("x_\(arm)"), of: try row.number("n_\(arm)")))
    }

    private static func interval(_ row: [String: Any], _ key: String) throws -> (Double, Double) {
        let bounds = try #require(row[key] as? [Double])
        return (bounds[0], bounds[1])
    }

    // MARK: Conditional evidence

    @Test func theConditionalEvidenceIsThatOfTheReference() throws {
        let vector = try #require(try VectorFile.object(Self.vectors)["conditional_eprocess"] as? [String: Any])
        #expect(vector["psi"] as? [Double] == ConditionalEProcess.ratios)
        var process = ConditionalEProcess()
        var largest = 0.0
        for row in try #require(vector["blocks"] as? [[String: Any]]) {
            let (x, n) = (Int64(try row.integer("x_canary")), Int64(try row.integer("n_canary")))
            let block = OutcomeBlock(
                canaryBad: x, of: n, controlBad: Int64(try row.integer("total_errors")) - x,
                of: Int64(try row.integer("n_control")))
            let expected = try #require(row["log_lr"] as? [Double])
            for (found, wanted) in zip(block.logLikelihoodRatios(ConditionalEProcess.ratios), expected) {
                Self.expectClose(found, wanted)
            }
            process.observe(block)
            Self.expectClose(process.logEvidence, try row.number("log_E"))
            largest = max(largest, process.logEvidence)
        }
        #expect(largest > 6.89)
    }

    @Test func theEvidenceForPromotionIsThatOfTheReference() throws {
        let vector = try #require(try VectorFile.object(Self.vectors)["non_inferiority_eprocess"] as? [String: Any])
        var process = NonInferiorityEProcess(margin: 0.05)
        Self.expectClose(try #require(process.ratio(rate: 0.05)), try vector.number("psi"), within: 1e-6)
        for row in try #require(vector["blocks"] as? [[String: Any]]) {
            let block = try #require(row["block"] as? [Int]).map(Int64.init)
            process.observe(
                OutcomeBlock(canaryBad: block[0], of: block[1], controlBad: block[3] - block[0], of: block[2]),
                rate: 0.05)
            // The vector's ratio is rounded to six decimals.
            Self.expectClose(process.logEvidence, try row.number("log_E"), within: 1e-6)
        }
        #expect(process.ratio(rate: 0) == nil && process.ratio(rate: 0.96) == nil)
    }

    @Test func blocksThatSayNothingChangeNothing() {
        var process = ConditionalEProcess()
        for block in [
            OutcomeBlock(canaryBad: 0, of: 0, controlBad: 3, of: 100),
            OutcomeBlock(canaryBad: 3, of: 100, controlBad: 0, of: 0),
            OutcomeBlock(canaryBad: 0, of: 50, controlBad: 0, of: 100),
            OutcomeBlock(canaryBad: 50, of: 50, controlBad: 100, of: 100),
            OutcomeBlock(canaryBad: -1, of: -5, controlBad: 9, of: 3),
        ] {
            process.observe(block)
        }
        #expect(process == ConditionalEProcess())
        #expect(process.logEvidence == 0)
    }

    @Test func statesOfDisjointBlocksMergeToTheStateOfAll() {
        var random = Xoshiro256(seed: 11)
        var (all, first, second) = (ConditionalEProcess(), ConditionalEProcess(), ConditionalEProcess())
        for i in 0..<60 {
            let (n, m) = (Int64(random.below(30)), Int64(random.below(400)))
            let block = OutcomeBlock(
                canaryBad: Int64(random.below(UInt64(n + 1))) / 4, of: n,
                controlBad: Int64(random.below(UInt64(m + 1))) / 8, of: m)
            all.observe(block)
            if i % 3 == 0 { first.observe(block) } else { second.observe(block) }
        }
        first.merge(second)
        Self.expectClose(first.logEvidence, all.logEvidence)
        Self.expectClose(first.logEvidence(power: 0.3), all.logEvidence(power: 0.3))
        #expect(all.logEvidence(power: 0) == 0 && abs(all.logEvidence(power: 0.3)) < abs(all.logEvidence))
    }

    /// The mean of a likelihood ratio where the arms are equal is 1, for every margin and every split.
    @Test func equalArmsGainNoEvidenceOnAverage() {
        func choose(_ n: Int64, _ k: Int64) -> Double {
            (0..<k).reduce(1.0) { $0 * Double(n - $1) / Double($1 + 1) }
        }
        for (n, m, bad) in [(10, 190, 11), (30, 30, 7), (1, 50, 3), (40, 8, 45)] as [(Int64, Int64, Int64)] {
            var mean = [Double](repeating: 0, count: 3)
            for x in max(0, bad - m)...min(n, bad) {
                let p = choose(n, x) * choose(m, bad - x) / choose(n + m, bad)
                let block = OutcomeBlock(canaryBad: x, of: n, controlBad: bad - x, of: m)
                for (i, log) in block.logLikelihoodRatios([0.5, 2, 10]).enumerated() { mean[i] += p * exp(log) }
            }
            for value in mean { Self.expectClose(value, 1) }
        }
    }

    /// Looked at after every minute, at most one of twenty equal canaries is ever accused, by hours of day and a growing share.
    @Test func equalArmsAreSeldomAccusedHoweverOftenOneLooks() {
        var random = Xoshiro256(seed: 12)
        var (accused, wronglyPromoted) = (0, 0)
        let runs = 300
        for _ in 0..<runs {
            var process = ConditionalEProcess()
            var promotion = NonInferiorityEProcess(margin: 0.05)
            var (isAccused, isPromoted) = (false, false)
            for minute in 0..<60 {
                let rate = 0.06 + 0.04 * (minute % 20 < 10 ? 1 : -1)
                let n = Int64(minute < 30 ? 5 : 20)
                func failures(_ n: Int64, _ rate: Double) -> Int64 {
                    (0..<n).reduce(0) { sum, _ in sum + (random.chance(rate) ? 1 : 0) }
                }
                process.observe(
                    OutcomeBlock(
                        canaryBad: failures(n, rate), of: n, controlBad: failures(100 - n, rate), of: 100 - n))
                // At the margin.
                promotion.observe(
                    OutcomeBlock(
                        canaryBad: failures(n, 0.11), of: n, controlBad: failures(100 - n, 0.06), of: 100 - n),
                    rate: 0.06)
                if process.logEvidence >= log(20) { isAccused = true }
                if promotion.logEvidence >= log(20) { isPromoted = true }
            }
            accused += isAccused ? 1 : 0
            wronglyPromoted += isPromoted ? 1 : 0
        }
        // 5% and three standard deviations.
        #expect(accused <= 26, "\(accused) of \(runs)")
        #expect(wronglyPromoted <= 26, "\(wronglyPromoted) of \(runs)")
    }

    // MARK: Intervals

    @Test func asymptoticSequencesAreThoseOfTheReference() throws {
        for row in try Self.cases("asymptotic_cs_proportions") {
            let sequence = AsymptoticSequence(alpha: try row.number("alpha"), tuning: try row.number("tuning"))
            func sample(_ arm: String) throws -> SampleMean {
                let (x, n) = (try row.number("x_\(arm)"), try row.number("n_\(arm)"))
                return try #require(SampleMean(mean: x / n, variance: x / n * (1 - x / n), count: n))
            }
            let found = sequence.interval(canary: try sample("canary"), control: try sample("control"))
            let wanted = try Self.interval(row, "acs_ci")
            Self.expectClose(found.lower, wanted.0)
            Self.expectClose(found.upper, wanted.1)
            Self.expectClose(
                sequence.pValue(canary: try sample("canary"), control: try sample("control")),
                try row.number("acs_p"), within: 1e-6)
        }
        let row = try #require(try VectorFile.object(Self.vectors)["asymptotic_cs_means"] as? [String: Any])
        func sample(_ arm: String) throws -> SampleMean {
            let part = try #require(row[arm] as? [String: Any])
            return try #require(
                SampleMean(
                    count: try part.number("n"), sum: try part.number("sum"),
                    sumOfSquares: try part.number("sum_squares")))
        }
        let sequence = AsymptoticSequence(alpha: 0.05, tuning: 5000)
        let found = sequence.interval(canary: try sample("canary"), control: try sample("control"))
        let wanted = try Self.interval(row, "ci")
        Self.expectClose(found.lower, wanted.0)
        Self.expectClose(found.upper, wanted.1)
        Self.expectClose(
            sequence.pValue(canary: try sample("canary"), control: try sample("control")), try row.number("p"),
            within: 1e-6)
        // One side alone is nearer.
        let lower = sequence.lowerBound(canary: try sample("canary"), control: try sample("control"))
        #expect(lower > found.lower && lower < 80)
    }

    @Test func sharesAreBoundedAsInTheReference() throws {
        for row in try Self.cases("bernoulli_cs") {
            let sequence = BetaBinomialSequence(
                alpha: try row.number("alpha"), tuning: try row.number("t_opt"),
                tunedAlpha: try row.number("alpha_opt"))
            let proportion = try #require(Proportion(try row.number("x"), of: try row.number("n")))
            let (found, wanted) = (sequence.interval(proportion), try Self.interval(row, "ci"))
            Self.expectClose(found.lower, wanted.0, within: 1e-6)
            Self.expectClose(found.upper, wanted.1, within: 1e-6)
        }
        for row in try Self.cases("bernoulli_diff_cs_union") {
            let found = BetaBinomialSequence.difference(
                canary: try Self.share(row, "canary"), control: try Self.share(row, "control"),
                alpha: try row.number("alpha"),
                tuning: (try row.number("t_opt_canary"), try row.number("t_opt_control")))
            let wanted = try Self.interval(row, "diff_cs")
            Self.expectClose(found.lower, wanted.0, within: 1e-6)
            Self.expectClose(found.upper, wanted.1, within: 1e-6)
        }
    }

    @Test func quantilesLieBetweenTheRanksOfTheReference() throws {
        for row in try Self.cases("quantile_cs") {
            let sequence = BetaBinomialSequence(
                alpha: try row.number("alpha"), tuning: try row.number("t_opt"))
            let ranks = sequence.ranks(
                count: Int64(try row.integer("n")), permille: Int((try row.number("p") * 1000).rounded()))
            #expect(ranks.lower == (row["rank_lo"] as? Int).map(Int64.init), "\(row)")
            #expect(ranks.upper == (row["rank_hi"] as? Int).map(Int64.init), "\(row)")
        }
    }

    // MARK: Splits and pairs

    @Test func splitsAreTestedAsInTheReference() throws {
        for row in try Self.cases("srm_chi2") {
            let p = SplitTest.chiSquare(
                observed: try #require(row["observed"] as? [Int]).map(Int64.init),
                shares: try #require(row["weights"] as? [Int]).map({ Double($0) }))
            let wanted = try row.number("p")
            #expect(abs(p - wanted) <= 1e-9 * wanted + 1e-300)
        }
        for row in try Self.cases("sequential_srm") {
            let shares = try row.numbers("theta0")
            var users = shares.map { _ in Int64(0) }
            let logs = try #require(row["log_bf"] as? [Double])
            for (batch, wanted) in zip(try #require(row["batches"] as? [[Int]]), logs) {
                users = zip(users, batch).map { $0 + Int64($1) }
                let found = SplitTest.logEvidence(
                    observed: users, shares: shares,
                    concentration: try row.number("dirichlet_concentration"))
                Self.expectClose(found, wanted, within: 1e-8)
            }
        }
    }

    @Test func pairsAccuseTheOneThatFailsAlone() {
        var pairs = DiscordantPairs()
        for i in 0..<40 { pairs.observe(firstFailed: i < 2, secondFailed: i < 2 || i % 3 == 0) }
        #expect(pairs.onlyFirst == 0 && pairs.onlySecond == 13)
        #expect(pairs.logEvidence > log(20) && pairs.logEvidenceOfFirst < 0)
        // Pairs that agree say nothing.
        #expect(DiscordantPairs().logEvidence == 0)
        // On average nothing is gained where either is as likely.
        var (one, other) = (DiscordantPairs(), DiscordantPairs())
        one.observe(firstFailed: true, secondFailed: false)
        other.observe(firstFailed: false, secondFailed: true)
        Self.expectClose((exp(one.logEvidence) + exp(other.logEvidence)) / 2, 1)
        var both = one
        both.merge(other)
        #expect(both.onlyFirst == 1 && both.onlySecond == 1)
    }

    // MARK: Plans

    @Test func sampleSizesAreThoseOfTheReference() throws {
        for row in try Self.cases("sample_size_proportions") {
            let size = SampleSize(ratio: try row.number("ratio_control_to_canary"))
            let found = size.canary(control: try row.number("p_control"), canary: try row.number("p_canary"))
            Self.expectClose(try #require(found), try row.number("n_canary_unpooled"))
        }
        for row in try Self.cases("sample_size_means") {
            let found = SampleSize(ratio: try row.number("ratio")).canary(
                deviation: try row.number("sd"), difference: try row.number("delta"))
            Self.expectClose(try #require(found), try row.number("n_canary"))
        }
        for row in try Self.cases("deff") {
            let found = DesignEffect.ofClusters(
                size: try row.number("m"), correlation: try row.number("icc"))
            Self.expectClose(found, try row.number("deff"))
        }
        #expect(SampleSize().canary(control: 0.1, canary: 0.1) == nil)
    }

    /// Ten requests a user, of whom the unlucky fail more often: the groups tell, and independent requests count in full.
    @Test(arguments: [0, 0.3]) func theDesignEffectIsSeenInGroupsOfUsers(correlation: Double) throws {
        var random = Xoshiro256(seed: 13)
        var sum = 0.0
        let runs = 20
        for _ in 0..<runs {
            var (bad, counts) = ([Double](repeating: 0, count: 64), [Double](repeating: 0, count: 64))
            for _ in 0..<1000 {
                // With a probability of √ICC a request does as its user's coin says.
                let coin = random.chance(0.1)
                let group = Int(random.below(64))
                for _ in 0..<10 {
                    counts[group] += 1
                    if random.chance(correlation.squareRoot()) ? coin : random.chance(0.1) { bad[group] += 1 }
                }
            }
            sum += try #require(DesignEffect.ofGroups(bad: bad, counts: counts, effective: 10_000))
        }
        let mean = sum / Double(runs)
        let wanted = DesignEffect.ofClusters(size: 10, correlation: correlation)
        // Never below 1, and 64 groups tell to a fifth.
        #expect(abs(mean / wanted - 1) < 0.15, "\(mean) \(wanted)")
        #expect(DesignEffect.ofGroups(bad: [1, 0], counts: [5, 5], effective: 10) == nil)
    }

    @Test func usersFallIntoTheBucketsOfTheReference() throws {
        let rows = try #require(try VectorFile.object("routing")["buckets"] as? [[String: Any]])
        for row in rows {
            let user = try #require(row["user"] as? String)
            #expect(UserBucket.mod100.bucket(of: user) == (try row.integer("python_bucket")))
            #expect(UserBucket.first32.bucket(of: user) == (try row.integer("js_bucket")))
        }
        let users = (0..<1000).map { "user-\($0)" }
        #expect(users.count { UserBucket.mod100.bucket(of: $0) < 5 } == 40)
        #expect(users.count { UserBucket.mod100.bucket(of: $0) < 50 } == 509)
        let agreeing = users.count {
            (UserBucket.mod100.bucket(of: $0) < 50) == (UserBucket.first32.bucket(of: $0) < 50)
        }
        #expect(agreeing == 503)
    }

    @Test func theEvidenceComesAboutAsSoonAsItIsSaidTo() throws {
        let expected = try #require(
            ConditionalEProcess.requests(control: 0.05, canary: 0.1, share: 0.05, alpha: 0.05))
        var random = Xoshiro256(seed: 21)
        var needed: [Int64] = []
        for _ in 0..<60 {
            var (process, n) = (ConditionalEProcess(), Int64(0))
            while process.logEvidence < log(20) {
                let canary = (0..<5).reduce(Int64(0)) { sum, _ in sum + (random.chance(0.1) ? 1 : 0) }
                let control = (0..<95).reduce(Int64(0)) { sum, _ in sum + (random.chance(0.05) ? 1 : 0) }
                process.observe(OutcomeBlock(canaryBad: canary, of: 5, controlBad: control, of: 95))
                n += 5
            }
            needed.append(n)
        }
        let median = Double(needed.sorted()[30])
        #expect((0.6...1.6).contains(expected / median), "\(expected) \(median)")
        #expect(ConditionalEProcess.requests(control: 0.1, canary: 0.05, share: 0.05, alpha: 0.05) == nil)
    }

    @Test func manyFindingsAreAdjustedTogether() {
        let adjusted = FalseDiscovery.adjusted([0.01, 0.04, 0.03, 0.5])
        for (found, wanted) in zip(adjusted, [0.04, 0.16 / 3, 0.16 / 3, 0.5]) { Self.expectClose(found, wanted) }
        #expect(FalseDiscovery.adjusted([]).isEmpty)
    }
}
