import Metrics
import Monitoring
import Statistics
import Telemetry
import TestSupport
import Testing

@Suite struct CanaryTests {
    /// Traffic of two arms, and what is thought of it at its end, judged every ten seconds.
    struct Trial {
        var minutes: Int64 = 40
        var perMinute: Int64 = 200
        /// Of all requests.
        var share = 0.1
        var control = 0.03
        var canary = 0.03
        /// Fractions that take 9 s instead of 1 s.
        var slowControl = 0.05
        var slowCanary = 0.05
        var weight: Int64 = 1024
        var users: UInt64 = 0
        var seed: UInt64 = 1
        var settings = CanarySettings()
        /// More of an arm's request, by the minute.
        var fill: (inout Record, _ isCanary: Bool, Int64) -> Void = { _, _, _ in }
        var rates: ((_ isCanary: Bool, Int64) -> Double)?
        /// The canary begins after so many minutes.
        var begin: Int64 = 10

        func watch() -> (watch: CanaryWatch, bench: CountingBench) {
            var random = Xoshiro256(seed: seed)
            var bench = CountingBench()
            let control = bench.symbol("control", .variant)
            let canary = bench.symbol("canary", .variant)
            var watch = CanaryWatch(settings)
            for minute in 0..<minutes {
                for i in 0..<perMinute {
                    let isCanary = minute >= begin && random.chance(share)
                    let rate = rates?(isCanary, minute) ?? (isCanary ? self.canary : self.control)
                    let isFailed = random.chance(rate)
                    let isSlow = random.chance(isCanary ? slowCanary : slowControl)
                    let user = users == 0 ? 0 : 1 + random.below(users)
                    bench.count(at: midnight + minute * Span.minute + i * Span.minute / perMinute) { record in
                        record.values[.variant] = isCanary ? canary : control
                        record.success = !isFailed
                        record.latency = (isSlow ? 9 : 1) * Span.second
                        record.weight = weight
                        record.userHash = user
                        fill(&record, isCanary, minute)
                    }
                }
                let now = midnight + (minute + 1) * Span.minute
                watch.step(bench.snapshot(asOf: now), at: now)
            }
            return (watch, bench)
        }

        func report() throws -> CanaryReport {
            let (watch, bench) = watch()
            return try #require(CanaryReport(bench.snapshot(), watch))
        }
    }

    // MARK: Gates

