import Statistics

/// The five phases of the lab, ten minutes each. Within all of them latency is normal with mean 1,500 ms and deviation
/// 500 ms, not below 300 ms; input has 50 to 300 tokens and output 100 to 800; 100 users, `user-0` to `user-99`.
///
/// 1. *baseline*: 5% errors (`timeout`, `guardrail_block`, `api_error`).
/// 2. *canary*: 10% by the SHA-256 of the user modulo 100 (12 of the 100 users) are sent to `v2.4-canary`, which is no
///    different: a comparison that must not end in a rollback.
/// 3. *alerts*: 15% errors, the rate of the lab's own example of an alert.
/// 4. *drift*: answers are longer by one draw from -5% to 25% (18.5% in the default seed); before it, a token is four
///    characters.
/// 5. *feedback*: 30% of requests are rated, 85% of them well; the others name one of six failure categories.
struct LabTraffic: Sendable {
    /// Milliseconds since the epoch.
    private let start: Int
    private let drift: Int
    private let canaryUsers: [Bool]
    private var clock = 0
    private var random: SplitMix64
    private var identifiers: Identifiers
    private var errors = Deck(hits: 1, of: 20)
    private var manyErrors = Deck(hits: 3, of: 20)
    private var rated = Deck(hits: 3, of: 10)
    private var liked = Deck(hits: 17, of: 20)

    static let phase = 600_000
    private static let stable = "v2.3-stable"
    private static let canary = "v2.4-canary"
    private static let categories = [
        "wrong_order_referenced", "outdated_shipping_status", "hallucinated_tracking_number", "incomplete_answer",
        "tone_too_formal", "other",
    ]

    init(start: Int, seed: UInt64) {
        self.start = start
        random = SplitMix64(seed: seed)
        identifiers = Identifiers(seed: seed)
        // Thousandths, drawn first, so that a seed says what its drift is.
        drift = random.uniform(-50...250)
        canaryUsers = (0..<100).map { UserBucket.mod100.bucket(of: "user-\($0)") < 10 }
    }

    /// Writes the requests that begin before `end` (milliseconds since the story's start), one a second.
    mutating func advance(to end: Int, into lines: inout PendingLines) {
        while clock < end {
            if clock == Self.phase { writeDeploy(Self.canary, percent: 10, note: "canary", into: &lines) }
            if clock == 2 * Self.phase { writeDeploy(Self.stable, percent: 100, note: "end of canary", into: &lines) }
            writeRequest(at: clock + random.below(1_000), into: &lines)
            clock += 1_000
        }
    }

    private mutating func writeRequest(at time: Int, into lines: inout PendingLines) {
        let phase = time / Self.phase
        let latency = max(random.normal(mean: 1_500, deviation: 500), 300)
        let user = random.below(100)
        let input = random.uniform(50...300)
        let output = random.uniform(100...800)
        let fails = phase == 2 ? manyErrors.drawHit(&random) : errors.drawHit(&random)
        let isCanary = phase == 1 && canaryUsers[user]
        let trace = identifiers.next()
        let moment = start + time + latency

        var line = LineWriter()
        line.identifier("trace_id", prefix: "tr_", trace)
        line.time("timestamp", milliseconds: moment)
        line.integer("latency_ms", latency)
        line.text("model", "claude-sonnet-4-6")
        line.text("agent_version", isCanary ? Self.canary : Self.stable)
        if phase == 1 { line.text("variant", isCanary ? "canary" : "control") }
        line.text("user_id", "user-\(user)")
        line.integer("input_tokens", input)
        line.integer("output_tokens", output)
        line.integer("output_length", phase == 3 ? output * 4 * (1_000 + drift) / 1_000 : output * 4)
        // $3 and $15 per million tokens: whole millionths of a dollar.
        line.decimal("cost_usd", input * 3 + output * 15, places: 6)
        line.flag("success", !fails)
        if fails { line.text("error_type", ["timeout", "guardrail_block", "api_error"][random.below(3)]) }
        line.end()
        lines.add(line, at: moment)
        if phase == 4, rated.drawHit(&random) { writeFeedback(trace, after: moment, into: &lines) }
    }

    private mutating func writeFeedback(_ trace: UInt32, after moment: Int, into lines: inout PendingLines) {
        let isLiked = liked.drawHit(&random)
        let time = moment + random.uniform(2_000...20_000)
        var line = LineWriter(capacity: 160)
        line.text("type", "feedback")
        line.identifier("trace_id", prefix: "tr_", trace)
        line.time("timestamp", milliseconds: time)
        line.integer("score", isLiked ? 1 : 0)
        if !isLiked { line.text("failure_category", Self.categories[random.below(Self.categories.count)]) }
        line.end()
        lines.add(line, at: time)
    }

    private func writeDeploy(_ version: String, percent: Int, note: String, into lines: inout PendingLines) {
        var line = LineWriter(capacity: 200)
        line.text("type", "deploy")
        line.time("timestamp", milliseconds: start + clock)
        line.text("deployed_version", version)
        line.text("model", "claude-sonnet-4-6")
        if percent < 100 { line.text("variant", "canary") }
        line.integer("percent", percent)
        line.text("note", note)
        line.text("rollback_command", "deployctl rollback \(Self.stable)")
        line.end()
        lines.add(line, at: start + clock)
    }
}
