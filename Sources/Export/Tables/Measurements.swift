import Metrics
import Monitoring
import Statistics
import Telemetry

/// The numbers of a snapshot as one list: what a spreadsheet's rows and Prometheus' samples are made of.
struct Measurements {
    let situation: Situation
    let window: Window
    let totals: WindowTotals
    private(set) var all: [Measurement] = []

    private var snapshot: Snapshot { situation.snapshot }
    private var tally: Tally { totals.tally }

    init(_ situation: Situation, window: Window) {
        self.situation = situation
        self.window = window
        totals = situation.snapshot.totals(window)
        addVerdict()
        addRequests()
        addLatencies()
        addTokensAndCost()
        addNames()
        addDrift()
        addAlerts()
        addCanary()
        addInput()
    }

    private mutating func add(
        _ metric: Measurement.Metric, _ value: Double?, of count: Double? = nil, dimension: String? = nil,
        name: String? = nil, statistic: String? = nil
    ) {
        all.append(
            Measurement(
                metric: metric, dimension: dimension, name: name, statistic: statistic,
                value: value.flatMap { $0.isFinite ? $0 : nil }, count: count))
    }

    private static func requests(_ units: Int64) -> Double { Double(units) / 1024 }

    // MARK: What the six panels show

    private mutating func addVerdict() {
        let state = situation.verdict(window: window).state
        for one in [Verdict.State.healthy, .degraded, .critical, .noData] {
            add(
                .init("verdict", .truth, "1 for the state that the verdict is in"), one == state ? 1 : 0,
                dimension: "state", name: one.rawValue)
        }
    }

    private mutating func addRequests() {
        let judged = Self.requests(tally.judged)
        add(.init("requests", .requests, "Requests that ended in the window"), tally.requests.value)
        add(
            .init("request_rate", .perSecond, "Requests per second", exposition: "requests_per_second"),
            tally.requests.raw > 0 ? totals.requestsPerSecond : nil)
        add(.init("successes", .requests, "Requests known to have succeeded"), tally.succeeded.value)
        add(.init("failures", .requests, "Requests known to have failed"), tally.failed.value)
        add(
            .init("unknown_outcomes", .requests, "Requests that don't say how they ended"),
            Self.requests(tally.requests.weighted - tally.judged))
        add(.init("error_rate", .fraction, "Failed of failed and succeeded requests"), tally.errorRate, of: judged)
        add(
            .init("strong_completion_rate", .fraction, "Completed without any bad signal afterwards"),
            tally.strongCompletionRate, of: Self.requests(tally.completionKnown))
        add(
            .init("weak_completion_rate", .fraction, "Completed at all"), tally.weakCompletionRate,
            of: Self.requests(tally.completionKnown))
        add(
            .init("escalation_rate", .fraction, "Requests handed to a human"), tally.escalationRate,
            of: tally.requests.value)
        add(
            .init("satisfaction", .fraction, "Positive of all ratings", exposition: "satisfaction_ratio"),
            tally.satisfaction, of: Double(tally.ratings))
    }

    private mutating func addLatencies() {
        let latency = Measurement.Metric("latency", .seconds, "Latency of requests")
        add(latency, tally.latency)
        if !tally.timeToFirstToken.isEmpty {
            add(.init("ttft", .seconds, "Time to the first token"), tally.timeToFirstToken)
        }
        let spans = [
            ("model", tally.modelLatency), ("tool", tally.toolLatency), ("retrieval", tally.retrievalLatency),
        ]
        let metric = Measurement.Metric("span_latency", .seconds, "Latency of the parts of requests")
        for (kind, histogram) in spans where !histogram.isEmpty {
            add(metric, histogram, dimension: "span_kind", name: kind)
        }
    }

    private mutating func add(
        _ metric: Measurement.Metric, _ histogram: ExponentialHistogram, dimension: String? = nil, name: String? = nil
    ) {
        let count = Self.requests(histogram.count)
        for (statistic, permille) in [("p50", 500), ("p95", 950), ("p99", 990)] {
            add(
                metric, histogram.quantile(permille: permille).map { $0 / 1e6 }, of: count, dimension: dimension,
                name: name, statistic: statistic)
        }
        add(
            metric, histogram.isEmpty ? nil : Double(histogram.maximum) / 1e6, of: count, dimension: dimension,
            name: name, statistic: "max")
    }