    @Test func gatesAreCrossedAsTheRequirementsSay() throws {
        let names: [CanaryGates.Gate: String] = [
            .errorRateIncrease: "exceeds control by >5pp", .errorRate: "error rate exceeds 3%",
            .evalScore: "eval score below 85%",
        ]
        for item in try VectorFile.cases("canary_gates", of: "seeds") {
            let input = try #require(item["in"] as? [String: Double])
            func share(_ key: String) throws -> CanaryGates.Share {
                // Four decimals at most: as counts they are exact.
                CanaryGates.Share(part: Int64((try #require(input[key]) * 10_000).rounded()), whole: 10_000)
            }
            let crossed = CanaryGates().crossed(
                control: try share("control_err"), canary: try share("canary_err"),
                evalScore: input["eval"] == nil ? nil : try share("eval"))
            let tripped = try #require(item["tripped"] as? [String])
            #expect(crossed.count == tripped.count, "\(input)")
            for (gate, text) in zip(crossed, tripped) { #expect(text.hasSuffix(names[gate] ?? "?"), "\(input)") }
        }
    }

    @Test func gatesCompareExactlyWhateverTheCounts() {
        var random = Xoshiro256(seed: 1)
        let gates = CanaryGates()
        for _ in 0..<500 {
            // canary = control + 5 points exactly, over wholes of any size.
            let n = Int64(1 + random.below(1_000_000_000_000)) * 20
            let failures = Int64(random.below(UInt64(n / 2)))
            let control = CanaryGates.Share(part: failures, whole: n)
            let at = CanaryGates.Share(part: failures + n / 20, whole: n)
            let above = CanaryGates.Share(part: failures + n / 20 + 1, whole: n)
            #expect(!gates.crossed(control: control, canary: at).contains(.errorRateIncrease))
            #expect(gates.crossed(control: control, canary: above).contains(.errorRateIncrease))
        }
        #expect(gates.crossed(control: .init(part: 0, whole: 0), canary: .init(part: 0, whole: 0)).isEmpty)
    }

    // MARK: Verdicts

    @Test func aCanaryThatFailsMoreIsRolledBack() throws {
        let report = try Trial(canary: 0.09).report()
        #expect(report.verdict == .rollback)
        #expect(report.reasons.contains { $0.hasPrefix("fails more: ") && $0.contains(" against ") })
        let soak = try #require(report.evidence)
        #expect(soak.peaks.errors >= soak.bars.errors)
        #expect(report[.errorRate]?.isSurelyWorse == true)
        // Since it was shown, not since it began.
        #expect(try #require(report.rollbackSince) > report.since)
    }

    @Test func aCanaryThatIsSlowMoreOftenIsRolledBack() throws {
        let report = try Trial(slowCanary: 0.3).report()
        #expect(report.verdict == .rollback)
        #expect(report.reasons.contains { $0.hasPrefix("over 5.00s more often: ") }, "\(report.reasons)")
    }

    /// What was surely so once is not taken back.
    @Test func aRollbackStandsUntilTheCanaryIsGone() throws {
        let report = try Trial(minutes: 90, rates: { isCanary, minute in isCanary && minute < 40 ? 0.12 : 0.03 })
            .report()
        #expect(report.verdict == .rollback)
    }

    @Test func aCanaryThatIsAsGoodMovesOn() throws {
        var trial = Trial(
            minutes: 50, perMinute: 300, control: 0.015, canary: 0.015, slowControl: 0.01, slowCanary: 0.01)
        let report = try trial.report()
        #expect(report.verdict == .promote, "\(report.reasons)")
        #expect(report.reasons.first == "10→25%")
        // Shown early, it still has to soak.
        trial.minutes = 30
        let early = try trial.report()
        #expect(early.verdict == .hold && early.reasons.first == "soaking", "\(early.reasons)")
        #expect(early.reasons.last == "soaked 19m of 30m" || early.reasons.last == "soaked 20m of 30m")
    }

    @Test func withoutEvidenceItIsInconclusiveAndSaysWhatIsMissing() throws {
        let report = try Trial(minutes: 16, perMinute: 40).report()
        #expect(report.verdict == .inconclusive)
        let first = try #require(report.reasons.first)
        #expect(first.hasPrefix("about ") && first.contains(" more requests, "), "\(first)")
        // A soak that is over decides nothing by itself.
        var settings = CanarySettings()
        settings.maximumSoak = 5 * Span.minute
        let late = try Trial(minutes: 18, perMinute: 40, settings: settings).report()
        #expect(late.verdict == .inconclusive && late.reasons.first?.hasSuffix("decide by hand") == true)
    }

    @Test func aGateThatFewRequestsAreBeyondHolds() throws {
        // Seven of sixty, among which hardly any evidence.
        let report = try Trial(
            minutes: 13, perMinute: 200, share: 0.1, control: 0, rates: { isCanary, minute in isCanary ? 0.08 : 0.025 },
            begin: 11
        ).report()
        #expect(report.verdict == .hold, "\(report.verdict) \(report.reasons)")
        #expect(report.reasons.first?.hasPrefix("gate crossed, n=") == true)
        #expect(report.reasons.last?.hasSuffix("not yet certain") == true)
    }

    @Test func anOutageOfBothArmsIsNoFaultOfTheCanary() throws {
        let report = try Trial(minutes: 60, seed: 2, rates: { _, minute in minute < 45 ? 0.02 : 0.4 }).report()
        #expect(report.verdict == .hold && report.reasons.first == "provider-wide", "\(report.reasons)")
    }

    @Test func aLowEvalScoreRollsBackUnlessControlsIsAsLow() throws {
        func report(_ control: Int64, _ canary: Int64) throws -> CanaryReport {
            var (watch, bench) = Trial(minutes: 40).watch()
            for (name, score) in [("control", control), ("canary", canary)] {
                let variant = bench.symbol(name, .variant)
                for i in 0..<Int64(600) {
                    bench.count(.eval, at: midnight + 30 * Span.minute + i * 100_000) { record in
                        record.values[.variant] = variant
                        record.evalScore = score + (i % 2 == 0 ? 30_000 : -30_000)
                    }
                }
            }
            let now = midnight + 40 * Span.minute
            watch = CanaryWatch()
            watch.step(bench.snapshot(asOf: now), at: now)
            return try #require(CanaryReport(bench.snapshot(asOf: now), watch))
        }
        let low = try report(900_000, 700_000)
        #expect(low.verdict == .rollback && low.reasons.first == "eval score under 85%, surely", "\(low.reasons)")
        #expect(low[.evalScore]?.isSurelyWorse == true)
        #expect(try report(700_000, 700_000).verdict != .rollback)
    }

    @Test func aTaskTypeThatFailsIsNotHiddenByTheRest() throws {
        var bench = CountingBench()
        let tasks = [true: bench.symbol("refund", .taskType), false: bench.symbol("chat", .taskType)]
        let (control, canary) = (bench.symbol("control", .variant), bench.symbol("canary", .variant))
        var random = Xoshiro256(seed: 3)
        var watch = CanaryWatch()
        for minute in 0..<Int64(60) {
            for i in 0..<Int64(200) {
                let (isCanary, isRefund) = (minute >= 10 && random.chance(0.2), random.chance(0.05))
                let rate = isRefund ? (isCanary ? 0.45 : 0.05) : (isCanary ? 0.02 : 0.05)
                let isFailed = random.chance(rate)
                bench.count(at: midnight + minute * Span.minute + i * 300_000) { record in
                    record.values[.variant] = isCanary ? canary : control
                    record.values[.taskType] = tasks[isRefund] ?? .absent
                    record.success = !isFailed
                }
            }
            let now = midnight + (minute + 1) * Span.minute
            watch.step(bench.snapshot(asOf: now), at: now)
        }
        let report = try #require(CanaryReport(bench.snapshot(), watch))
        #expect(report[.errorRate].flatMap(\.difference).map { $0 < 0 } == true)
        #expect(report.verdict == .rollback, "\(report.reasons)")
        #expect(report.reasons == ["task type refund fails more than with control"])
    }

    // MARK: Users and samples

    /// Ten requests of one user are not ten users.
    @Test func usersWhoseRequestsAreAlikeProveLess() throws {
        func soak(_ users: UInt64, isAlike: Bool) throws -> CanarySoak {
            var trial = Trial(minutes: 60, users: users)
            if isAlike { trial.fill = { record, _, _ in record.success = record.userHash % 20 != 0 } }
            return try #require(trial.watch().watch.soak)
        }
        let alike = try soak(300, isAlike: true)
        let unlike = try soak(300, isAlike: false)
        #expect(alike.designEffect > 5 && unlike.designEffect < 2, "\(alike.designEffect) \(unlike.designEffect)")
        #expect(alike.power == 1 / alike.designEffect)
    }

    @Test func usersThatAreSentElsewhereThanTheyShouldHold() throws {
        var settings = CanarySettings()
        settings.share = 0.2
        var trial = Trial(users: 1 << 40, settings: settings)
        let wrong = try trial.report()
        #expect(wrong.verdict == .hold && wrong.reasons.first == "mismatch", "\(wrong.reasons)")
        trial.settings.share = 0.1
        #expect(try trial.report().reasons.first != "mismatch")
        // The same users in both arms.
        let both = try Trial(users: 400).report()
        #expect(
            both.verdict == .hold && both.reasons.last?.hasSuffix("of the canary's users had another variant") == true)
    }

    /// A weight adds requests, not evidence.
    @Test func weightsDoNotMakeADifferenceMoreCertain() throws {
        let plain = try Trial(canary: 0.06).report()
        let heavy = try Trial(canary: 0.06, weight: 102_400).report()
        let (a, b) = (try #require(plain.evidence), try #require(heavy.evidence))
        #expect(abs(a.peaks.errors - b.peaks.errors) < 1e-9 && abs(a.peaks.notWorse - b.peaks.notWorse) < 1e-3)
        #expect(heavy.verdict == plain.verdict)
        for kind in [CanaryMetric.Kind.errorRate, .p95Latency] {
            let (a, b) = (try #require(plain[kind]?.interval), try #require(heavy[kind]?.interval))
            #expect(abs(a.lower - b.lower) < 1e-6 && abs(a.upper - b.upper) < 1e-6, "\(kind)")
        }
    }

    /// Where failures are kept and only some of the successes, as samplers do.
    @Test func aSampleIsJudgedLikeTheWhole() throws {
        var accused = 0
        for seed in 1...12 as ClosedRange<UInt64> {
            var trial = Trial(minutes: 60, seed: seed)
            trial.fill = { record, _, _ in
                // One in ten successes is there, and stands for ten.
                if record.success == true { record.weight = 10_240 }
            }
            trial.perMinute = 60
            trial.control = 0.29
            trial.canary = 0.29
            if try trial.report().verdict == .rollback { accused += 1 }
        }
        #expect(accused <= 1)
    }

    /// The share is raised while both fail more: neither rate of the whole soak says anything of the arms.
    @Test func anOutageDuringARampTripsNoGate() throws {
        var random = Xoshiro256(seed: 9)
        var bench = CountingBench()
        let (control, canary) = (bench.symbol("control", .variant), bench.symbol("canary", .variant))
        var watch = CanaryWatch()
        for minute in 0..<Int64(120) {
            let isLate = minute >= 100
            for i in 0..<Int64(100) {
                let isCanary = random.chance(isLate ? 0.5 : 0.05)
                let isFailed = random.chance(isLate ? 0.3 : 0.005)
                bench.count(at: midnight + minute * Span.minute + i * 600_000) { record in
                    record.values[.variant] = isCanary ? canary : control
                    record.success = !isFailed
                }
            }
            let now = midnight + (minute + 1) * Span.minute
            watch.step(bench.snapshot(asOf: now), at: now)
        }
        let soak = try #require(watch.soak)
        #expect(soak.step == 50)
        #expect(soak.findings.tripped.isEmpty && !soak.findings.failsMore)
        #expect(CanaryReport(bench.snapshot(), watch)?.reasons.first == "provider-wide")
    }

    /// With so few requests its share comes out anywhere between two steps.
    @Test func chanceMovesNoCanaryToAnotherStep() throws {
        for seed in 1...8 as ClosedRange<UInt64> {
            let soak = try #require(
                Trial(minutes: 130, perMinute: 37, share: 0.067, seed: seed).watch().watch.soak)
            #expect(soak.stepSince == soak.since && soak.step <= 10, "\(seed)")
        }
        let raised = try #require(Trial(minutes: 60, perMinute: 100, share: 0.25).watch().watch.soak)
        #expect(raised.step == 25 && raised.stepSince == raised.since)
    }

    @Test func anotherVersionIsAnotherCanary() throws {
        var versions: [Symbol] = []
        var trial = Trial(minutes: 70, rates: { isCanary, minute in isCanary && minute < 40 ? 0.2 : 0.02 })
        // Symbols are numbered as they are met: the second half has another.
        trial.fill = { record, isCanary, minute in
            if isCanary { record.values[.agentVersion] = versions[minute < 40 ? 0 : 1] }
        }
        let bench = CountingBench()
        versions = [bench.symbol("v1", .agentVersion), bench.symbol("v2", .agentVersion)]
        let report = try trial.report()
        #expect(report.verdict != .rollback, "\(report.reasons)")
        #expect(report.since == midnight + 40 * Span.minute)
    }

    /// However far a replay's steps are apart, and where they begin.
    @Test func whatIsThoughtDoesNotDependOnHowOftenOneLooks() throws {
        let (watch, bench) = Trial(minutes: 45, canary: 0.05).watch()
        var once = CanaryWatch()
        let now = midnight + 45 * Span.minute
        once.step(bench.snapshot(asOf: now), at: now)
        let (a, b) = (try #require(watch.soak), try #require(once.soak))
        #expect(a.peaks == b.peaks && a.designEffect == b.designEffect && a.step == b.step)
        #expect(a.stepSince == b.stepSince && a.findings == b.findings && a.usualRate == b.usualRate)
    }

    // MARK: From a snapshot

    private static func report(_ snapshot: Snapshot) -> CanaryReport? {
        var watch = CanaryWatch()
        if let now = snapshot.now { watch.step(snapshot, at: now) }
        return CanaryReport(snapshot, watch)
    }

    private static func traffic(minutes: Int64, canaryFrom: Int64, canaryTo: Int64) -> CountingBench {
        var bench = CountingBench()
        let control = bench.symbol("control", .variant)
        let canary = bench.symbol("canary", .variant)
        let version = bench.symbol("v2", .agentVersion)
        for second in 0..<minutes * 60 {
            let isCanary = second % 10 == 0 && second >= canaryFrom * 60 && second < canaryTo * 60
            bench.count(at: midnight + second * Span.second) { record in
                record.values[.variant] = isCanary ? canary : control
                if isCanary { record.values[.agentVersion] = version }
                record.success = second % 50 != 0
                record.latency = Span.second
            }
        }
        return bench
    }

    @Test func aCanaryIsComparedWithItsControlWhileItTakesTraffic() throws {
        let bench = Self.traffic(minutes: 90, canaryFrom: 20, canaryTo: 90)
        let report = try #require(Self.report(bench.snapshot()))
        #expect(report.since == midnight + 20 * Span.minute)
        #expect(report.soak == 70 * Span.minute - 10 * Span.second)
        #expect(report.canaryVersion == "v2" && report.controlVersion == "")
        #expect(abs(report.share - 0.1) < 1e-3)
        #expect(report[.errorRate]?.counts.canary == 420 && report[.errorRate]?.counts.control == 3780)
    }

    @Test func aCanaryThatWentAwayIsNotShown() {
        let bench = Self.traffic(minutes: 90, canaryFrom: 10, canaryTo: 40)
        #expect(Self.report(bench.snapshot(asOf: midnight + 69 * Span.minute)) != nil)
        #expect(Self.report(bench.snapshot()) == nil)
        #expect(Self.report(CountingBench().snapshot()) == nil)
    }

    @Test func aCanaryWithoutControlIsInconclusive() throws {
        var bench = CountingBench()
        let canary = bench.symbol("canary", .variant)
        for i in 0..<200 {
            bench.count(at: midnight + Int64(i) * Span.second) { record in
                record.values[.variant] = canary
                record.success = true
            }
        }
        let report = try #require(Self.report(bench.snapshot()))
        #expect(report.verdict == .inconclusive && report.share == 1 && report[.errorRate]?.difference == nil)
    }
}
