/// A snapshot that metrics are being added to.
struct PendingSnapshot {
    /// Time first, then names: a total order, so that records come in the same order each time.
    struct Key: Hashable, Comparable {
        var time: Int64
        var names: [UInt32]

        private static let dimensions: [Dimension] = [
            .service, .environment, .model, .provider, .agent, .agentVersion, .variant, .region, .host,
        ]

        init(time: Int64, _ values: DimensionValues) {
            self.time = time
            names = Self.dimensions.map { values[$0].rawValue }
        }

        static func < (a: Key, b: Key) -> Bool {
            a.time != b.time ? a.time < b.time : a.names.lexicographicallyPrecedes(b.names)
        }
    }

    /// Requests and their latencies.
    struct Requests {
        var count: Int64 = 0
        var errors: [Symbol: Int64] = [:]
        var latency = LatencyBuckets()

        /// `unit` is in ms.
        mutating func add(_ point: MetricPoint, error: Symbol, unit: Double) {
            count = min(count + point.count, NativeDecoder.maximumCount)
            if !error.isAbsent, errors[error] != nil || errors.count < 256 {
                errors[error] = min((errors[error] ?? 0) + point.count, NativeDecoder.maximumCount)
            }
            switch point.shape {
            case .counter: break
            case .explicit(let counts, let bounds):
                latency.add(
                    explicit: counts, bounds: bounds, unit: unit, least: point.least, greatest: point.greatest)
            case .exponential(let counts, let offset, let scale, let zeros):
                latency.add(exponential: counts, offset: offset, scale: scale, zeros: zeros, unit: unit)
            }
        }
    }

    let values: DimensionValues
    /// µs.
    var duration: Int64 = 0
    /// What callers measured, under the newer name and the older, and what servers did: the same requests seen from
    /// several sides.
    var inference = Requests()
    var client = Requests()
    var server = Requests()
    var input: Int64?
    var output: Int64?
    /// The same under newer names.
    var inferenceInput: Int64?
    var inferenceOutput: Int64?
    /// Nano-dollars.
    var cost: Int64?
    var tools: [Symbol: Int64] = [:]

    init(_ values: DimensionValues) { self.values = values }

    mutating func addTool(_ tool: Symbol, _ count: Int64) {
        guard tools[tool] != nil || tools.count < 256 else { return }
        tools[tool] = min((tools[tool] ?? 0) + count, NativeDecoder.maximumCount)
    }

    func record(at time: Int64) -> Record {
        let requests = inference.count > 0 ? inference : client.count > 0 ? client : server
        var aggregate = Aggregate()
        aggregate.duration = max(1, min(duration, NativeDecoder.maximumDuration))
        aggregate.requests = requests.count
        aggregate.errors = requests.errors
        aggregate.latencyHistogram = requests.latency.histogram
        aggregate.isBucketed = requests.latency.isBucketed
        aggregate.inputTokens = inferenceInput ?? input
        aggregate.outputTokens = inferenceOutput ?? output
        aggregate.cost = cost
        aggregate.toolCalls = tools
        var record = Record()
        record.kind = .snapshot
        record.time = time
        record.hasTime = true
        record.values = values
        record.aggregate = aggregate
        return record
    }
}
