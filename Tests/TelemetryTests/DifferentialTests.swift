import Foundation
import Telemetry
import Testing

/// What Foundation reads in the same lines.
private struct Expected: Decodable {
    struct Call: Decodable {
        var name: String?
        var latencyMs: Decimal?
        var success: Bool?
    }
    var traceId: String?
    var latencyMs: Decimal?
    var ttftMs: Decimal?
    var inputTokens: Int64?
    var outputTokens: Int64?
    var costUsd: Decimal?
    var sentiment: Decimal?
    var success: Bool?
    var userCorrected: Bool?
    var errorType: String?
    var model: String?
    var taskType: String?
    var flags: [String]?
    var toolCalls: [Call]?
    var zone: String?

    /// Whether `actual` is the value times 10^`power`, rounded half away from zero. In exact decimals.
    static func isRounded(_ actual: Int64?, _ value: Decimal?, _ power: Int) -> Bool {
        guard let actual, let value else { return (actual == nil) == (value == nil) }
        let exact = value * Decimal(sign: .plus, exponent: power, significand: 1)
        let half = Decimal(sign: .plus, exponent: -1, significand: 5)
        let distance = abs(Decimal(actual) - exact)
        return distance < half || (distance == half && abs(Decimal(actual)) > abs(exact))
    }
}

/// Writes records in every way JSON allows.
private struct RecordWriter {
    var generator: SeededGenerator

    mutating func chance(_ percent: Int) -> Bool { Int.random(in: 0..<100, using: &generator) < percent }

    mutating func pick(_ choices: [String]) -> String { choices.randomElement(using: &generator)! }

    mutating func blank() -> String { chance(80) ? "" : pick([" ", "  ", "\t", " \r "]) }

    /// A text with some of its characters escaped.
    mutating func quoted(_ text: String) -> String {
        var output = "\""
        for scalar in text.unicodeScalars {
            let mustEscape = scalar == "\"" || scalar == "\\"
            if chance(10) || (mustEscape && chance(50)) {
                for unit in String(scalar).utf16 {
                    let digits = String(unit, radix: 16, uppercase: chance(50))
                    output += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
                }
            } else if mustEscape {
                output += "\\" + String(scalar)
            } else {
                output += scalar == "/" && chance(50) ? "\\/" : String(scalar)
            }
        }
        return output + "\""
    }

    mutating func text() -> String {
        pick([
            "gpt-4o", "a", "", "claude-sonnet-4-5-20250929", "日本語", "emoji 😀", "quote\" and \\ back", "a/b", "café",
            String(repeating: "long ", count: 30), "12345678", "123456789", "sixteen bytes ok", "}{][,:",
        ])
    }

    mutating func decimal(_ limit: Int) -> String {
        let whole = String(Int.random(in: 0..<limit, using: &generator))
        let decimals = String(Int.random(in: 1...999_999_999, using: &generator))
        switch Int.random(in: 0..<6, using: &generator) {
        case 0: return whole
        case 1: return "\(whole).5"
        case 2: return "\(whole).\(decimals)e-2"
        case 3: return "\(whole).0\(decimals)E+1"
        default: return "\(whole).\(decimals)"
        }
    }

    mutating func value(depth: Int = 0) -> String {
        switch Int.random(in: 0..<(depth > 4 ? 5 : 7), using: &generator) {
        case 0: return quoted(text())
        case 1: return decimal(1_000)
        case 2: return pick(["true", "false", "null"])
        case 3: return "-" + decimal(10)
        case 4: return pick(["[]", "{}", "[ ]"])
        case 5:
            var items: [String] = []
            for _ in 0..<Int.random(in: 1...3, using: &generator) {
                items.append(blank() + value(depth: depth + 1) + blank())
            }
            return "[" + items.joined(separator: ",") + "]"
        default:
            var items: [String] = []
            for _ in 0..<Int.random(in: 1...3, using: &generator) {
                items.append(blank() + quoted(text()) + blank() + ":" + blank() + value(depth: depth + 1) + blank())
            }
            return "{" + items.joined(separator: ",") + "}"
        }
    }

