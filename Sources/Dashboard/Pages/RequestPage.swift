import Canvas
import Metrics
import Monitoring
import Query
import Telemetry

/// One request: what is known of it, where its time went, and what was said of it later.
struct RequestPage {
    let traceID: String
    let time: Int64
    let context: SheetContext

    private var figures: Figures { context.figures }
    private var names: SymbolNames { figures.names }

    var sheet: Sheet {
        guard let held = figures.snapshot.rows.find(traceID: traceID, time: time) else {
            var sheet = Sheet("Request \(traceID)")
            sheet.paragraph("This request is not held any more.", .dim, width: context.width)
            return sheet
        }
        var sheet = Sheet("Request", trailing: figures.clock(held.record.time, seconds: true))
        addSummary(held, to: &sheet)
        addSpans(held, to: &sheet)
        addTools(held, to: &sheet)
        addLearned(held, to: &sheet)
        addFields(held, to: &sheet)
        return sheet
    }

    private func seconds(_ microseconds: Int64?) -> String {
        NumberFormat.duration(microseconds.map { Double($0) / 1e6 })
    }

    private func addSummary(_ held: HeldRequest, to sheet: inout Sheet) {
        let record = held.record
        let (mark, role) = RequestsPage.look(record, context.glyphs)
        let word = record.success.map { $0 ? "OK" : "FAILED" } ?? "outcome unknown"
        var line = StyledText("\(mark) \(word)", role, bold: true)
        if !record.errorType.isAbsent { line += StyledText("  " + names.label(record.errorType), role) }
        line += StyledText("  \(seconds(record.latency))", .text, bold: true)
        if let cost = held.cost { line += StyledText("  " + NumberFormat.dollars(Double(cost) / 1e9), .text) }
        var target = RequestsPage.target(held)
        target.opens = nil
        sheet.line(line)
        sheet.line(StyledText("trace ", .dim) + StyledText(held.traceID, .text, bold: true), target: target)
        if !held.traceURL.isEmpty {
            var link = target
            link.id = "url"
            link.copies = held.traceURL
            sheet.line(StyledText("link  ", .dim) + StyledText(held.traceURL, .text), target: link)
        }
        if !held.sessionID.isEmpty {
            let query = RequestsQuery(
                "session \(held.sessionID)", RecordFilter.quoted(field: "session_id", value: held.sessionID),
                times: 0...max(0, figures.snapshot.now ?? 0))
            sheet.line(
                StyledText("sess. ", .dim) + StyledText(held.sessionID, .text),
                target: Target(id: "session", requests: query, copies: held.sessionID))
        }
        if record.success == false, let meaning = ErrorTypes.errorClass(of: record.errorType, names) {
            sheet.paragraph("\(context.glyphs[.right]) \(meaning.action)", .text, width: context.width)
        }
    }

    // MARK: Spans

    /// Each span as a bar on the request's own time: where it began is told by the input, or it follows the one before.
    private func addSpans(_ held: HeldRequest, to sheet: inout Sheet) {
        let spans = held.record.spans
        guard !spans.isEmpty else { return }
        sheet.heading("spans", trailing: "\(spans.count)")
        let known = spans.compactMap(\.duration).reduce(0, +)
        let whole = max(held.record.latency ?? known, 1)
        let start = held.record.time - (held.record.latency ?? 0)
        let label = min(28, max(12, context.width / 4))
        let room = max(4, context.width - label - 10)
        var reached: Int64 = 0
        for span in spans {
            let duration = span.duration ?? 0
            let offset = span.start.map { max(0, $0 - start) } ?? reached
            reached = max(reached, offset + duration)
            let name =
                !span.tool.isAbsent
                ? names.label(span.tool) : span.operation.isAbsent ? "\(span.kind)" : names.label(span.operation)
            let role: Role = span.failed == true ? .critical : Self.role(of: span.kind)
            let first = Int(min(1, Double(offset) / Double(whole)) * Double(room))
            let length = max(1, Int((min(1, Double(duration) / Double(whole)) * Double(room)).rounded()))
            let mark = span.failed == true ? String(context.glyphs[.critical]) : " "
            let text = seconds(span.duration)
            sheet.add(
                Sheet.Item { place, screen in
                    screen.put(
                        StyledText(mark, .critical, bold: true) + StyledText(name, .text), x: place.x, y: place.y,
                        width: label)
                    let from = min(first, room - 1)
                    let cells = Bar.cells(1, width: min(length, room - from), role: role, glyphs: screen.glyphs)
                    screen.put(cells, x: place.x + label + 1 + from, y: place.y)
                    screen.put(
                        rightAligned: StyledText(text, .text), x: place.x, y: place.y, width: place.width)
                })
        }
    }

    static func role(of kind: SpanKind) -> Role {
        switch kind {
        case .model: .series1
        case .tool: .series2
        case .retrieval: .series3
        case .other: .series4
        }
    }

