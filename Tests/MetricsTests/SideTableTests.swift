import Statistics
import Telemetry
import TestSupport
import Testing

@testable import Metrics

/// What is kept beside the timeline: arms, slices, exemplars, queues.
@Suite struct SideTableTests {
    // MARK: Arms

    @Test func anArmSumsItsWholeMinutes() {
        var bench = CountingBench()
        let canary = bench.symbol("canary", .variant)
        let version = bench.symbol("v2", .agentVersion)
        for minute in 0..<30 {
            bench.count(at: midnight + Int64(minute) * Span.minute + 30 * Span.second) { record in
                record.values[.variant] = canary
                record.values[.agentVersion] = version
                record.success = minute % 3 != 0
                record.latency = Int64(minute) * 1000
            }
        }
        let arms = bench.snapshot().arms
        let row = arms.sum(from: midnight + 10 * Span.minute, to: midnight + 20 * Span.minute)[canary]
        #expect(row?.requests.raw == 10 && row?.failed.raw == 3 && row?.latency.maximum == 19_000)
        #expect(row?.version == version)
        #expect(arms.sum(from: midnight - Span.hour, to: midnight)[canary] == nil)
    }

    @Test func aPauseStartsTheSoakAnew() {
        var bench = CountingBench()
        let canary = bench.symbol("canary", .variant)
        let see = { (bench: inout CountingBench, minute: Int64) in
            bench.count(at: midnight + minute * Span.minute) { $0.values[.variant] = canary }
        }
        for minute in [0, 20, 50, 80] as [Int64] { see(&bench, minute) }
        #expect(bench.snapshot().arms.presence(of: canary)?.first == midnight)
        #expect(bench.snapshot().arms.presence(of: canary)?.last == midnight + 80 * Span.minute)
        see(&bench, 111)
        #expect(bench.snapshot().arms.presence(of: canary)?.first == midnight + 111 * Span.minute)
        // Out of order within the pause extends the stretch; from long before it does not.
        see(&bench, 100)
        #expect(bench.snapshot().arms.presence(of: canary)?.first == midnight + 100 * Span.minute)
        for minute in 0..<20 { see(&bench, Int64(minute)) }
        #expect(bench.snapshot().arms.presence(of: canary)?.first == midnight + 100 * Span.minute)
    }

    @Test func manyVariantsDoNotKeepACanaryOut() {
        var bench = CountingBench()
        for i in 0..<100 {
            let name = bench.symbol("experiment-\(i)", .variant)
            bench.count(at: midnight + Int64(i) * Span.second) { $0.values[.variant] = name }
        }
        #expect(bench.snapshot().arms.variants.count == 16)
        let canary = bench.symbol("canary", .variant)
        bench.count(at: midnight + Span.hour) { $0.values[.variant] = canary }
        #expect(bench.snapshot().arms.presence(of: canary) != nil)
        #expect(bench.snapshot().arms.variants.count == 16)
    }

    // MARK: Slices

    @Test func slicesSumTheMinutesOfAWindow() {
        var random = Xoshiro256(seed: 2)
        var bench = CountingBench()
        var kept: [(time: Int64, region: String, failed: Bool, weight: Int64)] = []
        for i in 0..<3000 {
            let time = anyTime + Int64(i) * 2 * Span.second - Int64(random.below(30_000_000))
            let region = ["eu", "us", "asia"][Int(random.below(3))]
            let failed = random.chance(0.3)
            let weight = Int64(1 + random.below(3)) * 1024
            kept.append((time, region, failed, weight))
            let symbol = bench.symbol(region, .region)
            bench.count(at: time) { record in
                record.weight = weight
                record.success = !failed
                record.latency = 1000
                record.values[.region] = symbol
            }
        }
        let snapshot = bench.snapshot()
        let now = snapshot.now ?? 0
        for duration in [5 * Span.minute, 15 * Span.minute, Span.hour] {
            let (table, start) = snapshot.slices.sum(.region, from: now - duration, to: now + 1)
            #expect(start == (now - duration).alignedDown(to: Span.minute))
            for region in ["eu", "us", "asia"] {
                let part = kept.filter { $0.region == region && $0.time >= start }
                let row = table[bench.symbol(region, .region)]
                #expect(row?.counts.requests.weighted == part.reduce(0) { $0 + $1.weight })
                #expect(row?.counts.failed.weighted == part.filter(\.failed).reduce(0) { $0 + $1.weight })
                #expect(row?.latency.count == part.reduce(0) { $0 + $1.weight })
            }
        }
        let (day, _) = snapshot.slices.sum(.region, from: now - Span.day, to: now + 1)
        #expect(day.rows.reduce(0) { $0 + $1.counts.requests.raw } == 3000)
        #expect(snapshot.slices.sum(.tool, from: 0, to: now).table.isEmpty)
    }

    // MARK: Exemplars

    @Test func exemplarsAreTheNewestFailuresAndTheSlowestRequest() {
        var bench = CountingBench()
        for i in 0..<500 {
            bench.count(at: anyTime + Int64(i) * Span.second, trace: "trace-\(i)") { record in
                record.success = i % 2 == 0
                record.latency = Int64((i * 37) % 500) * 1000
            }
        }
        let snapshot = bench.snapshot()
        let now = snapshot.now ?? 0
        let failures = snapshot.exemplars.failures(in: anyTime...now, limit: 3)
        #expect(failures.map(\.traceID) == ["trace-499", "trace-497", "trace-495"])
        #expect(snapshot.exemplars.failures(in: anyTime...now, limit: 1000).count == 128)
        let slowest = snapshot.exemplars.slowest(in: anyTime...now)
        #expect(slowest?.latency == 499_000)
        // (i · 37) mod 500 = 499.
        #expect(slowest?.traceID == "trace-27")
        #expect(snapshot.exemplars.slowest(in: 0...anyTime - 1) == nil)
    }

