import Statistics

/// Requests of one shape by the million, for measurements: equal arguments give equal bytes on every machine.
///
/// A request's gap to the one before is uniform between zero and twice the mean, so that times never go back.
package struct BulkTraffic: Sendable {
    /// How the records are written.
    package enum Shape: String, Sendable, CaseIterable {
        /// 16 fields in always the same order, about 360 bytes.
        case flat
        /// The same fields, each record in an order of its own.
        case shuffled
        /// Two emitters with an order each, missing fields, and unknown ones with nested objects and lists.
        case interleaved
        /// Tool calls, spans, flags and escaped text beside the flat fields, about 1.2 kB.
        case rich
        /// Each request as the four spans of an OpenTelemetry export, about 3 kB.
        case otlp

        /// Whether the records are agentdash's own.
        package var isNative: Bool { self != .otlp }
    }

    /// How many different names the records bear.
    package struct Names: Sendable {
        package var models = 4
        package var tasks = 8
        package var versions = 3
        package var errors = 5
        package var users = 5_000
        /// Every record fails and has a model, an error type and a user of its own.
        package var areUnique = false

        package init() {}
    }

    /// Requests told so far.
    package private(set) var told = 0

    private let shape: Shape
    private let names: Names
    private let models: [String]
    private let tasks: [String]
    private let versions: [String]
    private let errors: [String]
    /// Mean gap, in microseconds.
    private let gap: Int
    /// Microseconds since 1970.
    private var clock: Int
    private var random: SplitMix64
    private var order = BulkField.allCases

    /// 2026-03-10T00:00:00Z, in milliseconds.
    package static let opens = 1_773_100_800_000

    /// - Parameters:
    ///   - ratePerSecond: 1 to 1,000,000 requests a second of the data's time.
    ///   - opensAt: when the first request may be, in milliseconds since 1970.
    package init(
        _ shape: Shape, ratePerSecond: Int = 100, names: Names = Names(), seed: UInt64 = 1, opensAt: Int = Self.opens
    ) {
        self.shape = shape
        clock = opensAt * 1_000
        self.names = names
        gap = 1_000_000 / min(max(ratePerSecond, 1), 1_000_000)
        random = SplitMix64(seed: seed)
        models = Self.pool(["claude-sonnet-4-6", "gpt-4o", "claude-haiku-4-5", "gpt-4o-mini"], names.models, "model")
        tasks = Self.pool(
            ["product_question", "refund", "order_status", "summarize", "code_review", "search", "translate", "chat"],
            names.tasks, "task")
        versions = Self.pool(["v2.3.1", "v2.3.0", "v2.4.0-rc1"], names.versions, "v3.0")
        errors = Self.pool(
            ["timeout", "rate_limit", "context_length", "tool_error", "invalid_json"], names.errors, "error")
    }

    /// The next `count` records, each ended by a line feed.
    package mutating func next(_ count: Int) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(count * (shape == .otlp ? 3_500 : shape == .rich ? 1_300 : 400))
        for _ in 0..<count { bytes += line().bytes }
        return bytes
    }

    private static func pool(_ known: [String], _ count: Int, _ prefix: String) -> [String] {
        known.prefix(count) + (known.count..<max(known.count, count)).map { "\(prefix)-\($0)" }
    }

    // MARK: Lines

    private mutating func line() -> LineWriter {
        clock += random.uniform(0...2 * gap)
        let request = request()
        told += 1
        var line = LineWriter()
        switch shape {
        case .flat:
            for field in BulkField.allCases { field.write(request, to: &line) }
        case .shuffled:
            order.shuffle(using: &random)
            for field in order { field.write(request, to: &line) }
        case .interleaved: writeInterleaved(request, to: &line)
        case .rich:
            for field in BulkField.allCases { field.write(request, to: &line) }
            writeParts(request, to: &line)
        case .otlp: request.writeSpans(number: told, to: &line)
        }
        line.end()
        return line
    }

    private mutating func request() -> BulkRequest {
        let fails = names.areUnique || random.chance(perMille: 30)
        return BulkRequest(
            trace: (UInt32(truncatingIfNeeded: random.next()), UInt32(truncatingIfNeeded: random.next())),
            session: UInt32(truncatingIfNeeded: random.next()),
            time: clock / 1_000,
            user: names.areUnique ? told : random.below(names.users),
            model: names.areUnique ? "model-\(told)" : pick(models),
            version: pick(versions),
            isCanary: random.chance(perMille: 50),
            task: pick(tasks),
            latency: random.logNormal(median: 11_000, sigma: 600),
            firstToken: random.logNormal(median: 350, sigma: 400),
            inputTokens: random.uniform(500...4_000),
            outputTokens: random.uniform(50...800),
            cachedTokens: random.uniform(0...450),
            cost: random.uniform(1_000...60_000),
            errorType: fails ? (names.areUnique ? "error-\(told)" : pick(errors)) : nil)
    }

    /// The first names are the heaviest: the k-th of n has a weight of ln(n / k) / n.
    private mutating func pick(_ pool: [String]) -> String {
        guard pool.count > 16 else { return pool[random.below(pool.count)] }
        return pool[random.below(random.below(pool.count) + 1)]
    }

    private mutating func writeInterleaved(_ request: BulkRequest, to line: inout LineWriter) {
        let isSecond = random.chance(perMille: 500)
        for field in isSecond ? BulkField.second : BulkField.allCases {
            // What tells a request is never missing.
            if field.mayBeMissing, random.chance(perMille: 150) { continue }
            field.write(request, to: &line)
            if isSecond, field == .model {
                line.object("metadata") { metadata in
                    metadata.text("pod", "agent-7f9c")
                    metadata.texts("labels", ["blue", "eu-west-1"])
                    metadata.object("retry") { $0.integer("count", request.user % 3) }
                }
            }
        }
        if !isSecond { line.integer("queue_wait_ms", request.inputTokens / 8) }
    }

    private mutating func writeParts(_ request: BulkRequest, to line: inout LineWriter) {
        let calls = (0..<random.below(4)).map { _ in random.uniform(20...2_000) }
        line.objects("tool_calls", calls) { call, latency in
            call.text("name", latency % 2 == 0 ? "search_orders" : "refund_api")
            call.integer("latency_ms", latency)
            call.flag("success", latency % 40 != 0)
        }
        line.objects("spans", Array(0..<random.uniform(1...4))) { span, index in
            span.identifier("span_id", prefix: "", request.trace.0 &+ UInt32(index))
            span.text("operation_name", index == 0 ? "llm_call" : "tool_call")
            span.integer("duration_ms", request.latency / 10 / (index + 1))
            span.text("status", "OK")
        }
        if request.errorType != nil {
            line.texts("flags", ["low_confidence"])
            line.text("error_message", #"upstream said \"try again\":\n\tat step 3\u0021"#)
        }
        line.texts("feature_flags", ["new_ranker", "fast_path"])
        line.text(
            "final_output",
            #"Your order \"A-1042\" is on its way.\nIt left the warehouse yesterday evening, and the carrier expects to "#
                + #"hand it over on Thursday between 9:00 and 12:00.\n\n\u2022 track it with the link in the mail we sent"#
        )
    }
}
