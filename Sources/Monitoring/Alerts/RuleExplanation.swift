package import Metrics
package import Query
import Telemetry

/// Why a rule does what it does at one moment: what it asks for, what that is, what follows, and what it waits for.
package struct RuleExplanation: Sendable, Hashable {
    /// One thing that the condition asks for.
    package struct Reading: Sendable, Hashable {
        /// As it is written: `errors("rate_limit")`.
        package var name: String
        /// In its unit; nil: not known.
        package var value: String?
    }

    package let rule: AlertRule
    /// The judgement, µs since 1970.
    package let time: Int64
    /// Effective requests in the window.
    package private(set) var requests: Int64 = 0
    package private(set) var readings: [Reading] = []
    package private(set) var outcome = Outcome.missing
    /// Fewer requests than the rule demands: the condition was not asked.
    package private(set) var hasTooFew = false
    /// The condition holds, and there is too little to believe it.
    package private(set) var isDoubted = false
    /// `error_rate 15.0% >10%`, where a comparison held.
    package private(set) var decision: String?
    /// What the rule says, if the condition holds.
    package private(set) var summary: String?
    /// What happens next, and when: "fires after 2 more true judgements (20s)".
    package private(set) var waits: String

    /// - Parameters:
    ///   - time: of a judgement; the snapshot is as of then.
    ///   - alert: the rule's, if it has one under way; of a slice, the readings are that slice's.
    ///   - lookup: values of entries that were appended to the catalogue.
    package init(
        _ rule: AlertRule, _ snapshot: Snapshot, at time: Int64, alert: Alert? = nil,
        lookup: (Reference) -> Value? = { _ in nil }
    ) {
        self.rule = rule
        self.time = time
        waits = Self.waits(rule, alert?.state, at: time)
        guard let condition = rule.condition else { return }
        var reader = WindowReader(snapshot, at: time)
        let slice = rule.dimension.flatMap { dimension -> SliceTotals? in
            let name = alert?.labels[dimension.fieldName]
            let slices = reader.slices(dimension, lasting: rule.window)
            return name == nil ? slices.first : slices.first { $0.name == name }
        }
        func value(_ reference: Reference) -> Value? {
            guard let metric = WindowMetric(reference) else { return lookup(reference) }
            if rule.dimension != nil { return slice?.value(of: metric) }
            return reader.value(of: reference, lasting: rule.window)
        }
        requests =
            rule.dimension == nil ? reader.effectiveRequests(lasting: rule.window) : slice?.effectiveCount ?? 0
        readings = (condition.references + (rule.evidence?.references ?? [])).map {
            Reading(name: $0.text, value: Self.text(value($0), $0))
        }
        hasTooFew = requests < rule.minimumRequests
        outcome = condition.evaluate(missing: rule.missing, value)
        if case .true = outcome { isDoubted = !rule.isBelieved(value) }
        let (evaluation, decided) = rule.evaluate(requests: requests, value)
        if let decided, let value = evaluation.value, let threshold = evaluation.threshold {
            let subject = decided.subject ?? decided.metric?.rawValue ?? rule.name
            decision =
                "\(subject) \(NumberFormat.text(value, decided.unit)) \(decided.comparison) "
                + Alert.threshold(threshold, decided.unit)
        }
        summary = evaluation.isTrue == true ? evaluation.summary : nil
    }

    /// What the condition asks for and is not known.
    package var missing: [String] { readings.filter { $0.value == nil }.map(\.name) }

    private static func text(_ value: Value?, _ reference: Reference) -> String? {
        switch (value, reference.type) {
        case (nil, _): nil
        case (.text(let text)?, _): text
        case (.boolean(let boolean)?, _): boolean ? "true" : "false"
        case (let value?, .number(let unit)): value.double.map { NumberFormat.text($0, unit) }
        default: nil
        }
    }

    // MARK: Time

    private static func waits(_ rule: AlertRule, _ state: AlertState?, at time: Int64) -> String {
        if rule.problem != nil { return "is never judged until it is mended" }
        let timing = rule.timing
        func span(_ duration: Int64) -> String { NumberFormat.age(Double(max(0, duration)) / 1e6) }
        switch state?.phase {
        case nil: return "waits for its condition to hold"
        case .pending:
            let count = max(0, timing.forCount - (state?.trueCount ?? 0))
            let left = max(Int64(count) * Judge.interval, (state?.since ?? time) + timing.forDuration - time)
            let judgements = "\(count) more true judgement\(count == 1 ? "" : "s")"
            return count > 0
                ? "fires after \(judgements), in \(span(left))" : "fires in \(span(left)) if the condition still holds"
        case .firing:
            if let since = state?.missingSince {
                return "says nodata in \(span(since + timing.nodataAfter - time)) if nothing is known by then"
            }
            return timing.keepFiringFor > 0
                ? "ends \(span(timing.keepFiringFor)) after its condition does" : "ends when its condition does"
        case .recovering:
            let end = state?.resolvesAt(timing) ?? time
            return "ends in \(span(end - time)) if the condition stays false"
        case .resolved: return "has ended; is shown for an hour"
        case .nodata: return "waits for data"
        case .error: return "is never judged until it is mended"
        }
    }

    // MARK: In words

    /// Title and text of every line, for a page or a command.
    package var lines: [(title: String, text: String)] {
        let definition = rule.definition
        var lines = [(title: "rule", text: "\(rule.name) \(rule.severity.rawValue), \(definition.source.text)")]
        lines.append(("when", definition.when))
        if let problem = rule.problem {
            return lines + [("broken", problem.description), ("next", waits)]
        }
        let least = rule.minimumRequests > 0 ? ", at least \(rule.minimumRequests) wanted" : ""
        let over = NumberFormat.age(Double(rule.window) / 1e6)
        let slice = definition.slice.map { ", for each \($0)" } ?? ""
        lines.append(
            ("over", "\(over) to \(Wording.clock(time))\(slice): \(Wording.count(Double(requests))) requests\(least)"))
        if !definition.evidence.isEmpty { lines.append(("given", definition.evidence)) }
        for reading in readings { lines.append(("", "\(reading.name) = \(reading.value ?? NumberFormat.missing)")) }
        lines.append(("so", verdict))
        if let summary { lines.append(("says", summary)) }
        lines.append(("next", waits))
        return lines
    }

    private var verdict: String {
        if hasTooFew { return requests == 0 ? "nothing is known: no request" : "false: too few requests" }
        if isDoubted { return "false: it holds, but \(rule.definition.evidence) does not" }
        return switch outcome {
        case .true: "true" + (decision.map { ": \($0)" } ?? "")
        case .false: "false" + (missing.isEmpty ? "" : "; not known: \(missing.joined(separator: ", "))")
        case .missing: "not known for want of \(missing.joined(separator: ", "))"
        }
    }

    /// The lines with their titles in a column.
    package var text: String {
        lines.map { title, text in title.padded(to: 6) + text }.joined(separator: "\n")
    }
}

extension String {
    fileprivate func padded(to width: Int) -> String {
        self + String(repeating: " ", count: max(1, width - count))
    }
}

extension Situation {
    /// Why a rule does what it does, as of the last judgement; nil if no such rule is watched or nothing was judged.
    /// - Parameter alert: the one of its alerts that is meant; nil: its worst.
    package func explanation(
        ofRule name: String, alert: Alert? = nil, lookup: (Reference) -> Value? = { _ in nil }
    ) -> RuleExplanation? {
        guard let rule = rules.first(where: { $0.name == name })?.rule, let time = judgedUpTo else { return nil }
        return RuleExplanation(
            rule, snapshot, at: time, alert: alert ?? alerts.first { $0.name == name }, lookup: lookup)
    }
}
