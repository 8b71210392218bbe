/// Reads metrics into `snapshot` records: one for each time, service and model.
///
/// Snapshots wait for a while: a service whose requests also come as spans or events is counted from those.
struct MetricsReader {
    /// What a metric of one name counts.
    private enum Meaning {
        case clientDuration, inferenceDuration, serverDuration, toolDuration
        /// Tokens by an attribute that says of which kind, or of one kind.
        case tokens, inputTokens, outputTokens
        case cost
    }

    private static let meanings: [(String, Meaning)] = [
        ("gen_ai.client.operation.duration", .clientDuration), ("gen_ai.client.inference.duration", .inferenceDuration),
        ("gen_ai.server.request.duration", .serverDuration), ("gen_ai.execute_tool.duration", .toolDuration),
        ("gen_ai.client.token.usage", .tokens), ("claude_code.token.usage", .tokens),
        ("gemini_cli.token.usage", .tokens), ("gen_ai.client.inference.usage.input_tokens", .inputTokens),
        ("gen_ai.client.inference.usage.output_tokens", .outputTokens), ("claude_code.cost.usage", .cost),
    ]

    private let names = KeyIndex(Self.meanings.map(\.0))
    /// The last point of each cumulative series.
    private var series: [UInt64: MetricPoint] = [:]
    /// Changes that were counted: series and time.
    private var changes = RecentHashes(capacity: 65_536)
    private var pending: [PendingSnapshot.Key: PendingSnapshot] = [:]
    private var newest: Int64 = 0
    private(set) var superseded = 0
    private(set) var repeated = 0

    static let maximumSeries = 4_096
    private static let maximumPending = 1_024
    private static let wait: Int64 = 10_000_000

    /// The newest export's time.
    var now: Int64 { newest }
    var seriesCount: Int { series.count }
    /// Snapshots that wait.
    var pendingCount: Int { pending.count }

    mutating func read(
        _ node: Int, _ resource: OTLPDecoder.Resource, scope: UInt64, _ attributes: inout AttributeReader,
        _ context: inout FormatContext
    ) {
        guard let name = context.document.value(node, "name"), let place = names.find(context.document, name) else {
            return
        }
        let meaning = Self.meanings[place].1
        let isMilliseconds = context.document.value(node, "unit").map { context.document.equals($0, "ms") } ?? false
        let kinds: [StaticString] = [
            "histogram", "exponentialHistogram", "sum", "exponential_histogram", "gauge",
        ]
        for kind in kinds {
            guard let data = context.document.value(node, kind) else { continue }
            let isDelta = Self.isDelta(
                context.document.value(data, "aggregationTemporality")
                    ?? context.document.value(data, "aggregation_temporality"), context.document)
            let points = context.document.value(data, "dataPoints") ?? context.document.value(data, "data_points")
            var cursor = ElementCursor(context.document, points)
            while let place = cursor.next(context.document) {
                let scale = meaning == .cost ? 9 : 0
                guard let point = MetricPoint(context.document, place, scale: scale) else { continue }
                let list = context.document.value(place, "attributes")
                let key = seriesKey(name, list, resource.textHash ^ scope, context.document)
                guard let change = change(point, key, isDelta: isDelta) else { continue }
                var fact = resource.fact
                var ranks = resource.ranks
                ranks.offset = 0
                attributes.read(list, &context, into: &fact, &ranks)
                count(change, meaning, list, fact, unit: isMilliseconds ? 1 : 1_000, &context)
            }
        }
    }

    private static func isDelta(_ node: Int?, _ document: borrowing JSONDocument) -> Bool {
        guard let node else { return false }
        return document.equals(node, "AGGREGATION_TEMPORALITY_DELTA") || document.count(node) == 1
    }

    /// Exporters write a series' attributes in the same order each time. Two scopes may have series of one name.
    private func seriesKey(
        _ name: Int, _ list: Int?, _ owner: UInt64, _ document: borrowing JSONDocument
    ) -> UInt64 {
        document.bytes.withBytes { bytes in
            let first = IdentifierHash.hash(bytes, document.range(name))
            let second = list.map { IdentifierHash.hash(bytes, document.range($0)) } ?? 1
            return IdentifierHash.fold(first ^ owner, second ^ 0x8EBC_6AF0_9C88_C6E3)
        }
    }

