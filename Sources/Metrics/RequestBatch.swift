import Statistics
import Telemetry

/// Requests of one 5-second slot on their way into the windows.
///
/// Numbers are summed as they come; what goes into sketches and by name is kept as rows and counted field by field when
/// the batch is full or its slot is over: each table is then found, and made one's own, once a batch and not once a
/// request.
struct RequestBatch: Sendable {
    /// Start of the slot, µs.
    private(set) var start: Int64 = .min
    private(set) var rows: [CountedRequest] = []
    /// Bits of the dimensions that any request has a value of, by `Dimension.rawValue`.
    private(set) var dimensions: UInt32 = 0
    private var numbers = Tally()
    private var timesToFirstToken: [Observation] = []
    private var outputLengths: [Observation] = []
    private var toolCallCounts: [Observation] = []
    private var sentiments: [Observation] = []
    private(set) var qualities: [Observation] = []
    private var tools: [WeightedPart<ToolCall>] = []
    private var spans: [WeightedPart<SpanPart>] = []

    /// Small enough to stay in the first two cache levels.
    private static let capacity = 128
    private static let step = 5 * Span.second

    /// A part of a request.
    private struct WeightedPart<Part: Sendable>: Sendable {
        var part: Part
        var weight: Int64
        /// Whether a span's tool call is listed nowhere else.
        var countsTool = true
    }

    init() {
        rows.reserveCapacity(Self.capacity)
    }

    var isEmpty: Bool { rows.isEmpty }

    /// Whether a request of this time can join.
    func takes(_ time: Int64) -> Bool {
        UInt64(bitPattern: time &- start) < UInt64(Self.step) && rows.count < Self.capacity
    }

    /// Begins the slot that holds `time`; the batch must be empty.
    mutating func begin(at time: Int64) { start = time.alignedDown(to: Self.step) }

    mutating func append(_ record: borrowing Record, cost: Int64?, signals: Signals, buckets: UserBuckets?) {
        let weight = record.weight
        numbers.countNumbers(record, cost: cost, signals: signals)
        dimensions |= record.values.present
        rows.append(CountedRequest(record, cost: cost, buckets: buckets))
        if let value = record.timeToFirstToken { timesToFirstToken.append(Observation(value, weight: weight)) }
        if let value = record.outputLength ?? record.outputTokens {
            outputLengths.append(Observation(value, weight: weight))
        }
        if let value = record.toolCallCount { toolCallCounts.append(Observation(value, weight: weight)) }
        if let value = record.sentiment { sentiments.append(Observation(value, weight: weight)) }
        if let value = record.quality { qualities.append(Observation(value, weight: weight)) }
        let listsTools = !record.tools.isEmpty
        if listsTools {
            for call in record.tools { tools.append(WeightedPart(part: call, weight: weight)) }
        }
        if listsTools || !record.spans.isEmpty { numbers.countToolRuns(record) }
        if !record.spans.isEmpty {
            for span in record.spans {
                spans.append(WeightedPart(part: span, weight: weight, countsTool: !listsTools))
            }
        }
    }

    /// Makes room for the next slot's, keeping the buffers.
    mutating func removeAll() {
        numbers = Tally()
        dimensions = 0
        rows.removeAll(keepingCapacity: true)
        timesToFirstToken.removeAll(keepingCapacity: true)
        outputLengths.removeAll(keepingCapacity: true)
        toolCallCounts.removeAll(keepingCapacity: true)
        sentiments.removeAll(keepingCapacity: true)
        qualities.removeAll(keepingCapacity: true)
        tools.removeAll(keepingCapacity: true)
        spans.removeAll(keepingCapacity: true)
    }

    // MARK: Into the windows

    /// Counts every request of the batch.
    func add(to tally: inout Tally, hints: inout PlaceHints) {
        tally.add(numbers, parts: [])
        // Looked at in place: a row is larger than what is read of it.
        let rows = rows.span
        for i in rows.indices {
            let weight = rows[i].weight
            if rows[i].hasLatency {
                tally.latency.record(rows[i].latency, fineBucket: Int(rows[i].latencyBucket), weight: weight)
            }
            if rows[i].outcome == .bad { tally.errors.update(rows[i].errorType, &hints) { $0.add(weight: weight) } }
            let reason = rows[i].stopReason
            if !reason.isAbsent { tally.stopReasons.update(reason, &hints) { $0.add(weight: weight) } }
        }
        for i in rows.indices {
            let model = rows[i].values[.model]
            if !model.isAbsent { tally.models.update(model, &hints) { $0.add(rows[i].row) } }
            let task = rows[i].values[.taskType]
            if !task.isAbsent { tally.tasks.update(task, &hints) { $0.add(rows[i].row) } }
        }
        tally.timeToFirstToken.record(timesToFirstToken)
        tally.outputLength.record(outputLengths)
        tally.toolCallsPerRequest.record(toolCallCounts)
        tally.sentiment.record(sentiments)
        tally.quality.record(qualities)
        for call in tools { tally.count(tool: call.part, weight: call.weight) }
        for span in spans { tally.count(span: span.part, weight: span.weight, countsTool: span.countsTool) }
    }
}
