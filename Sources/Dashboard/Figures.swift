import Metrics
import Monitoring
import Query
import Statistics
import Telemetry

/// Everything the panels show of one situation, computed once a frame.
struct Figures {
    let situation: Situation
    let window: Window
    let tier: LatencyTier
    /// What the situation was recounted under; nil: all requests.
    let filter: RecordFilter?
    let totals: WindowTotals
    /// One column of every sparkline is one of these bars.
    let bars: Bars
    let baseline: Baseline
    let then: Tally
    let drift: DriftReport
    let canary: CanaryReport?
    let verdict: Verdict

    var snapshot: Snapshot { situation.snapshot }
    var tally: Tally { totals.tally }
    var names: SymbolNames { snapshot.names }

    init(_ situation: Situation, window: Window, tier: LatencyTier, filter: RecordFilter?, columns: Int) {
        self.situation = situation
        self.window = window
        self.tier = tier
        self.filter = filter
        let snapshot = situation.snapshot
        totals = snapshot.totals(window)
        bars = snapshot.bars(window, count: columns, parts: [.latency, .lengths, .scores, .names])
        let compared = snapshot.baseline(for: window.duration)
        baseline = compared.kind
        then = compared.tally
        drift = DriftReport(baseline: compared.kind, now: totals.tally, then: compared.tally)
        canary = situation.canary()
        verdict = situation.verdict(window: window)
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

    /// Bars for a chart of percentiles: no more than hold some requests each, for a percentile of three is noise.
    func chartBars(parts: Tally.Parts) -> Bars {
        let enough = Int(min(60, max(15, tally.requests.value / 20)))
        return situation.snapshot.bars(window, count: enough, parts: parts)
    }

    /// Relative change against the baseline; nil without one.
    func change(_ value: (Tally) -> Double?) -> Double? {
        DriftReport.relativeChange(value(tally), from: value(then))
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
    var baselineName: String {
        switch baseline {
        case .sameHours(let days): "vs \(days)d baseline"
        case .firstHour: "vs first 60m"
        case .previousWindow: "vs prev \(window.rawValue)"
        case .none: "no baseline yet"
        }
    }

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
