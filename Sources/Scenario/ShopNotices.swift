import Statistics

/// What is reported beside the traffic: deployments, and once a minute the depth of the review queue.
struct ShopNotices: Sendable {
    private struct Deploy {
        let time: Int
        let version: ShopVersion
        let note: String
        let isCanary: Bool
        let evalScore: Int?
    }

    private static let deploys = [
        Deploy(
            time: ShopDay.canary.lowerBound, version: .canary, note: "canary: shorter refund prompt", isCanary: true,
            evalScore: 91),
        Deploy(
            time: ShopDay.canary.upperBound, version: .stable, note: "rollback", isCanary: false, evalScore: nil),
        Deploy(
            time: ShopDay.rollout.lowerBound, version: .wordy, note: "new model snapshot, prompt adapted",
            isCanary: false, evalScore: 90),
        Deploy(
            time: ShopDay.fix, version: .fixed, note: "answer length limited again", isCanary: false, evalScore: 92),
    ]

    private var random: SplitMix64
    private var written = 0

    init(seed: UInt64) {
        random = SplitMix64(seed: seed)
    }

    /// Writes the notices not yet written before `end` (milliseconds since the story's start, itself `start`).
    mutating func write(before end: Int, start: Int, day: ShopDay, into lines: inout PendingLines) {
        guard day.isEventful else { return }
        let range = written..<max(end, written)
        written = range.upperBound
        for deploy in Self.deploys where range.contains(deploy.time) {
            var line = LineWriter(capacity: 300)
            line.text("type", "deploy")
            line.time("timestamp", milliseconds: start + deploy.time)
            line.text("deployed_version", deploy.version.name)
            line.text("prompt_hash", deploy.version.promptHash)
            line.text("model", ShopModel.all[0].name)
            if deploy.isCanary { line.text("variant", "canary") }
            line.integer("percent", deploy.isCanary ? 5 : 100)
            if let score = deploy.evalScore { line.decimal("eval_score", score, places: 2) }
            line.text("note", deploy.note)
            line.text("rollback_command", "deployctl rollback \(ShopVersion.stable.name)")
            line.end()
            lines.add(line, at: start + deploy.time)
        }
        for minute in stride(from: (range.lowerBound + 59_999) / 60_000 * 60_000, to: range.upperBound, by: 60_000) {
            var line = LineWriter(capacity: 160)
            line.text("type", "queue")
            line.time("timestamp", milliseconds: start + minute)
            line.text("queue", "human_review")
            line.integer("queue_depth", day.queueDepth(at: minute) + random.below(3) - 1)
            line.end()
            lines.add(line, at: start + minute)
        }
    }
}