    private mutating func addTokensAndCost() {
        let known = Self.requests(tally.withTokens)
        let tokens = Measurement.Metric("tokens", .tokens, "Tokens of the window's requests")
        let isKnown = tally.totalTokens != nil
        for (kind, units) in [
            ("input", tally.inputTokens), ("output", tally.outputTokens), ("cached_input", tally.cachedInputTokens),
        ] {
            add(tokens, isKnown ? Self.requests(units) : nil, of: known, dimension: "kind", name: kind)
        }
        add(.init("tokens_per_minute", .tokensPerMinute, "Tokens per minute"), totals.tokensPerMinute)
        let priced = Self.requests(tally.priced)
        add(.init("cost", .dollars, "Cost of the window's requests"), tally.costInDollars, of: priced)
        add(
            .init(
                "cost_per_hour", .dollarsPerHour, "Cost per hour at the window's pace", exposition: "dollars_per_hour"),
            totals.costPerHour, of: priced)
        add(.init("cost_per_request", .dollars, "Mean cost of a priced request"), tally.costPerRequest, of: priced)
        add(
            .init("cost_per_success", .dollars, "All cost over the requests that succeeded"), tally.costPerSuccess,
            of: Self.requests(tally.pricedSucceeded))
        add(
            .init("priced_share", .fraction, "Requests whose cost is known"), tally.pricedShare,
            of: tally.requests.value)
    }

    // MARK: By name

    private mutating func addNames() {
        let types = ErrorTypes(tally.errors, snapshot.names)
        for type in types.types {
            add(
                .init("errors", .requests, "Failed requests by what the input calls the error"), type.count.value,
                dimension: "error_type", name: type.name)
        }
        for (errorClass, count) in types.classes {
            add(
                .init("error_classes", .requests, "Failed requests by class of error"), count.value,
                dimension: "error_class", name: errorClass?.rawValue ?? "other")
        }
        for (name, row) in Names.ranked(tally.tools, snapshot.names, by: { $0.calls.weighted }) {
            add(.init("tool_calls", .calls, "Calls of a tool"), row.calls.value, dimension: "tool", name: name)
            add(.init("tool_errors", .calls, "Failed calls of a tool"), row.errors.value, dimension: "tool", name: name)
        }
        addRows(tally.models, "model")
        addRows(tally.tasks, "task_type")
        // Two names may read the same.
        let depths = Dictionary(
            snapshot.queues.map { (snapshot.names.label($0.key), $0.value) }, uniquingKeysWith: { $0 &+ $1 })
        for (name, depth) in depths.sorted(by: { $0.key < $1.key }) {
            add(
                .init("queue_depth", .requests, "What waits in a queue"), Double(depth), dimension: "queue", name: name)
        }
    }

    private mutating func addRows(_ table: NameTable<RequestRow>, _ dimension: String) {
        for (name, row) in Names.ranked(table, snapshot.names, by: { $0.requests.weighted }) {
            let judged = Self.requests(row.succeeded.weighted + row.failed.weighted)
            add(
                .init("\(dimension)_requests", .requests, "Requests by \(dimension)"), row.requests.value,
                dimension: dimension, name: name)
            add(
                .init("\(dimension)_error_rate", .fraction, "Failed of failed and succeeded requests by \(dimension)"),
                row.errorRate, of: judged, dimension: dimension, name: name)
            add(
                .init("\(dimension)_tokens", .tokens, "Tokens by \(dimension)"),
                Self.requests(row.inputTokens &+ row.outputTokens), dimension: dimension, name: name)
            add(
                .init("\(dimension)_cost", .dollars, "Cost by \(dimension)"), row.costInDollars,
                of: Self.requests(row.priced), dimension: dimension, name: name)
        }
    }

    // MARK: Judgements

