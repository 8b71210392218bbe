import Foundation
import Telemetry
import Testing

/// A record and its texts, kept after the line that made it is gone.
struct KeptRecord: Equatable {
    var record: Record
    var trace: String
    var session: String

    /// Everything a record says that equal inputs must say equally. Symbols are those of one table.
    var summary: String {
        "\(record.kind) \(record.time) \(record.latency ?? -1) \(record.inputTokens ?? -1) \(record.outputTokens ?? -1) "
            + "\(record.cost ?? -1) \(record.success as Bool?) \(record.errorType.rawValue) \(record.stopReason.rawValue) "
            + "\(record.tools) \(record.spans) \(record.traceHash) \(record.spanHash) \(record.sessionHash) "
            + "\(record.userHash) \(Telemetry.Dimension.ofRequest.map { record.values[$0].rawValue }) \(trace) \(session) "
            + "\(record.evalScore ?? -1) \(record.steps ?? -1) \(record.timeToFirstToken ?? -1) "
            + "\(String(describing: record.aggregate))"
    }

    static func == (a: KeptRecord, b: KeptRecord) -> Bool { a.summary == b.summary }
}

/// Reads whole inputs line by line, as a source would.
struct FormatReader {
    let symbols: SymbolTable
    var decoder: LineDecoder
    private(set) var records: [KeptRecord] = []
    private(set) var rejections: [Rejection] = []
    private(set) var results: [LineResult] = []

    init(_ format: WireFormat? = nil, map: FieldMap? = nil, symbols: SymbolTable = SymbolTable()) {
        self.symbols = symbols
        decoder = LineDecoder(symbols: symbols, format: format, map: map, surveysFields: true)
    }

    /// The text's lines and the end of the input.
    init(reading text: String, _ format: WireFormat? = nil, map: FieldMap? = nil, symbols: SymbolTable = SymbolTable())
    {
        self.init(format, map: map, symbols: symbols)
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) { read(Array(line.utf8)) }
        finish()
    }

    mutating func read(_ line: String) { read(Array(line.utf8)) }

    /// The line stands between others, so that nothing outside of it may count.
    mutating func read(_ line: [UInt8]) {
        var buffer = Array("]\n".utf8) + line + Array("\n{\"latency_ms\":9}\n".utf8)
        buffer.append(contentsOf: repeatElement(UInt8(ascii: "\""), count: LineDecoder.padding))
        var record = Record()
        let result = unsafe decoder.decode(buffer.span.bytes, line: 2..<2 + line.count, into: &record)
        results.append(result)
        if case .record = result { keep(record, buffer) }
        if case .rejected(let rejection) = result { rejections.append(rejection) }
        fetch()
    }

    mutating func advance(to time: Int64) {
        decoder.advance(to: time)
        fetch()
    }

    mutating func finish() {
        decoder.finish()
        fetch()
        if let rejection = decoder.takeRejection() { rejections.append(rejection) }
    }

    private mutating func fetch() {
        var record = Record()
        while decoder.next(into: &record) { keep(record, []) }
    }

    private mutating func keep(_ record: Record, _ buffer: [UInt8]) {
        let bytes = record.textsAreOwned ? decoder.texts : buffer
        func text(_ range: Range<Int>) -> String {
            unsafe range.isEmpty ? "" : SafeText.string(bytes.span.bytes, range, limit: 200)
        }
        records.append(KeptRecord(record: record, trace: text(record.traceText), session: text(record.sessionText)))
    }

    func name(_ symbol: Symbol) -> String { symbols.name(of: symbol) }

    func value(_ record: Record, _ dimension: Telemetry.Dimension) -> String { name(record.values[dimension]) }

    var requests: [Record] { records.map(\.record).filter { $0.kind == .request } }

    func records(_ kind: RecordKind) -> [Record] { records.map(\.record).filter { $0.kind == kind } }

    /// Sums over all requests.
    var totals: Totals {
        var totals = Totals()
        for record in requests {
            totals.requests += 1
            totals.failures += record.success == false ? 1 : 0
            totals.input += record.inputTokens ?? 0
            totals.output += record.outputTokens ?? 0
            totals.cached += record.cachedInputTokens ?? 0
            totals.cost += record.cost ?? 0
            totals.toolCalls += record.toolCallCount ?? 0
        }
        return totals
    }
}

struct Totals: Equatable {
    var requests = 0
    var failures = 0
    var input: Int64 = 0
    var output: Int64 = 0
    var cached: Int64 = 0
    var cost: Int64 = 0
    var toolCalls: Int64 = 0
}

/// A file among the fixtures.
func fixture(_ name: String) throws -> String {
    let url = try #require(Bundle.module.url(forResource: "Fixtures/\(name)", withExtension: nil))
    return try String(contentsOf: url, encoding: .utf8)
}

/// The lines of a fixture by Foundation's reader, for counts that don't rest on ours.
func independent(_ text: String) throws -> [[String: Any]] {
    try text.split(separator: "\n").map { line in
        try #require(JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
    }
}

/// Builds OTLP spans, one export a line.
struct SpanText {
    var trace = "5b8efff798038103d269b633813fc60c"
    var id: String
    var parent = ""
    var name = "chat"
    var start: Int64
    var end: Int64
    var status = "{}"
    var attributes: [(String, String)] = []
    var events = "[]"
    var flags = 256
    var resource: [(String, String)] = [("service.name", #"{"stringValue":"shop"}"#)]

    static func string(_ text: String) -> String { "{\"stringValue\":\"\(text)\"}" }
    static func int(_ number: Int) -> String { "{\"intValue\":\"\(number)\"}" }

    private static func list(_ attributes: [(String, String)]) -> String {
        "[" + attributes.map { "{\"key\":\"\($0.0)\",\"value\":\($0.1)}" }.joined(separator: ",") + "]"
    }

    /// Times are in ms.
    var span: String {
        "{\"traceId\":\"\(trace)\",\"spanId\":\"\(id)\",\"parentSpanId\":\"\(parent)\",\"name\":\"\(name)\",\"kind\":1,"
            + "\"flags\":\(flags),"
            + "\"startTimeUnixNano\":\"\(start)000000\",\"endTimeUnixNano\":\"\(end)000000\","
            + "\"attributes\":\(Self.list(attributes)),\"events\":\(events),\"status\":\(status)}"
    }

    var line: String {
        "{\"resourceSpans\":[{\"resource\":{\"attributes\":\(Self.list(resource))},\"scopeSpans\":[{\"spans\":[\(span)]}]}]}"
    }

    static func line(_ spans: [SpanText]) -> String {
        "{\"resourceSpans\":[{\"resource\":{\"attributes\":\(list(spans[0].resource))},\"scopeSpans\":[{\"spans\":["
            + spans.map(\.span).joined(separator: ",") + "]}]}]}"
    }
}
