import Export
import Foundation
import Metrics
import Monitoring
import Statistics
import Telemetry
import TestSupport
import Testing

/// `--format records`: what is read back is what was told.
@Suite struct SnapshotRecordsTests {
    /// Requests of a seed, in any order within a minute; every third story is sampled.
    private static func story(_ seed: UInt64, minutes: Int64) -> CountingBench {
        var bench = CountingBench()
        var random = Dice(seed: seed)
        let names = ["timeout", "rate_limit", "odd \"name\"\\", "\u{1b}[31m"].map { bench.symbol($0, .errorType) }
        let tools = ["search", "refund"].map { bench.symbol($0, .tool) }
        for n in 0..<Int64(minutes * 20) {
            let time = anyTime + n * 3 * Span.second + Int64(random.below(30)) * Span.second
            let cost: Int64? = seed % 2 == 0 ? Int64(random.below(5_000_000_000)) : nil
            bench.count(at: time, trace: "t\(n)", cost: cost) { record in
                record.success = random.below(10) > 1
                if record.success == false { record.errorType = names[random.below(names.count)] }
                if random.below(20) > 0 { record.latency = Int64(random.below(9_000_000)) * Int64(random.below(3)) }
                record.inputTokens = Int64(random.below(2000))
                record.outputTokens = Int64(random.below(300))
                record.outputLength = Int64(random.below(4000))
                if seed % 3 == 0 { record.weight = Int64(1024 + random.below(9000)) }
                var call = ToolCall()
                call.name = tools[random.below(2)]
                record.tools = random.below(3) == 0 ? [call] : []
                record.toolCallCount = Int64(record.tools.count)
            }
        }
        return bench
    }

    /// Counts the lines as an engine would.
    private static func readBack(_ text: String) throws -> Snapshot {
        var bench = CountingBench()
        var decoder = NativeDecoder(symbols: bench.symbols)
        for line in text.split(separator: "\n") {
            var bytes = Array(line.utf8)
            let count = bytes.count
            bytes.append(contentsOf: repeatElement(0, count: NativeDecoder.padding))
            var record = Record()
            // A view of bytes that are there.
            let result = unsafe decoder.decode(bytes.span.bytes, line: 0..<count, into: &record)
            try #require(result == .record && record.kind == .snapshot, "\(line)")
            unsafe bench.recorder.record(
                record, bytes: bytes.span.bytes, cost: nil, names: { bench.symbols.names }, judgedUpTo: .min)
        }
        return bench.snapshot()
    }

    private static func numbers(_ snapshot: Snapshot) throws -> [String: NSObject] {
        let situation = Situation(snapshot: snapshot, alerts: [], rules: [], events: [], judgedUpTo: nil)
        let text = SnapshotDocument(situation, window: .all).json.text
        let document = try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
        var numbers: [String: NSObject] = [:]
        for key in [
            "requests", "successes", "failures", "error_rate", "errors", "latency_ms", "tokens", "request_rate_per_s",
            "as_of", "covered_s",
        ] {
            numbers[key] = document[key] as? NSObject
        }
        numbers["cost"] = (document["cost_usd"] as? [String: Any])?["total"] as? NSObject
        numbers["tools"] =
            (document["tools"] as? [String: [String: Any]])?.mapValues { $0["calls"] as? NSObject } as? NSObject
        return numbers
    }

    @Test(arguments: [5 * Span.second, 60 * Span.second, 300 * Span.second, Span.hour])
    func recordsReadBackGiveTheSameNumbers(step: Int64) throws {
        for seed: UInt64 in [1, 2, 4, 5] {
            let snapshot = Self.story(seed, minutes: 45).snapshot()
            var records = SnapshotRecords(every: step)
            let text = records.rest(snapshot)
            #expect(try Self.numbers(try Self.readBack(text)) == Self.numbers(snapshot), "seed \(seed)")
        }
    }

    @Test func whatIsToldWhileReadingIsWhatIsToldAtTheEnd() throws {
        let whole = Self.story(8, minutes: 45)
        var records = SnapshotRecords(every: Span.minute)
        var text = ""
        // The same recorder at many times of its life: what is late comes again.
        for minutes in stride(from: Int64(1), through: 45, by: 2) {
            text += records.over(Self.story(8, minutes: minutes).snapshot())
        }
        let early = text.split(separator: "\n").count
        #expect(early > 40)
        text += records.rest(whole.snapshot())
        #expect(try Self.numbers(try Self.readBack(text)) == Self.numbers(whole.snapshot()))
    }

    @Test func sampledRequestsAddUpToTheNearestWhole() throws {
        for seed: UInt64 in [3, 6] {
            let snapshot = Self.story(seed, minutes: 90).snapshot()
            var records = SnapshotRecords(every: Span.minute)
            let again = try Self.readBack(records.rest(snapshot))
            let (told, given) = (again.totals(.all).tally, snapshot.totals(.all).tally)
            #expect(abs(told.requests.value - given.requests.value) <= 0.5)
            #expect(abs(told.inputTokens - given.inputTokens) <= 512 && abs(told.cost - given.cost) <= 512)
            let (a, b) = (told.latency.quantile(permille: 500), given.latency.quantile(permille: 500))
            #expect(abs((a ?? 0) / (b ?? 1) - 1) < 0.03)
        }
    }

    @Test func aWindowIsToldAlone() throws {
        let snapshot = Self.story(2, minutes: 45).snapshot()
        let again = try Self.readBack(SnapshotRecords.window(.minutes15, of: snapshot, every: Span.minute))
        let (told, given) = (again.totals(.all).tally, snapshot.totals(.minutes15).tally)
        #expect(told.requests == given.requests && told.failed == given.failed && told.cost == given.cost)
        #expect(told.latency == given.latency)
    }

    @Test func moreNamesThanAReaderTakesAreFolded() throws {
        var bench = CountingBench()
        for n in 0..<300 {
            let name = bench.symbol("e\(n)", .errorType)
            bench.count(at: anyTime + Int64(n), trace: "t\(n)") { record in
                record.success = false
                record.errorType = name
            }
        }
        var records = SnapshotRecords(every: Span.minute)
        let again = try Self.readBack(records.rest(bench.snapshot()))
        #expect(again.totals(.all).tally.failed.raw == 300)
    }

    @Test func nothingReadIsNothingTold() {
        var records = SnapshotRecords(every: Span.minute)
        #expect(records.over(CountingBench().snapshot()).isEmpty && records.rest(CountingBench().snapshot()).isEmpty)
    }

    @Test func stepsAreMadeOfWholeSlots() {
        for length in [5, 10, 15, 20, 30, 60, 120, 300, 900, 1800, 3600, 7200, 86_400] as [Int64] {
            #expect(SnapshotRecords.isStep(length * Span.second), "\(length)")
        }
        for length in [0, 1, 7, 25, 45, 90, 420, 5000, 18_000, 172_800] as [Int64] {
            #expect(!SnapshotRecords.isStep(length * Span.second), "\(length)")
        }
    }
}

private struct Dice {
    private var random: Xoshiro256

    init(seed: UInt64) { random = Xoshiro256(seed: seed) }

    mutating func below(_ limit: Int) -> Int { Int(random.below(UInt64(limit))) }
}
