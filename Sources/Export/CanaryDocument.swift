import Metrics
import Monitoring
import Query
import Statistics
import Telemetry

/// The canary's part of `agentdash snapshot --format json`, and shadow traffic's.
struct CanaryDocument {
    private typealias Document = SnapshotDocument
    private let report: CanaryReport

    init(_ report: CanaryReport) { self.report = report }

    var value: JSONValue {
        .members(
            ("control", .string(report.controlName)), ("canary", .string(report.canaryName)),
            ("mode", .string(report.settings.mode.rawValue)),
            ("share", Document.rate(report.share)), ("soak_s", .integer(report.soak / Span.second)),
            ("verdict", .string(report.verdict.rawValue)), ("reasons", .array(report.reasons.map { .string($0) })),
            ("on_rollback", command), ("evidence", report.evidence.map(evidence)),
            ("metrics", .object(metrics)),
            (
                "other_variants",
                report.others.isEmpty ? nil : .object(report.others.map { ($0.name, Self.other($0.arm)) })
            ))
    }

    /// What would roll it back, as it would be started.
    private var command: JSONValue? {
        guard case .success(let arguments)? = report.rollbackArguments else { return nil }
        return .array(arguments.map { .string($0) })
    }

    private var metrics: [(String, JSONValue)] {
        report.metrics.filter { $0.control != nil || $0.canary != nil }.map { metric in
            let n = [metric.counts.control, metric.counts.canary].map { JSONValue.integer(Int64($0)) }
            return (
                metric.kind.rawValue,
                .members(
                    ("control", Document.rate(metric.control)), ("canary", Document.rate(metric.canary)),
                    ("difference", Document.rate(metric.difference)), ("interval", Self.interval(metric.interval)),
                    ("n", .array(n)))
            )
        }
    }

    private static func interval(_ interval: Interval?) -> JSONValue? {
        interval.map { .array([.number(Document.rounded($0.lower, 9)), .number(Document.rounded($0.upper, 9))]) }
    }

    private static func other(_ arm: ArmRow) -> JSONValue {
        .members(
            ("requests", Document.weighted(arm.requests.weighted)), ("error_rate", Document.rate(arm.errorRate)),
            ("p95_latency", Document.rate(arm.latency.quantile(permille: 950).map { $0 / 1e6 })))
    }

    /// ln of what each kind of evidence ever came to, and of what it must come to.
    private func evidence(_ soak: CanarySoak) -> JSONValue {
        .members(
            ("errors", Self.odds(soak.peaks.errors, soak.bars.errors)),
            ("slow", Self.odds(soak.peaks.slow, soak.bars.slow)),
            ("not_worse", Self.odds(soak.peaks.notWorse, soak.bars.notWorse)),
            ("not_slower", Self.odds(soak.peaks.notSlower, soak.bars.notSlower)),
            ("tasks", Self.odds(soak.peaks.tasks, soak.bars.tasks)),
            ("better", report.settings.mode == .ab ? Self.odds(soak.peaks.better, soak.bars.better) : nil),
            ("gates", .array(soak.findings.tripped.map(\.rawValue).sorted().map { .string($0) })),
            ("design_effect", .number(Document.rounded(soak.designEffect, 3))),
            ("step", .integer(Int64(soak.step))),
            ("planned_requests", report.settings.mode == .ab ? Document.rate(soak.planned?.rounded(.up)) : nil),
            ("routing", soak.routing.map(routing)))
    }

    private static func odds(_ value: Double, _ bar: Double) -> JSONValue {
        .members(("log_e", .number(Document.rounded(value, 3))), ("needs", .number(Document.rounded(bar, 3))))
    }

    /// A hash that is neither stated nor fits is none to be named.
    private func routing(_ routing: CanaryRouting) -> JSONValue {
        let isNamed = routing.fits || report.settings.routing != nil
        return .members(
            ("algorithm", isNamed ? .string(routing.algorithm.rawValue) : nil),
            ("percent", isNamed ? .integer(Int64(routing.percent)) : nil),
            ("fits", .bool(routing.fits)), ("looked_at", .integer(Int64(routing.looked))),
            ("canary_elsewhere", Document.rate(routing.canaryElsewhere)),
            ("control_elsewhere", Document.rate(routing.controlElsewhere)))
    }

    // MARK: Shadows

    /// Versions that run in the shadow; nil where there are none.
    static func shadows(_ situation: Situation) -> JSONValue? {
        let reports = situation.shadows()
        return reports.isEmpty ? nil : .object(reports.map { ($0.name, shadow($0)) })
    }

    private static func shadow(_ report: ShadowReport) -> JSONValue {
        func change(_ change: ShadowReport.Change?) -> JSONValue? {
            change.map { .members(("change", Document.rate($0.mean)), ("interval", interval($0.interval))) }
        }
        return .members(
            ("finding", .string(report.finding.rawValue)), ("since", Document.time(report.since)),
            ("until", Document.time(report.until)), ("requests", .integer(report.counts.requests)),
            ("share", Document.rate(report.share)), ("pairs", .integer(report.counts.pairs)),
            ("only_original_failed", .integer(report.counts.onlyOriginalFailed)),
            ("only_shadow_failed", .integer(report.counts.onlyShadowFailed)),
            ("both_failed", .integer(report.counts.bothFailed)), ("difference", Document.rate(report.difference)),
            ("interval", interval(report.interval)), ("worse", odds(report.evidenceOfWorse, ShadowReport.bar)),
            ("better", odds(report.evidenceOfBetter, ShadowReport.bar)), ("latency", change(report.latencyChange)),
            ("cost", change(report.costChange)), ("warnings", .array(report.warnings.map { .string($0) })))
    }
}
