import Metrics
package import Statistics

/// One metric of both arms.
package struct CanaryMetric: Sendable {
    package enum Kind: String, Sendable, CaseIterable {
        case errorRate = "error_rate"
        /// Seconds.
        case p95Latency = "p95_latency"
        case satisfaction
        case evalScore = "eval_score"
        /// Dollars.
        case costPerRequest = "cost_per_request"
        case tokensPerRequest = "tokens_per_request"
        case toolCallsPerRequest = "tool_calls_per_request"

        /// Whether more of it is better.
        package var isBetterHigher: Bool { self == .satisfaction || self == .evalScore }
        /// Whether its difference is one of the values themselves; else it is relative to control.
        package var isAbsolute: Bool { self == .errorRate || self == .satisfaction || self == .evalScore }

        var words: String {
            switch self {
            case .errorRate: "error rate"
            case .p95Latency: "p95 latency"
            case .satisfaction: "user rating"
            case .evalScore: "eval score"
            case .costPerRequest: "cost"
            case .tokensPerRequest: "tokens a request"
            case .toolCallsPerRequest: "tool calls a request"
            }
        }
    }

    package var kind: Kind
    package var control: Double?
    package var canary: Double?
    /// Canary minus control: of the values themselves, or relative to control.
    package var difference: Double?
    /// 95% confidence sequence of `difference`: it holds at every time at once, however often one looks.
    package var interval: Interval?
    /// Requests (or ratings, or evals) behind each arm, control first.
    package var counts: (control: Int, canary: Int)

    /// Whether every value of the interval is on the worse side.
    package var isSurelyWorse: Bool { interval.map { kind.isBetterHigher ? $0.upper < 0 : $0.lower > 0 } ?? false }

    /// The same on the better side.
    package var isSurelyBetter: Bool { interval.map { kind.isBetterHigher ? $0.lower > 0 : $0.upper < 0 } ?? false }

    /// - Parameter power: 1/DEFF, as much as a request is worth for its user's others.
    static func all(_ control: ArmRow, _ canary: ArmRow, power: Double) -> [CanaryMetric] {
        let comparison = CanaryComparison(control, canary, power: power)
        return Kind.allCases.map(comparison.metric)
    }
}

/// Puts the numbers of two arms beside each other.
private struct CanaryComparison {
    let control: ArmRow
    let canary: ArmRow
    let power: Double

    private static let sequence = AsymptoticSequence(alpha: CanarySettings.Alpha.shown)

    init(_ control: ArmRow, _ canary: ArmRow, power: Double) {
        (self.control, self.canary, self.power) = (control, canary, power)
    }

    func metric(_ kind: CanaryMetric.Kind) -> CanaryMetric {
        switch kind {
        case .errorRate:
            rates(
                kind, { ($0.failed.weighted, $0.failed.weighted &+ $0.succeeded.weighted) },
                raw: { $0.failed.raw + $0.succeeded.raw })
        case .satisfaction:
            rates(kind, { ($0.ratedUp, $0.ratedUp &+ $0.ratedDown) }, raw: { ($0.ratedUp &+ $0.ratedDown) / 1024 })
        case .p95Latency: p95
        case .evalScore:
            means(kind, count: { $0.evalScore.count / 1024 }) { CanarySoak.score($0, power) }
        case .costPerRequest: moments(kind, \.cost, unit: 1e9)
        case .tokensPerRequest: moments(kind, \.tokens, unit: 1)
        case .toolCallsPerRequest: moments(kind, \.toolCalls, unit: 1)
        }
    }

    private func worth(_ arm: ArmRow) -> Double { min(1, arm.effectiveShare) * power }

    // MARK: Shares and means

    private func rates(
        _ kind: CanaryMetric.Kind, _ counts: (ArmRow) -> (part: Int64, whole: Int64), raw: (ArmRow) -> Int64
    ) -> CanaryMetric {
        means(kind, count: raw) { arm in
            let (part, whole) = counts(arm)
            guard whole > 0 else { return nil }
            let n = max(1, Double(whole) / 1024 * worth(arm))
            let rate = Double(part) / Double(whole)
            // Drawn towards a half, so that none of few has a variance as well.
            let drawn = (rate * n + 0.5) / (n + 1)
            return SampleMean(mean: rate, variance: drawn * (1 - drawn), count: n)
        }
    }

    private func moments(_ kind: CanaryMetric.Kind, _ moments: (ArmRow) -> Moments, unit: Double) -> CanaryMetric {
        means(kind, count: { moments($0).weight / 1024 }) { arm in
            let moments = moments(arm)
            guard let mean = moments.mean, let variance = moments.variance else { return nil }
            let n = max(1, Double(moments.weight) / 1024 * worth(arm))
            return SampleMean(mean: mean / unit, variance: variance / unit / unit, count: n)
        }
    }

    private func means(
        _ kind: CanaryMetric.Kind, count: (ArmRow) -> Int64, _ sample: (ArmRow) -> SampleMean?
    ) -> CanaryMetric {
        let (a, b) = (sample(control), sample(canary))
        var metric = CanaryMetric(
            kind: kind, control: a?.mean, canary: b?.mean, counts: (Int(count(control)), Int(count(canary))))
        guard let a, let b else { return metric }
        let interval = Self.sequence.interval(canary: b, control: a)
        if kind.isAbsolute {
            metric.difference = b.mean - a.mean
            metric.interval = Interval(max(-1, interval.lower), min(1, interval.upper))
        } else if a.mean > 0 {
            metric.difference = b.mean / a.mean - 1
            metric.interval = Interval(max(-1, interval.lower / a.mean), interval.upper / a.mean)
        }
        // Two or three show no variance to speak of.
        if min(a.count, b.count) < 10 { metric.interval = nil }
        return metric
    }

    // MARK: p95

    /// Each arm's lies between two order statistics at all times; their ratio between the outer ones.
    private var p95: CanaryMetric {
        func value(_ arm: ArmRow) -> Double? { arm.latency.quantile(permille: 950).map { $0 / 1e6 } }
        let (a, b) = (value(control), value(canary))
        var metric = CanaryMetric(
            kind: .p95Latency, control: a, canary: b,
            counts: (Int(control.latency.count / 1024), Int(canary.latency.count / 1024)))
        guard let a, let b, a > 0 else { return metric }
        metric.difference = b / a - 1
        if let low = bounds(control), let high = bounds(canary) {
            metric.interval = Interval(high.lower / low.upper - 1, high.upper / low.lower - 1)
        }
        return metric
    }

    /// Seconds between which p95 lies, from the ranks that bound it among as many requests as these are worth.
    private func bounds(_ arm: ArmRow) -> Interval? {
        let latency = arm.latency
        let n = Int64((Double(latency.count) / 1024 * worth(arm)).rounded(.down))
        let ranks = BetaBinomialSequence(alpha: CanarySettings.Alpha.shown / 2, tuning: 1000)
            .ranks(count: n, permille: 950)
        func value(_ rank: Int64) -> Double? {
            latency.value(rank: Int64((Int128(rank) * Int128(latency.count) + Int128(n - 1)) / Int128(n)))
        }
        guard n > 0, let low = ranks.lower, let high = ranks.upper, let lower = value(low), let upper = value(high),
            lower > 0
        else { return nil }
        return Interval(lower / 1e6, upper / 1e6)
    }
}