    private mutating func addDrift() {
        let report = situation.drift(window: window)
        for mix in report.mixes {
            add(
                .init(
                    "drift", .none, "Jensen-Shannon distance of the shares of names from the baseline's",
                    exposition: "drift_js"),
                mix.distance, of: Double(mix.count), dimension: "measure", name: mix.kind.rawValue, statistic: "js")
        }
        for metric in report.metrics where metric.current != nil {
            let count = Double(metric.count)
            func one(_ statistic: String, _ value: Double?, _ help: String, _ unit: Measurement.Unit) {
                add(
                    .init("drift", unit, help, exposition: "drift_\(statistic)"), value, of: count,
                    dimension: "measure", name: metric.kind.rawValue, statistic: statistic)
            }
            one("current", metric.current, "Mean of a behaviour now", .none)
            one("baseline", metric.baseline, "Mean of a behaviour in the baseline", .none)
            one("change", metric.change, "Relative change of the mean; of sentiment the difference", .fraction)
            one("psi", metric.psi, "Population stability index against the baseline", .none)
            one("detected", metric.hasDrifted ? 1 : 0, "1 where a behaviour has drifted", .truth)
        }
    }

    private mutating func addAlerts() {
        for alert in situation.alerts {
            func one(_ statistic: String, _ value: Double?, _ help: String, _ unit: Measurement.Unit) {
                add(
                    .init("alert", unit, help, exposition: "alert_\(statistic)\(unit == .seconds ? "_seconds" : "")"),
                    value, dimension: "alert",
                    name: alert.name, statistic: statistic)
            }
            one("firing", alert.state.isFiring ? 1 : 0, "1 while an alert fires", .truth)
            one("severity", Double(alert.severity.rawValue.dropFirst()), "1 for P1, 2 for P2, 3 for P3", .none)
            one("value", alert.state.value, "What an alert measured, in its metric's base unit", .none)
            one("threshold", alert.state.threshold, "What the value is compared with", .none)
            one("since", Double(alert.state.since) / 1e6, "First true judgement, seconds since 1970", .seconds)
        }
    }

    private mutating func addCanary() {
        guard let report = situation.canary() else { return }
        for verdict in [CanaryVerdict.rollback, .promote, .hold, .inconclusive] {
            add(
                .init("canary_verdict", .truth, "1 for what is said of the canary"), verdict == report.verdict ? 1 : 0,
                dimension: "verdict", name: verdict.rawValue)
        }
        add(.init("canary_share", .fraction, "The canary's share of both arms' requests"), report.share)
        for metric in report.metrics where metric.control != nil || metric.canary != nil {
            func one(_ arm: String, _ value: Double?, of count: Int?) {
                add(
                    .init("canary", .none, "A metric of one arm, or canary against control"), value,
                    of: count.map(Double.init), dimension: "measure", name: metric.kind.rawValue, statistic: arm)
            }
            one("control", metric.control, of: metric.counts.control)
            one("canary", metric.canary, of: metric.counts.canary)
            one("difference", metric.difference, of: nil)
            one("interval_lower", metric.interval?.lower, of: nil)
            one("interval_upper", metric.interval?.upper, of: nil)
        }
    }

    private mutating func addInput() {
        let counts = [
            ("read", snapshot.read), ("rejected", snapshot.source.rejected), ("duplicate", snapshot.duplicates),
            ("late", snapshot.late), ("unmatched", snapshot.unmatched),
        ]
        for (name, count) in counts {
            add(
                .init("records", .records, "Lines or rows of everything that was read", exposition: "records_total"),
                Double(count), dimension: "fate", name: name)
        }
    }
}

/// Rows by the names that are shown.
enum Names {
    /// The largest first. A name may read like the one that stands for what was folded or left out: one row each.
    static func ranked<Value: Row>(
        _ table: NameTable<Value>, _ names: SymbolNames, by key: (Value) -> Int64
    ) -> [(name: String, row: Value)] {
        var rows: [(name: String, row: Value)] = []
        var places: [String: Int] = [:]
        for (symbol, row) in table.ranked(by: key) {
            let name = names.label(symbol)
            if let place = places[name] {
                rows[place].row.add(row)
            } else {
                places[name] = rows.count
                rows.append((name, row))
            }
        }
        return rows
    }
}
