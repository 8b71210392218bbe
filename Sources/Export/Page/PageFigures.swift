import Metrics
import Monitoring
import Query
import Statistics
import Telemetry

/// Everything that a page's panels show of one situation.
struct PageFigures {
    let situation: Situation
    let window: Window
    let totals: WindowTotals
    let bars: Bars
    /// Fewer bars, of some requests each: a percentile of three is noise.
    let coarseBars: Bars
    let baseline: Baseline
    let then: Tally
    let drift: DriftReport
    let canary: CanaryReport?
    let verdict: Verdict
    let errors: ErrorTypes

    var snapshot: Snapshot { situation.snapshot }
    var tally: Tally { totals.tally }
    var names: SymbolNames { snapshot.names }

    init(_ situation: Situation, window: Window) {
        self.situation = situation
        self.window = window
        let snapshot = situation.snapshot
        totals = snapshot.totals(window)
        bars = snapshot.bars(window, count: 60, parts: .all)
        let enough = Int(min(60, max(12, totals.tally.requests.value / 20)))
        coarseBars = snapshot.bars(window, count: enough, parts: [.latency])
        let compared = snapshot.baseline(for: window.duration)
        baseline = compared.kind
        then = compared.tally
        drift = situation.drift(
            window: window, counted: .init(now: totals.tally, baseline: compared.kind, then: compared.tally))
        canary = situation.canary()
        verdict = situation.verdict(window: window)
        errors = ErrorTypes(totals.tally.errors, snapshot.names)
    }

    // MARK: Times

    /// µs at which the window begins.
    var begin: Int64 { window.duration.flatMap { duration in snapshot.now.map { $0 - duration } } ?? totals.from }

    /// `2026-03-10 14:28:01Z`; without the date where it is the page's own.
    func clock(_ time: Int64?, seconds: Bool = false) -> String {
        guard let time else { return NumberFormat.missing }
        let clock = ClockTime(time)
        let isToday = snapshot.now.map { ClockTime($0).date == clock.date } ?? false
        return (isToday ? "" : clock.date + " ") + clock.text(seconds: seconds) + "Z"
    }

    /// How long from one time to another.
    static func span(_ from: Int64, _ to: Int64) -> String {
        let seconds = Double(max(0, to - from)) / 1e6
        return seconds < 3600 ? NumberFormat.age(seconds) : NumberFormat.duration(seconds, compact: true)
    }

    // MARK: Changes

    /// How the baseline is called.
    var baselineName: String {
        switch baseline {
        case .sameHours(let days): "the same hours of \(days) days"
        case .firstHour: "the first 60 minutes"
        case .previousWindow: "the \(window.rawValue) before"
        case .none: "no baseline yet"
        }
    }

    /// A relative change against the baseline, in words; – without one.
    func change(_ value: (Tally) -> Double?) -> Markup {
        .dim(NumberFormat.change(DriftMetric.relativeChange(value(tally), from: value(then))))
    }

    /// The same of what grows with time, both per second.
    func changeOfRate(_ value: (Tally) -> Double?) -> Markup {
        guard let now = value(tally), let before = value(then), before > 0,
            let seconds = snapshot.seconds(of: baseline, for: window.duration)
        else { return .dim(NumberFormat.missing) }
        return .dim(NumberFormat.change((now / totals.seconds) / (before / seconds) - 1))
    }

    // MARK: Values

    static func seconds(_ histogram: ExponentialHistogram, _ permille: Int) -> String {
        NumberFormat.duration(histogram.quantile(permille: permille).map { $0 / 1e6 })
    }

    static func slowest(_ histogram: ExponentialHistogram) -> String {
        NumberFormat.duration(histogram.isEmpty ? nil : Double(histogram.maximum) / 1e6)
    }

    static func count(_ units: Int64) -> String { NumberFormat.grouped(Double(units) / 1024) }

    /// When pages and tickets fired, within the bars.
    var shades: [PageChart.Shade] {
        guard let now = snapshot.now else { return [] }
        return situation.alerts.filter { $0.severity != .p3 && $0.state.firedAt != nil }.map { alert in
            PageChart.Shade(
                from: alert.state.since, to: alert.state.resolvedAt ?? now,
                role: alert.severity == .p1 ? "critical" : "warning", name: alert.name)
        }
    }
}
