import Metrics
import Statistics
import Telemetry
import TestSupport
import Testing

/// Requests held one by one.
@Suite struct RequestRowsTests {
    private static let always = Int64.min...Int64.max

    /// Bytes for a handful of small chunks.
    private static let small = 1 << 20

    @Test(arguments: [0, 1, 63, 64, 65, 2048, 5000])
    func rowsGiveBackWhatWasCounted(_ n: Int) {
        var bench = CountingBench(rowBudget: 64 << 20)
        let counted = bench.count(n, from: anyTime)
        let rows = bench.snapshot().rows
        let (held, total) = rows.select(in: Self.always, order: .newest, limit: .max / 8)
        #expect(total == n && rows.count == n && rows.isWhole)
        #expect(rows.reach == (n > 0 ? anyTime : nil))
        #expect(held.map(\.account) == counted.reversed().map(\.account))
    }

    @Test func selectionsAreTheFirstOfTheirOrder() {
        var bench = CountingBench(rowBudget: 64 << 20)
        let counted = bench.count(3000, from: anyTime)
        let rows = bench.snapshot().rows
        let times = anyTime + 100 * Span.second...anyTime + 2900 * Span.second
        let within = counted.filter { times.contains($0.record.time) }
        for order in RequestRows.Order.allCases {
            let sorted = within.sorted { a, b in
                func key(_ full: FullRecord) -> Int64 {
                    switch order {
                    case .newest: full.record.time
                    case .slowest: full.record.latency ?? .min
                    case .costliest: full.cost ?? .min
                    }
                }
                return (key(a), a.record.time) > (key(b), b.record.time)
            }
            for limit in [0, 1, 10, 1000] {
                let (held, total) = rows.select(in: times, order: order, limit: limit)
                #expect(total == within.count)
                #expect(held.map(\.traceID) == sorted.prefix(limit).map(\.traceID))
            }
        }
    }

    @Test func whatIsLearnedLaterIsFoundWithItsRequest() {
        var bench = CountingBench(rowBudget: 64 << 20)
        _ = bench.count(100, from: anyTime)
        let trace = "t\(anyTime + 5 * Span.second)"
        bench.count(.feedback, at: anyTime + Span.hour, trace: trace) { $0.ratedPositive = false }
        bench.count(.outcome, at: anyTime + Span.minute, trace: trace) { $0.escalated = true }
        bench.count(.feedback, at: anyTime + Span.hour, trace: "nobody's") { $0.ratedPositive = true }
        let rows = bench.snapshot().rows
        let request = rows.find(traceID: trace)
        #expect(request?.learned.map(\.time) == [anyTime + Span.minute, anyTime + Span.hour])
        #expect(request?.learned.map(\.record.escalated) == [true, nil])
        #expect(request?.learned.map(\.record.ratedPositive) == [nil, false])
        #expect(rows.find(traceID: "nobody's") == nil && rows.count == 100)
    }

    @Test func aSnapshotStaysAsItWas() {
        var bench = CountingBench(rowBudget: Self.small)
        _ = bench.count(500, from: anyTime)
        let rows = bench.snapshot().rows
        let before = rows.select(in: Self.always, order: .newest, limit: 1000).rows.map(\.account)
        _ = bench.count(50_000, from: anyTime + Span.hour, seed: 2)
        #expect(rows.select(in: Self.always, order: .newest, limit: 1000).rows.map(\.account) == before)
        #expect(before.count == 500)
    }

