import Metrics
import Statistics
import Telemetry
import TestSupport

/// A request with any of the fields that a record may have, and what it cost.
struct FullRecord {
    var record: Record
    var traceID: String
    var sessionID: String
    var cost: Int64?

    init(at time: Int64, trace: String, _ symbols: SymbolTable, using random: inout Xoshiro256) {
        func maybe(_ probability: Double = 0.5, below limit: UInt64) -> Int64? {
            random.chance(probability) ? Int64(random.below(limit)) : nil
        }
        func answer() -> Bool? { random.chance(0.6) ? random.chance(0.5) : nil }
        func name(_ names: String..., in dimension: Dimension) -> Symbol {
            symbols.intern(names[Int(random.below(UInt64(names.count)))], dimension)
        }
        record = Record()
        record.time = time
        record.hasTime = true
        traceID = trace
        sessionID = random.chance(0.5) ? "s\(random.below(20))" : ""
        record.traceHash = IdentifierHash.hash(trace)
        record.sessionHash = sessionID.isEmpty ? 0 : IdentifierHash.hash(sessionID)
        if random.chance(0.5) { record.userHash = IdentifierHash.hash("u\(random.below(9))") }
        record.weight = random.chance(0.2) ? 2048 : 1024
        record.latency = maybe(0.9, below: 60_000_000)
        record.timeToFirstToken = maybe(below: 5_000_000)
        record.inputTokens = maybe(0.8, below: 5000)
        record.outputTokens = maybe(0.8, below: 900)
        record.inputLength = maybe(below: 3000)
        record.statusCode = maybe(0.3, below: 600)
        record.quality = maybe(below: 1_000_001)
        record.sentiment = maybe(below: 2_000_001).map { $0 - 1_000_000 }
        record.toolCallCount = maybe(below: 9)
        cost = maybe(0.7, below: 20_000_000)
        record.success = answer()
        record.corrected = answer()
        record.ratedPositive = answer()
        if record.success == false { record.errorType = name("timeout", "rate_limit", "", in: .errorType) }
        record.stopReason = name("", "stop", "max_tokens", in: .stopReason)
        record.values[.model] = name("", "gpt-4o", "claude-opus", in: .model)
        record.values[.taskType] = name("", "refund", "chat", in: .taskType)
        if random.chance(0.3) { record.flags.insert(.safety) }
        if random.chance(0.3) { record.flags.insert(.parseError) }
        for _ in 0..<random.below(3) {
            var call = ToolCall()
            call.name = name("search", "sql", in: .tool)
            call.success = answer()
            call.latency = maybe(below: 1_000_000)
            record.tools.append(call)
        }
        for _ in 0..<random.below(3) {
            var span = SpanPart()
            span.kind = SpanKind.allCases[Int(random.below(4))]
            span.operation = name("llm", "tool", in: .operation)
            span.duration = maybe(below: 9_000_000)
            span.failed = answer()
            record.spans.append(span)
        }
        if random.chance(0.4) { record.featureFlags = [name("dark", "beta", in: .featureFlag)] }
        if random.chance(0.4) {
            record.attributes = [
                Attribute(name: name("plan", in: .attribute), value: name("free", "pro", in: .attribute))
            ]
        }
    }

    /// Everything that it says, but where its texts stand.
    var account: String { Self.account(record, traceID, sessionID, cost) }

    static func account(_ record: Record, _ traceID: String, _ sessionID: String, _ cost: Int64?) -> String {
        let measures = Measure.allCases.map { "\($0)=\(record[$0].map(String.init) ?? "–")" }
        let answers = Answer.allCases.map { "\($0)=\(record[$0].map(String.init) ?? "–")" }
        let hashes = Identifier.allCases.map { "\(record[identifier: Int($0.rawValue)])" }
        let values = Dimension.ofRequest.map { "\(record.values[$0].rawValue)" }
        let rest =
            "\(record.kind) \(record.time) \(record.weight) \(record.errorType) \(record.stopReason) \(record.flags.rawValue)"
            + " \(record.tools) \(record.spans) \(record.featureFlags) \(record.attributes)"
        return (measures + answers + hashes + values + [rest, traceID, sessionID, "\(cost ?? -1)"])
            .joined(separator: " ")
    }
}

extension HeldRequest {
    var account: String { FullRecord.account(record, traceID, sessionID, cost) }
}

extension CountingBench {
    /// Counts a record with its texts.
    mutating func count(_ full: FullRecord, isHistory: Bool = false) {
        var record = full.record
        var bytes = Array((full.traceID + full.sessionID).utf8)
        record.traceText = 0..<full.traceID.utf8.count
        record.sessionText = full.traceID.utf8.count..<bytes.count
        bytes.append(contentsOf: repeatElement(0, count: NativeDecoder.padding))
        let symbols = symbols
        // A view of bytes that are there.
        let span = unsafe bytes.span.bytes
        if isHistory {
            recorder.fillIn(record, bytes: span, cost: full.cost) { symbols.names }
        } else {
            recorder.record(
                record, bytes: span, cost: full.cost, names: { symbols.names }, judgedUpTo: .min)
        }
    }

    /// Counts so many requests, `step` µs after each other.
    mutating func count(_ n: Int, from start: Int64, step: Int64 = Span.second, seed: UInt64 = 1) -> [FullRecord] {
        var random = Xoshiro256(seed: seed)
        return (0..<n).map { i in
            let time = start + Int64(i) * step
            let full = FullRecord(at: time, trace: "t\(time)", symbols, using: &random)
            count(full)
            return full
        }
    }
}
