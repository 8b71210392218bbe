import Telemetry

/// What somebody said of a request later, as a store keeps it: a rating by a person, or a score by a program.
struct StoreAnnotation {
    /// What tells this annotation from others.
    var identity: UInt64 = 0
    /// Texts in `texts` of the reader that made it.
    var traceID: Range<Int> = 0..<0
    var name: Range<Int> = 0..<0
    var label: Range<Int> = 0..<0
    var score: Double?
    /// µs since 1970.
    var time: Int64 = 0
    var isHuman = false

    /// A native record, or nothing where it says nothing that can be counted: a score on a scale that isn't known, a
    /// label without meaning.
    /// - Returns: a digest of what was written, 0 if nothing was.
    func write(_ texts: [UInt8], isHistory: Bool, isCorrection: Bool, into batch: inout LineBatch) -> UInt64 {
        guard let verdict = verdict(texts) else { return 0 }
        batch.beginLine()
        batch.raw(isHuman ? #""type":"feedback""# : #""type":"eval""#)
        batch.text("trace_id", texts, traceID)
        batch.integer("timestamp", time)
        let digest: UInt64
        if isHuman {
            let isPositive = verdict >= 0.5
            batch.raw(isPositive ? #","score":1"# : #","score":0"#)
            if !isPositive { batch.text("failure_category", texts, label) }
            digest = isPositive ? 2 : 1
        } else {
            batch.key("eval_score")
            _ = batch.withBytes { JSONText.append(verdict, to: &$0) }
            batch.text("name", texts, name)
            batch.text("label", texts, label)
            digest = UInt64(verdict * 1_000_000) + 1
        }
        batch.endLine(isHistory: isHistory, isCorrection: isCorrection)
        return digest
    }

    /// 0…1: the score where it is a fraction or one to five stars, else what the label says.
    private func verdict(_ texts: [UInt8]) -> Double? {
        if let score {
            if (0...1).contains(score) { return score }
            if score < 0, score >= -1, isHuman { return 0 }
            if isHuman, score > 1, score <= 5 { return score >= 4 ? 1 : score <= 2 ? 0 : nil }
            return nil
        }
        guard !label.isEmpty else { return nil }
        let word = String(decoding: texts[label].prefix(40), as: UTF8.self).lowercased()
        if Self.positive.contains(word) { return 1 }
        return Self.negative.contains(word) ? 0 : nil
    }

    private static let positive: Set<String> = [
        "thumbs_up", "thumbs-up", "thumbs up", "up", "positive", "good", "correct", "true", "yes", "pass", "passed",
        "like", "helpful", "factual", "relevant", "accept", "accepted",
    ]
    private static let negative: Set<String> = [
        "thumbs_down", "thumbs-down", "thumbs down", "down", "negative", "bad", "incorrect", "false", "no", "fail",
        "failed", "dislike", "unhelpful", "hallucinated", "irrelevant", "reject", "rejected",
    ]
}

/// The annotations that were handed out, so that one that is changed in place is not counted twice.
struct AnnotationMemory {
    private var digests: [UInt64: UInt64] = [:]
    private static let limit = 65_536

    /// What was handed out of an annotation: nil if that isn't known, 0 for nothing.
    subscript(identity: UInt64) -> UInt64? { digests[identity] }

    mutating func note(_ identity: UInt64, _ digest: UInt64) {
        // Forgetting all is safe: a change of what is forgotten is handed out as a correction, never counted anew.
        if digests.count >= Self.limit { digests.removeAll(keepingCapacity: true) }
        digests[identity] = digest
    }
}

/// Traces that are held back for a moment, or until they are whole.
struct PendingTraces {
    struct Trace {
        /// µs of the clock when something last came.
        var lastChange: Int64
        var isRooted: Bool
    }

    private(set) var traces: [Int64: Trace] = [:]
    /// How many requests had a span without a parent, and how many had none: where roots stay with another system, none
    /// is waited for.
    private var rooted = 0
    private var rootless = 0

    /// Costs and children are written shortly after; beyond, they are corrections.
    static let settling: Int64 = 1_000_000
    /// A trace whose root has not ended: the agent is at work.
    static let waitingForRoot: Int64 = 600_000_000
    /// The same where traces have no root.
    static let waitingForNothing: Int64 = 10_000_000
    /// Held back at once.
    static let limit = 4_096

    mutating func note(_ cursor: Int64, isRooted: Bool, now: Int64) {
        traces[cursor] = Trace(lastChange: now, isRooted: isRooted || (traces[cursor]?.isRooted ?? false))
    }

    mutating func remove(_ cursor: Int64) { traces[cursor] = nil }

    mutating func count(isRooted: Bool) {
        if isRooted { rooted += 1 } else { rootless += 1 }
    }

    func contains(_ cursor: Int64) -> Bool { traces[cursor] != nil }

    /// Whether a trace of this age, whose newest span ended `age` µs ago, is to be held back at all.
    func holds(isRooted: Bool, age: Int64) -> Bool { age < patience(isRooted: isRooted) }

    private func patience(isRooted: Bool) -> Int64 {
        if isRooted { return Self.settling }
        return rooted >= rootless ? Self.waitingForRoot : Self.waitingForNothing
    }

    /// Traces to be handed out now, oldest cursor first: the settled ones, and the oldest of too many.
    func due(now: Int64, all: Bool) -> [Int64] {
        if all { return traces.keys.sorted() }
        var due = traces.filter { now - $0.value.lastChange >= patience(isRooted: $0.value.isRooted) }.map(\.key)
        let excess = traces.count - due.count - Self.limit
        if excess > 0 {
            let settled = Set(due)
            due += traces.keys.filter { !settled.contains($0) }.sorted().prefix(excess)
        }
        return due.sorted()
    }

    func isDue(now: Int64) -> Bool {
        traces.values.contains { now - $0.lastChange >= patience(isRooted: $0.isRooted) }
    }
}