    /// What a point adds to those before; nil if it was there already or there is no room for its series.
    private mutating func change(_ point: MetricPoint, _ key: UInt64, isDelta: Bool) -> MetricPoint? {
        if isDelta {
            // Exports that are sent again may come after later ones: each time of a series counts once.
            let isNew = changes.insert(IdentifierHash.fold(key ^ UInt64(bitPattern: point.time), key | 1))
            if !isNew { repeated += 1 }
            return isNew ? point : nil
        }
        guard let last = series[key] else {
            guard series.count < Self.maximumSeries else { return nil }
            series[key] = point
            return point
        }
        guard point.time > last.time else {
            repeated += 1
            return nil
        }
        series[key] = point
        return point.since(last) ?? point
    }

    private mutating func count(
        _ point: MetricPoint, _ meaning: Meaning, _ list: Int?, _ fact: SpanFact, unit: Double,
        _ context: inout FormatContext
    ) {
        newest = max(newest, point.time)
        let key = PendingSnapshot.Key(time: point.time, fact.values)
        guard pending[key] != nil || pending.count < Self.maximumPending else { return }
        var snapshot = pending[key] ?? PendingSnapshot(fact.values)
        snapshot.duration = max(snapshot.duration, point.time - point.start)
        let document = context.document
        switch meaning {
        case .clientDuration, .inferenceDuration, .serverDuration:
            switch fact.role {
            case .unknown, .model:
                Self.warn(point, unit: unit, &context)
                let error = fact.errorType
                switch meaning {
                case .clientDuration: snapshot.client.add(point, error: error, unit: unit)
                case .inferenceDuration: snapshot.inference.add(point, error: error, unit: unit)
                default: snapshot.server.add(point, error: error, unit: unit)
                }
                context.note(.latency, "gen_ai.client.operation.duration", list, unit: unit == 1 ? "ms" : "s")
            case .tool: snapshot.addTool(fact.tool, point.count)
            case .retrieval, .agent, .chain: break
            }
        case .toolDuration: snapshot.addTool(fact.tool, point.count)
        case .tokens:
            let type = document.attribute(list, "gen_ai.token.type") ?? document.attribute(list, "type")
            let isOutput = type.map {
                document.equals($0, "output") || document.equals($0, "completion") || document.equals($0, "thought")
            }
            // A tool's tokens are part of its prompt's.
            if let type, document.equals(type, "tool") || document.equals(type, "cache") { break }
            if isOutput ?? false {
                snapshot.output = TokenUsage.sum(snapshot.output, point.sum)
            } else {
                snapshot.input = TokenUsage.sum(snapshot.input, point.sum)
            }
            context.note(.tokens, "gen_ai.client.token.usage", list, unit: "tokens")
        case .inputTokens: snapshot.inferenceInput = TokenUsage.sum(snapshot.inferenceInput, point.sum)
        case .outputTokens: snapshot.inferenceOutput = TokenUsage.sum(snapshot.inferenceOutput, point.sum)
        case .cost: snapshot.cost = min((snapshot.cost ?? 0) + point.sum, NativeDecoder.maximumCost)
        }
        pending[key] = snapshot
    }

    /// A kit without a view uses bounds meant for milliseconds on a metric in seconds.
    private static func warn(_ point: MetricPoint, unit: Double, _ context: inout FormatContext) {
        guard case .explicit(_, let bounds) = point.shape, unit == 1_000, bounds.starts(with: [0, 5, 10, 25]) else {
            return
        }
        context.survey.remark(
            "a duration in seconds comes in buckets meant for ms (0, 5, 10, 25, …): its percentiles only say ≤5 s")
    }

    /// Snapshots that have waited long enough become records, the oldest first.
    mutating func settle(upTo time: Int64, _ context: inout FormatContext, counted: Set<Symbol>) {
        guard !pending.isEmpty else { return }
        let isCrowded = pending.count >= Self.maximumPending
        let due = pending.keys.filter { key in
            isCrowded || time == .max || key.time < newest || key.time + Self.wait <= time
        }
        for key in due.sorted() {
            guard let snapshot = pending.removeValue(forKey: key) else { continue }
            if counted.contains(snapshot.values[.service]) {
                superseded += 1
                context.survey.remark("metrics of a service whose spans or events are counted were left out")
                continue
            }
            context.enqueue(snapshot.record(at: key.time))
        }
    }
}
