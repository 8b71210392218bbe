/// Reads OpenTelemetry's JSON: exports of traces, logs and metrics, one or many a line.
struct OTLPDecoder {
    var attributes = AttributeReader()
    var assembler = TraceAssembler()
    var metrics = MetricsReader()
    var agentLogs = AgentLogReader()
    let spanKeys = KeyIndex(OTLPSpanKey.names)
    /// Services whose requests came as spans or log events: their metrics would count the same again.
    var counted: Set<Symbol> = []
    private var lastCounted = Symbol.other
    /// Spans without ids or times.
    var unread = 0
    private var lastResource = Resource()

    /// The attributes of a resource, which every span under it shares.
    struct Resource {
        var fact = SpanFact()
        var ranks = AttributeReader.Ranks()
        /// Hash of its attributes as they stand in the line.
        var textHash: UInt64 = 0
    }

    /// Reads the line's document. Spans, log records and data points that lack what they can't do without are passed.
    mutating func decode(_ context: inout FormatContext) throws(Rejection) {
        guard try read(0, &context) else {
            throw Rejection(reason: .noSpan, field: nil, offset: 0)
        }
        assembler.settle()
        metrics.settle(upTo: now, &context, counted: counted)
    }

    /// Event time, as far as more than one trace or data point supports it.
    var now: Int64 { max(assembler.now, metrics.now) }

    mutating func advance(to time: Int64, _ context: inout FormatContext) {
        assembler.advance(to: time)
        metrics.settle(upTo: time, &context, counted: counted)
    }

    mutating func finish(_ context: inout FormatContext) {
        assembler.finish()
        metrics.settle(upTo: .max, &context, counted: counted)
    }

    /// Reads an export, or a part of one that stands alone; false if the object is neither.
    private mutating func read(_ node: Int, _ context: inout FormatContext) throws(Rejection) -> Bool {
        let isRead = OTLPSignal.allCases.contains { signal in
            readSignal(signal, node, &context)
        }
        if isRead { return true }
        let document = context.document
        if let span = document.value(node, "span") {
            var resource = self.resource(document.value(node, "resource"), &context)
            return readSpan(span, &resource, &context)
        }
        if document.value(node, "context", "trace_id") != nil {
            throw Rejection(reason: .consoleExporter, field: nil, offset: 0)
        }
        var resource = Resource()
        return readSpan(node, &resource, &context)
    }

    private mutating func readSignal(_ signal: OTLPSignal, _ node: Int, _ context: inout FormatContext) -> Bool {
        let (list, listAlias, scopes, scopesAlias) = signal.keys
        if let resources = context.document.value(node, list) ?? context.document.value(node, listAlias) {
            var cursor = ElementCursor(context.document, resources)
            while let element = cursor.next(context.document) {
                readScopes(
                    signal, context.document.value(element, scopes) ?? context.document.value(element, scopesAlias),
                    resource: element, &context)
            }
            return true
        }
        if let list = context.document.value(node, scopes) ?? context.document.value(node, scopesAlias) {
            readScopes(signal, list, resource: node, &context)
            return true
        }
        return false
    }

    private mutating func readScopes(
        _ signal: OTLPSignal, _ scopes: Int?, resource element: Int, _ context: inout FormatContext
    ) {
        var resource = self.resource(context.document.value(element, "resource"), &context)
        let (name, alias) = signal.leaves
        var cursor = ElementCursor(context.document, scopes)
        while let scope = cursor.next(context.document) {
            let leaves = context.document.value(scope, name) ?? context.document.value(scope, alias)
            let scopeHash =
                signal == .metrics ? context.hash(context.document.value(scope, "scope", "name")) &* 3 : 0
            var inner = ElementCursor(context.document, leaves)
            while let leaf = inner.next(context.document) {
                switch signal {
                case .traces: _ = readSpan(leaf, &resource, &context)
                case .logs: readLog(leaf, resource, &context)
                case .metrics: metrics.read(leaf, resource, scope: scopeHash, &attributes, &context)
                }
            }
        }
    }

    /// Exporters write the same resource line after line.
    private mutating func resource(_ node: Int?, _ context: inout FormatContext) -> Resource {
        let list = context.document.value(node, "attributes") ?? node
        guard let list else { return Resource() }
        let range = context.document.range(list)
        let hash = context.document.bytes.withBytes { IdentifierHash.hash($0, range) }
        if hash == lastResource.textHash, !context.survey.takesNotes { return lastResource }
        var resource = Resource()
        resource.ranks.offset = 32
        attributes.read(list, &context, into: &resource.fact, &resource.ranks)
        resource.textHash = hash
        lastResource = resource
        return resource
    }

    /// A service's requests are counted from its spans or events.
    mutating func markCounted(_ service: Symbol) {
        guard service != lastCounted else { return }
        lastCounted = service
        if counted.count < SymbolTable.limit { counted.insert(service) }
    }
}

/// The three kinds of export.
enum OTLPSignal: CaseIterable {
    case traces, logs, metrics

    /// The key of an export's list and of a resource's list, each also as a protocol buffer would name it.
    var keys: (StaticString, StaticString, StaticString, StaticString) {
        switch self {
        case .traces: ("resourceSpans", "resource_spans", "scopeSpans", "scope_spans")
        case .logs: ("resourceLogs", "resource_logs", "scopeLogs", "scope_logs")
        case .metrics: ("resourceMetrics", "resource_metrics", "scopeMetrics", "scope_metrics")
        }
    }

    var leaves: (StaticString, StaticString) {
        switch self {
        case .traces: ("spans", "spans")
        case .logs: ("logRecords", "log_records")
        case .metrics: ("metrics", "metrics")
        }
    }
}
