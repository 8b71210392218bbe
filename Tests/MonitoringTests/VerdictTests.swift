import Metrics
import Query
import Statistics
import Telemetry
import TestSupport
import Testing

@testable import Monitoring

@Suite struct VerdictTests {
    private static func alert(
        _ name: String, _ severity: Severity, since: Int64 = anyTime, phase: AlertPhase = .firing
    ) -> Alert {
        var state = AlertState()
        let timing = AlertTiming(forCount: phase == .pending ? 9 : 1)
        _ = state.step(Evaluation(isTrue: true, value: 0.6, threshold: 0.5), timing: timing, at: since)
        if phase == .resolved { _ = state.step(Evaluation(isTrue: false), timing: timing, at: since + Span.minute) }
        return Alert(
            name: name, severity: severity, state: state, metric: .errorRate, valueText: "60.0%", thresholdText: ">50%")
    }

    private static func bench(live: Bool = false) -> CountingBench {
        var bench = CountingBench()
        bench.source.isLive = live
        bench.source.state = live ? .following : .ended
        for i in 0..<100 { bench.count(at: anyTime + Int64(i) * Span.second) { $0.success = true } }
        return bench
    }

    private static func verdict(
        _ alerts: [Alert], canary: CanaryReport? = nil, _ bench: CountingBench = bench(), asOf now: Int64? = nil
    ) -> Verdict {
        Verdict(
            bench.snapshot(asOf: now), alerts: alerts, canary: canary,
            recoveredAt: alerts.filter { $0.severity != .p3 }.compactMap(\.state.resolvedAt).max(), window: .minutes15)
    }

    @Test func nothingFiringIsHealthySinceTheStart() {
        let verdict = Self.verdict([])
        #expect(verdict.state == .healthy && verdict.since == anyTime)
        #expect(verdict.clauses.first == "100 requests")
    }

    @Test func aPageIsCriticalATicketDegradedANoteIsNoted() {
        #expect(Self.verdict([Self.alert("a", .p1), Self.alert("b", .p2)]).state == .critical)
        #expect(Self.verdict([Self.alert("b", .p2), Self.alert("c", .p3)]).state == .degraded)
        let note = Self.verdict([Self.alert("c", .p3)])
        #expect(note.state == .healthy && note.clauses.contains("errors 60.0% (>50%)"))
    }

    @Test func pendingAndResolvedAlertsDoNotDegrade() {
        #expect(Self.verdict([Self.alert("a", .p1, phase: .pending)]).state == .healthy)
        let resolved = Self.verdict([Self.alert("a", .p1, phase: .resolved)])
        #expect(resolved.state == .healthy && resolved.since == anyTime + Span.minute)
    }

    @Test func theOldestOfTheMostUrgentSaysSinceWhen() {
        let verdict = Self.verdict([
            Self.alert("new", .p1, since: anyTime + Span.minute), Self.alert("old", .p1, since: anyTime),
            Self.alert("older", .p2, since: anyTime - Span.hour),
        ])
        // What is named is not what came first, and that is said.
        let older = ClockTime(anyTime - Span.hour).text(seconds: false)
        #expect(verdict.since == anyTime && verdict.clauses.contains("+2 more since \(older)"))
        let alone = Self.verdict([Self.alert("a", .p1), Self.alert("b", .p2)])
        #expect(alone.clauses.contains("+1 more"))
    }

    @Test func withoutARecordThereIsNoData() {
        let verdict = Self.verdict([], CountingBench())
        #expect(verdict.state == .noData && verdict.since == nil)
    }

    @Test func aLiveSourceThatFellSilentHasNoData() {
        let last = anyTime + 99 * Span.second
        let live = Self.bench(live: true)
        #expect(Self.verdict([], live, asOf: last + 2 * Span.minute).state == .healthy)
        let stale = Self.verdict([Self.alert("a", .p1)], live, asOf: last + 2 * Span.minute + 1)
        #expect(stale.state == .noData && stale.since == last)
        var ended = live
        ended.source.state = .ended
        #expect(Self.verdict([], ended, asOf: last + Span.hour).state == .healthy)
        #expect(Self.verdict([], Self.bench(), asOf: last + Span.hour).state == .healthy)
    }

