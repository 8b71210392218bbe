import Telemetry
import Testing

/// Decodes single lines with one decoder, as a source would.
struct LineReader {
    let symbols = SymbolTable()
    var decoder: NativeDecoder
    var record = Record()
    private(set) var buffer: [UInt8] = []

    init() {
        decoder = NativeDecoder(symbols: symbols)
    }

    mutating func decode(_ line: String) -> DecodeResult { decode(Array(line.utf8)) }

    /// The line stands between others, so that nothing outside of it may count.
    mutating func decode(_ line: [UInt8], after: String = "\n{\"latency_ms\":9}\n") -> DecodeResult {
        buffer = Array("]\n".utf8) + line + Array(after.utf8)
        buffer.append(contentsOf: repeatElement(UInt8(ascii: "\""), count: NativeDecoder.padding))
        let kept = buffer
        let bytes = unsafe kept.span.bytes
        return decoder.decode(bytes, line: 2..<2 + line.count, into: &record)
    }

    func name(_ symbol: Symbol) -> String { symbols.name(of: symbol) }

    func text(_ range: Range<Int>) -> String { String(decoding: buffer[range], as: UTF8.self) }

    var attributes: [String: String] {
        var attributes: [String: String] = [:]
        for attribute in record.attributes { attributes[name(attribute.name)] = name(attribute.value) }
        return attributes
    }
}

/// The record of a line that must be one.
func record(_ line: String, sourceLocation: SourceLocation = #_sourceLocation) -> Record {
    var reader = LineReader()
    let result = reader.decode(line)
    #expect(result == .record, "\(line)", sourceLocation: sourceLocation)
    return reader.record
}

/// Why a line is rejected; "" if it is not.
func reason(_ line: String) -> String { reason(Array(line.utf8)) }

func reason(_ line: [UInt8]) -> String {
    var reader = LineReader()
    if case .rejected(let rejection) = reader.decode(line) { return rejection.description }
    return ""
}

/// SplitMix64 (Steele, Lea, Flood 2014): the same numbers for the same seed, everywhere.
struct SeededGenerator: RandomNumberGenerator {
    var state: UInt64

    init(_ seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ value >> 30) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ value >> 27) &* 0x94D0_49BB_1331_11EB
        return value ^ value >> 31
    }
}

/// Lines of every kind, as an agent would write them.
let sampleLines = [
    #"{"trace_id":"tr_1","timestamp":"2026-11-20T12:00:01.5Z","latency_ms":1297.24,"input_tokens":541,"output_tokens":41,"success":true,"error_type":null,"model":"gpt-4o","task_type":"sql","tool_calls":[{"name":"search","latency_ms":12.5,"success":true,"arguments_valid":true}],"flags":["safety","odd"],"x":{"y":[1,{"z":"}"}]},"note2":"caf\u00e9"}"#,
    #"{"type":"span","trace_id":"t","span_id":"s","parent_span_id":null,"operation_name":"tool_call","start_time":1763640000,"end_time":1763640001.25,"status":"ERROR","error_message":"boom","attributes":{"tool_name":"search","k":1}}"#,
    #"{"trace_id":"t","outcome":{"corrected":true,"accepted":false},"timestamp":1763640000000}"#,
    #"{"trace_id":"t","score":0,"failure_category":"wrong","comment":"no \"good\"","timestamp":1763640000000000}"#,
    #"{"eval_score":0.85,"name":"relevance","label":"pass","trace_id":"t"}"#,
    #"{"deployed_version":"v2.4","prompt_hash":"a9f2","model":"gpt-4o","percent":5,"rollback_command":"deployctl rollback v2.3"}"#,
    #"{"fallback_action":"reroute","reason":"timeout","helped":true}"#,
    #"{"queue":"human_review","queue_depth":14}"#,
    #"{"window_s":60,"requests":100,"errors":{"timeout":3},"latency_ms":{"p50":1200.5,"p95":4000},"latency_histogram":{"scale":6,"zero_count":0,"offset":600,"counts":[1,2,3]},"tokens":{"input":1000,"output":200},"cost_usd":1.25,"tool_calls":{"search":40},"sentiment_mean":-0.25}"#,
]
