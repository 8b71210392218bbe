import Glibc
package import Metrics
package import Statistics
import Telemetry

/// What is said of a canary.
package enum CanaryVerdict: String, Sendable, Codable {
    case rollback, promote, hold, inconclusive
}

/// One metric of both arms.
package struct CanaryMetric: Sendable {
    package enum Kind: String, Sendable, CaseIterable {
        case errorRate = "error_rate"
        /// Seconds.
        case p95Latency = "p95_latency"
        case satisfaction
        /// Dollars.
        case costPerRequest = "cost_per_request"
    }

    package var kind: Kind
    package var control: Double?
    package var canary: Double?
    /// Canary minus control: a difference of rates for `errorRate` and `satisfaction`, a relative change otherwise.
    package var difference: Double?
    /// 95% interval of `difference`.
    package var interval: Interval?
    /// Requests (or ratings) behind each arm, control first.
    package var counts: (control: Int, canary: Int)
}

/// A canary against its control since it began to take traffic.
package struct CanaryReport: Sendable {
    package var controlName: String
    package var canaryName: String
    /// Versions the arms' requests name; empty if none.
    package var controlVersion: String
    package var canaryVersion: String
    /// Share of the two arms' traffic that the canary takes.
    package var share: Double
    /// µs since 1970 of the canary's first request, and µs it has soaked.
    package var since: Int64
    package var soak: Int64
    /// µs since 1970 of the canary's newest request.
    package var until: Int64 = 0
    /// Whether the canary takes no traffic any more: what is said of it is history.
    package var isOver = false
    package var metrics: [CanaryMetric]
    package var verdict: CanaryVerdict
    package var reasons: [String]

    /// Requests with a known outcome that each arm needs before a gate counts.
    package static let minimumCount = 100.0
    /// Time that a canary must take traffic.
    package static let minimumSoak = 30 * Span.minute
    /// Time after which numbers of a soak are no longer gathered.
    package static let maximumSoak = 4 * Span.hour
    /// A canary without a request for so long is over, and after a while is not shown any more.
    package static let overAfter = 5 * Span.minute
    package static let shownAfter = 30 * Span.minute

    package subscript(kind: CanaryMetric.Kind) -> CanaryMetric? { metrics.first { $0.kind == kind } }

    /// Nil if no canary took traffic lately.
    package init?(
        _ snapshot: Snapshot, controlName: String = "control", canaryName: String = "canary",
        gates: CanaryGates = .init(),
        endingAt end: Int64? = nil
    ) {
        guard let now = end ?? snapshot.now else { return nil }
        let variants = snapshot.arms.variants
        guard let canarySymbol = variants.first(where: { snapshot.names[$0] == canaryName }),
            let presence = snapshot.arms.presence(of: canarySymbol, asOf: now), presence.first <= now,
            now - presence.last <= Self.shownAfter
        else { return nil }
        let controlSymbol = variants.first { snapshot.names[$0] == controlName }
        let begin = max(presence.first, now - Self.maximumSoak)
        let arms = snapshot.arms.sum(from: begin, to: snapshot.limit(now))
        let canary = arms[canarySymbol] ?? ArmRow()
        let control = controlSymbol.flatMap { arms[$0] } ?? ArmRow()
        self.init(
            control: control, canary: canary, soak: max(0, min(now, presence.last) - presence.first), gates: gates)
        self.controlName = controlName
        self.canaryName = canaryName
        controlVersion = snapshot.names[control.version]
        canaryVersion = snapshot.names[canary.version]
        since = presence.first
        until = presence.last
        isOver = now - presence.last > Self.overAfter
    }

    /// Compares two arms that took traffic at the same time.
    package init(control: ArmRow, canary: ArmRow, soak: Int64, gates: CanaryGates = .init()) {
        controlName = "control"
        canaryName = "canary"
        controlVersion = ""
        canaryVersion = ""
        since = 0
        self.soak = soak
        let total = control.requests.weighted + canary.requests.weighted
        share = total > 0 ? Double(canary.requests.weighted) / Double(total) : 0
        metrics = [
            .errors(control, canary), .p95(control, canary), .satisfaction(control, canary), .cost(control, canary),
        ]
        (verdict, reasons) = Self.judge(control, canary, soak: soak, gates: gates, errors: metrics[0])
    }

    private static func judge(
        _ control: ArmRow, _ canary: ArmRow, soak: Int64, gates: CanaryGates, errors: CanaryMetric
    ) -> (CanaryVerdict, [String]) {
        let enough = min(control.effectiveJudged, canary.effectiveJudged) >= minimumCount
        let canaryShare = CanaryGates.Share(failuresOf: canary)
        let controlShare = CanaryGates.Share(failuresOf: control)
        let evals =
            canary.evalScore.count > 0
            ? CanaryGates.Share(part: canary.evalScore.sum, whole: canary.evalScore.count &* 1_000_000) : nil
        var crossed = gates.crossed(control: controlShare, canary: canaryShare, evalScore: evals)
        if gates.exceeds(controlShare, gates.maximumErrorRate) { crossed.removeAll { $0 == .errorRate } }
        guard !crossed.isEmpty else {
            if soak < minimumSoak {
                return (
                    .inconclusive,
                    ["no gate crossed", "soaked \(soak / Span.minute)m of \(minimumSoak / Span.minute)m"]
                )
            }
            return (.inconclusive, ["no gate crossed", "not shown to be as good either"])
        }
        let words = crossed.map { Self.words($0, gates) }
        guard enough else {
            let n = Int(canary.effectiveJudged.rounded(.down))
            return (.hold, words.map { "gate crossed: \($0)" } + ["n=\(n) of \(Int(minimumCount))"])
        }
        // A point estimate beyond the gate is not enough while the interval still holds "no difference".
        if crossed.contains(.errorRateIncrease), let interval = errors.interval, interval.lower > 0 {
            return (.rollback, words)
        }
        return (.hold, words.map { "gate crossed: \($0)" } + ["difference not yet certain"])
    }

    private static func words(_ gate: CanaryGates.Gate, _ gates: CanaryGates) -> String {
        switch gate {
        case .errorRateIncrease: "errors over control by more than \(gates.maximumIncrease / 100)pp"
        case .errorRate: "errors over \(gates.maximumErrorRate / 100)%"
        case .evalScore: "eval score under \(gates.minimumEvalScore / 100)%"
        }
    }
}

