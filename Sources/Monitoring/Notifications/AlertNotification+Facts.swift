package import Metrics
import Telemetry

extension Situation {
    /// What is to be told of an alert as far as it is known now; who tells it fills in what is done with it, and why.
    package func notification(of alert: Alert) -> AlertNotification {
        let end = judgedUpTo ?? snapshot.now ?? alert.state.since
        let window = rules.first { $0.name == alert.name }?.window ?? 5 * Span.minute
        var notification = AlertNotification(
            action: .trigger, identity: alert.key, episode: alert.id, reason: "", rule: alert.name,
            severity: alert.severity, service: service, summary: alert.state.summary, symptom: alert.comparison,
            metric: alert.metric?.rawValue ?? "", value: alert.state.value, threshold: alert.state.threshold,
            window: window, requests: requests(behind: alert, lasting: window, endingAt: end), labels: alert.labels,
            startsAt: alert.state.since, endsAt: alert.state.resolvedAt, time: end, runbook: alert.runbook,
            evalCases: alert.evalCases, rollback: rollback)
        if notification.summary.isEmpty { notification.summary = alert.symptom }
        notification.topSlice = topSlice(of: alert)
        if let exemplar = exemplar(for: alert) { notification.example = example(exemplar) }
        return notification
    }

    /// The slice that most failures lie in, where an alert is about failures of everything: "locale=de (64% of failures)".
    package func topSlice(of alert: Alert) -> String? {
        guard alert.labels.isEmpty, alert.isAboutFailures, let now = snapshot.now,
            let row = Explanation.ofFailures(
                in: snapshot, lasting: 15 * Span.minute, endingAt: now, where: filter
            ).headline
        else { return nil }
        return "\(row.label) (\(Wording.wholePercent(row.share)) of failures)"
    }

    /// What undoes the newest deploy that says so.
    package var rollback: String? { snapshot.rollbackCommand }

    /// The service that nearly all requests of the last hour say, else the agent; empty where there is none or many.
    package var service: String {
        guard let now = snapshot.now else { return "" }
        for dimension in [Dimension.service, .agent] {
            let (table, _) = snapshot.slices.sum(dimension, from: now - Span.hour, to: snapshot.limit(now))
            let all = table.rows.reduce(0) { $0 + $1.counts.requests.weighted }
            guard let largest = table.ranked(by: { $0.counts.requests.weighted }).first, all > 0 else { continue }
            return largest.row.counts.requests.weighted >= all / 10 * 9 ? snapshot.names[largest.name] : ""
        }
        return ""
    }

    private func requests(behind alert: Alert, lasting window: Int64, endingAt end: Int64) -> Int64 {
        if let label = alert.labels.first, alert.labels.count == 1,
            let dimension = Dimension.ofRequest.first(where: { $0.fieldName == label.key })
        {
            let (table, _) = snapshot.slices.sum(dimension, from: end - window, to: snapshot.limit(end))
            let own = zip(table.names, table.rows).first { snapshot.names[$0.0] == label.value }
            return own?.1.counts.requests.raw ?? 0
        }
        return snapshot.totals(lasting: window, endingAt: end, parts: [], judging: true).tally.requests.raw
    }

    private func example(_ exemplar: Exemplar) -> AlertNotification.Example {
        var example = AlertNotification.Example()
        example.traceID = exemplar.traceID
        example.sessionID = exemplar.sessionID
        example.traceURL = exemplar.traceURL
        example.promptVersion = snapshot.names[exemplar.promptVersion]
        example.model = snapshot.names[exemplar.model]
        if let held = snapshot.rows.find(traceID: exemplar.traceID, time: exemplar.time) {
            example.agentVersion = snapshot.names[held.record.values[.agentVersion]]
        }
        return example
    }

    /// A request that shows what an alert is about: the newest failure for what goes wrong, the slowest request for latency, the
    /// costliest for money, where single requests are held.
    package func exemplar(for alert: Alert) -> Exemplar? {
        let end = alert.state.resolvedAt ?? snapshot.now ?? 0
        let range = min(alert.state.since - 5 * Span.minute, end)...end
        if !alert.labels.isEmpty { return exemplar(ofSlice: alert, in: range) }
        switch alert.metric {
        case .p50Latency, .p95Latency, .p99Latency, .maxLatency, .timeToFirstTokenP95:
            return snapshot.exemplars.slowest(in: range)
        case .costPerHour, .costPerRequest, .costPerSuccess, .tokensPerMinute:
            let held = snapshot.rows.select(in: range, order: .costliest, limit: 1).rows.first
            return held.map(Exemplar.init) ?? snapshot.exemplars.slowest(in: range)
        default:
            guard alert.isAboutFailures else { return nil }
            return snapshot.exemplars.failures(in: range, limit: 1).first
        }
    }

    /// A slice's requests have to be looked for among those held: nil rather than another slice's.
    private func exemplar(ofSlice alert: Alert, in range: ClosedRange<Int64>) -> Exemplar? {
        var conditions = alert.labels.sorted { $0.key < $1.key }.map {
            RecordFilter.quoted(field: $0.key, value: $0.value)
        }
        let order: RequestRows.Order
        switch alert.metric {
        case .p50Latency, .p95Latency, .p99Latency, .maxLatency, .timeToFirstTokenP95: order = .slowest
        case .costPerHour, .costPerRequest, .costPerSuccess, .tokensPerMinute: order = .costliest
        default:
            guard alert.isAboutFailures else { return nil }
            conditions.append("success = false")
            order = .newest
        }
        guard let filter = try? RecordFilter(conditions.joined(separator: " and ")) else { return nil }
        // Once a second, perhaps, and for each slice: of the last of it only.
        let recent = max(range.lowerBound, range.upperBound - 15 * Span.minute)...range.upperBound
        return snapshot.rows.select(in: recent, where: filter, order: order, limit: 1).rows.first.map(Exemplar.init)
    }
}

extension Alert {
    /// Whether requests that failed are what it is about.
    fileprivate var isAboutFailures: Bool {
        switch metric {
        case .errorRate, .errorCount, .failuresSeen, .toolErrorRate, .strongCompletion, .weakCompletion: true
        default: false
        }
    }
}