    @Test func aLateRecordDoesNotTakeANewerMinutesPlace() {
        var bench = CountingBench()
        bench.count(at: anyTime, trace: "now") { $0.latency = 10 }
        bench.count(at: anyTime - 64 * Span.minute, trace: "then") { $0.latency = 1000 }
        let exemplar = bench.snapshot().exemplars.slowest(in: anyTime - Span.minute...anyTime)
        #expect(exemplar?.traceID == "now")
    }

    @Test func idsOfExemplarsAreCutAndCleaned() {
        var bench = CountingBench()
        let hostile = "\u{1b}[31mred\u{7}" + String(repeating: "é", count: 200)
        bench.count(at: anyTime, trace: hostile) { $0.success = false }
        let id = bench.snapshot().exemplars.failures(in: 0...anyTime, limit: 1).first?.traceID ?? ""
        #expect(!id.isEmpty && id.utf8.count <= 128)
        #expect(id.unicodeScalars.allSatisfy { $0.value >= 0x20 && !(0x7f...0x9f).contains($0.value) })
    }

    // MARK: Others

    @Test func aQueueHasItsLastDepth() {
        var bench = CountingBench()
        let queue = bench.symbol("human_review", .queue)
        for depth in [3, 9, 4] {
            bench.count(.queue, at: anyTime) { record in
                record.queue = queue
                record.queueDepth = Int64(depth)
            }
        }
        #expect(bench.snapshot().queues == [queue: 4])
    }

    @Test func aQueueHasAPastAndWhatComesLateDoesNotReplaceTheNewest() {
        var bench = CountingBench()
        let queue = bench.symbol("human_review", .queue)
        for (minute, depth) in [(0, 3), (10, 9), (5, 7)] as [(Int64, Int64)] {
            bench.count(.queue, at: midnight + minute * Span.minute) { ($0.queue, $0.queueDepth) = (queue, depth) }
        }
        let snapshot = bench.snapshot(asOf: midnight + 11 * Span.minute)
        #expect(snapshot.queues == [queue: 9])
        for (minute, depth) in [(4, 3), (7, 7), (10, 9)] as [(Int64, Int64)] {
            #expect(snapshot.asOf(midnight + minute * Span.minute).queues == [queue: depth])
        }
        #expect(snapshot.queueDepths.before(midnight).isEmpty)
    }

    @Test func ofTheOlderPastOfAQueueTheLargestReadingsAreHeld() {
        var bench = CountingBench()
        let queue = bench.symbol("human_review", .queue)
        // Each 5 s of nine days: 40 as each hour's second minute begins, 20 as each minute does, else 3.
        for step in 0..<9 * 17_280 as Range<Int64> {
            let depth: Int64 = step % 720 == 12 ? 40 : step % 12 == 0 ? 20 : 3
            bench.count(.queue, at: midnight + step * 5 * Span.second) { ($0.queue, $0.queueDepth) = (queue, depth) }
        }
        let depths = bench.snapshot().queueDepths
        let end = midnight + 9 * Span.day
        func depth(ago: Int64) -> Int64? { depths.before(end - ago)[queue] }
        // Exactly within the hour, by the minute within the day, by the hour before.
        #expect(depth(ago: 0) == 3 && depth(ago: Span.minute - 1) == 20 && depth(ago: 58 * Span.minute) == 3)
        #expect(depth(ago: 2 * Span.hour) == 20 && depth(ago: 3 * Span.hour - 2 * Span.minute) == 40)
        #expect(depth(ago: 2 * Span.day) == 40 && depth(ago: 7 * Span.day) == 40)
        #expect(depths.oldest == [queue: end - 8 * Span.day + Span.minute])
        #expect(depths.before(end - 8 * Span.day).isEmpty)
    }

    @Test func aQueueThatSeldomTellsIsHeldExactlyForLonger() {
        var bench = CountingBench()
        let queue = bench.symbol("human_review", .queue)
        for minute in 0..<2000 as Range<Int64> {
            bench.count(.queue, at: midnight + minute * Span.minute) { ($0.queue, $0.queueDepth) = (queue, minute) }
        }
        let depths = bench.snapshot().queueDepths
        #expect(depths.before(.max) == [queue: 1999])
        #expect(depths.before(midnight + 561 * Span.minute) == [queue: 560])
        #expect(depths.before(midnight + 560 * Span.minute) == [queue: 539])
    }

    @Test func aSnapshotDoesNotChangeWhenCountingGoesOn() {
        var bench = CountingBench()
        var random = Xoshiro256(seed: 3)
        for i in 0..<300 { bench.count(Sample.random(at: anyTime + Int64(i) * Span.second, using: &random)) }
        let snapshot = bench.snapshot()
        let before = Window.allCases.map { Figures(snapshot.totals($0).tally, snapshot.names) }
        for i in 0..<3000 {
            bench.count(Sample.random(at: anyTime + Int64(i) * 2 * Span.second, using: &random))
        }
        let after = Window.allCases.map { Figures(snapshot.totals($0).tally, snapshot.names) }
        #expect(before == after)
    }
}
