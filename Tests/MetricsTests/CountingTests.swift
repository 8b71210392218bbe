import Metrics
import Statistics
import Telemetry
import TestSupport
import Testing

@Suite struct CountingTests {
    // MARK: Names

    @Test func namesBeyondTheBoundAreCountedUnderOther() {
        var bench = CountingBench()
        for i in 0..<1000 {
            let model = bench.symbol("model-\(i)", .model)
            bench.count(at: anyTime + Int64(i)) { $0.values[.model] = model }
        }
        let models = bench.snapshot().totals(.minute1).tally.models
        #expect(models.names.count <= NameTable<RequestRow>.capacity)
        #expect(models[.other]?.requests.raw == 1001 - Int64(models.names.count))
        #expect(models.rows.reduce(0) { $0 + $1.requests.raw } == 1000)
    }

    @Test func heavyNamesStayApartWheneverTheyCome() {
        var table = NameTable<Count>()
        for i in 0..<5000 {
            table.update(Symbol(rawValue: UInt32(10 + i))) { $0.add(weight: Record.unitWeight) }
            // From the middle on, one of ten.
            guard i >= 2500, i % 9 == 0 else { continue }
            table.update(Symbol(rawValue: 5)) { $0.add(weight: Record.unitWeight) }
        }
        let ranked = table.ranked { $0.weighted }.map(\.name.rawValue)
        #expect(ranked.prefix(2) == [1, 5])
        #expect(table[Symbol(rawValue: 5)]?.raw == 278)
    }

    @Test func theBoundHoldsThroughMerges() {
        var random = Xoshiro256(seed: 1)
        var sum = NameTable<Count>()
        var total: Int64 = 0
        for _ in 0..<40 {
            var table = NameTable<Count>()
            for _ in 0..<200 {
                let name = Symbol(rawValue: UInt32(2 + random.below(3000)))
                let one = Record.unitWeight * Int64(1 + random.below(4))
                table.update(name) { $0.weighted += one }
                total += one
            }
            sum.merge(table)
            #expect(sum.names.count <= NameTable<Count>.capacity)
        }
        #expect(sum.rows.reduce(0) { $0 + $1.weighted } == total)
        #expect(Set(sum.names).count == sum.names.count)
    }

    @Test func rankedNamesKeepTheirOrderWhereTheyAreEqual() {
        var table = NameTable<Count>()
        for (name, n) in [(9, 1), (3, 5), (7, 1), (4, 1)] {
            table.update(Symbol(rawValue: UInt32(name))) { $0.weighted += Int64(n) }
        }
        #expect(table.ranked { $0.weighted }.map(\.name.rawValue) == [3, 4, 7, 9])
    }

    // MARK: Weights

    /// Failures kept, one of ten successes: the weights give the true rate back (sampling.json).
    @Test func sampledRecordsWeighIn() throws {
        let vectors = try VectorFile.object("sampling")
        let weights = try #require(vectors["weights"] as? [String: Any])
        let example = try #require(weights["example"] as? [String: Double])
        let failures = try #require(example["failures"])
        let kept = try #require(example["successes_kept"])
        var bench = CountingBench()
        let model = bench.symbol("m", .model)
        for i in 0..<Int(failures + kept) {
            let failed = i < Int(failures)
            bench.count(at: anyTime + Int64(i) * 1000, trace: "t\(i)", cost: 2_000_000) { record in
                record.weight = failed ? 1024 : 10_240
                record.success = !failed
                record.latency = failed ? 9_000_000 : 1_000_000
                record.inputTokens = 100
                record.values[.model] = model
                record.values[.variant] = model
                record.flags = .safety
            }
        }
        let snapshot = bench.snapshot()
        let tally = snapshot.totals(.minutes5).tally
        #expect(tally.requests.value == failures + 10 * kept)
        #expect(tally.requests.raw == Int64(failures + kept))
        #expect(tally.errorRate == example["rate"])
        let effective = try #require(example["n_eff"])
        #expect(abs(tally.effectiveRequests - effective) < 1e-9)
        #expect(tally.latency.quantile(permille: 500).map { $0 < 1_100_000 } == true)
        #expect(tally.totalTokens == 100 * Int64(failures + 10 * kept))
        #expect(tally.costInDollars.map { abs($0 - 0.002 * (failures + 10 * kept)) < 1e-9 } == true)
        #expect(tally.costPerRequest.map { abs($0 - 0.002) < 1e-12 } == true)
        #expect(tally.flagged(.safety) == tally.requests.weighted)
        #expect(tally.models[model]?.errorRate == example["rate"])
        let arm = snapshot.arms.sum(from: anyTime - Span.minute, to: anyTime + Span.minute)[model]
        #expect(arm?.errorRate == example["rate"])
        #expect(arm.map { abs($0.effectiveJudged - effective) < 1e-9 } == true)
        let slice = snapshot.slices.sum(.model, from: anyTime - Span.minute, to: anyTime + Span.minute).table[model]
        #expect(slice?.counts.errorRate == example["rate"])
    }

    @Test func theHeaviestRecordsDoNotOverflow() {
        var bench = CountingBench()
        for i in 0..<1000 {
            bench.count(at: anyTime + Int64(i), cost: 1_000_000_000) { record in
                record.weight = Record.maximumWeight
                record.success = i % 2 == 0
                record.latency = 3600 * Span.second
            }
        }
        let tally = bench.snapshot().totals(.minutes5).tally
        #expect(tally.requests.value == 65_536_000)
        #expect(tally.errorRate == 0.5)
        #expect(tally.effectiveRequests == 1000)
    }

