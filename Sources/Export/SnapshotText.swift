package import Metrics
package import Monitoring
import Query
import Statistics
import Telemetry

/// `agentdash snapshot --format text`: the numbers of the six panels in lines that can be pasted into a chat.
package struct SnapshotText {
    private let situation: Situation
    private let window: Window

    package init(_ situation: Situation, window: Window) {
        self.situation = situation
        self.window = window
    }

    private var snapshot: Snapshot { situation.snapshot }

    /// Ends without a newline. Names come from the input, cleaned of everything but text.
    package var text: String {
        let totals = snapshot.totals(window)
        let tally = totals.tally
        let verdict = situation.verdict(window: window)
        var lines = [
            "\(state(verdict.state))\(verdict.since.map { " since \(ClockTime($0).rfc3339)" } ?? "") · "
                + verdict.clauses.joined(separator: " · "),
            "\(snapshot.source.name) · window \(window.rawValue) ending \(snapshot.now.map { ClockTime($0).rfc3339 } ?? "–")",
            row(
                "records",
                "\(snapshot.read) read, \(snapshot.source.rejected) rejected, \(snapshot.duplicates) duplicate, \(snapshot.late) late"
            ),
            row(
                "requests",
                "\(NumberFormat.plain(tally.requests.value)): \(NumberFormat.plain(tally.succeeded.value)) ok, "
                    + "\(NumberFormat.plain(tally.failed.value)) failed, "
                    + "\(NumberFormat.plain(Double(tally.requests.weighted - tally.judged) / 1024)) unknown"),
            row("latency", latency(tally.latency)),
            row(
                "success",
                "\(NumberFormat.percent(tally.successRate)), strong \(NumberFormat.percent(tally.strongCompletionRate)), "
                    + "users \(NumberFormat.percent(tally.satisfaction)) (n=\(tally.ratings))"),
            row("errors", errors(tally)),
        ]
        lines += ErrorTypes(tally.errors, snapshot.names).classes.prefix(3).map {
            row("class", Self.errorClass($0, $1))
        }
        lines += [
            row(
                "tokens",
                "\(NumberFormat.text(totals.tokensPerMinute, .tokensPerMinute)), "
                    + "\(NumberFormat.text(totals.costPerHour, .dollarsPerHour)), "
                    + "\(NumberFormat.dollars(tally.costPerRequest))/request, \(NumberFormat.percent(tally.pricedShare)) priced"
            )
        ]
        lines += driftLines
        for alert in situation.alerts {
            lines.append(
                row(
                    "alert",
                    "\(alert.severity.rawValue) \(alert.name) \(alert.state.phase?.rawValue ?? "") · \(alert.state.summary)"
                ))
        }
        if let canary = situation.canary() {
            lines.append(
                row("canary", "\(canary.verdict.rawValue.uppercased()): \(canary.reasons.joined(separator: "; "))"))
        }
        lines += situation.shadows().map {
            row("shadow", "\($0.name): \((["\($0.words), \($0.split)"] + $0.warnings).joined(separator: "; "))")
        }
        lines += changes
        lines += snapshot.source.rejections.suffix(3).map { row("rejected", "\($0.source):\($0.line): \($0.reason)") }
        return lines.joined(separator: "\n")
    }

    /// What moves in words, every measure with a change, and what users ask for.
    private var driftLines: [String] {
        let report = situation.drift(window: window)
        var lines = report.movements.map { row("moved", $0.sentence) }
        for metric in report.metrics {
            guard let change = metric.change else { continue }
            let text =
                metric.kind.isDifference
                ? NumberFormat.fixed(change, decimals: 2) : NumberFormat.change(change, decimals: 1)
            lines.append(
                row(
                    "drift",
                    "\(metric.kind.rawValue) \(text) (PSI \(NumberFormat.fixed(metric.psi, decimals: 2)))"
                        + (metric.hasDrifted ? " DRIFTED" : "")))
        }
        for mix in report.mixes where mix.distance != nil {
            lines.append(
                row(
                    "drift",
                    "\(mix.kind.rawValue) JS \(NumberFormat.fixed(mix.distance, decimals: 2))"
                        + (mix.hasDrifted ? " DRIFTED" : "")))
        }
        if let coverage = report.coverage {
            let lacking = coverage.rows.filter { $0.need == .surely || $0.need == .likely }.map(\.tag)
            lines.append(
                row(
                    "evals",
                    "\(NumberFormat.percent(coverage.uncovered)) of traffic has no case"
                        + (lacking.isEmpty ? "" : ", too few of: \(lacking.joined(separator: ", "))")))
        }
        return lines
    }

    private static let mostDeploys = 3

    /// The newest deploys with what has surely become of them, and what runs.
    private var changes: [String] {
        let report = ChangeReport(snapshot, deploys: snapshot.deploys)
        guard snapshot.now != nil else { return [] }
        var lines = report.deploys.prefix(Self.mostDeploys).map { deploy in
            let changes = deploy.mark.changes.map { $0.words() }.joined(separator: ", ")
            let sure = deploy.metrics.compactMap { metric in
                metric.verdict.map {
                    "\($0.rawValue): \(metric.kind.words) \(metric.text(metric.before)) → \(metric.text(metric.after))"
                }
            }
            let undo = deploy.mark.deploy?.rollbackCommand.flatMap { $0.isEmpty ? nil : "undone by: \($0)" }
            let parts = [changes.isEmpty ? nil : changes] + sure + [undo]
            let clock = ClockTime(deploy.mark.time).text(seconds: false)
            return row(
                "deploy", (["\(clock)Z \(deploy.mark.label)"] + parts.compactMap(\.self)).joined(separator: " · "))
        }
        if lines.isEmpty { lines = [row("deploy", "none in the \(NumberFormat.age(Double(report.held) / 1e6)) held")] }
        let running = report.running.filter { $0.share >= 0.005 && !$0.parts.isEmpty }.prefix(Self.mostDeploys)
        return lines
            + running.map { release in
                row(
                    "running",
                    "\(NumberFormat.percent(release.share, decimals: 0)) "
                        + release.parts.map { "\($0.dimension.releaseWord) \($0.value)" }.joined(separator: ", "))
            }
    }

    private func state(_ state: Verdict.State) -> String {
        state == .noData ? "NO DATA" : state.rawValue.uppercased()
    }

    private func row(_ label: String, _ text: String) -> String {
        label + String(repeating: " ", count: max(1, 10 - label.count)) + text
    }

    private func latency(_ histogram: ExponentialHistogram) -> String {
        let quantiles = [("p50", 500), ("p95", 950), ("p99", 990)].map { name, permille in
            "\(name) \(NumberFormat.duration(histogram.quantile(permille: permille).map { $0 / 1e6 }))"
        }
        let maximum = histogram.isEmpty ? nil : Double(histogram.maximum) / 1e6
        return (quantiles + ["max \(NumberFormat.duration(maximum))"]).joined(separator: ", ")
    }

    /// `timeout 38 (warning): increase the timeout, …`.
    private static func errorClass(_ errorClass: ErrorClass?, _ count: Count) -> String {
        guard let errorClass else { return "other \(NumberFormat.count(count.value)) (names beyond the limit)" }
        return
            "\(errorClass.rawValue) \(NumberFormat.count(count.value)) (\(errorClass.severity.name)): \(errorClass.action)"
    }

    private func errors(_ tally: Tally) -> String {
        let ranked = tally.errors.ranked { $0.weighted }
        guard !ranked.isEmpty else { return "none" }
        let shown = ranked.prefix(5).map { "\(snapshot.names.label($0.name)) \(NumberFormat.count($0.row.value))" }
        return shown.joined(separator: ", ") + (ranked.count > 5 ? ", \(ranked.count - 5) more types" : "")
    }
}
