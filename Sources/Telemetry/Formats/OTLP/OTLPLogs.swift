extension OTLPDecoder {
    /// Reads a log record: an evaluation, or an event of a coding agent; any other is passed.
    mutating func readLog(_ node: Int, _ resource: Resource, _ context: inout FormatContext) {
        let document = context.document
        let list = document.value(node, "attributes")
        let body = document.value(node, "body")
        var bodyText: Int?
        if let body, case .scalar(let text) = document.otlpValue(body) { bodyText = text }
        let names = [
            document.value(node, "eventName") ?? document.value(node, "event_name"), bodyText,
            document.attribute(list, "event.name"),
        ]
        var time = document.time(
            document.value(node, "timeUnixNano") ?? document.value(node, "time_unix_nano"), power: -3)
        if time == nil || time == 0 {
            time = document.time(
                document.value(node, "observedTimeUnixNano") ?? document.value(node, "observed_time_unix_nano"),
                power: -3)
        }
        guard let time, time > 0 else { return }
        for case let name? in names {
            if document.equals(name, "gen_ai.evaluation.result") {
                let trace = SpanIdentifier(
                    document, document.value(node, "traceId") ?? document.value(node, "trace_id"), bytes: 16)
                let span = SpanIdentifier(
                    document, document.value(node, "spanId") ?? document.value(node, "span_id"), bytes: 8)
                if let record = evaluation(list, trace, span: span.hash, time: time, &context) {
                    follow(record, trace.hash, &context)
                }
                return
            }
            guard let event = agentLogs.event(document, name) else { continue }
            var fact = resource.fact
            var ranks = resource.ranks
            ranks.offset = 0
            attributes.read(list, &context, into: &fact, &ranks)
            agentLogs.read(event, list, time, fact, &context)
            markCounted(resource.fact.values[.service])
            return
        }
    }
}
