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
