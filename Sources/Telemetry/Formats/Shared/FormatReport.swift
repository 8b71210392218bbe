/// What was understood of an input so far, for people: `agentdash inspect` prints it.
package struct FormatReport: Sendable {
    /// One field of ours and where it was read from.
    package struct FieldSource: Sendable, Hashable {
        /// Our name of it.
        package var field: String
        /// The key or path it came from, safe to print.
        package var key: String
        /// The unit it was written in; empty where it has none.
        package var unit: String
        /// A value, safe to print; never a prompt or an answer.
        package var example: String
        /// How often, in the records looked at.
        package var count: Int
        /// Nobody said so: the key's name suggested it.
        package var isGuess: Bool

        /// A field that was found, or was looked for where `count` is 0.
        package init(
            field: String, key: String, unit: String, example: String, count: Int, isGuess: Bool = false
        ) {
            self.field = field
            self.key = key
            self.unit = unit
            self.example = example
            self.count = count
            self.isGuess = isGuess
        }
    }

    /// Lines by format.
    package var lines: [WireFormat: Int] = [:]
    /// Records looked at for `fields`: the first `FieldSurvey.limit` lines at most.
    package var sampled = 0
    /// Sorted by our name, then by how often.
    package var fields: [FieldSource] = []
    /// Fields that matter on the screen and were never there, so that it shows `–`.
    package var missing: [String] = []
    /// What a reader of the numbers should know, in plain words.
    package var notes: [String] = []

    /// Nothing understood yet.
    package init() {}
}

/// Counts which key of the input fills which field of ours, in the first lines only.
struct FieldSurvey {
    static let limit = 1_000
    /// A line may hold thousands of spans.
    private static let maximumNotes = 10_000
    static let exampleLength = 40
    private static let maximumSources = 256

    private struct Key: Hashable {
        var field: String
        var key: String
    }

    private var sources: [Key: FormatReport.FieldSource] = [:]
    private(set) var sampled = 0
    private var noted = 0
    /// Whether anybody asks for a report of the fields: writing them down costs a hundred times what reading them does.
    let isWanted: Bool
    /// Whether the current line is one of the first.
    var isOpen: Bool { sampled <= Self.limit }
    /// Whether the fields of the current line are noted.
    var takesNotes: Bool { isWanted && isOpen && noted < Self.maximumNotes }
    var notes: [String] = []

    init(isWanted: Bool) { self.isWanted = isWanted }

    /// A line begins.
    mutating func beginLine() { if isOpen { sampled += 1 } }

    mutating func note(_ field: String, key: String, unit: String = "", example: String, isGuess: Bool = false) {
        noted += 1
        let place = Key(field: field, key: key)
        if sources[place] != nil {
            sources[place]?.count += 1
            return
        }
        guard sources.count < Self.maximumSources else { return }
        sources[place] = .init(
            field: field, key: key, unit: unit, example: example, count: 1, isGuess: isGuess)
    }

    /// A remark, once.
    mutating func remark(_ text: String) {
        if notes.count < 16, !notes.contains(text) { notes.append(text) }
    }

    func report() -> FormatReport {
        var report = FormatReport()
        report.sampled = min(sampled, Self.limit)
        report.fields = sources.values.sorted {
            ($0.field, -$0.count, $0.key) < ($1.field, -$1.count, $1.key)
        }
        let seen = Set(report.fields.map(\.field))
        report.missing = Self.expected.map(\.rawValue).filter { !seen.contains($0) }
        report.notes = notes
        return report
    }

    /// The fields that panels are made of.
    private static let expected: [Field] = [
        .timestamp, .traceID, .latency, .timeToFirstToken, .inputTokens, .outputTokens, .cachedInputTokens, .cost,
        .success, .errorType, .stopReason, .toolCalls, .model, .agent, .agentVersion, .promptVersion, .variant,
        .taskType, .sessionID, .userID,
    ]
}
