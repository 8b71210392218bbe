package import Metrics
import Query

/// The answer to "is it broken, since when, for whom".
package struct Verdict: Sendable, Hashable {
    package enum State: String, Sendable, Codable {
        case healthy, degraded, critical
        case noData = "no_data"
    }

    package var state: State
    /// First true judgement of the page or ticket that is named, or of the one that handed over to it; for health, the last recovery or
    /// the start of data. µs.
    package var since: Int64?
    /// What to say after the word and the time: "errors 15.0% (>10%)", the explanation, or figures when all is well.
    package var clauses: [String]
    /// What most failures share; nil where nobody looked for it.
    package private(set) var explained: Explained?

    /// What was found when it was looked for.
    package struct Explained: Sendable, Hashable {
        var row: Explanation.Row?
    }

    package init(state: State, since: Int64?, clauses: [String]) {
        self.state = state
        self.since = since
        self.clauses = clauses
    }

    /// A live source without a record for so long has no data.
    package static let staleAfter = 2 * Span.minute

    /// Composes the verdict from what fires and what is known.
    ///
    /// - Parameters:
    ///   - explained: what most failures share, where that was looked for already.
    ///   - deploys: oldest first, where they are known already.
    ///   - filter: what the snapshot is about; nil: all requests.
    package init(
        _ snapshot: Snapshot, alerts: [Alert], canary: CanaryReport?, troubleSince: Int64? = nil, recoveredAt: Int64?,
        explained: Explained? = nil, deploys: [DeployMark]? = nil, filter: RecordFilter? = nil,
        window: Window
    ) {
        guard let now = snapshot.now, let newest = snapshot.newestTime else {
            self.init(state: .noData, since: nil, clauses: ["no record yet"])
            return
        }
        if snapshot.source.isLive, now - newest > Self.staleAfter, snapshot.source.state != .ended {
            self.init(state: .noData, since: newest, clauses: ["last record \(Wording.clock(newest))"])
            return
        }
        let firing = alerts.filter { $0.state.isFiring }
        // Nothing is well where nothing happened: a filter that nothing passes is no good news.
        if firing.isEmpty, snapshot.totals(.all, parts: []).tally.isEmpty {
            self.init(state: .noData, since: nil, clauses: ["no request yet"])
            return
        }
        // Between two alerts of one outage the pending one stands for it: errors that cross 50% are no recovery. Nor is it
        // one that their data went missing.
        let acute =
            troubleSince != nil && !firing.contains { $0.severity != .p3 }
            ? alerts.filter { $0.state.phase == .pending || $0.state.isOpen } : firing
        let urgent = acute.filter { $0.severity != .p3 }.sorted {
            // Of equal ones the first is what hurts users most: failures before latency before money.
            ($0.severity, $0.urgency, $0.state.since) < ($1.severity, $1.urgency, $1.state.since)
        }
        let rollback = canary.map { $0.verdict == .rollback && !$0.isOver } ?? false
        let notes = firing.filter { $0.severity == .p3 }.map(\.symptom)
        if let worst = urgent.first {
            let since = worst.beganAt
            var clauses = [worst.symptom]
            if let deploy = (deploys ?? snapshot.deploys).followed(since) {
                clauses.append(deploy.words(before: since))
            }
            let explained =
                explained
                ?? Explained(
                    row: Explanation.ofFailures(
                        in: snapshot, lasting: 15 * Span.minute, endingAt: now, where: filter
                    ).headline)
            if let row = explained.row {
                clauses.append("\(Wording.wholePercent(row.share)) of failures: \(row.label)")
            }
            // What is named is not always what came first.
            if let first = urgent.dropFirst().map(\.beganAt).min() {
                clauses.append(
                    "+\(urgent.count - 1) more"
                        + (first < since - Span.minute ? " since \(ClockTime(first).text(seconds: false))" : ""))
            }
            if rollback { clauses.append("canary ROLLBACK") }
            let isCritical = worst.severity == .p1 && worst.state.isFiring
            self.init(state: isCritical ? .critical : .degraded, since: since, clauses: clauses)
            self.explained = explained
            return
        }
        if rollback, let canary {
            self.init(
                state: .degraded, since: canary.rollbackSince ?? canary.since,
                clauses: ["canary ROLLBACK: \(canary.reasons.first ?? "")"] + notes)
            return
        }
        let wasRolledBack = canary.map { $0.verdict == .rollback && $0.isOver } ?? false
        let recovered = [recoveredAt, wasRolledBack ? canary?.until : nil].compactMap { $0 }.max()
        let hold = canary.map { $0.verdict == .hold && !$0.isOver } ?? false
        self.init(
            state: .healthy, since: recovered ?? snapshot.firstTime,
            clauses: Self.figures(snapshot, window: window) + (hold ? ["canary HOLD"] : []) + notes)
    }

    /// What most rules ask for, in 1/1024 request.
    private static let leastRequests: Int64 = 20 * 1024

    private static func figures(_ snapshot: Snapshot, window: Window) -> [String] {
        let totals = snapshot.totals(window, parts: [])
        let everything = snapshot.totals(.all, parts: []).tally
        let count = everything.requests.value
        var clauses = ["\(Wording.count(count)) request\(count == 1 ? "" : "s")"]
        if everything.judged == 0, count > 0 { clauses.append("no outcome known") }
        // Where hardly anything happens, rules about minutes find too little to judge.
        if let rate = totals.tally.errorRate, rate >= 0.1, totals.tally.judged >= leastRequests,
            let now = snapshot.now,
            snapshot.totals(lasting: 5 * Span.minute, endingAt: now, parts: []).tally.judged < leastRequests
        {
            clauses.append("\(Wording.wholePercent(rate)) failed, too few in 5m to judge")
        }
        if let cost = totals.costPerHour { clauses.append("\(Wording.dollars(cost))/h") }
        return clauses
    }
}

extension Alert {
    /// Since when what it is about has been wrong.
    fileprivate var beganAt: Int64 { min(troubleSince ?? .max, state.since) }

    /// Rank among alerts of one severity: failures, then latency, then the rest.
    fileprivate var urgency: Int {
        switch metric {
        case .errorRate, .errorCount, .failuresSeen, .toolErrorRate: 0
        case .p50Latency, .p95Latency, .p99Latency, .maxLatency, .timeToFirstTokenP95: 1
        default: 2
        }
    }
}