    private func addTools(_ held: HeldRequest, to sheet: inout Sheet) {
        guard !held.record.tools.isEmpty else { return }
        sheet.heading("tool calls", trailing: "\(held.record.toolCallCount ?? Int64(held.record.tools.count))")
        for (i, call) in held.record.tools.enumerated() {
            let name = names.label(call.name)
            let (mark, role): (Character, Role) =
                switch call.success {
                case true?: (context.glyphs[.good], .good)
                case false?: (context.glyphs[.critical], .critical)
                case nil: (context.glyphs[.unknown], .dim)
                }
            var line = StyledText("\(mark) ", role, bold: true) + StyledText(name, .text)
            if call.argumentsValid == false { line += StyledText("  invalid arguments", .warning) }
            sheet.line(
                line, trailing: StyledText(seconds(call.latency), .text),
                target: Target(
                    id: "tool \(i)",
                    requests: RequestsQuery("requests with \(name)", RecordFilter.quoted(field: "tool", value: name)),
                    copies: name))
        }
    }

    // MARK: What came later

    private func addLearned(_ held: HeldRequest, to sheet: inout Sheet) {
        let known = held.learned.filter { $0.time <= figures.snapshot.now ?? .max }
        guard !known.isEmpty else { return }
        sheet.heading("said later")
        for learned in known {
            sheet.line(
                StyledText(figures.clock(learned.time, seconds: true) + "  ", .dim)
                    + StyledText(Self.words(learned.record, names), .text))
        }
    }

    private static func words(_ record: borrowing Record, _ names: SymbolNames) -> String {
        var words: [String] = []
        if let positive = record.ratedPositive { words.append(positive ? "rated up" : "rated down") }
        if record.corrected == true { words.append("corrected") }
        if record.escalated == true { words.append("escalated to a human") }
        if record.abandoned == true { words.append("abandoned") }
        if record.rephrased == true { words.append("rephrased") }
        if record.copied == true { words.append("copied") }
        if record.followedUp == true { words.append("followed up") }
        if record.accepted == true { words.append("accepted") }
        if let score = record.evalScore {
            let name = record.evalName.isAbsent ? "eval" : "eval " + names.label(record.evalName)
            words.append("\(name) \(NumberFormat.fixed(Double(score) / 1e6, decimals: 3))")
        }
        if !record.feedbackCategory.isAbsent { words.append(names.label(record.feedbackCategory)) }
        return words.isEmpty ? "\(record.kind)" : words.joined(separator: ", ")
    }

    // MARK: Fields

    private func addFields(_ held: HeldRequest, to sheet: inout Sheet) {
        let record = held.record
        sheet.heading("fields")
        for dimension in Dimension.ofRequest where !record.values[dimension].isAbsent {
            let value = names.label(record.values[dimension])
            addField(
                dimension.fieldName, value,
                RequestsQuery(
                    "\(dimension.fieldName)=\(value)", RecordFilter.quoted(field: dimension.fieldName, value: value)),
                to: &sheet)
        }
        for (name, text) in measures(held) { addField(name, text, nil, to: &sheet) }
        for flag in record.flags.labels {
            addField(
                "flag", flag, RequestsQuery("flag \(flag)", RecordFilter.quoted(field: "flag", value: flag)), to: &sheet
            )
        }
        for feature in record.featureFlags { addField("feature_flag", names.label(feature), nil, to: &sheet) }
        for attribute in record.attributes {
            addField(names.label(attribute.name), names.label(attribute.value), nil, to: &sheet)
        }
    }

    private func measures(_ held: HeldRequest) -> [(String, String)] {
        let record = held.record
        func count(_ name: String, _ value: Int64?) -> (String, String)? {
            value.map { (name, NumberFormat.grouped(Double($0))) }
        }
        func time(_ name: String, _ value: Int64?) -> (String, String)? { value.map { (name, seconds($0)) } }
        func share(_ name: String, _ value: Int64?) -> (String, String)? {
            value.map { (name, NumberFormat.fixed(Double($0) / 1e6, decimals: 3)) }
        }
        let all: [(String, String)?] = [
            time("ttft", record.timeToFirstToken), count("input_tokens", record.inputTokens),
            count("cached_input_tokens", record.cachedInputTokens), count("output_tokens", record.outputTokens),
            count("reasoning_tokens", record.reasoningTokens), count("output_length", record.outputLength),
            count("input_length", record.inputLength), count("steps", record.steps),
            count("tool_calls", record.toolCallCount), count("redundant_tool_calls", record.redundantToolCalls),
            count("status_code", record.statusCode), count("session_number", record.sessionNumber),
            share("sentiment", record.sentiment), share("quality", record.quality),
            record.stopReason.isAbsent ? nil : ("stop_reason", names.label(record.stopReason)),
            record.completed.map { ("completed", $0 ? "yes" : "no") },
            record.weight == Record.unitWeight
                ? nil : ("stands for", NumberFormat.plain(Double(record.weight) / 1024) + " requests"),
        ]
        return all.compactMap { $0 }
    }

    private func addField(_ name: String, _ value: String, _ query: RequestsQuery?, to sheet: inout Sheet) {
        sheet.line(
            StyledText(DisplayWidth.padRight(name, to: 21, ellipsis: context.glyphs[.ellipsis]) + " ", .dim)
                + StyledText(value, .text),
            target: query.map { Target(id: "field \(name) \(value)", requests: $0, copies: value) })
    }
}

extension Flags {
    /// The names of those that are set.
    var labels: [String] {
        Flags.names.enumerated().filter { contains(Flags(rawValue: 1 << UInt16($0.offset))) }.map(\.element)
    }
}
