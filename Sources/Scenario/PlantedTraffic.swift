import Statistics

/// Requests that fail for one reason, among many fields that have nothing to do with it or only go along with it: what finds
/// reasons is tried with.
package struct PlantedTraffic: Sendable {
    /// Why requests fail.
    package enum Cause: String, Sendable, CaseIterable {
        case tool = "tool=refund_api"
        case locale = "locale=de"
        case collection = "collection=faq_2019"
        case flag = "feature_flag=new_ranker"
        /// Which goes along with a hash of its own.
        case prompt = "prompt_version=p42"
        case toolInLocale = "tool=refund_api and locale=de"
        case longQuestionsOnModel = "model=claude-haiku-4-5 and query_length=long"
        case newUsersOnPlan = "session_number<=5 and plan=trial"

        /// What a finding of it consists of, in any order.
        package var parts: [String] {
            switch self {
            case .toolInLocale: ["tool=refund_api", "locale=de"]
            case .longQuestionsOnModel: ["model=claude-haiku-4-5", "query_length=long"]
            case .newUsersOnPlan: ["session_number<=5", "plan=trial"]
            default: [rawValue]
            }
        }
    }

    package let cause: Cause?
    /// Thousandths of the requests that fail: where the cause is, and elsewhere.
    private let failing: (withCause: Int, without: Int)
    /// Whether one in ten of the successes is told of, and stands for ten.
    private let isSampled: Bool
    /// Values of each of the fields that have nothing to do with it.
    private let values: Int
    private var random: SplitMix64
    /// Milliseconds since 1970.
    private var time: Int
    private let gap: Int

    /// 2026-03-10T12:00:00Z, in milliseconds.
    private static let opens = 1_773_144_000_000

    /// - Parameters:
    ///   - cause: nil: there is none.
    ///   - values: of each of five fields that have nothing to do with it, 1 to 1,000.
    ///   - gap: mean milliseconds between two requests.
    package init(
        _ cause: Cause?, failing: (withCause: Int, without: Int) = (350, 30), isSampled: Bool = false,
        values: Int = 12, gap: Int = 150, seed: UInt64
    ) {
        self.cause = cause
        self.failing = failing
        self.isSampled = isSampled
        self.values = min(max(values, 1), 1_000)
        self.gap = gap
        random = SplitMix64(seed: seed)
        time = Self.opens
    }

    private struct Request {
        var tool: String
        var locale: String
        var collection: String
        var isNewRanker: Bool
        var prompt: String
        var model: String
        var length: Int
        var session: Int
        var plan: String
    }

    /// So many requests, and of each the records that are told.
    package mutating func next(_ count: Int) -> [UInt8] {
        var bytes: [UInt8] = []
        for _ in 0..<count { if let line = line() { bytes += line.bytes } }
        return bytes
    }

    private mutating func line() -> LineWriter? {
        time += random.uniform(0...2 * gap)
        let request = Request(
            tool: pick(["search_orders", "refund_api", "kb_search", "track_parcel"]),
            locale: pick(["en", "en", "en", "de", "fr", "es"]),
            collection: pick(["products", "faq_2019", "faq_2025", "policies", "manuals"]),
            isNewRanker: random.chance(perMille: 150), prompt: random.chance(perMille: 200) ? "p42" : "p41",
            model: pick(["claude-sonnet-4-6", "claude-sonnet-4-6", "claude-haiku-4-5", "gpt-4o-mini"]),
            length: random.logNormal(median: 300, sigma: 1_000), session: 1 + random.below(random.below(60) + 1),
            plan: pick(["free", "trial", "team", "enterprise"]))
        let fails = random.chance(perMille: has(cause, request) ? failing.withCause : failing.without)
        let isTold = !isSampled || fails || random.chance(perMille: 100)
        var line = LineWriter()
        line.identifier("trace_id", prefix: "7e", UInt32(truncatingIfNeeded: random.next()))
        line.time("timestamp", milliseconds: time)
        line.flag("success", !fails)
        if fails { line.text("error_type", pick(["timeout", "tool_error", "invalid_json"])) }
        if isSampled, !fails { line.decimal("sample_rate", 1, places: 1) }
        line.integer("latency_ms", random.logNormal(median: 1_200, sigma: 600))
        line.objects("tool_calls", [request.tool, "kb_search"]) { $0.text("name", $1) }
        // What goes along with something else, most of the time.
        let intent =
            request.tool == "refund_api" && random.chance(perMille: 800) ? "refund" : pick(["order", "product"])
        line.text("intent", intent)
        line.text("region", request.locale == "en" ? pick(["us", "us", "eu"]) : pick(["eu", "eu", "eu", "us"]))
        line.text("locale", request.locale)
        line.text("collection", request.collection)
        line.texts("feature_flags", request.isNewRanker ? ["new_ranker", "fast_path"] : ["fast_path"])
        line.text("prompt_version", request.prompt)
        line.text("prompt_hash", request.prompt == "p42" ? "9f2c" : "41aa")
        line.text("model", request.model)
        line.integer("input_length", request.length)
        line.integer("session_number", request.session)
        line.text("plan", request.plan)
        for field in ["host", "index_version", "customer_tier", "device", "shard"] {
            line.text(field, "\(field)-\(random.below(values))")
        }
        line.end()
        return isTold ? line : nil
    }

    private mutating func pick(_ values: [String]) -> String { values[random.below(values.count)] }

    private func has(_ cause: Cause?, _ request: Request) -> Bool {
        switch cause {
        case nil: false
        case .tool: request.tool == "refund_api"
        case .locale: request.locale == "de"
        case .collection: request.collection == "faq_2019"
        case .flag: request.isNewRanker
        case .prompt: request.prompt == "p42"
        case .toolInLocale: request.tool == "refund_api" && request.locale == "de"
        case .longQuestionsOnModel: request.model == "claude-haiku-4-5" && request.length >= 1_000
        case .newUsersOnPlan: request.session <= 5 && request.plan == "trial"
        }
    }
}
