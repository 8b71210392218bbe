import Databases
import Telemetry

/// An example of every field that the first records of a database had, and how many had it.
struct StoreSurvey {
    /// Records looked at.
    private(set) var sampled = 0
    private var fields: [String: (example: String, count: Int)] = [:]

    private static let limit = 1_000
    private static let exampleLength = 40

    mutating func note(_ record: borrowing Record, _ symbols: SymbolTable) {
        guard sampled < Self.limit else { return }
        sampled += 1
        let numbers: [(String, Int64?, Int64)] = [
            ("latency_ms", record.latency, 1_000), ("ttft_ms", record.timeToFirstToken, 1_000),
            ("input_tokens", record.inputTokens, 1), ("output_tokens", record.outputTokens, 1),
            ("cached_input_tokens", record.cachedInputTokens, 1), ("cache_write_tokens", record.cacheWriteTokens, 1),
            ("reasoning_tokens", record.reasoningTokens, 1), ("cost_usd", record.cost, 1_000_000_000),
            ("status_code", record.statusCode, 1), ("steps", record.steps, 1),
            ("output_length", record.outputLength, 1), ("start_time", record.startTime, 1_000_000),
            ("tool_calls", record.toolCallCount, 1), ("eval_score", record.evalScore, 1_000_000),
        ]
        for (field, value, unit) in numbers {
            if let value { note(field, Self.decimal(value, unit: unit)) }
        }
        if record.hasTime {
            for field in ["timestamp", "end_time"] { note(field, Self.decimal(record.time, unit: 1_000_000)) }
        }
        if let success = record.success { note("success", success ? "true" : "false") }
        if let positive = record.ratedPositive { note("feedback", positive ? "positive" : "negative") }
        if record.traceHash != 0 { note("trace_id", "") }
        if record.sessionHash != 0 { note("session_id", "") }
        if record.userHash != 0 { note("user_id", "") }
        if !record.spans.isEmpty { note("spans", "\(record.spans.count)") }
        note("error_type", record.errorType, symbols)
        note("stop_reason", record.stopReason, symbols)
        for dimension in Dimension.ofRequest where !record.values[dimension].isAbsent {
            note(Self.field(dimension), record.values[dimension], symbols)
        }
    }

    private mutating func note(_ field: String, _ symbol: Symbol, _ symbols: SymbolTable) {
        if !symbol.isAbsent { note(field, symbols.name(of: symbol)) }
    }

    private mutating func note(_ field: String, _ example: String) {
        fields[field, default: (String(example.prefix(Self.exampleLength)), 0)].count += 1
    }

    /// `task_type` of `taskType`.
    private static func field(_ dimension: Dimension) -> String {
        "\(dimension)".reduce(into: "") { $0 += $1.isUppercase ? "_" + $1.lowercased() : String($1) }
    }

    /// A number in its unit, without a fraction where there is none.
    private static func decimal(_ value: Int64, unit: Int64) -> String {
        guard unit > 1 else { return "\(value)" }
        let (whole, part) = value.magnitude.quotientAndRemainder(dividingBy: UInt64(unit))
        var digits = String(part)
        digits = String(repeating: "0", count: String(unit).count - 1 - digits.count) + digits
        while digits.hasSuffix("0") { digits.removeLast() }
        return (value < 0 ? "-" : "") + "\(whole)" + (digits.isEmpty ? "" : "." + digits)
    }

    /// The store's fields as they are reported of other formats.
    func report(_ understanding: StoreUnderstanding) -> FormatReport {
        var report = FormatReport()
        report.sampled = sampled
        report.fields = understanding.sources.map { source in
            let found = fields[source.field]
            return .init(
                field: source.field, key: source.origin, unit: source.unit, example: found?.example ?? "",
                count: found?.count ?? 0, isGuess: false)
        }
        // A column that is there and empty says no more than one that isn't.
        let empty = understanding.sources.map(\.field).filter { sampled > 0 && fields[$0] == nil }
        report.missing = understanding.missing + empty
        return report
    }
}
