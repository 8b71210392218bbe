import Metrics
package import Query

/// What a rule can ask of the detector: `anomaly("error_rate")`, `anomaly_score("p95_latency") > 6`, `expected_error_rate`.
package struct AnomalyValues: Sendable {
    private let detector: AnomalyDetector

    package init(_ detector: AnomalyDetector) { self.detector = detector }

    private static let shift = "anomaly"
    private static let trend = "steady_change"
    private static let score = "anomaly_score"
    private static let expected = "expected_"

    /// To be appended to the catalogue of a window's metrics.
    package static let entries: [Catalogue.Entry] = {
        let metric = Catalogue.Parameter.text(choices: AnomalyMetric.allCases.map(\.rawValue))
        let functions = [
            Catalogue.Entry(
                shift, .boolean, help: "whether a metric is not as it used to be at this hour", parameters: [metric]),
            Catalogue.Entry(
                trend, .boolean, help: "whether a metric gets worse day after day", parameters: [metric]),
            Catalogue.Entry(
                score, .number(.plain), help: "standard deviations of a metric from what is usual, signed",
                parameters: [metric]),
        ]
        return functions
            + AnomalyMetric.allCases.map { metric in
                Catalogue.Entry(
                    expected + metric.rawValue, .number(metric.unit), help: "what is usual of it at this hour",
                    range: metric.unit == .fraction ? 0...1 : nil)
            }
    }()

    /// What stands for a reference to one of the entries; nil for any other, and while warming up.
    package func value(of reference: Reference) -> Value? {
        if reference.name.hasPrefix(Self.expected) {
            let metric = AnomalyMetric(rawValue: String(reference.name.dropFirst(Self.expected.count)))
            return metric.flatMap(detector.expected).map(Value.number)
        }
        guard case .text(let name)? = reference.arguments.first, let metric = AnomalyMetric(rawValue: name),
            let score = detector.score(metric)
        else { return nil }
        switch reference.name {
        case Self.shift: return .boolean(detector.anomaly(metric) != nil)
        case Self.trend: return .boolean(detector.anomaly(metric, .trend) != nil)
        case Self.score: return .number(score)
        default: return nil
        }
    }

    // MARK: The pack

    /// The rules of the pack `anomaly`.
    package static let rules: [RuleDefinition] = [
        rule(.errorRate, "errors", "Error rate {error_rate:.1%}, usual is {expected_error_rate:.1%}", "E15, E31"),
        rule(
            .completion, "completion", "Completion {weak_completion:.1%}, usual is {expected_weak_completion:.1%}",
            "E14, E16"),
        rule(
            .p95Latency, "latency", "p95 latency {p95_latency:.1f}s, usual is {expected_p95_latency:.1f}s",
            "E14, X5"),
        rule(
            .costPerRequest, "cost",
            "A request costs ${cost_per_request:.4f}, usual is ${expected_cost_per_request:.4f}", "E2, E14, X6", .p2),
        rule(
            .tokensPerRequest, "tokens", "Tokens per request are up, usual are {expected_tokens_per_request:.0f}",
            "E3"),
        rule(
            .requestRate, "traffic", "{request_rate:.2f} requests/s, usual are {expected_request_rate:.2f}", "E24"),
        slide(.completion, "completion", "Completion falls day after day: {weak_completion:.1%} now", .p2),
        slide(.errorRate, "errors", "Error rate rises day after day: {error_rate:.1%} now", .p2),
        slide(.tokensPerRequest, "tokens", "Tokens per request rise day after day", .p3),
        slide(.costPerRequest, "cost", "Cost per request rises day after day: ${cost_per_request:.4f} now", .p3),
    ]

    private static func rule(
        _ metric: AnomalyMetric, _ noun: String, _ summary: String, _ requirement: String, _ severity: Severity = .p3
    ) -> RuleDefinition {
        RuleDefinition(
            name: "unusual_\(noun)", severity: severity, when: "\(shift)(\"\(metric.rawValue)\")",
            keepFiringFor: 5 * Span.minute,
            summary: (severity == .p3 ? "INFO: " : "WARNING: ") + summary,
            source: .pack(RulePack.anomaly.rawValue, requirement: requirement))
    }

    private static func slide(
        _ metric: AnomalyMetric, _ noun: String, _ summary: String, _ severity: Severity
    ) -> RuleDefinition {
        RuleDefinition(
            name: "steady_change_\(noun)", severity: severity, when: "\(trend)(\"\(metric.rawValue)\")",
            summary: (severity == .p3 ? "INFO: " : "WARNING: ") + summary,
            source: .pack(RulePack.anomaly.rawValue, requirement: "E16, E17"))
    }
}

extension AnomalyMetric {
    package var unit: Unit {
        switch self {
        case .errorRate, .completion: .fraction
        case .p95Latency: .seconds
        case .costPerRequest: .dollars
        case .tokensPerRequest: .tokens
        case .requestRate: .perSecond
        }
    }
}
