import Metrics
import Monitoring
import Query
import Statistics
import Telemetry

/// What of a situation is to be shown.
struct FigureScope: Sendable, Equatable {
    var window: Window
    /// What the situation was recounted under; nil: all requests.
    var filter: RecordFilter?
    /// Bars that the sparklines share.
    var columns: Int
    /// Bars of the day's strip; 0 where it is not drawn.
    var dayColumns = 0
    /// Whether the worst slices are.
    var hasSlices = false
    /// What drift is measured against; nil: as the settings say.
    var baseline: DriftBaseline?
    /// What was kept under names.
    var saved = SavedBaselines()
    /// What is to be explained; nil: nothing.
    var explains: RequestOutcome?
    /// Whether what became of deploys is, and how the agent gets to its answers: both from the requests held.
    var hasChanges = false
    var hasTrajectories = false
}

/// Everything the panels show of one situation, computed once a frame.
struct Figures: Sendable {
    let situation: Situation
    let scope: FigureScope
    let totals: WindowTotals
    /// Of the window. Stored, for a tally is large: panels look at its parts in place.
    let tally: Tally
    /// One column of every sparkline is one of these bars.
    let bars: Bars
    /// The last 24 hours.
    let day: Bars?
    let worstSlices: [WorstSlice]
    let baseline: Baseline
    let then: Tally
    let drift: DriftReport
    let canary: CanaryReport?
    /// Versions that run in the shadow.
    let shadows: [ShadowReport]
    /// What changed of what runs, oldest first.
    let deploys: [DeployMark]
    let changes: ChangeReport?
    let trajectories: TrajectoryReport?
    let verdict: Verdict
    /// What is different about the requests that are asked about; nil while nobody asks.
    let explanation: Explanation?
    /// Since midnight UTC; nil while no request has a price.
    let today: PeriodSpend?

    var window: Window { scope.window }
    var filter: RecordFilter? { scope.filter }
    var snapshot: Snapshot { situation.snapshot }
    var names: SymbolNames { snapshot.names }

    /// - Parameter former: figures of a second ago. Until alerts are judged again, what is over is told as it was then: bars,
    ///   baseline, worst slices, explanations and what the day costs.
    init(_ situation: Situation, _ scope: FigureScope, after former: Figures? = nil) {
        self.situation = situation
        self.scope = scope
        let former = former.flatMap { $0.holds(for: situation, scope) ? $0 : nil }
        let snapshot = situation.snapshot
        totals = snapshot.totals(scope.window)
        tally = totals.tally
        bars = snapshot.bars(
            scope.window, count: scope.columns, parts: [.latency, .lengths, .scores, .names], orAsBefore: former?.bars)
        day =
            scope.dayColumns == 0
            ? nil
            : snapshot.now.map {
                snapshot.bars(
                    lasting: Span.day, count: scope.dayColumns, endingAt: $0, parts: [], orAsBefore: former?.day)
            }
        let compared =
            former.map { (kind: $0.baseline, tally: $0.then) } ?? snapshot.baseline(for: scope.window.duration)
        baseline = compared.kind
        then = compared.tally
        // Requests are looked at one by one for it: no oftener than they are judged.
        drift =
            former?.drift
            ?? DriftReport(
                snapshot, window: scope.window,
                DriftQuestion(situation.watches.drift, baseline: scope.baseline, saved: scope.saved),
                counted: .init(now: totals.tally, baseline: compared.kind, then: compared.tally))
        canary = situation.canary()
        shadows = former?.shadows ?? situation.shadows()
        deploys = former?.deploys ?? snapshot.deploys
        verdict = situation.verdict(
            window: scope.window, canary: canary, explained: former?.verdict.explained, deploys: deploys)
        today =
            situation.watches.budgetReports.first { $0.period == .daily }?.spend ?? former?.today
            ?? snapshot.now.flatMap { SpendAccount(snapshot, at: $0)?.spend(.daily) }
        let now = snapshot.now ?? 0
        let times = min(totals.from, now)...now
        explanation = scope.explains.map { outcome in
            former?.explanation ?? Explanation(outcome, of: situation, in: times, where: scope.filter)
        }
        changes =
            scope.hasChanges
            ? former?.changes ?? ChangeReport(snapshot, deploys: deploys, where: scope.filter) : nil
        trajectories =
            scope.hasTrajectories
            ? former?.trajectories
                ?? TrajectoryReport(
                    snapshot, now: totals.tally, then: compared.tally, in: times, where: scope.filter) : nil
        worstSlices =
            scope.hasSlices
            ? former?.worstSlices ?? WorstSlice.all(in: snapshot, over: scope.window) : []
    }

