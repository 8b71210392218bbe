import Telemetry

// A trace as one native record.

extension TraceAssembly {
    /// Writes the request as one native record.
    /// - Parameters:
    ///   - counted: what the record says is used, and how it went.
    ///   - old: what was said before: only tools and spans beyond it are written.
    func write(
        traceID: Range<Int>, interval: (start: Int64, end: Int64), counted: Counted, beyond old: Counted = Counted(),
        into batch: inout LineBatch
    ) {
        batch.raw(#""type":"request""#)
        batch.text("trace_id", texts, traceID)
        batch.integer("start_time", interval.start)
        batch.integer("end_time", interval.end)
        batch.flag("success", counted.success)
        let usage = counted.usage
        batch.integer("input_tokens", usage.input)
        batch.integer("output_tokens", usage.output)
        batch.integer("cached_input_tokens", usage.cachedInput)
        batch.integer("cache_write_tokens", usage.cacheWrite)
        batch.integer("reasoning_tokens", usage.reasoning)
        batch.dollars("cost_usd", usage.cost)
        writeModel(into: &batch)
        if counted.success == false { writeError(into: &batch) }
        for field in TraceField.allCases { batch.text(field.key, texts, fields[field.rawValue]) }
        if fields[TraceField.taskType.rawValue].isEmpty, let root { batch.text("task_type", texts, root.name) }
        writeExtras(into: &batch)
        writeTools(beyond: old.toolCalls, into: &batch)
        writeSpans(beyond: old.spans, into: &batch)
    }

    private func writeModel(into batch: inout LineBatch) {
        var main: SpanFacts?
        var last: SpanFacts?
        var calls: Int64 = 0
        for span in spans where span.role == .model && !span.isCovered {
            calls += 1
            if main.map({ ($0.usage.output ?? -1) < (span.usage.output ?? -1) }) ?? true { main = span }
            if last.map({ $0.end <= span.end }) ?? true { last = span }
        }
        if calls > 0 { batch.integer("steps", calls) }
        if let main {
            batch.text("model", texts, main.model.isEmpty ? main.requestedModel : main.model)
            batch.text("provider", texts, main.provider)
        }
        if let last {
            batch.text("stop_reason", texts, last.stopReason)
            if calls == 1 { batch.milliseconds("ttft_ms", last.timeToFirstToken) }
        }
        let answer = root ?? last
        if let length = answer?.outputLength, length > 0 {
            batch.integer("output_length", length)
            batch.flag("final_output", true)
        }
    }

    /// The root's own exception, else that of the last span that failed.
    private func writeError(into batch: inout LineBatch) {
        if let code = failedSpans.lazy.compactMap(\.statusCode).first { batch.integer("status_code", code) }
        batch.text("error_type", errorType)
    }

    /// Those that tell most of why the request failed first.
    private var failedSpans: [SpanFacts] {
        let failed = spans.filter(\.failed)
        return failed.filter { isTop($0) } + failed.sorted { $0.end > $1.end }
    }

    /// What went wrong, in the writer's word; "error" where there is none.
    var errorType: String {
        let candidates = failedSpans
        for path in [\SpanFacts.errorType, \.exceptionType] {
            if let span = candidates.first(where: { !$0[keyPath: path].isEmpty }) {
                return String(decoding: texts[span[keyPath: path]], as: UTF8.self)
            }
        }
        for span in candidates {
            let word = texts[span.statusMessage].prefix { $0 != UInt8(ascii: ":") }
            if (3...64).contains(word.count), word.allSatisfy(Self.isNameCharacter) {
                return String(decoding: word, as: UTF8.self)
            }
        }
        return "error"
    }

    private static func isNameCharacter(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: "_") || byte == UInt8(ascii: ".") || byte &- 0x30 < 10 || (byte | 0x20) &- 0x61 < 26
    }

    private func writeExtras(into batch: inout LineBatch) {
        for extra in extras {
            batch.raw(#",""#)
            batch.withBytes { bytes in
                bytes.append(contentsOf: "metadata.".utf8)
                let start = bytes.count
                bytes.append(contentsOf: texts[extra.name])
                JSONText.escape(&bytes, from: start)
            }
            batch.raw(#"":"#)
            batch.quoted(texts, extra.value)
        }
    }

    private func writeTools(beyond count: Int, into batch: inout LineBatch) {
        let tools = spans.lazy.filter { $0.role == .tool }.dropFirst(count)
        guard !tools.isEmpty else { return }
        batch.key("tool_calls")
        batch.raw("[")
        var isFirst = true
        for tool in tools {
            batch.raw(isFirst ? "{" : ",{")
            isFirst = false
            batch.text("name", texts, tool.tool.isEmpty ? tool.name : tool.tool)
            batch.milliseconds("latency_ms", Self.duration(tool))
            batch.flag("success", !tool.failed)
            batch.raw("}")
        }
        batch.raw("]")
    }

    private func writeSpans(beyond count: Int, into batch: inout LineBatch) {
        guard spans.count > count, spans.count > 1 else { return }
        batch.key("spans")
        batch.raw("[")
        for (index, span) in spans.dropFirst(count).prefix(Record.maximumParts).enumerated() {
            batch.raw(index == 0 ? "{" : ",{")
            batch.text("operation_name", texts, span.kind.isEmpty ? span.name : span.kind)
            if span.role == .tool { batch.text("tool", texts, span.tool.isEmpty ? span.name : span.tool) }
            batch.milliseconds("latency_ms", Self.duration(span))
            batch.text("status", span.failed ? "ERROR" : "OK")
            batch.raw("}")
        }
        batch.raw("]")
    }

    /// µs; a clock that ran backwards makes it 0, and what is longer than a year is not known.
    private static func duration(_ span: SpanFacts) -> Int64? {
        let duration = max(span.end - span.start, 0)
        return duration <= 366 * 86_400 * 1_000_000 ? duration : nil
    }
}
