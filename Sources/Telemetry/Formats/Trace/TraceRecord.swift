// One trace, one request.

extension HeldTrace {
    /// Writes the request that the spans make up; its texts go into `texts`. At least one span is held.
    func fill(_ record: inout Record, _ texts: inout [UInt8]) {
        record.reset()
        let tree = SpanTree(spans)
        let root = spans[tree.root]
        record.kind = .request
        fillTimes(root, &record)
        fillOutcome(root, tree, &record)
        fillUsage(tree, &record)
        fillParts(tree, &record)
        fillNames(root, tree, &record)
        record.traceHash = hash
        record.spanHash = root.id
        record.attributes.append(contentsOf: root.attributes.prefix(Record.maximumAttributes))
        record.traceText = append(text, to: &texts)
        if let session = sessions.first(where: { $0.hash == record.sessionHash }) {
            record.sessionText = append(session.text, to: &texts)
        }
        texts.append(contentsOf: repeatElement(ASCII.quote, count: UTF8Bytes.padding))
        record.textsAreOwned = true
    }

    private func append(_ text: [UInt8], to texts: inout [UInt8]) -> Range<Int> {
        let start = texts.count
        texts.append(contentsOf: text)
        return start..<texts.count
    }

    private var roots: [SpanFact] { spans.filter { $0.parent == 0 } }

    private func fillTimes(_ root: SpanFact, _ record: inout Record) {
        var start = root.start
        var end = root.end
        if spansEnvelope, roots.count != 1 {
            start = spans.map(\.start).min() ?? start
            end = spans.map(\.end).max() ?? end
        }
        record.startTime = start
        record.time = max(start, end)
        record.hasTime = true
        record.latency = min(max(0, end - start), NativeDecoder.maximumDuration)
    }

    private func fillOutcome(_ root: SpanFact, _ tree: SpanTree, _ record: inout Record) {
        let failed = spansEnvelope && roots.count > 1 ? roots.contains { $0.failed == true } : root.failed == true
        record.success = !failed
        record.statusCode = root.statusCode
        record.corrected = root.corrected
        record.escalated = root.escalated
        for span in spans { record.flags.formUnion(span.flags) }
        guard failed else { return }
        record.errorType = root.errorType
        // The failure that came last is the one that was not recovered from.
        let failures = tree.order.filter { spans[$0].failed == true }
            .sorted { (spans[$0].end, spans[$0].id) > (spans[$1].end, spans[$1].id) }
        for place in failures {
            if record.errorType.isAbsent { record.errorType = spans[place].errorType }
            if record.statusCode == nil { record.statusCode = spans[place].statusCode }
        }
    }

    private func fillUsage(_ tree: SpanTree, _ record: inout Record) {
        let usage = tree.usage
        record.inputTokens = usage.input
        record.outputTokens = usage.output
        record.cachedInputTokens = usage.cached
        record.cacheWriteTokens = usage.cacheWrite
        record.reasoningTokens = usage.reasoning
        record.cost = tree.cost
    }

    private func fillParts(_ tree: SpanTree, _ record: inout Record) {
        var steps: Int64 = 0
        var calls: Int64 = 0
        var lastEnd = Int64.min
        for place in tree.order {
            guard let kind = tree.kind(place) else { continue }
            let span = spans[place]
            var part = SpanPart()
            part.kind = kind
            part.operation = span.operation
            part.tool = span.tool
            part.start = span.start
            part.duration = max(0, min(span.end - span.start, NativeDecoder.maximumDuration))
            part.failed = span.failed
            if record.spans.count < Record.maximumParts { record.spans.append(part) }
            if kind == .model {
                steps += 1
                if record.timeToFirstToken == nil { record.timeToFirstToken = span.timeToFirstToken }
                if !span.stopReason.isAbsent, span.end >= lastEnd {
                    lastEnd = span.end
                    record.stopReason = span.stopReason
                }
            }
            guard kind == .tool else { continue }
            calls += 1
            var call = ToolCall()
            call.name = span.tool
            call.latency = part.duration
            call.success = !(span.failed ?? false)
            if record.tools.count < Record.maximumParts { record.tools.append(call) }
        }
        if steps > 0 { record.steps = steps }
        if steps > 0 || calls > 0 { record.toolCallCount = calls }
        let root = spans[tree.root]
        if let time = root.timeToFirstToken { record.timeToFirstToken = time }
        if record.stopReason.isAbsent { record.stopReason = root.stopReason }
        record.outputLength = root.outputLength
    }

    private func fillNames(_ root: SpanFact, _ tree: SpanTree, _ record: inout Record) {
        // The model that did most of the work, and who served it.
        var most: Int64 = -1
        for place in tree.order where !spans[place].values[.model].isAbsent {
            let usage = tree.countsUsage(place) ? spans[place].usage : TokenUsage()
            let tokens = (usage.input ?? 0) + (usage.output ?? 0)
            guard tokens > most else { continue }
            most = tokens
            record.values[.model] = spans[place].values[.model]
            record.values[.provider] = spans[place].values[.provider]
        }
        if let whole { take(whole, &record) }
        for place in tree.rootFirst { take(spans[place], &record) }
        if record.sessionHash == 0 { record.sessionHash = record.conversationHash }
        if record.values[.taskType].isAbsent { record.values[.taskType] = whole?.name ?? .absent }
        if record.values[.taskType].isAbsent { record.values[.taskType] = root.name }
    }

    private func take(_ span: SpanFact, _ record: inout Record) {
        record.values.fill(from: span.values)
        if record.sessionHash == 0 { record.sessionHash = span.session }
        if record.conversationHash == 0 { record.conversationHash = span.conversation }
        if record.userHash == 0 { record.userHash = span.user }
    }
}