    @Test func whatDoesNotFitIsGivenUpOldestFirstAndFailuresStayLongest() throws {
        var bench = CountingBench(rowBudget: Self.small)
        let counted = bench.count(40_000, from: anyTime)
        let rows = bench.snapshot().rows
        let reach = try #require(rows.reach)
        #expect(rows.byteCount < Self.small && !rows.isWhole)
        #expect(reach > anyTime && reach < anyTime + 40_000 * Span.second)
        // Everything since then.
        let expected = counted.filter { $0.record.time >= reach }.reversed().map(\.account)
        let held = rows.select(in: reach...Int64.max, order: .newest, limit: .max / 8).rows
        #expect(held.map(\.account) == Array(expected))
        // Before it failures alone, as they were.
        let older = rows.select(in: Int64.min...reach - 1, order: .newest, limit: .max / 8).rows
        let failures = counted.filter { $0.record.time < reach && $0.record.success == false }
        #expect(older.count > 50 && older.allSatisfy { $0.record.success == false })
        #expect(older.map(\.account) == failures.suffix(older.count).reversed().map(\.account))
    }

    @Test func historyPushesOutNothingNewer() {
        var bench = CountingBench(rowBudget: Self.small)
        let newest = bench.count(1000, from: anyTime)
        var random = Xoshiro256(seed: 9)
        for i in 0..<30_000 as Range<Int64> {
            let time = anyTime - Span.day + i * Span.second
            bench.count(FullRecord(at: time, trace: "h\(i)", bench.symbols, using: &random), isHistory: true)
        }
        let rows = bench.snapshot().rows
        #expect(rows.byteCount < Self.small)
        let held = rows.select(in: anyTime...Int64.max, order: .newest, limit: 2000).rows
        #expect(held.map(\.account) == newest.reversed().map(\.account))
        #expect(rows.select(in: Int64.min...anyTime - 1, order: .newest, limit: 1).total > 0)
    }

    @Test func hostileTextsAndListsAreHeldWithinTheBudget() {
        var bench = CountingBench(rowBudget: Self.small)
        let long = String(repeating: "é", count: 50_000)
        for i in 0..<2000 as Range<Int64> {
            bench.count(at: anyTime + i, trace: "\(i)\(long)") { record in
                for _ in 0..<Record.maximumParts {
                    record.tools.append(ToolCall())
                    record.spans.append(SpanPart())
                }
            }
        }
        let rows = bench.snapshot().rows
        #expect(rows.byteCount < 4 * Self.small)
        let newest = rows.select(in: Self.always, order: .newest, limit: 1).rows.first
        #expect(newest?.record.tools.count == Record.maximumParts)
        #expect(newest.map { $0.traceID.hasPrefix("1999éé") && $0.traceID.utf8.count <= 512 } == true)
    }

    @Test func valuesComeByHowOftenTheyAreHeld() {
        var bench = CountingBench(rowBudget: 64 << 20)
        for (model, n) in [("gpt-4o", 3), ("gpt-4o-mini", 5), ("claude", 9), ("Gpt-5", 1)] {
            for i in 0..<n {
                let symbol = bench.symbol(model, .model)
                let plan = Attribute(name: bench.symbol("plan", .attribute), value: bench.symbol("pro", .attribute))
                bench.count(at: anyTime + Int64(i), trace: "\(model)\(i)") {
                    $0.values[.model] = symbol
                    $0.attributes = [plan]
                    $0.flags = .safety
                }
            }
        }
        let rows = bench.snapshot().rows
        #expect(rows.values(ofField: "model", prefix: "gpt", limit: 9) == ["gpt-4o-mini", "gpt-4o", "Gpt-5"])
        #expect(rows.values(ofField: "model", prefix: "", limit: 1) == ["claude"])
        #expect(rows.values(ofField: "plan", prefix: "", limit: 9) == ["pro"])
        #expect(rows.values(ofField: "attr.plan", prefix: "p", limit: 9) == ["pro"])
        #expect(rows.values(ofField: "flag", prefix: "s", limit: 9) == ["safety"])
        #expect(rows.values(ofField: "failed", prefix: "", limit: 9) == ["false", "true"])
        #expect(rows.values(ofField: "latency", prefix: "", limit: 9).isEmpty)
        #expect(rows.values(ofField: "nonsense", prefix: "", limit: 9).isEmpty)
    }
}