extension CanaryMetric {
    static func errors(_ control: ArmRow, _ canary: ArmRow) -> CanaryMetric {
        var metric = CanaryMetric(
            kind: .errorRate, control: control.errorRate, canary: canary.errorRate,
            counts: (control.failed.raw + control.succeeded.raw, canary.failed.raw + canary.succeeded.raw))
        metric.compareRates(effective: (control.effectiveJudged, canary.effectiveJudged))
        return metric
    }

    static func satisfaction(_ control: ArmRow, _ canary: ArmRow) -> CanaryMetric {
        let n = ((control.ratedUp + control.ratedDown) / 1024, (canary.ratedUp + canary.ratedDown) / 1024)
        var metric = CanaryMetric(
            kind: .satisfaction, control: control.satisfaction, canary: canary.satisfaction, counts: n)
        metric.compareRates(
            effective: (Double(n.0) * control.effectiveShare, Double(n.1) * canary.effectiveShare))
        return metric
    }

    static func cost(_ control: ArmRow, _ canary: ArmRow) -> CanaryMetric {
        var metric = CanaryMetric(
            kind: .costPerRequest, control: control.costPerRequest, canary: canary.costPerRequest,
            counts: (control.cost.weight / 1024, canary.cost.weight / 1024))
        metric.difference = DriftReport.relativeChange(canary.costPerRequest, from: control.costPerRequest)
        return metric
    }

    /// p95 with order-statistic intervals of each arm, joined for the ratio as Newcombe joins them for a difference (MOVER on
    /// the logarithm; Zou & Donner 2008).
    static func p95(_ control: ArmRow, _ canary: ArmRow) -> CanaryMetric {
        let a = control.latency.quantile(permille: 950).map { $0 / 1e6 }
        let b = canary.latency.quantile(permille: 950).map { $0 / 1e6 }
        var metric = CanaryMetric(
            kind: .p95Latency, control: a, canary: b,
            counts: (control.latency.count / 1024, canary.latency.count / 1024))
        metric.difference = DriftReport.relativeChange(b, from: a)
        if let a, let b, a > 0, b > 0, let boundsA = bounds(control), let boundsB = bounds(canary) {
            metric.interval = ratio(b, boundsB, over: a, boundsA)
        }
        return metric
    }

    /// Seconds between which p95 lies, from the ranks that bound it among as many requests as the weights are worth.
    private static func bounds(_ arm: ArmRow) -> Interval? {
        let latency = arm.latency
        let n = Int64((Double(latency.count) / 1024 * arm.effectiveShare).rounded(.down))
        let ranks = RankInterval.quantile(count: n, permille: 950, confidence: 0.95)
        func value(_ rank: Int64) -> Double? {
            latency.value(rank: Int64((Int128(rank) * Int128(latency.count) + Int128(n - 1)) / Int128(n)))
        }
        guard n > 0, let low = ranks.lower, let high = ranks.upper, let lower = value(low), let upper = value(high),
            lower > 0
        else { return nil }
        return Interval(lower / 1e6, upper / 1e6)
    }

    private static func ratio(_ b: Double, _ boundsB: Interval, over a: Double, _ boundsA: Interval) -> Interval {
        let d = log(b / a)
        let down = hypot(log(b / boundsB.lower), log(boundsA.upper / a))
        let up = hypot(log(boundsB.upper / b), log(a / boundsA.lower))
        return Interval(exp(d - down) - 1, exp(d + up) - 1)
    }

    private mutating func compareRates(effective: (control: Double, canary: Double)) {
        guard let control, let canary,
            let a = Proportion(control * effective.control, of: effective.control),
            let b = Proportion(canary * effective.canary, of: effective.canary)
        else { return }
        difference = canary - control
        interval = Interval.newcombe(canary: b, control: a, confidence: 0.95)
    }

    fileprivate init(kind: Kind, control: Double?, canary: Double?, counts: (Int64, Int64)) {
        self.kind = kind
        self.control = control
        self.canary = canary
        self.counts = (Int(counts.0), Int(counts.1))
    }
}
