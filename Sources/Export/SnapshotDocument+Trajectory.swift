import Metrics
import Monitoring
import Query
import Statistics
import Telemetry

/// How the agent gets to its answers.
extension SnapshotDocument {
    /// Nil where nothing is known of it.
    var trajectory: JSONValue? {
        let now = snapshot.now ?? 0
        let report = TrajectoryReport(
            snapshot, now: totals.tally, then: snapshot.baseline(for: window.duration).tally,
            in: min(totals.from, now)...now)
        let measures = report.measures.map { measure -> (String, JSONValue?) in
            (
                measure.kind.rawValue,
                .members(
                    ("value", Self.rate(measure.value)), ("baseline", Self.rate(measure.before)),
                    ("n", Self.weighted(measure.part)), ("of", Self.weighted(measure.whole)))
            )
        }
        return Self.nonEmpty(
            measures + [
                ("usual_steps_p95", report.usualSteps.map { .integer($0) }),
                ("worst", report.worst.isEmpty ? nil : .array(report.worst.map(worst))),
            ])
    }

    private func worst(_ trajectory: Trajectory) -> JSONValue {
        .members(
            ("trace_id", trajectory.request.traceID.isEmpty ? nil : .string(trajectory.request.traceID)),
            ("at", Self.time(trajectory.request.record.time)),
            ("redundant_tool_calls", .integer(trajectory.redundantCalls)),
            ("tool_errors_in_a_row", .integer(Int64(trajectory.failuresInARow))),
            ("same_tool_in_a_row", .integer(Int64(trajectory.sameToolInARow))),
            ("steps", trajectory.request.record.steps.map { .integer($0) }))
    }

    /// By action; nil where there was none.
    var fallbacks: JSONValue? {
        let rows = Names.ranked(totals.tally.fallbacks, snapshot.names) { $0.decisions.weighted }
        guard !rows.isEmpty else { return nil }
        return .object(
            rows.map { name, row in
                (
                    name,
                    .members(
                        ("n", Self.weighted(row.decisions.weighted)), ("helped", Self.weighted(row.helped.weighted)),
                        ("did_not_help", Self.weighted(row.failed.weighted)))
                )
            })
    }
}
