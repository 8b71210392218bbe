import Statistics

/// What is learned about a request after it ended: feedback, outcomes, evaluations, and how the agent helped itself.
struct ShopSequels: Sendable {
    /// 95% of mobile sessions are abandoned.
    private var mobile = Deck(hits: 19, of: 20)
    /// Cards of nothing and of `outcomes`, in this order.
    private var ordinary = Deck([872, 36, 12, 14, 16, 20, 20, 10])
    private var explicit = Deck(hits: 1, of: 20)
    private var liked = Deck(hits: 22, of: 25)

    private static let outcomes = [
        "corrected", "escalated", "rephrased", "followed_up", "copied", "accepted", "abandoned",
    ]
    private static let complaints: [(category: String, comment: String)] = [
        ("wrong", "that is not my order"), ("slow", "took far too long"), ("unhelpful", "did not answer my question"),
        ("unsafe", "asked for my card number"),
    ]

    mutating func write(after request: ShopRequest, random: inout SplitMix64, into lines: inout PendingLines) {
        writeFallback(request, &random, &lines)
        writeFeedback(request, &random, &lines)
        writeOutcome(request, &random, &lines)
        writeEvaluation(request, &random, &lines)
    }

    private func begin(_ type: String, _ request: ShopRequest, at time: Int) -> LineWriter {
        var line = LineWriter(capacity: 160)
        line.text("type", type)
        line.identifier("trace_id", prefix: "tr_", request.trace)
        line.time("timestamp", milliseconds: time)
        return line
    }

    /// While refunds fail, six in ten failures are met with a way around.
    private func writeFallback(
        _ request: ShopRequest, _ random: inout SplitMix64, _ lines: inout PendingLines
    ) {
        guard request.inOutage, request.failure == .timeout, random.chance(perMille: 600) else { return }
        let time = request.end + random.uniform(5...90)
        var line = begin("fallback", request, at: time)
        let action = ["disclaimer", "disclaimer", "reroute", "human_review"][random.below(4)]
        line.text("fallback_action", action)
        line.text("reason", "refund_api timeout")
        line.flag("helped", random.chance(perMille: action == "disclaimer" ? 450 : 750))
        line.end()
        lines.add(line, at: time)
    }

    /// One request in twenty is rated, 88% of the successful ones well.
    private mutating func writeFeedback(
        _ request: ShopRequest, _ random: inout SplitMix64, _ lines: inout PendingLines
    ) {
        // More is known of the canary, whose users are asked.
        let isAsked = request.isCanary == true && random.chance(perMille: 250)
        guard explicit.drawHit(&random) || isAsked else { return }
        let isLiked: Bool
        if request.failure != nil {
            isLiked = random.chance(perMille: 250)
        } else if request.isCanary == true {
            isLiked = random.chance(perMille: 580)
        } else {
            isLiked = liked.drawHit(&random)
        }
        let time = request.end + random.uniform(20_000...300_000)
        var line = begin("feedback", request, at: time)
        line.integer("score", isLiked ? 1 : 0)
        if !isLiked {
            let usual = random.chance(perMille: 950) ? random.below(3) : 3
            let complaint = Self.complaints[request.inOutage && request.failure != nil ? 1 : usual]
            line.text("failure_category", complaint.category)
            if random.chance(perMille: 400) { line.text("comment", complaint.comment) }
        }
        line.end()
        lines.add(line, at: time)
    }

    private mutating func writeOutcome(
        _ request: ShopRequest, _ random: inout SplitMix64, _ lines: inout PendingLines
    ) {
        let outcome: String
        if request.session?.isMobile == true {
            guard mobile.drawHit(&random) else { return }
            outcome = "abandoned"
        } else if request.failure != nil, random.chance(perMille: request.inOutage ? 300 : 200) {
            outcome = "escalated"
        } else if request.isCanary == true, random.chance(perMille: 130) {
            outcome = "corrected"
        } else {
            let kind = ordinary.draw(&random)
            guard kind > 0, request.failure == nil || kind != 6 else { return }
            outcome = Self.outcomes[kind - 1]
        }
        let time = request.end + random.uniform(30_000...600_000)
        var line = begin("outcome", request, at: time)
        line.text("outcome", outcome)
        line.end()
        lines.add(line, at: time)
    }

    /// A judge reads two answers in a hundred, and one in six of the canary's.
    private func writeEvaluation(
        _ request: ShopRequest, _ random: inout SplitMix64, _ lines: inout PendingLines
    ) {
        guard request.outputLength != nil, random.chance(perMille: request.isCanary == true ? 160 : 20) else { return }
        let mean = request.isCanary == true ? 81 : request.isDrifted ? 86 : 92
        let time = request.end + random.uniform(20_000...90_000)
        var line = begin("eval", request, at: time)
        line.text("name", "grounded")
        line.decimal("eval_score", min(max(random.normal(mean: mean, deviation: 4), 0), 100), places: 2)
        line.end()
        lines.add(line, at: time)
    }
}
