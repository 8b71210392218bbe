import Metrics
import Monitoring
import Statistics
import Telemetry
import TestSupport
import Testing

@Suite struct CanaryTests {
    /// One request of an arm.
    static func request(
        failed: Bool, weight: Int64 = 1024, latency: Int64 = Span.second, rated: Bool? = nil
    ) -> ArmRow {
        var row = ArmRow()
        row.requests.weighted = weight
        row.requests.raw = 1
        row.squaredWeights = weight * weight / 1024
        if failed { row.failed = row.requests } else { row.succeeded = row.requests }
        row.latency.record(latency, weight: weight)
        if rated == true { row.ratedUp = weight }
        if rated == false { row.ratedDown = weight }
        return row
    }

    private static func arm(_ failed: Int, of total: Int, weight: Int64 = 1024) -> ArmRow {
        var arm = ArmRow()
        for i in 0..<total { arm.add(request(failed: i < failed, weight: weight)) }
        return arm
    }

    private static func report(
        _ control: ArmRow, _ canary: ArmRow, soak: Int64 = Span.hour
    ) -> CanaryReport {
        CanaryReport(control: control, canary: canary, soak: soak)
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

    @Test func withoutEvidenceItIsInconclusive() {
        let fine = Self.report(Self.arm(10, of: 1000), Self.arm(10, of: 1000))
        #expect(fine.verdict == .inconclusive && fine.reasons.first == "no gate crossed")
        let young = Self.report(Self.arm(1, of: 1000), Self.arm(1, of: 1000), soak: 10 * Span.minute)
        #expect(young.verdict == .inconclusive && young.reasons.last == "soaked 10m of 30m")
        #expect(Self.report(ArmRow(), ArmRow(), soak: 0).verdict == .inconclusive)
    }

    @Test func aGateCrossedByTooFewRequestsHolds() {
        let report = Self.report(Self.arm(10, of: 1000), Self.arm(50, of: 99))
        #expect(report.verdict == .hold && report.reasons.last == "n=99 of 100")
        #expect(Self.report(Self.arm(0, of: 99), Self.arm(50, of: 1000)).verdict == .hold)
        #expect(Self.report(Self.arm(1, of: 100), Self.arm(50, of: 100)).verdict == .rollback)
    }

    @Test func rollbackNeedsAGateAndACertainDifference() {
        let certain = Self.report(Self.arm(20, of: 2000), Self.arm(200, of: 1000))
        #expect(certain.verdict == .rollback)
        #expect(certain[.errorRate]?.interval.map { $0.lower > 0 } == true)
        // 6 points more, but of 100 requests.
        let uncertain = Self.report(Self.arm(4, of: 100), Self.arm(10, of: 100))
        #expect(uncertain.verdict == .hold && uncertain.reasons.last == "difference not yet certain")
    }

    @Test func anOutageOfBothArmsIsNoFaultOfTheCanary() {
        let both = Self.report(Self.arm(100, of: 1000), Self.arm(100, of: 1000))
        #expect(both.verdict == .inconclusive)
        // Control at exactly 3% does not cross the gate: then the canary's 4% counts.
        let one = Self.report(Self.arm(30, of: 1000), Self.arm(40, of: 1000))
        #expect(one.verdict == .hold && one.reasons.first?.contains("errors over 3%") == true)
    }

    @Test func aLowEvalScoreHolds() {
        var canary = Self.arm(0, of: 200)
        for _ in 0..<50 { canary.evalScore.record(840_000, weight: 1024) }
        let report = Self.report(Self.arm(0, of: 200), canary)
        #expect(report.verdict == .hold && report.reasons.first?.contains("eval score under 85%") == true)
    }

    // MARK: Sampled records

    /// A weight adds requests, not evidence.
    @Test func weightsDoNotMakeADifferenceMoreCertain() throws {
        let plain = Self.report(Self.arm(4, of: 120), Self.arm(12, of: 120))
        let heavy = Self.report(Self.arm(4, of: 120, weight: 102_400), Self.arm(12, of: 120, weight: 102_400))
        let a = try #require(plain[.errorRate]?.interval)
        let b = try #require(heavy[.errorRate]?.interval)
        #expect(abs(a.lower - b.lower) < 1e-9 && abs(a.upper - b.upper) < 1e-9)
        #expect(heavy.verdict == plain.verdict)
        #expect(
            Self.report(Self.arm(1, of: 90, weight: 102_400), Self.arm(50, of: 90, weight: 102_400)).verdict == .hold)
    }

    @Test func weightsDoNotNarrowTheIntervalsOfLatencyAndRatings() throws {
        func arms(_ weight: Int64) -> CanaryReport {
            var random = Xoshiro256(seed: 7)
            var control = ArmRow()
            var canary = ArmRow()
            for i in 0..<300 {
                let latency = Int64(random.exponential(mean: 2e6)) + 1
                control.add(Self.request(failed: false, weight: weight, latency: latency, rated: i % 4 != 0))
                canary.add(Self.request(failed: false, weight: weight, latency: latency * 2, rated: i % 2 == 0))
            }
            return Self.report(control, canary)
        }
        let plain = arms(1024)
        let heavy = arms(20_480)
        for kind in [CanaryMetric.Kind.p95Latency, .satisfaction] {
            let a = try #require(plain[kind]?.interval)
            let b = try #require(heavy[kind]?.interval)
            #expect(abs(a.lower - b.lower) < 1e-9 && abs(a.upper - b.upper) < 1e-9, "\(kind)")
        }
        // Twice as slow, give or take.
        let p95 = try #require(plain[.p95Latency])
        #expect(p95.interval.map { $0.contains(1) } == true)
        #expect(p95.difference.map { abs($0 - 1) < 0.03 } == true)
    }

    // MARK: From a snapshot

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
        let report = try #require(CanaryReport(bench.snapshot()))
        #expect(report.since == midnight + 20 * Span.minute)
        #expect(report.soak == 70 * Span.minute - 10 * Span.second)
        #expect(report.canaryVersion == "v2" && report.controlVersion == "")
        #expect(abs(report.share - 0.1) < 1e-3)
        #expect(report[.errorRate]?.counts.canary == 420 && report[.errorRate]?.counts.control == 3780)
    }

    @Test func aCanaryThatWentAwayIsNotShown() {
        let bench = Self.traffic(minutes: 90, canaryFrom: 10, canaryTo: 40)
        #expect(CanaryReport(bench.snapshot(asOf: midnight + 69 * Span.minute)) != nil)
        #expect(CanaryReport(bench.snapshot()) == nil)
        #expect(CanaryReport(CountingBench().snapshot()) == nil)
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
        let report = try #require(CanaryReport(bench.snapshot()))
        #expect(report.verdict == .inconclusive && report.share == 1 && report[.errorRate]?.difference == nil)
    }
}