    @Test func whatIsNotKnownIsNil() {
        var bench = CountingBench()
        bench.count(at: anyTime)
        let totals = bench.snapshot().totals(.minutes5)
        let tally = totals.tally
        #expect(tally.requests.raw == 1)
        #expect(tally.errorRate == nil && tally.strongCompletionRate == nil && tally.satisfaction == nil)
        #expect(tally.costInDollars == nil && tally.costPerSuccess == nil && totals.costPerHour == nil)
        #expect(tally.totalTokens == nil && totals.tokensPerMinute == nil && tally.toolErrorRate == nil)
        #expect(tally.latency.quantile(permille: 950) == nil && tally.escalationRate == nil)
    }

    @Test func aMinuteCountedElsewhereCountsLikeItsRequests() {
        var bench = CountingBench()
        let timeout = bench.symbol("timeout", .errorType)
        bench.count(.snapshot, at: anyTime) { record in
            var aggregate = Aggregate()
            aggregate.requests = 100
            aggregate.errors = [timeout: 7]
            aggregate.inputTokens = 1000
            aggregate.cost = 3_000_000_000
            var histogram = WireHistogram()
            histogram.scale = 6
            histogram.offset = 640
            histogram.counts = [60, 0, 40]
            aggregate.latencyHistogram = histogram
            record.aggregate = aggregate
        }
        let tally = bench.snapshot().totals(.minutes5).tally
        #expect(tally.requests.raw == 100 && tally.errorRate == 0.07)
        #expect(tally.errors[timeout]?.raw == 7)
        #expect(tally.totalTokens == 1000 && tally.costInDollars == 3)
        #expect(tally.latency.count == 102_400)
        // Bucket 640 at scale 6 is (2^10, 2^(10 + 1/64)] ms.
        #expect(tally.latency.quantile(permille: 500).map { $0 > 1_024_000 && $0 < 1_036_000 } == true)
    }

    @Test func tokensAndDollarsWithoutRequestsAreTold() {
        var bench = CountingBench()
        bench.count(.snapshot, at: anyTime) { record in
            var aggregate = Aggregate()
            aggregate.inputTokens = 70
            aggregate.cost = 2_000_000_000
            record.aggregate = aggregate
        }
        let tally = bench.snapshot().totals(.minutes5).tally
        #expect(tally.requests.raw == 0 && tally.costPerRequest == nil)
        #expect(tally.totalTokens == 70 && tally.costInDollars == 2)
    }

    @Test func aCoarserHistogramKeepsItsCount() {
        for scale in [-2, 0, 3, 6, 9] {
            var bench = CountingBench()
            bench.count(.snapshot, at: anyTime) { record in
                var aggregate = Aggregate()
                aggregate.requests = 12
                var histogram = WireHistogram()
                histogram.scale = scale
                histogram.zeroCount = 2
                histogram.counts = [4, 6]
                aggregate.latencyHistogram = histogram
                record.aggregate = aggregate
            }
            #expect(bench.snapshot().totals(.minutes5).tally.latency.count == 12 * 1024, "scale \(scale)")
        }
    }

    /// Whoever counts a minute knows its extremes and its sum, which buckets don't tell; what contradicts them is no knowledge.
    @Test func sumAndExtremesOfAHistogramAreBelievedWhereItsBucketsAgree() {
        // Buckets 640 and 642 at scale 6 are (1024, 1035.2] and (1046.4, 1057.8] ms.
        func latency(_ change: (inout WireHistogram) -> Void) -> ExponentialHistogram {
            var bench = CountingBench()
            bench.count(.snapshot, at: anyTime) { record in
                var histogram = WireHistogram()
                histogram.scale = 6
                histogram.offset = 640
                histogram.counts = [3, 0, 1]
                change(&histogram)
                var aggregate = Aggregate()
                aggregate.requests = 4
                aggregate.latencyHistogram = histogram
                record.aggregate = aggregate
            }
            return bench.snapshot().totals(.minutes5).tally.latency
        }
        let plain = latency { _ in }
        let told = latency {
            $0.minimum = 1_025_000
            $0.maximum = 1_057_000
            $0.sum = 4_140_000
        }
        #expect(told.minimum == 1_025_000 && told.maximum == 1_057_000 && told.sum == 4_140_000 * 1024)
        #expect(told.count == plain.count && told.quantile(permille: 1000) == 1_057_000)
        let lied = latency {
            $0.minimum = 1_040_000
            $0.maximum = 9_000_000
            $0.sum = 99_000_000
        }
        #expect(lied == plain)
        for extreme in [Int64.min, -1, 0, .max] {
            let odd = latency {
                $0.minimum = extreme
                $0.maximum = extreme
                $0.sum = extreme
            }
            #expect(odd == plain, "\(extreme)")
        }
    }

    // MARK: Spans and tools

    @Test func aSpansToolCountsUnlessTheRequestListsItsCalls() {
        for listed in [false, true] {
            var bench = CountingBench()
            let search = bench.symbol("search", .tool)
            bench.count(at: anyTime) { record in
                var part = SpanPart()
                part.kind = .tool
                part.tool = search
                part.duration = 1000
                part.failed = true
                record.spans = [part]
                if listed {
                    var call = ToolCall()
                    call.name = search
                    call.success = true
                    call.latency = 2000
                    record.tools = [call]
                }
            }
            let tally = bench.snapshot().totals(.minutes5).tally
            #expect(tally.toolCalls == 1024)
            #expect(tally.toolErrorRate == (listed ? 0 : 1))
            #expect(tally.toolLatency.count == 1024)
            #expect(tally.toolLatency.maximum == (listed ? 2000 : 1000))
        }
    }
}
