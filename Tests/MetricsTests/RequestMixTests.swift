import Metrics
import Statistics
import Telemetry
import TestSupport
import Testing

/// What the requests held of some time came with.
@Suite struct RequestMixTests {
    /// A request each second, its intent and locale by its number.
    private static func bench(_ n: Int, rowBudget: Int = 64 << 20, weight: Int64 = 1024) -> CountingBench {
        var bench = CountingBench(rowBudget: rowBudget)
        let symbols = bench.symbols
        for i in 0..<n {
            bench.count(at: anyTime + Int64(i) * Span.second) { record in
                record.weight = weight
                record.inputLength = Int64(i % 100 + 1)
                if i % 2 == 0 { record.inputTokens = Int64(i % 10) }
                record.outputTokens = 7
                record.success = i % 5 != 0
                if i % 4 == 0 { record.values[.intent] = symbols.intern("refund", .intent) }
                record.values[.taskType] = symbols.intern(i % 2 == 0 ? "order" : "chat", .taskType)
                if i % 3 == 0 { record.values[.locale] = symbols.intern("de-DE", .locale) }
            }
        }
        return bench
    }

    private static func counts(_ table: NameTable<Count>, _ names: SymbolNames) -> [String: Double] {
        Dictionary(
            zip(table.names, table.rows).map { (names[$0], $1.value) }, uniquingKeysWith: { $0 + $1 })
    }

    @Test func itAddsUpWhatRequestsSay() {
        let snapshot = Self.bench(1000).snapshot()
        let mix = snapshot.rows.mix(in: [Int64.min..<Int64.max])
        #expect(mix.requests.raw == 1000 && mix.stride == 1 && mix.from == anyTime && mix.hasIntents)
        #expect(mix.inputLength.count == 1000 * 1024 && mix.inputLength.mean == 50.5)
        #expect(mix.inputTokens.count == 500 * 1024 && mix.outputTokens.mean == 7)
        // A request without an intent is there for its task type.
        #expect(Self.counts(mix.intents, snapshot.names) == ["refund": 250, "order": 250, "chat": 500])
        #expect(Self.counts(mix.locales, snapshot.names) == ["de-DE": 334])
        #expect(mix.effectiveShare == 1)
    }

    @Test func onlyWhatEndedInTheSpansCounts() {
        let snapshot = Self.bench(1000).snapshot()
        func at(_ second: Int64) -> Int64 { anyTime + second * Span.second }
        let mix = snapshot.rows.mix(in: [at(900)..<at(950), at(100)..<at(110)])
        #expect(mix.requests.raw == 60 && mix.from == at(100))
        #expect(snapshot.rows.mix(in: []).requests.raw == 0)
        let before = snapshot.rows.mix(in: [at(-100)..<at(0)])
        #expect(before.requests.raw == 0 && before.from == nil)
    }

    @Test func whatDoesNotPassAFilterIsLeftOut() throws {
        let snapshot = Self.bench(1000).snapshot()
        let filter = try RecordFilter("task_type = chat and success = true")
        let mix = snapshot.rows.mix(in: [Int64.min..<Int64.max], where: filter)
        #expect(mix.requests.raw == 400 && Self.counts(mix.intents, snapshot.names) == ["chat": 400])
        #expect(!mix.hasIntents)
    }

    /// Of the time before what is held whole only failures are left: they say nothing of what requests were like.
    @Test func itBeginsWhereEveryRequestIsHeld() throws {
        let snapshot = Self.bench(8000, rowBudget: 1 << 17).snapshot()
        let reach = try #require(snapshot.rows.reach)
        #expect(reach > anyTime)
        let mix = snapshot.rows.mix(in: [Int64.min..<Int64.max])
        #expect(mix.from == reach)
        let wanted = 8000 - (reach - anyTime + Span.second - 1) / Span.second
        #expect(mix.requests.raw == wanted)
    }

    @Test func ofManyRequestsOneInSomeIsLookedAt() {
        let snapshot = Self.bench(6000).snapshot()
        let mix = snapshot.rows.mix(in: [Int64.min..<Int64.max], atMost: 2500)
        #expect(mix.stride == 3 && abs(mix.requests.raw - 2000) < 150)
        // Every third request names it: as many of those that are looked at.
        let locales = Self.counts(mix.locales, snapshot.names)["de-DE"] ?? 0
        #expect(abs(locales / mix.requests.value - 1.0 / 3) < 0.04)
        #expect(snapshot.rows.mix(in: [Int64.min..<Int64.max], atMost: 2500).requests == mix.requests)
    }

    @Test func sampledRequestsCountAsManyAsTheyStandFor() {
        let mix = Self.bench(100, weight: 10_240).snapshot().rows.mix(in: [Int64.min..<Int64.max])
        #expect(mix.requests.value == 1000 && mix.requests.raw == 100 && mix.effectiveShare == 0.1)
    }
}
