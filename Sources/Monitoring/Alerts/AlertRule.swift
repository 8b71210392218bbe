package import Metrics
package import Query

/// A rule as it is told to people.
package struct WatchedRule: Sendable, Hashable {
    package var name: String
    package var severity: Severity
    /// As it was written.
    package var condition: String
    /// µs.
    package var window: Int64
}

/// One rule: a condition over a window, how long it must hold, and what is said when it does.
package struct AlertRule: Sendable {
    package var name: String
    package var severity: Severity
    package var condition: Expression
    /// µs that the condition looks back.
    package var window: Int64
    /// Fewer requests in the window say nothing.
    package var minimumRequests: Int
    package var timing: AlertTiming
    package var missing: MissingPolicy
    package var summary: Template
    /// The metrics that condition and summary ask for.
    package let metrics: Set<WindowMetric>

    /// - Throws: `QueryError` that points into `when` or `summary`.
    package init(
        name: String, severity: Severity, when: String, summary: String, window: Int64 = 5 * Span.minute,
        minimumRequests: Int = 20, timing: AlertTiming = AlertTiming(forCount: 3), missing: MissingPolicy = .unknown
    ) throws(QueryError) {
        self.name = name
        self.severity = severity
        self.window = window
        self.minimumRequests = minimumRequests
        self.timing = timing
        self.missing = missing
        condition = try Expression.compile(when, WindowMetric.catalogue)
        self.summary = try Template.compile(summary, WindowMetric.catalogue)
        metrics = Set(
            (condition.references + self.summary.references).map { WindowMetric.allCases[$0.entry] })
    }

    /// What decided, where a comparison did.
    package struct Decided: Sendable, Hashable {
        package var metric: WindowMetric
        /// `>` or `<=`, as written.
        package var comparison: String
    }

    /// Evaluates the condition for the values that `lookup` gives.
    /// - Parameter requests: raw requests in the window; with too few the condition counts as false.
    package func evaluate(
        requests: Int64, _ lookup: (WindowMetric) -> Value?
    ) -> (evaluation: Evaluation, decided: Decided?) {
        func value(of reference: Reference) -> Value? { lookup(WindowMetric.allCases[reference.entry]) }
        guard requests >= minimumRequests else { return (Evaluation(isTrue: false), nil) }
        switch condition.evaluate(missing: missing, value) {
        case .missing: return (Evaluation(isTrue: nil), nil)
        case .false: return (Evaluation(isTrue: false), nil)
        case .true:
            let decision = condition.decision(missing: missing, value)
            let evaluation = Evaluation(
                isTrue: true, value: decision?.value, threshold: decision?.threshold,
                summary: summary.render(missing: missing, value))
            let decided = decision.flatMap { decision in
                decision.reference.map {
                    Decided(metric: WindowMetric.allCases[$0.entry], comparison: decision.comparison.rawValue)
                }
            }
            return (evaluation, decided)
        }
    }
}
