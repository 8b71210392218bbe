package import Metrics
package import Query
package import Telemetry

/// One rule, ready to be judged: a condition over a window, how long it must hold, and what is said when it does. A rule that
/// does not compile is held with the reason, and judged by nobody.
package struct AlertRule: Sendable, Hashable {
    package internal(set) var definition: RuleDefinition
    /// Why it cannot be judged; nil: it can.
    package let problem: RuleProblem?
    /// Nil in a broken rule.
    package let condition: Expression?
    /// What must hold beside it; nil: nothing.
    package let evidence: Expression?
    package let summary: Template?
    /// What it makes one alert each of; nil: one for all traffic.
    package let dimension: Dimension?
    /// µs for which a silence must have lasted until the rule can say nothing new.
    let reach: Int64

    /// Most values of a dimension that one rule looks at.
    package static let sliceLimit = 20
    /// - Parameter catalogue: `WindowMetric.catalogue`, or that with entries appended whose values the judge is handed.
    package init(_ definition: RuleDefinition, _ catalogue: Catalogue = WindowMetric.catalogue) {
        self.definition = definition
        do {
            let program = try RuleProgram(definition, catalogue)
            (condition, evidence, summary, dimension, reach) = (
                program.condition, program.evidence, program.summary, program.dimension, program.reach
            )
            problem = nil
        } catch {
            (condition, evidence, summary, dimension, reach) = (nil, nil, nil, nil, 0)
            problem = error
        }
    }

    package var name: String { definition.name }
    package var severity: Severity { definition.severity }
    /// µs that the condition looks back.
    package var window: Int64 { definition.window }
    package var minimumRequests: Int { definition.minimumRequests }

    package var timing: AlertTiming {
        AlertTiming(
            forCount: definition.forCount, forDuration: definition.forDuration, keepFiringFor: definition.keepFiringFor,
            nodataAfter: definition.missing == .nodata ? 0 : AlertTiming.patience)
    }

    var missing: MissingPolicy { definition.missing == .zero ? .zero : .unknown }

    /// What condition, evidence and summary ask for.
    package var references: [Reference] {
        (condition?.references ?? []) + (evidence?.references ?? []) + (summary?.references ?? [])
    }

    /// Whether it asks how long nothing has come.
    var watchesSilence: Bool { references.contains { WindowMetric($0) == .silence } }

    /// What decided, where a comparison did.
    package struct Decided: Sendable, Hashable {
        /// The metric compared, or the one that a call looks at.
        package var metric: WindowMetric?
        /// What was compared, in words, where it is more than `metric`.
        package var subject: String?
        /// `>` or `<=`, as written.
        package var comparison: String
        /// Of value and threshold.
        package var unit: Query.Unit
    }

    /// Evaluates the condition for the values that `lookup` gives.
    /// - Parameter requests: effective requests in the window. Too few count as false; none at all are a matter of
    ///   missing data.
    package func evaluate(
        requests: Int64, _ lookup: (Reference) -> Value?
    ) -> (evaluation: Evaluation, decided: Decided?) {
        guard let condition, let summary else { return (Evaluation(isTrue: nil), nil) }
        if requests < minimumRequests {
            return (Evaluation(isTrue: requests == 0 && missing == .unknown ? nil : false), nil)
        }
        switch condition.evaluate(missing: missing, lookup) {
        case .missing: return (Evaluation(isTrue: nil), nil)
        case .false: return (Evaluation(isTrue: false), nil)
        case .true where !isBelieved(lookup): return (Evaluation(isTrue: false), nil)
        case .true:
            let decision = condition.decision(missing: missing, lookup)
            let evaluation = Evaluation(
                isTrue: true, value: decision?.value, threshold: decision?.threshold,
                summary: summary.render(missing: missing, lookup))
            return (evaluation, decision.map(decided))
        }
    }

    /// Whether there is enough to believe a condition that holds. What is not known speaks against nothing.
    func isBelieved(_ lookup: (Reference) -> Value?) -> Bool {
        if case .false? = evidence?.evaluate(missing: .unknown, lookup) { return false }
        return true
    }

    private func decided(_ decision: Decision) -> Decided {
        let subject = decision.reference ?? condition?.references.first
        return Decided(
            metric: subject.flatMap(\.measuredMetric), subject: decision.reference.map(\.subject) ?? name,
            comparison: decision.comparison.rawValue, unit: decision.unit)
    }
}

extension Reference {
    /// The metric that it is, or that its call looks at; nil for what is none of ours.
    package var measuredMetric: WindowMetric? {
        for case .metric(let metric) in arguments { return WindowMetric(metric) }
        return WindowMetric(self)
    }

    /// What is measured, in words; nil where the metric's own label says it.
    fileprivate var subject: String? {
        let words = arguments.map { argument in
            switch argument {
            case .text(let text): text
            case .duration(let seconds): NumberFormat.span(seconds)
            case .count(let count): String(count)
            case .metric(let metric): metric.subject ?? WindowMetric(metric)?.label ?? metric.text
            }
        }
        guard let metric = WindowMetric(self) else {
            // `burn("quick", 3d)`: quick burn 3d.
            let name = name.split(separator: "_").joined(separator: " ")
            return (words.prefix(1) + [name] + words.dropFirst()).joined(separator: " ")
        }
        guard let first = words.first, let last = words.last else { return nil }
        return switch metric {
        case .errors: "\(first) errors"
        case .flags: "\(first) flags"
        case .flagRate: "\(first) rate"
        case .queueDepth: "\(first) queue"
        case .spend: "spent in \(first)"
        case .qualityLast: "quality of the last \(first)"
        case .over: "\(first) over \(last)"
        case .before: "\(first) \(last) ago"
        case .usual: "usual \(first)"
        case .sameHour: "\(first) at this hour"
        case .change: "\(first) against \(last) ago"
        case .atLeast: "least \(first)"
        default: text
        }
    }
}
