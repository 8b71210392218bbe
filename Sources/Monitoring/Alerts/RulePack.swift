import Query

/// Rules that belong together. What is on by default is `conservative`, and nothing else.
package enum RulePack: String, Sendable, CaseIterable {
    /// The five rules of the requirements, literally (E4, E5): strict comparisons, a missing metric counts as zero.
    case conservative

    /// The pack's rules.
    package var rules: [AlertRule] {
        switch self {
        case .conservative: Self.conservativeRules
        }
    }

    private static let conservativeRules: [AlertRule] = [
        rule(
            "high_error_rate", .p1, when: "error_rate > 0.50",
            summary: "CRITICAL: Error rate {error_rate:.1%} exceeds 50%"),
        rule(
            "elevated_error_rate", .p2, when: "error_rate > 0.10 and error_rate <= 0.50",
            summary: "WARNING: Error rate {error_rate:.1%} exceeds 10%"),
        rule(
            "high_latency", .p2, when: "p95_latency_s > 30",
            summary: "WARNING: p95 latency {p95_latency_s:.1f}s exceeds 30s"),
        rule(
            "cost_anomaly", .p2, when: "cost_per_hour > 50",
            summary: "WARNING: Cost ${cost_per_hour:.2f}/hr exceeds $50/hr"),
        rule(
            "drift_detected", .p3, when: "abs(output_length_drift_pct) > 15",
            summary: "INFO: Output length drifted {output_length_drift_pct:+.1f}%"),
    ].compactMap(\.self)

    /// A built-in rule; a test sees to it that every one of them compiles.
    private static func rule(_ name: String, _ severity: Severity, when: String, summary: String) -> AlertRule? {
        try? AlertRule(name: name, severity: severity, when: when, summary: summary, missing: .zero)
    }
}
