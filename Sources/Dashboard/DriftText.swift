import Canvas
import Metrics
import Monitoring
import Query
import Statistics

/// How measures of behaviour are written, the same in the panel and on its page.
extension DriftMetric.Kind {
    /// Where there are ten columns.
    var shortName: String {
        switch self {
        case .outputLength: "output len"
        case .inputLength: "prompt len"
        case .inputTokens: "tokens in"
        case .outputTokens: "tokens out"
        case .latency: "latency"
        case .toolCalls: "tool calls"
        case .sentiment: "sentiment"
        case .quality: "quality"
        }
    }

    var unit: String {
        switch self {
        case .outputLength, .inputLength: "characters (log)"
        case .inputTokens, .outputTokens: "tokens (log)"
        case .latency: "seconds (log)"
        case .toolCalls: "a request"
        case .sentiment: "-1 to 1"
        case .quality: "0 to 1"
        }
    }

    func text(_ value: Double?) -> String {
        switch self {
        case .outputLength, .inputLength, .inputTokens, .outputTokens: NumberFormat.count(value)
        case .latency: NumberFormat.duration(value)
        case .toolCalls: NumberFormat.fixed(value, decimals: 2)
        case .sentiment, .quality: NumberFormat.fixed(value, decimals: 3)
        }
    }
}

extension DriftMetric {
    var changeText: String {
        guard let change else { return NumberFormat.missing }
        guard kind.isDifference else { return NumberFormat.change(change, decimals: 1) }
        let text = NumberFormat.fixed(change, decimals: 2)
        return change > 0 && !text.hasPrefix("-") ? "+" + text : text
    }

    var limitText: String {
        switch kind {
        case .sentiment: "±" + NumberFormat.plain(threshold)
        case .quality: "-" + NumberFormat.percent(threshold, decimals: 0)
        default: "±" + NumberFormat.percent(threshold, decimals: 0)
        }
    }

    /// The means of bars with the baseline in the middle: drift shows as a slope, noise as a flat line.
    func spark(_ bars: Bars) -> Sparkline {
        let middle = baseline ?? current
        let reach = max(abs(middle ?? 0) * 0.5, kind == .sentiment ? 0.3 : 0.001)
        return Sparkline(
            bars.values { kind.mean($0)?.value }, scale: middle.map { $0 - reach...$0 + reach }, isZeroBased: false,
            colouring: .role(hasDrifted ? .barHigh : .barLow))
    }
}

extension NumberFormat {
    /// `.27`, `1.20`, `12.3`, `>99`: an index in four columns.
    static func index(_ value: Double?) -> String {
        guard let value else { return missing }
        if value >= 99.95 { return ">99" }
        let text = fixed(value, decimals: value < 9.995 ? 2 : 1)
        return text.hasPrefix("0.") ? String(text.dropFirst()) : text
    }
}

extension DriftReport {
    /// Whether one of the movements is of these.
    func moves(_ subjects: (DriftMovement.Subject) -> Bool) -> Bool { movements.contains { subjects($0.subject) } }

    /// Of what is asked, by what it is for: the newcomer that comes most, else what has moved most, else the largest.
    var inputHeadline: (kind: MixShift.Kind, mover: MixShift.Mover)? {
        if let first = newcomers.first { return first }
        let kinds: [MixShift.Kind] = [purposes?.kind, .locales, .languages].compactMap { $0 }
        let drifted = kinds.first { self[$0]?.hasDrifted == true }
        guard let mix = (drifted ?? kinds.first { self[$0] != nil }).flatMap({ self[$0] }), let mover = mix.movers.first
        else { return nil }
        return (mix.kind, mover)
    }
}
