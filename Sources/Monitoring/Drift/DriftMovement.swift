import Query

/// One thing that has moved, in words.
package struct DriftMovement: Sendable, Hashable {
    /// What moved.
    package enum Subject: Sendable, Hashable {
        case measure(DriftMetric.Kind)
        case name(MixShift.Kind, String)
        case injections
    }

    package var subject: Subject
    /// `answers 18% longer`.
    package var text: String
    /// What was usual, and what is, in the subject's unit: where it lies between them it had moved.
    package var baseline: Double?
    package var current: Double?
    /// How many times its limit it is: what is worst comes first. Attempts to inject come before everything.
    package var strength: Double
    /// Since when, µs since 1970, and what was changed then; nil: not known.
    package internal(set) var since: Int64?
    package internal(set) var change: String?

    /// `answers 18% longer since v2.4 at 13:02`.
    package var sentence: String {
        guard let since else { return text }
        return text + " since " + (change.map { "\($0) at " } ?? "") + ClockTime(since).text(seconds: false)
    }

    func located(_ origin: DriftOrigin?) -> DriftMovement {
        var movement = self
        movement.since = origin?.time
        movement.change = origin?.change
        return movement
    }
}

extension DriftReport {
    /// Everything that drifts, the worst first.
    func findMovements() -> [DriftMovement] {
        let drifted = metrics.filter(\.hasDrifted)
        // Tokens follow lengths.
        var found = drifted.filter { metric in !drifted.contains { $0.kind == metric.kind.followed } }.map(\.movement)
        for mix in mixes where mix.hasDrifted {
            // Where intents are told apart the task types say the same less well; languages are of locales.
            if mix.kind == .taskTypes, self[.intents]?.hasDrifted == true { continue }
            if mix.kind == .languages, self[.locales]?.hasDrifted == true { continue }
            if let mover = mix.movers.first, !newcomers.contains(where: { $0.mover == mover }) {
                found.append(mix.movement(of: mover))
            }
        }
        found += newcomers.map { kind, mover in
            DriftMovement(
                subject: .name(kind, mover.name),
                text: "new \(kind.noun) \(mover.name) \(NumberFormat.percent(mover.current))", baseline: 0,
                current: mover.current, strength: 2 + mover.current)
        }
        if let injections, injections.isRising {
            found.append(
                DriftMovement(
                    subject: .injections,
                    text: "injection attempts from \(NumberFormat.percent(injections.baseline)) to "
                        + NumberFormat.percent(injections.current), baseline: injections.baseline,
                    current: injections.current,
                    strength: .infinity))
        }
        return found.sorted { ($1.strength, $0.text) < ($0.strength, $1.text) }
    }
}

extension DriftMetric {
    fileprivate var movement: DriftMovement {
        let excess = max(
            hasMoved ? abs(change ?? 0) / threshold : 0,
            hasReshaped ? ((psi ?? 0) / (psiThreshold ?? 1)).squareRoot() : 0)
        return DriftMovement(
            subject: .measure(kind), text: hasMoved ? words : "\(kind.noun): another shape", baseline: baseline,
            current: current, strength: excess)
    }

    private var words: String {
        let change = change ?? 0
        let size = NumberFormat.percent(abs(change), decimals: abs(change) < 0.095 ? 1 : 0)
        let isUp = change > 0
        return switch kind {
        case .outputLength: "answers \(size) \(isUp ? "longer" : "shorter")"
        case .inputLength: "prompts \(size) \(isUp ? "longer" : "shorter")"
        case .inputTokens: "\(size) \(isUp ? "more" : "fewer") input tokens"
        case .outputTokens: "\(size) \(isUp ? "more" : "fewer") output tokens"
        case .latency: "requests \(size) \(isUp ? "slower" : "faster")"
        case .toolCalls: "\(size) \(isUp ? "more" : "fewer") tool calls"
        case .sentiment: "sentiment \(isUp ? "up" : "down") \(NumberFormat.fixed(abs(change), decimals: 2))"
        case .quality: "quality \(size) \(isUp ? "higher" : "lower")"
        }
    }
}

extension MixShift {
    fileprivate func movement(of mover: Mover) -> DriftMovement {
        DriftMovement(
            subject: .name(kind, mover.name),
            text: "\(kind.noun) \(mover.name) from \(NumberFormat.percent(mover.baseline, decimals: 0)) to "
                + "\(NumberFormat.percent(mover.current, decimals: 0))\(kind.whole)", baseline: mover.baseline,
            current: mover.current, strength: (distance ?? 0) / (threshold ?? 1))
    }
}

extension DriftMetric.Kind {
    /// What moves with it, and says it better.
    fileprivate var followed: DriftMetric.Kind? {
        switch self {
        case .inputTokens: .inputLength
        case .outputTokens: .outputLength
        default: nil
        }
    }

    /// As it is called in a sentence or a table.
    package var noun: String {
        switch self {
        case .outputLength: "output length"
        case .inputLength: "prompt length"
        case .inputTokens: "input tokens"
        case .outputTokens: "output tokens"
        case .latency: "latency"
        case .toolCalls: "tool calls"
        case .sentiment: "sentiment"
        case .quality: "quality"
        }
    }
}

extension MixShift.Kind {
    /// What one of its names is.
    package var noun: String {
        switch self {
        case .tools: "tool"
        case .errors: "error"
        case .stopReasons: "stop reason"
        case .intents: "intent"
        case .taskTypes: "task type"
        case .locales: "locale"
        case .languages: "language"
        }
    }

    /// As a table calls all of them.
    package var title: String {
        switch self {
        case .tools: "tool mix"
        case .errors: "error mix"
        case .stopReasons: "stop reasons"
        case .intents: "intents"
        case .taskTypes: "task types"
        case .locales: "locales"
        case .languages: "languages"
        }
    }

    /// What shares are of, where that is not all requests.
    fileprivate var whole: String {
        switch self {
        case .tools: " of calls"
        case .errors: " of failures"
        case .stopReasons, .intents, .taskTypes, .locales, .languages: ""
        }
    }
}