    @Test func aCanaryToRollBackDegrades() throws {
        let report = try CanaryTests.Trial(canary: 0.2).report()
        #expect(report.verdict == .rollback)
        let verdict = Self.verdict([], canary: report)
        #expect(verdict.state == .degraded && verdict.clauses.first?.contains("ROLLBACK") == true)
        let both = Self.verdict([Self.alert("a", .p1)], canary: report)
        #expect(both.state == .critical && both.clauses.contains("canary ROLLBACK"))
    }

    // MARK: The dominant slice

    /// Requests with random dimensions; `fails` decides by their region.
    private static func traffic(
        _ seed: UInt64, carrying share: Double = 1, fails: (String) -> Double
    ) -> Snapshot {
        var random = Xoshiro256(seed: seed)
        var bench = CountingBench()
        for i in 0..<2000 {
            let region = ["eu", "us", "asia", "africa"][Int(random.below(4))]
            let failed = random.chance(fails(region))
            let regionName = bench.symbol(region, .region)
            let model = bench.symbol("model-\(random.below(5))", .model)
            let task = bench.symbol("task-\(random.below(3))", .taskType)
            let tellsRegion = random.chance(share)
            bench.count(at: anyTime + Int64(i) * 100_000) { record in
                record.success = !failed
                if tellsRegion { record.values[.region] = regionName }
                record.values[.model] = model
                record.values[.taskType] = task
            }
        }
        return bench.snapshot()
    }

    private static func dominant(_ snapshot: Snapshot) -> Explanation.Row? {
        Explanation.ofFailures(in: snapshot, lasting: 15 * Span.minute, endingAt: snapshot.now ?? 0).headline
    }

    @Test(arguments: 1...8 as ClosedRange<UInt64>)
    func aPlantedSliceIsFoundAndNothingWhereThereIsNone(_ seed: UInt64) {
        let planted = Self.dominant(Self.traffic(seed) { $0 == "asia" ? 0.5 : 0.03 })
        #expect(planted?.label == "region=asia")
        #expect(planted.map { $0.share > 0.7 && $0.table.shareOfOthers ?? 1 < 0.25 } == true)
        #expect(Self.dominant(Self.traffic(seed) { _ in 0.1 }) == nil)
        #expect(Self.dominant(Self.traffic(seed) { _ in 0 }) == nil)
        #expect(Self.dominant(Self.traffic(seed) { _ in 1 }) == nil)
    }

    /// A dimension that few requests carry cannot explain the failures of all.
    @Test func sharesAreOfAllFailures() {
        let few = Self.traffic(21, carrying: 0.05) { $0 == "asia" ? 0.5 : 0.03 }
        #expect(Self.dominant(few) == nil)
        let most = Self.dominant(Self.traffic(22, carrying: 0.7) { $0 == "asia" ? 0.5 : 0.03 })
        #expect(most?.label == "region=asia")
        #expect(most.map { $0.share > 0.5 && $0.share < 0.7 } == true)
    }

    @Test func aHandfulOfFailuresExplainsNothing() {
        var bench = CountingBench()
        let eu = bench.symbol("eu", .region)
        for i in 0..<100 {
            bench.count(at: anyTime + Int64(i)) { record in
                record.success = i >= 9
                if i < 9 { record.values[.region] = eu }
            }
        }
        #expect(Self.dominant(bench.snapshot()) == nil)
    }

    @Test func dimensionsAreCalledAsInRecords() {
        #expect(Dimension.taskType.fieldName == "task_type" && Dimension.model.fieldName == "model")
        #expect(Dimension.promptVersion.fieldName == "prompt_version")
    }
}