    /// Whether what is over is the same for another situation. Of data that is still being read nothing is over, nor while
    /// requests are recounted.
    private func holds(for next: Situation, _ scope: FigureScope) -> Bool {
        guard self.scope == scope, scope.filter == nil, let judged = situation.judgedUpTo, judged == next.judgedUpTo
        else { return false }
        let snapshots = [snapshot, next.snapshot]
        return snapshots.allSatisfy { $0.source.isLive && $0.source.state == .following && !$0.isPast }
    }

    /// The window as it is counted, µs since 1970: it may begin up to one slot early, and the requests behind a number are those of the
    /// same slots.
    var times: ClosedRange<Int64> {
        let now = snapshot.now ?? 0
        return min(totals.from, now)...now
    }

    /// Whether the source is live and silent: nobody knows then how much passes a minute.
    var isStale: Bool { verdict.state == .noData }
    /// Requests a second; nil if there are none or it is not known.
    var requestsPerSecond: Double? { isStale || tally.requests.raw == 0 ? nil : totals.requestsPerSecond }
    var tokensPerMinute: Double? { isStale ? nil : totals.tokensPerMinute }
    var costPerHour: Double? { isStale ? nil : totals.costPerHour }

    /// How long requests may take where no condition gives them a budget of their own.
    var latencyBudget: LatencyBudget { situation.watches.latencyBudgets.general ?? LatencyBudget(.chat) }

    /// Whether some requests have such a budget.
    var hasLatencyBudgetsOfParts: Bool { !situation.watches.latencyBudgets.conditional.isEmpty }

    /// How each budget is kept.
    var latencyBudgets: [LatencyBudgetReport] {
        situation.watches.latencyBudgets.reports(
            in: snapshot, over: window, fallback: latencyBudget, latency: tally.latency)
    }

    /// Bars for a chart of percentiles: no more than hold some requests each, for a percentile of three is noise.
    /// They are those of the sparklines where those do.
    func chartBars(parts: Tally.Parts) -> Bars {
        let enough = Int(max(15, tally.requests.value / 20))
        return enough >= bars.tallies.count
            ? bars : situation.snapshot.bars(window, count: enough, parts: parts)
    }

    /// Relative change against the baseline; nil without one.
    func change(_ value: (Tally) -> Double?) -> Double? {
        DriftMetric.relativeChange(value(tally), from: value(then))
    }

    /// Relative change of something that grows with time: both sides per second.
    func changeOfRate(_ value: (Tally) -> Double?) -> Double? {
        guard !isStale, let now = value(tally), let before = value(then), before > 0, let seconds = baselineSeconds
        else { return nil }
        return (now / totals.seconds) / (before / seconds) - 1
    }

    /// How many seconds the baseline covers.
    private var baselineSeconds: Double? { snapshot.seconds(of: baseline, for: window.duration) }

    /// How the baseline is called in a title.
    var baselineName: String { baseline.title(window) }

    /// A time of day in UTC: `14:28`, with seconds `14:28:01Z`.
    func clock(_ time: Int64?, seconds: Bool = false) -> String {
        guard let time else { return NumberFormat.missing }
        return ClockTime(time).text(seconds: seconds) + (seconds ? "Z" : "")
    }

    /// Seconds of a latency quantile.
    static func seconds(_ histogram: ExponentialHistogram, _ permille: Int) -> Double? {
        histogram.quantile(permille: permille).map { $0 / 1e6 }
    }
}
