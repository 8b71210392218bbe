import Export
import Ingest
import Metrics
import Monitoring
import Statistics
import Synchronization
import Telemetry
import TestSupport

@testable import Engine

/// Bytes in given pieces; an empty piece means that nothing is due yet.
struct Pieces: ChunkProducer {
    var pieces: [[UInt8]]
    private var given = 0

    init(pieces: [[UInt8]]) { self.pieces = pieces }

    mutating func next() -> [UInt8]? {
        guard given < pieces.count else { return nil }
        given += 1
        return pieces[given - 1]
    }

    /// The text cut anywhere, into pieces of up to `largest` bytes.
    static func cut(_ text: String, largest: Int, seed: UInt64) -> Pieces {
        var random = Xoshiro256(seed: seed)
        var rest = Array(text.utf8)[...]
        var pieces: [[UInt8]] = []
        while !rest.isEmpty {
            let count = 1 + Int(random.below(UInt64(largest)))
            pieces.append(Array(rest.prefix(count)))
            rest = rest.dropFirst(count)
        }
        return Pieces(pieces: pieces)
    }
}

/// A clock that a test moves.
final class TestClock: Sendable {
    private let time: Atomic<Int64>

    init(_ start: Int64) { time = Atomic(start) }

    var now: @Sendable () -> Int64 { { self.time.load(ordering: .relaxed) } }

    func advance(by span: Int64) { time.add(span, ordering: .relaxed) }
}

/// Long after everything the tests tell of.
let longAfter = anyTime + 900 * Span.day

enum Run {
    static func options(_ sources: [SourceLocation], clock: @escaping @Sendable () -> Int64 = { longAfter })
        -> EngineOptions
    {
        EngineOptions(sources: sources, prices: .builtIn, clock: clock)
    }

    static func read(_ text: String, clock: Int64 = longAfter, _ change: (inout EngineOptions) -> Void = { _ in })
        throws
        -> Situation
    {
        try read([text], clock: clock, change)
    }

    /// Reads one source a text.
    static func read(_ texts: [String], clock: Int64 = longAfter, _ change: (inout EngineOptions) -> Void = { _ in })
        throws -> Situation
    {
        var options = options(
            texts.map { .program(name: "story", Pieces(pieces: [Array($0.utf8)])) }, clock: { clock })
        change(&options)
        return try OneReading.situation(options)
    }

    /// Plays recorded data at `speed`; the clock jumps to when the next record is due.
    static func replay(_ text: String, speed: Double, opensAt: Int64? = nil) -> (situation: Situation, took: Int64) {
        let clock = TestClock(longAfter)
        var options = options(
            [.program(name: "story", Pieces(pieces: [Array(text.utf8)]))], clock: clock.now)
        options.replaySpeed = speed
        options.opensAt = opensAt
        options.nowMode = .data
        let reader = Reader(options)
        while true {
            switch reader.round(limit: 100) {
            case .busy, .idle: continue
            case .due(let delay): clock.advance(by: delay)
            case .ended: return (reader.situation(), clock.now() - longAfter)
            }
        }
    }
}

extension Situation {
    /// Everything that a reader of the situation could see, but where it came from.
    var account: String {
        let documents = Window.allCases.map { window in
            SnapshotDocument(self, window: window).json.text.split(separator: "\n")
                .filter { !$0.contains("\"source\"") && !$0.contains("\"line\"") }.joined(separator: "\n")
        }
        let events = events.map { "\($0)" }
        let state = ["\(judgedUpTo ?? -1)", "\(verdict(window: .minutes15))"]
        return (documents + events + state).joined(separator: "\n")
    }

    func requests(_ window: Window) -> Int64 { snapshot.totals(window).tally.requests.raw }
}

/// Records of an agent with an outage, as lines.
struct Story {
    /// Times and lines, in order of time.
    private(set) var lines: [(time: Int64, text: String)] = []

    /// `minutes` of traffic with failures in the middle third, feedback, outcomes, evals, a canary and a deploy.
    init(seed: UInt64, from start: Int64 = anyTime, minutes: Int64, perMinute: Double = 60, disorder: Int64 = 0) {
        var random = Xoshiro256(seed: seed)
        var time = start
        var n = 0
        while time < start + minutes * Span.minute {
            time += Int64(random.exponential(mean: 60e6 / perMinute)) + 3
            let part = Double(time - start) / Double(minutes * Span.minute)
            let failed = random.chance(part > 1.0 / 3 && part < 2.0 / 3 ? 0.7 : 0.02)
            let late = disorder > 0 && random.chance(0.2) ? Int64(random.below(UInt64(disorder))) : 0
            let end = max(start, time - late)
            n += 1
            var fields = [
                #""trace_id":"t\#(n)""#, #""timestamp":\#(end)"#,
                #""latency_ms":\#(random.below(failed ? 40_000 : 3000))"#,
                #""input_tokens":\#(random.below(2000))"#, #""output_tokens":\#(random.below(400))"#,
                #""success":\#(!failed)"#, #""model":"gpt-4o""#,
                #""variant":"\#(random.chance(0.2) ? "canary" : "control")""#, #""region":"\#(failed ? "eu" : "us")""#,
                #""sample_rate":\#(random.chance(0.1) ? "0.5" : "1")"#,
            ]
            if failed { fields.append(#""error_type":"timeout""#) }
            lines.append((end, "{\(fields.joined(separator: ","))}"))
            if random.chance(0.1) {
                lines.append((time + 1, #"{"trace_id":"t\#(n)","score":\#(random.below(2)),"timestamp":\#(time + 1)}"#))
            }
            if random.chance(0.05) {
                lines.append((time + 2, #"{"trace_id":"t\#(n)","outcome":"corrected","timestamp":\#(time + 2)}"#))
            }
        }
    }

    var text: String { lines.map { $0.text + "\n" }.joined() }

    /// The lines dealt to `count` files, each in order.
    func dealt(to count: Int, seed: UInt64) -> [String] {
        var random = Xoshiro256(seed: seed)
        var files = [String](repeating: "", count: count)
        for line in lines { files[Int(random.below(UInt64(count)))] += line.text + "\n" }
        return files
    }

    /// One request.
    static func request(_ time: Int64, _ id: String = "", failed: Bool = false) -> String {
        let trace = id.isEmpty ? "" : #""trace_id":"\#(id)","#
        return "{\(trace)\"timestamp\":\(time),\"latency_ms\":100,\"success\":\(!failed)}\n"
    }

    /// A request each second.
    static func seconds(_ count: Int, from start: Int64, failed: Bool = false) -> String {
        (0..<count).map { request(start + Int64($0) * Span.second, "s\(start)-\($0)", failed: failed) }.joined()
    }
}
