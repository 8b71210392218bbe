import Metrics
import Monitoring
import Query

/// What has drifted, for a snapshot's object. Keys are stable; what is not known is left out.
struct DriftDocument {
    let report: DriftReport

    /// Names of a mix that are listed.
    private static let mostNames = 20

    /// What behaviour is compared with.
    var baseline: JSONValue {
        switch report.basis {
        case .usual(let baseline): Self.usual(baseline)
        case .previousVersion(let label, let since):
            .members(
                ("kind", .string("previous_version")), ("before", .string(label)),
                ("deployed_at", .string(ClockTime(since).rfc3339)))
        case .saved(let name, let time):
            .members(
                ("kind", .string("saved")), ("name", .string(name)), ("kept_at", .string(ClockTime(time).rfc3339)))
        case .instead(let asked, let baseline):
            .members(("kind", .string(Self.kind(baseline))), ("instead_of", .string(asked.name)))
        }
    }

    private static func usual(_ baseline: Baseline) -> JSONValue {
        guard case .sameHours(let days) = baseline else { return .members(("kind", .string(kind(baseline)))) }
        return .members(("kind", .string(kind(baseline))), ("days", .integer(Int64(days))))
    }

    private static func kind(_ baseline: Baseline) -> String {
        switch baseline {
        case .sameHours: "same_hours"
        case .firstHour: "first_hour"
        case .previousWindow: "previous_window"
        case .none: "none"
        }
    }

    /// Everything that moves, in words, the worst first.
    var movements: JSONValue? {
        guard !report.movements.isEmpty else { return nil }
        return .array(
            report.movements.map { movement in
                .members(
                    ("text", .string(movement.sentence)),
                    ("since", movement.since.map { .string(ClockTime($0).rfc3339) }),
                    ("change", movement.change.map { .string($0) }))
            })
    }

    /// Measures and the mixes of names, by what they are called; nil where none is known.
    var measures: JSONValue? {
        let known = report.metrics.filter { $0.current != nil }
        let members =
            known.map { ($0.kind.rawValue, Self.metric($0)) } + report.mixes.map { ($0.kind.rawValue, Self.mix($0)) }
        return members.isEmpty ? nil : .object(members)
    }

    private static func metric(_ metric: DriftMetric) -> JSONValue {
        .members(
            ("baseline", rate(metric.baseline)), ("current", rate(metric.current)), ("change", rate(metric.change)),
            ("psi", rate(metric.psi)), ("psi_threshold", rate(metric.psiThreshold)), ("ks", rate(metric.ks)),
            ("ks_p", rate(metric.ksProbability)), ("threshold", .number(metric.threshold)),
            ("n", .integer(Int64(metric.count))), ("baseline_n", .integer(Int64(metric.baselineCount))),
            ("drifted", .bool(metric.hasDrifted)))
    }

    private static func mix(_ mix: MixShift) -> JSONValue {
        .members(
            ("js", rate(mix.distance)), ("threshold", rate(mix.threshold)), ("n", .integer(Int64(mix.count))),
            ("baseline_n", .integer(Int64(mix.baselineCount))), ("drifted", .bool(mix.hasDrifted)),
            (
                "shares",
                .object(
                    mix.movers.prefix(mostNames).map { mover in
                        (
                            mover.name,
                            .members(
                                ("current", rate(mover.current)),
                                ("baseline", mix.distance == nil ? nil : rate(mover.baseline)),
                                ("new", mover.isNew ? .bool(true) : nil))
                        )
                    })
            ))
    }

    /// What users ask for: what is new, what the eval set lacks, attempts to inject; nil where nothing is known of it.
    var inputMix: JSONValue? {
        let hasNames = report.purposes != nil || report[.locales] != nil
        guard hasNames || report.injections != nil || report.coverage != nil else { return nil }
        return .members(
            ("purpose", report.purposes.map { .string($0.kind.rawValue) }),
            (
                "new",
                .array(
                    report.newcomers.map { kind, mover in
                        .members(
                            ("kind", .string(kind.rawValue)), ("name", .string(mover.name)),
                            ("share", Self.rate(mover.current)), ("n", .integer(Int64(mover.count))))
                    })
            ),
            ("injection_attempts", report.injections.map(Self.injections)),
            ("eval_coverage", report.coverage.map(Self.coverage)),
            ("held_since", report.held.from.map { .string(ClockTime($0).rfc3339) }),
            ("looked_at_one_in", report.held.stride > 1 ? .integer(Int64(report.held.stride)) : nil))
    }

    private static func injections(_ trend: InjectionTrend) -> JSONValue {
        .members(
            ("rate", rate(trend.current)), ("baseline", rate(trend.baseline)), ("n", .integer(Int64(trend.count))),
            ("p", rate(trend.probability)), ("rising", .bool(trend.isRising)))
    }

    private static func coverage(_ coverage: EvalCoverage) -> JSONValue {
        .members(
            ("by", .string(coverage.kind.rawValue)), ("uncovered_share", rate(coverage.uncovered)),
            ("requests", .integer(Int64(coverage.liveCount))), ("cases", .number(coverage.caseCount)),
            (
                "gaps",
                .array(
                    coverage.rows.prefix(mostNames).map { row in
                        .members(
                            ("tag", .string(row.tag)), ("live_share", rate(row.live)), ("eval_share", rate(row.golden)),
                            ("gap", rate(row.gap)), ("sample_cases", .string(row.need.rawValue)))
                    })
            ))
    }

    private static func rate(_ value: Double?) -> JSONValue? {
        value.map { .number(($0 * 1e9).rounded() / 1e9) }
    }
}
