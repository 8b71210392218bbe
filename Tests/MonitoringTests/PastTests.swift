import Metrics
import Statistics
import Telemetry
import TestSupport
import Testing

@testable import Monitoring

/// What is said of an earlier time afterwards is what was said then.
@Suite struct PastTests {
    /// What one moment looked like.
    private struct Moment {
        var time: Int64
        var situation: Situation
    }

    private static func situation(_ snapshot: Snapshot, _ judge: Judge, _ now: Int64) -> Situation {
        Situation(
            snapshot: snapshot, alerts: judge.alerts, rules: judge.watched, events: judge.events,
            troubleSince: judge.troubleSince, recoveredAt: judge.recoveredAt, judgedUpTo: now)
    }

    /// Three outages in an hour and a half, a canary in the middle of them; every moment at which was judged, and the end.
    private static let story: (moments: [Moment], end: Situation) = {
        var bench = CountingBench()
        var judge = Judge(rules: RulePack.conservative.rules)
        let arms = (bench.symbol("control", .variant), bench.symbol("canary", .variant))
        let timeout = bench.symbol("timeout", .errorType)
        let tasks = (bench.symbol("chat", .taskType), bench.symbol("refund", .taskType))
        var moments: [Moment] = []
        for second in Int64(0)..<5000 {
            let isOut = (600..<900).contains(second) || (2000..<2100).contains(second) || second >= 4700
            for part in 0..<2 {
                bench.count(at: midnight + second * Span.second + Int64(part) * 300_000) { record in
                    record.success = !(isOut && (second + Int64(part)) % 3 != 0)
                    if record.success == false { record.errorType = timeout }
                    record.latency = (1 + second % 7) * Span.second
                    record.inputTokens = second
                    record.values[.taskType] = record.success == true ? tasks.0 : tasks.1
                    if (1000..<2400).contains(second) { record.values[.variant] = part == 0 ? arms.0 : arms.1 }
                }
            }
            let now = midnight + (second + 1) * Span.second
            guard now % Judge.interval == 0 else { continue }
            let snapshot = bench.snapshot(asOf: now)
            judge.step(snapshot, at: now)
            if second % 50 == 49 { moments.append(Moment(time: now, situation: situation(snapshot, judge, now))) }
        }
        let end = midnight + 5000 * Span.second
        return (moments, situation(bench.snapshot(asOf: end), judge, end))
    }()

    @Test func windowsOfThePastHaveTheNumbersTheyHad() {
        for moment in Self.story.moments {
            let past = Self.story.end.asOf(moment.time).snapshot
            #expect(past.now == moment.time)
            let isFine = Self.story.end.snapshot.now.map { $0 - moment.time < 30 * Span.minute } ?? false
            for window in Window.allCases where isFine || moment.time % Span.minute == 0 {
                let now = past.totals(window).tally
                let then = moment.situation.snapshot.totals(window).tally
                // A window that begins within a slot begins with that slot, and those of an hour ago are a minute long.
                let isShort = window.duration.map { $0 <= 15 * Span.minute } ?? false
                guard isShort || moment.time % Span.minute == 0 else { continue }
                guard window != .minute1 || isFine else { continue }
                #expect(now.requests.raw == then.requests.raw, "\(window) at \(moment.time)")
                #expect(now.failed.raw == then.failed.raw && now.inputTokens == then.inputTokens)
                #expect(now.latency.quantile(permille: 950) == then.latency.quantile(permille: 950))
            }
        }
    }

    @Test func alertsOfThePastAreThoseThatThereWere() {
        var seen: Set<AlertPhase> = []
        for moment in Self.story.moments {
            let past = Self.story.end.asOf(moment.time)
            func told(_ alerts: [Alert]) -> [String] {
                alerts.map { "\($0.name) \($0.state.phase.map(\.rawValue) ?? "") \($0.state.since)" }
            }
            #expect(told(past.alerts) == told(moment.situation.alerts))
            #expect(past.troubleSince == moment.situation.troubleSince)
            #expect(past.recoveredAt == moment.situation.recoveredAt)
            let (now, then) = (past.verdict(window: .minutes15), moment.situation.verdict(window: .minutes15))
            #expect(now.state == then.state && now.since == then.since)
            seen.formUnion(past.alerts.compactMap(\.state.phase))
        }
        #expect(seen.isSuperset(of: [.pending, .firing, .resolved]))
        let firing = Self.story.end.firingTimes.map { ($0 - midnight) / Span.second }
        for outage in [600..<900, 2000..<2200, 4700..<5000] as [Range<Int64>] {
            #expect(firing.contains(where: outage.contains))
        }
    }

    @Test func objectivesAndBudgetsOfThePastAreThoseThatThereWere() throws {
        let tier = [LatencyBudget(.document)]
        let objective = try Objective(name: "success", kind: .success, target: 950_000)
        var watches = Watches([objective], Budget(daily: 100), latency: tier)
        var bench = CountingBench()
        var moments: [(time: Int64, watches: Watches)] = []
        for minute in Int64(1)...180 {
            for part in Int64(0)..<6 {
                bench.count(
                    at: midnight + (minute - 1) * Span.minute + part * 10 * Span.second,
                    cost: minute < 60 ? 10_000_000 : 90_000_000
                ) { $0.success = minute % 20 > 2 || part > 0 }
            }
            let now = midnight + minute * Span.minute
            watches.step(bench.snapshot(asOf: now), at: now)
            if minute % 15 == 0 { moments.append((now, watches)) }
        }
        let end = Situation(
            snapshot: bench.snapshot(asOf: midnight + 3 * Span.hour), alerts: [], rules: [], events: [],
            judgedUpTo: midnight + 3 * Span.hour, watches: watches)
        for (time, then) in moments {
            let past = end.asOf(time).watches
            let (now, before) = (try #require(past.objectiveReports.first), try #require(then.objectiveReports.first))
            #expect(now == before, "\((time - midnight) / Span.minute)m")
            #expect(past.budgetReports.map(\.spend.dollars) == then.budgetReports.map(\.spend.dollars))
            #expect(past.budgetReports.map(\.spend.pace) == then.budgetReports.map(\.spend.pace))
            #expect(past.latencyBudgets == tier)
        }
    }

    @Test func noSliceExplainsMoreThanAllFailures() {
        var explained = 0
        for moment in Self.story.moments {
            let past = Self.story.end.asOf(moment.time).snapshot
            let row = Explanation.ofFailures(in: past, lasting: 15 * Span.minute, endingAt: moment.time).headline
            guard let row else { continue }
            explained += 1
            #expect(row.share <= 1 && row.table.shareOfOthers ?? 0 <= 1, "\(moment.time): \(row.label)")
        }
        #expect(explained > 0)
    }

    @Test func aCanaryThatIsOverIsSeenWhereItRan() throws {
        #expect(Self.story.end.canary() == nil)
        let time = midnight + 1800 * Span.second
        let past = try #require(Self.story.end.asOf(time).canary())
        let then = try #require(Self.story.moments.first { $0.time == time }?.situation.canary())
        // To a minute: what a canary's first request was is not kept.
        #expect(past.verdict == then.verdict && abs(past.since - then.since) < Span.minute)
        #expect(past[.errorRate]?.counts.canary == then[.errorRate]?.counts.canary)
        #expect(!past.isOver)
    }

    @Test func theNewestTimeIsNoPast() {
        #expect(!Self.story.end.asOf(.max).snapshot.isPast)
        #expect(Self.story.end.asOf(.min).snapshot.now == Self.story.end.snapshot.firstTime)
    }
}
