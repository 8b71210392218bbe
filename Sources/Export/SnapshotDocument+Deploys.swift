import Metrics
import Monitoring
import Query
import Statistics
import Telemetry

/// What runs, and what changed.
extension SnapshotDocument {
    /// More releases are no versions.
    private static var mostVersions: Int { 64 }

    /// What answered in the window, in whole spans of 5 minutes.
    var versions: JSONValue {
        let now = snapshot.now ?? 0
        let counts = snapshot.releases(lasting: window.duration ?? now - (snapshot.firstTime ?? now))
        let total = counts.reduce(0) { $0 + $1.requests.weighted }
        return .array(
            counts.prefix(Self.mostVersions).filter { count in
                Release.dimensions.contains { !count.release[$0].isAbsent }
            }.map { count in
                let parts = Release.dimensions.compactMap { dimension -> (String, JSONValue)? in
                    let symbol = count.release[dimension]
                    return symbol.isAbsent ? nil : (dimension.fieldName, .string(snapshot.names.label(symbol)))
                }
                return .object(
                    parts + [
                        ("requests", Self.weighted(count.requests.weighted)),
                        ("share", .number(Self.rounded(Double(count.requests.weighted) / Double(max(1, total)), 6))),
                        ("first", Self.time(count.first)),
                    ])
            })
    }

    /// Oldest first; those that are compared with the numbers before and after.
    var deploys: JSONValue {
        let marks = snapshot.deploys
        let reports = ChangeReport(snapshot, deploys: marks).deploys
        return .array(
            marks.map { mark in
                let report = reports.first { $0.mark == mark }
                return .members(
                    ("at", Self.time(mark.time)), ("label", .string(mark.label)), ("told", .bool(mark.deploy != nil)),
                    ("changes", .array(mark.changes.map(change))),
                    ("variant", mark.deploy?.variant.map { .string($0) }),
                    ("percent", mark.deploy?.percent.map { .number($0) }),
                    ("eval_score", mark.deploy?.evalScore.map { .number($0) }),
                    ("note", mark.deploy?.note.map { .string($0) }),
                    ("rollback_command", mark.deploy?.rollbackCommand.map { .string($0) }),
                    ("compared", report.map { .string($0.basis.rawValue) }),
                    ("requests_before", report.map { .integer($0.requests.before) }),
                    ("requests_after", report.map { .integer($0.requests.after) }),
                    ("metrics", report.flatMap { Self.nonEmpty($0.metrics.map { ($0.kind.rawValue, metric($0)) }) }))
            })
    }

    private func change(_ change: VersionChange) -> JSONValue {
        .members(
            ("what", .string(change.dimension.fieldName)), ("from", change.from.map { .string($0) }),
            ("to", change.to.map { .string($0) }), ("returns", change.isReturn ? .bool(true) : nil))
    }

    private func metric(_ metric: DeployMetric) -> JSONValue {
        .members(
            ("before", Self.rate(metric.before)), ("after", Self.rate(metric.after)),
            ("difference", Self.rate(metric.difference)),
            (
                "interval",
                metric.interval.map {
                    .array([.number(Self.rounded($0.lower, 9)), .number(Self.rounded($0.upper, 9))])
                }
            ), ("n", .array([.integer(metric.counts.before), .integer(metric.counts.after)])),
            ("verdict", metric.verdict.map { .string($0.rawValue) }))
    }
}