    mutating func line() -> String {
        var fields: [(String, String)] = [("latency_ms", decimal(100_000))]
        func add(_ key: String, _ value: String, _ writer: inout RecordWriter) {
            if writer.chance(60) { fields.append((key, writer.chance(10) ? "null" : value)) }
        }
        add("trace_id", quoted(text()), &self)
        add("ttft_ms", decimal(1_000), &self)
        add("input_tokens", String(Int.random(in: 0..<1_000_000, using: &generator)), &self)
        add("output_tokens", String(Int.random(in: 0..<1_000, using: &generator)), &self)
        add("cost_usd", decimal(10), &self)
        add("sentiment", "-0.\(Int.random(in: 0..<1_000_000_000, using: &generator))", &self)
        add("success", pick(["true", "false"]), &self)
        add("user_corrected", pick(["true", "false"]), &self)
        add("error_type", quoted(text()), &self)
        add("model", quoted(text()), &self)
        add("task_type", quoted(text()), &self)
        add("zone", quoted(text()), &self)
        add("flags", "[" + blank() + quoted("safety") + "," + quoted("odd") + "]", &self)
        let call = "{" + quoted("name") + ":" + quoted(text()) + ",\"latency_ms\":" + decimal(50) + ",\"success\":null}"
        add("tool_calls", "[" + call + blank() + "," + call + "]", &self)
        for index in 0..<Int.random(in: 0..<4, using: &generator) { fields.append(("unknown\(index)", value())) }
        if chance(50) { fields.shuffle(using: &generator) }
        var parts: [String] = []
        for (key, value) in fields { parts.append(blank() + quoted(key) + blank() + ":" + blank() + value + blank()) }
        return blank() + "{" + parts.joined(separator: ",") + "}" + blank()
    }
}

@Suite struct DifferentialTests {
    @Test(arguments: 0..<8)
    func recordsSayWhatFoundationReads(seed: Int) throws {
        var writer = RecordWriter(generator: SeededGenerator(UInt64(seed)))
        var reader = LineReader()
        let json = JSONDecoder()
        json.keyDecodingStrategy = .convertFromSnakeCase
        for _ in 0..<250 {
            let line = writer.line()
            let expected = try json.decode(Expected.self, from: Data(line.utf8))
            #expect(reader.decode(line) == .record, "\(line)")
            let record = reader.record
            #expect(Expected.isRounded(record.latency, expected.latencyMs, 3), "\(line)")
            #expect(Expected.isRounded(record.timeToFirstToken, expected.ttftMs, 3), "\(line)")
            #expect(Expected.isRounded(record.cost, expected.costUsd, 9), "\(line)")
            #expect(Expected.isRounded(record.sentiment, expected.sentiment, 6), "\(line)")
            #expect(record.inputTokens == expected.inputTokens)
            #expect(record.outputTokens == expected.outputTokens)
            #expect(record.corrected == expected.userCorrected)
            let error = expected.errorType ?? ""
            #expect(record.success == expected.success ?? (error.isEmpty ? nil : false), "\(line)")
            #expect(reader.name(record.errorType) == error, "\(line)")
            #expect(reader.name(record.values[.model]) == expected.model ?? "", "\(line)")
            #expect(reader.name(record.values[.taskType]) == expected.taskType ?? "", "\(line)")
            let trace = expected.traceId ?? ""
            #expect(record.traceHash == (trace.isEmpty ? 0 : IdentifierHash.hash(trace)), "\(line)")
            #expect(record.flags == (expected.flags == nil ? [] : [.safety, .other]))
            #expect(record.toolCallCount == expected.toolCalls.map { Int64($0.count) })
            #expect(record.tools.map { reader.name($0.name) } == (expected.toolCalls ?? []).map { $0.name ?? "" })
            for (call, other) in zip(record.tools, expected.toolCalls ?? []) {
                #expect(Expected.isRounded(call.latency, other.latencyMs, 3), "\(line)")
            }
            if let zone = expected.zone, !zone.isEmpty, zone.utf8.count <= 64,
                record.attributes.count < Record.maximumAttributes
            {
                #expect(reader.attributes["zone"] == zone, "\(line)")
            }
        }
    }
}
