package import Metrics
package import Monitoring
import Query
import Statistics
import Telemetry

/// `agentdash snapshot --format json`: one object, as documented; what is not known is left out.
package struct SnapshotDocument {
    let situation: Situation
    let window: Window
    let totals: WindowTotals
    private let errorTypes: ErrorTypes

    var snapshot: Snapshot { situation.snapshot }
    private var tally: Tally { totals.tally }

    package init(_ situation: Situation, window: Window) {
        self.situation = situation
        self.window = window
        totals = situation.snapshot.totals(window)
        errorTypes = ErrorTypes(totals.tally.errors, situation.snapshot.names)
    }

    /// Version of the keys below.
    package static let schema: Int64 = 1

    package var json: JSONValue {
        let verdict = situation.verdict(window: window)
        let drift = DriftDocument(report: situation.drift(window: window))
        return .members(
            ("schema", .integer(Self.schema)),
            ("as_of", snapshot.now.map(Self.time)),
            ("window", .string(window.rawValue)),
            ("window_s", .number(Self.rounded(window.duration.map { Double($0) / 1e6 } ?? totals.seconds, 3))),
            ("covered_s", .number(Self.rounded(totals.seconds, 3))),
            ("source", .string(snapshot.source.name)),
            (
                "verdict",
                .members(
                    ("state", .string(verdict.state.rawValue)),
                    ("sentence", .string(verdict.clauses.joined(separator: " · "))),
                    ("since", verdict.since.map(Self.time)))
            ),
            ("records", records),
            ("requests", Self.weighted(tally.requests.weighted)),
            ("successes", Self.weighted(tally.succeeded.weighted)),
            ("failures", Self.weighted(tally.failed.weighted)),
            ("unknown_outcomes", Self.weighted(tally.requests.weighted - tally.judged)),
            ("success_rate", Self.rate(tally.successRate)),
            ("error_rate", Self.rate(tally.errorRate)),
            ("strong_completion_rate", Self.rate(tally.strongCompletionRate)),
            ("weak_completion_rate", Self.rate(tally.weakCompletionRate)),
            ("signal_share", Self.rate(tally.signalShare)),
            ("escalation_rate", Self.rate(tally.escalationRate)),
            ("abandonment_rate", Self.rate(tally.abandonmentRate)),
            ("empty_responses", Self.weighted(tally.flagged(.emptyResponse))),
            ("flags", flags),
            ("request_rate_per_s", .number(Self.rounded(totals.requestsPerSecond, 6))),
            ("errors", counts(tally.errors) { Self.weighted($0.weighted) }),
            ("error_types", .object(errorTypes.types.map { ($0.name, Self.failures($0.count, $0.errorClass)) })),
            ("error_classes", .object(errorTypes.classes.map(Self.errorClass))),
            (
                "stop_reasons",
                tally.stopReasons.isEmpty ? nil : counts(tally.stopReasons) { Self.weighted($0.weighted) }
            ),
            ("latency_ms", Self.latency(tally.latency) ?? givenLatency),
            ("ttft_ms", Self.latency(tally.timeToFirstToken)),
            (
                "latency_ms_by_span_kind",
                Self.nonEmpty([
                    ("model", Self.latency(tally.modelLatency)), ("tool", Self.latency(tally.toolLatency)),
                    ("retrieval", Self.latency(tally.retrievalLatency)),
                ])
            ),
            ("tokens", tokens),
            ("cost_usd", cost),
            ("versions", versions),
            ("tools", tools),
            ("satisfaction", satisfaction),
            ("trajectory", trajectory),
            ("fallbacks", fallbacks),
            ("queues", queues),
            ("drift", drift.measures),
            ("drift_baseline", drift.measures == nil ? nil : drift.baseline),
            ("drift_movements", drift.movements),
            ("input_mix", drift.inputMix),
            ("slo", Self.nonEmpty(situation.watches.objectiveReports.map { ($0.objective.name, Self.objective($0)) })),
            ("budget", Self.nonEmpty(situation.watches.budgetReports.map { ($0.period.rawValue, Self.budget($0)) })),
            ("alerts", .array(situation.alerts.map(alert))),
            ("explanation", explanation),
            ("canary", situation.canary().map { CanaryDocument($0).value }),
            ("shadow", CanaryDocument.shadows(situation)),
            ("deploys", deploys),
            ("by", .members(("model", by(.model)), ("task_type", by(.taskType)))))
    }

    // MARK: Parts

    /// What failing requests share, the strongest first, where anything does.
    private var explanation: JSONValue? {
        guard let now = snapshot.now else { return nil }
        let explanation = Explanation.ofFailures(
            in: snapshot, lasting: window.duration ?? Span.day, endingAt: now, where: situation.filter)
        return explanation.rows.isEmpty ? nil : ExplanationDocument(explanation).rows
    }

    private var records: JSONValue {
        .members(
            ("read", .integer(Int64(snapshot.read))), ("rejected", .integer(Int64(snapshot.source.rejected))),
            ("late", .integer(Int64(snapshot.late))), ("duplicate", .integer(Int64(snapshot.duplicates))),
            ("unmatched", .integer(Int64(snapshot.unmatched))), ("clamped", .integer(Int64(snapshot.source.clamped))),
            ("folded_names", .integer(Int64(snapshot.source.foldedNames))),
            (
                "rejected_examples",
                .array(
                    snapshot.source.rejections.map {
                        .members(
                            ("source", .string($0.source)), ("line", $0.line > 0 ? .integer(Int64($0.line)) : nil),
                            ("reason", .string($0.reason)))
                    })
            ))
    }

    private static func errorClass(_ errorClass: ErrorClass?, _ count: Count) -> (String, JSONValue) {
        (
            errorClass?.rawValue ?? "other",
            .members(
                ("failures", weighted(count.weighted)), ("severity", errorClass.map { .string($0.severity.name) }),
                ("action", errorClass.map { .string($0.action) }))
        )
    }

    private static func failures(_ count: Count, _ errorClass: ErrorClass?) -> JSONValue {
        .members(
            ("failures", weighted(count.weighted)), ("class", errorClass.map { .string($0.rawValue) }),
            ("severity", errorClass.map { .string($0.severity.name) }),
            ("action", errorClass.map { .string($0.action) }))
    }

    /// Percentiles of somebody else's making, where there are no latencies to make them from.
    private var givenLatency: JSONValue? {
        guard let given = snapshot.given, given.time >= totals.from else { return nil }
        let values = given.latency.sorted { $0.key < $1.key }.map { name, value in
            (name, JSONValue.number(Self.rounded(Double(value) / 1000, 3)))
        }
        return .object(values + [("given_at", Self.time(given.time))])
    }

    private var flags: JSONValue {
        .object(
            zip(Flags.names, tally.flags.indices).filter { tally.flags[$0.1] != 0 }
                .map { ($0.0, Self.weighted(tally.flags[$0.1])) })
    }

    private var tokens: JSONValue? {
        guard tally.totalTokens != nil else { return nil }
        return .members(
            ("input", Self.weighted(tally.inputTokens)), ("output", Self.weighted(tally.outputTokens)),
            ("cached_input", Self.weighted(tally.cachedInputTokens)),
            ("per_minute", totals.tokensPerMinute.map { .number(Self.rounded($0, 3)) }))
    }

    private var cost: JSONValue? {
        guard let total = tally.costInDollars else { return nil }
        let models = Names.ranked(tally.models, snapshot.names) { $0.cost }.filter { $0.row.priced > 0 }
        return .members(
            ("total", .number(Self.rounded(total, 9))),
            ("per_hour", totals.costPerHour.map { .number(Self.rounded($0, 6)) }),
            ("per_request", tally.costPerRequest.map { .number(Self.rounded($0, 9)) }),
            ("per_success", tally.costPerSuccess.map { .number(Self.rounded($0, 9)) }),
            ("priced_share", Self.rate(tally.pricedShare)),
            ("by_model", .object(models.map { ($0.name, .number(Self.rounded($0.row.costInDollars ?? 0, 9))) })))
    }

    private var tools: JSONValue? {
        guard !tally.tools.isEmpty else { return nil }
        let calls = tally.toolCalls
        let rows = Names.ranked(tally.tools, snapshot.names) { $0.calls.weighted }
        return .object(
            rows.map { name, row in
                (
                    name,
                    .members(
                        ("calls", Self.weighted(row.calls.weighted)), ("errors", Self.weighted(row.errors.weighted)),
                        ("share", Self.rate(calls > 0 ? Double(row.calls.weighted) / Double(calls) : nil)))
                )
            })
    }

    private var satisfaction: JSONValue? {
        guard tally.ratings > 0 else { return nil }
        return .members(
            ("positive", Self.weighted(tally.ratedUp)), ("negative", Self.weighted(tally.ratedDown)),
            ("rate", Self.rate(tally.satisfaction)))
    }

    private var queues: JSONValue? {
        guard !snapshot.queues.isEmpty else { return nil }
        var depths: [String: Int64] = [:]
        for (symbol, depth) in snapshot.queues { depths[snapshot.names.label(symbol), default: 0] &+= depth }
        return .object(depths.sorted { $0.key < $1.key }.map { ($0.key, .integer($0.value)) })
    }

    /// Some of a situation's alerts, as `agentdash check --format json` writes them.
    package static func alerts(_ alerts: [Alert], of situation: Situation) -> JSONValue {
        let document = SnapshotDocument(situation, window: .minutes5)
        return .members(
            ("schema", .integer(schema)), ("as_of", situation.snapshot.now.map(time)),
            ("alerts", .array(alerts.map(document.alert))))
    }

    private static func objective(_ report: ObjectiveReport) -> JSONValue {
        .members(
            ("objective", .fixed(report.objective.target, decimals: 6)), ("attained", rate(report.attained)),
            ("budget_remaining", rate(report.remaining)),
            ("exhausted_in_s", report.exhaustion.map { .number(rounded($0, 0)) }),
            ("n", weighted(report.counts.total)), ("coverage", rate(report.coverage)),
            ("held_s", .integer(report.held / Span.second)),
            ("policy", report.policy.map { .string($0) }),
            (
                "burn",
                nonEmpty(
                    report.burns.map { burn in
                        (
                            BurnWindow.text(burn.window.long),
                            rate(burn.long.burn(target: report.objective.target)) ?? .number(.nan)
                        )
                    })
            ))
    }

    private static func budget(_ report: BudgetReport) -> JSONValue {
        .members(
            ("limit", .number(report.limit)), ("spent", .number(rounded(report.spend.dollars, 6))),
            ("used", rate(report.used)), ("forecast", report.spend.forecast.map { .number(rounded($0, 2)) }),
            ("method", .string(report.spend.method)), ("partial", .bool(report.spend.isPartial)))
    }

    private func alert(_ alert: Alert) -> JSONValue {
        .members(
            ("id", .string(alert.id)), ("name", .string(alert.name)), ("severity", .string(alert.severity.rawValue)),
            ("state", .string((alert.state.phase ?? .resolved).rawValue)), ("value", Self.rate(alert.state.value)),
            ("threshold", Self.rate(alert.state.threshold)), ("summary", .string(alert.state.summary)),
            (
                "labels",
                alert.labels.isEmpty
                    ? nil : .object(alert.labels.sorted { $0.key < $1.key }.map { ($0.key, .string($0.value)) })
            ),
            ("runbook", alert.runbook.map { .string($0) }),
            ("eval_cases", alert.evalCases.isEmpty ? nil : .array(alert.evalCases.map { .string($0) })),
            ("since", Self.time(alert.state.since)), ("fired_at", alert.state.firedAt.map(Self.time)),
            ("resolved_at", alert.state.resolvedAt.map(Self.time)),
            ("exemplar", situation.exemplar(for: alert).map(exemplar)))
    }

    private func exemplar(_ exemplar: Exemplar) -> JSONValue {
        func text(_ text: String) -> JSONValue? { text.isEmpty ? nil : .string(text) }
        return .members(
            ("trace_id", text(exemplar.traceID)), ("session_id", text(exemplar.sessionID)),
            ("trace_url", text(exemplar.traceURL)), ("prompt_version", text(snapshot.names[exemplar.promptVersion])),
            ("model", text(snapshot.names[exemplar.model])))
    }

    private func by(_ dimension: Dimension) -> JSONValue? {
        let table = dimension == .model ? tally.models : tally.tasks
        guard !table.isEmpty else { return nil }
        return .object(
            Names.ranked(table, snapshot.names) { $0.requests.weighted }.map { name, row in
                (
                    name,
                    .members(
                        ("requests", Self.weighted(row.requests.weighted)),
                        ("successes", Self.weighted(row.succeeded.weighted)),
                        ("failures", Self.weighted(row.failed.weighted)), ("error_rate", Self.rate(row.errorRate)),
                        ("tokens", Self.weighted(row.inputTokens &+ row.outputTokens)),
                        ("cost_usd", row.costInDollars.map { .number(Self.rounded($0, 9)) }))
                )
            })
    }

    // MARK: Values

    private func counts(_ table: NameTable<Count>, _ value: (Count) -> JSONValue) -> JSONValue {
        .object(Names.ranked(table, snapshot.names) { $0.weighted }.map { ($0.name, value($0.row)) })
    }

    static func nonEmpty(_ members: [(String, JSONValue?)]) -> JSONValue? {
        let known = members.compactMap { key, value in value.map { (key, $0) } }
        return known.isEmpty ? nil : .object(known)
    }

    private static func latency(_ histogram: ExponentialHistogram) -> JSONValue? {
        guard !histogram.isEmpty else { return nil }
        func ms(_ value: Double?) -> JSONValue? { value.map { .number(rounded($0 / 1000, 3)) } }
        return .members(
            ("p50", ms(histogram.quantile(permille: 500))), ("p95", ms(histogram.quantile(permille: 950))),
            ("p99", ms(histogram.quantile(permille: 990))), ("max", ms(Double(histogram.maximum))),
            ("mean", ms(histogram.mean)), ("count", weighted(histogram.count)))
    }

    /// A weighted count in requests: an integer wherever it is one.
    static func weighted(_ units: Int64) -> JSONValue {
        units % 1024 == 0 ? .integer(units / 1024) : .number(rounded(Double(units) / 1024, 3))
    }

    static func rate(_ value: Double?) -> JSONValue? { value.map { .number(rounded($0, 9)) } }

    static func time(_ time: Int64) -> JSONValue { .string(ClockTime(time).rfc3339) }

    /// Decimals beyond what a number can vouch for are noise in a diff.
    static func rounded(_ value: Double, _ decimals: Int) -> Double {
        var scale = 1.0
        for _ in 0..<decimals { scale *= 10 }
        let scaled = (value * scale).rounded()
        return abs(scaled) < 9e15 ? scaled / scale : value
    }
}
