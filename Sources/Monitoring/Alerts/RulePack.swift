import Metrics
import Query

/// Rules that belong together. What is on by default is `conservative`, and nothing else.
package enum RulePack: String, Sendable, CaseIterable {
    /// The five rules of the requirements, literally (E4, E5): strict comparisons, a missing metric counts as zero.
    case conservative
    /// What users feel and bills show (E24 and its kin): rules about change and exhaustion rather than fixed rates.
    case symptoms
    /// The tighter fixed thresholds of E11. Its rules replace those of the same name in packs named before it.
    case standard
    /// What is not as it used to be at this hour, or gets worse day after day, by control charts of every minute (E14 to E17).
    case anomaly

    /// What a pack takes from other tables of the configuration, where they say it.
    package struct Settings: Sendable, Hashable {
        /// The success objective: succeeded / judged, 0…1.
        package var successObjective = 0.95
        /// Dollars an hour; nil: no budget, and twice the usual spend is too much.
        package var hourlyBudget: Double?
        /// Items waiting for a human that are too many.
        package var reviewQueueLimit = 50

        package init() {}
    }

    /// One line about what the pack is for.
    package var purpose: String {
        switch self {
        case .conservative: "five rules for what is surely wrong; on by default"
        case .symptoms: "what users feel and bills show, by change and trend"
        case .standard: "tighter fixed thresholds"
        case .anomaly: "what is not as it used to be at this hour"
        }
    }

    /// The pack's rules, compiled.
    package var rules: [AlertRule] { rules() }

    package func rules(_ settings: Settings = Settings()) -> [AlertRule] {
        let catalogue = WindowMetric.catalogue.appending(AnomalyValues.entries)
        return definitions(settings).map { AlertRule($0, catalogue) }
    }

    /// The pack's rules as they would be written in a configuration.
    package func definitions(_ settings: Settings = Settings()) -> [RuleDefinition] {
        switch self {
        case .conservative: stated(Self.conservativeRules)
        case .symptoms: stated(Self.symptomRules(settings))
        case .standard: stated(Self.standardRules)
        case .anomaly: AnomalyValues.rules
        }
    }

    /// The lines as rules that say where they come from.
    private func stated(_ lines: [Line]) -> [RuleDefinition] {
        lines.map { requirement, rule in
            var rule = rule
            rule.source = .pack(rawValue, requirement: requirement)
            return rule
        }
    }

    /// The rules of several packs and those of a configuration, in order; of equal names the last counts, in the first's place.
    package static func merged(_ definitions: [RuleDefinition]) -> [RuleDefinition] {
        var places: [String: Int] = [:]
        var result: [RuleDefinition] = []
        for definition in definitions {
            if let place = places[definition.name] {
                result[place] = definition
            } else {
                places[definition.name] = result.count
                result.append(definition)
            }
        }
        return result
    }

    /// The rule that a source's silence is an alert of its own (E1: "unresponsive"), which has its own switch. Of live data only.
    /// - Parameter silence: µs without a record.
    package static func unresponsive(after silence: Int64 = Verdict.staleAfter) -> RuleDefinition {
        var rule = RuleDefinition(
            "agent_unresponsive", .p1, when: "silence > \(silence / Span.second)s",
            summary: "CRITICAL: No record for {silence}")
        rule.minimumRequests = 0
        rule.forCount = 1
        rule.source = .pack("source", requirement: "E1")
        return rule
    }

    /// Requirement and rule.
    typealias Line = (requirement: String, rule: RuleDefinition)

    /// A rule, with what the packs do not have in common.
    static func line(
        _ requirement: String, _ name: String, _ severity: Severity, when: String, summary: String,
        _ change: (inout RuleDefinition) -> Void = { _ in }
    ) -> Line {
        var rule = RuleDefinition(name, severity, when: when, summary: summary)
        change(&rule)
        return (requirement, rule)
    }

    private static let conservativeRules: [Line] = [
        line(
            "E4", "high_error_rate", .p1, when: "error_rate > 0.50",
            summary: "CRITICAL: Error rate {error_rate:.1%} exceeds 50%"),
        line(
            "E4", "elevated_error_rate", .p2, when: "error_rate > 0.10 and error_rate <= 0.50",
            summary: "WARNING: Error rate {error_rate:.1%} exceeds 10%"
        ) {
            // More than chance (E25): of thirty requests at 2% five fail every other day, and six do not. Ten are enough of
            // however many.
            $0.evidence = "failures_seen >= 10 or at_least(error_rate) > 7%"
        },
        line(
            "E4", "high_latency", .p2, when: "p95_latency_s > 30",
            summary: "WARNING: p95 latency {p95_latency_s:.1f}s exceeds 30s"),
        line(
            "E4", "cost_anomaly", .p2, when: "cost_per_hour > 50",
            summary: "WARNING: Cost ${cost_per_hour:.2f}/hr exceeds $50/hr"),
        line(
            "E4", "drift_detected", .p3, when: "abs(output_length_drift_pct) > 15",
            summary: "INFO: Output length drifted {output_length_drift_pct:+.1f}%"
        ) {
            // A drift is known where it is beyond chance, which may change from one judgement to the next.
            $0.keepFiringFor = 5 * Span.minute
        },
    ].map { requirement, rule in
        var rule = rule
        rule.missing = .zero
        return (requirement, rule)
    }

    static let rateLimitStorm = "errors(\"rate_limit\") > 10 and errors(\"rate_limit\") >= 0.01 * requests"

    private static let standardRules: [Line] = [
        line(
            "E11", "high_error_rate", .p1, when: "error_rate > 5%",
            summary: "CRITICAL: Error rate {error_rate:.1%} exceeds 5%"
        ) {
            // A page wants more than chance (E25): of forty requests at 2% six fail once a week.
            $0.evidence = "at_least(error_rate) > 5% and failures_seen >= 7"
        },
        line(
            "E11", "high_latency", .p2, when: "p95_latency > 10s",
            summary: "WARNING: p95 latency {p95_latency_s:.1f}s exceeds 10s"
        ) {
            // Of forty requests the p95 is the third slowest.
            $0.evidence = "at_least(p95_latency) > 10s"
        },
        // X6: a day's spend, not that of a process's life.
        line(
            "E11", "cost_spike", .p2, when: "spend_today > $100",
            summary: "WARNING: ${spend_today:.2f} spent today exceeds $100"
        ) { $0.minimumRequests = 0 },
        // E12: the count is that of rate limits, and of the window; ten of some thousand are no storm.
        line(
            "E11", "rate_limit_storm", .p1, when: RulePack.rateLimitStorm,
            summary: "CRITICAL: {errors(\"rate_limit\"):.0f} rate limit errors exceed 10"
        ) { $0.minimumRequests = 0 },
    ]
}
