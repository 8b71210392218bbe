import Glibc
package import Metrics
import Statistics

/// What is watched for anomalies, minute by minute.
package enum AnomalyMetric: String, Sendable, Codable, CaseIterable {
    case errorRate = "error_rate"
    case completion = "weak_completion"
    case p95Latency = "p95_latency"
    case costPerRequest = "cost_per_request"
    case tokensPerRequest = "tokens_per_request"
    case requestRate = "request_rate"

    /// What it is called in a sentence.
    package var label: String {
        switch self {
        case .errorRate: "errors"
        case .completion: "completion"
        case .p95Latency: "p95"
        case .costPerRequest: "cost per request"
        case .tokensPerRequest: "tokens per request"
        case .requestRate: "request rate"
        }
    }

    /// On which scale the variance of a measured value depends on its size alone.
    enum Scale: Sendable {
        /// A share of n: arcsine, variance 1/(4n + 2). Source: Anscombe 1948.
        case share
        /// A count in some minutes: square root, variance 1/(4 · minutes).
        case rate
        /// What varies in proportion to itself: logarithm, variance in proportion to 1/n.
        case logarithm
    }

    var scale: Scale {
        switch self {
        case .errorRate, .completion: .share
        case .requestRate: .rate
        case .p95Latency, .costPerRequest, .tokensPerRequest: .logarithm
        }
    }

    /// Better than usual is no anomaly; of the request rate nobody knows which is better.
    func isWorse(_ direction: Anomaly.Direction) -> Bool {
        switch self {
        case .completion: direction == .down
        case .requestRate: true
        default: direction == .up
        }
    }

    /// A distance from what was expected as a multiple of the smallest that is worth anybody's time, signed: with much traffic
    /// the slightest change is certain, and means nothing.
    func weight(of value: Double, against expected: Double) -> Double {
        switch scale {
        case .share:
            // Two points, and a quarter of what goes wrong anyway.
            let usual = self == .completion ? 1 - expected : expected
            return (value - expected) / max(0.02, usual / 4)
        case .rate, .logarithm:
            guard value > 0, expected > 0 else { return value < expected ? -100 : value > expected ? 100 : 0 }
            return log(value / expected) / log(scale == .rate ? 1.5 : 1.3)
        }
    }

    /// The same of a change within a week, where small ones add up: 1.5 points, a tenth.
    func weight(ofWeekly value: Double, against expected: Double) -> Double {
        guard scale == .share else {
            return value > 0 && expected > 0 ? log(value / expected) / log(1.1) : 0
        }
        return (value - expected) / 0.015
    }
}

/// What was counted in some closed minutes.
package struct AnomalyCounts: Sendable, Hashable {
    package var minutes: Double
    /// Weighted.
    package var requests = 0.0
    /// Effective over weighted requests, 1 where nothing was sampled.
    package var worth = 1.0
    package var failed = 0.0
    package var judged = 0.0
    package var completed = 0.0
    package var completionKnown = 0.0
    package var dollars = 0.0
    package var priced = 0.0
    package var tokens = 0.0
    package var withTokens = 0.0
    /// Seconds; nil where no latency is known.
    package var p95Latency: Double?
    /// Requests that have a latency.
    package var timed = 0.0

    package init(minutes: Double) { self.minutes = minutes }

    package init(_ tally: Tally, minutes: Double) {
        self.minutes = minutes
        requests = tally.requests.value
        worth = tally.effectiveShare
        failed = tally.failed.value
        judged = Double(tally.judged) / 1024
        completed = Double(tally.completedWeakly) / 1024
        completionKnown = Double(tally.completionKnown) / 1024
        dollars = Double(tally.cost) / 1024e9
        priced = Double(tally.priced) / 1024
        tokens = Double(tally.inputTokens &+ tally.outputTokens) / 1024
        withTokens = Double(tally.withTokens) / 1024
        p95Latency = tally.latency.quantile(permille: 950).map { $0 / 1e6 }
        timed = Double(tally.latency.count) / 1024
    }
}

/// One measured value on its metric's scale.
struct AnomalyMeasure: Sendable, Hashable {
    var value: Double
    /// Its variance, but for a factor that is the same for all of one metric.
    var variance: Double
    /// Requests it is of, or minutes of a rate.
    var size: Double
}

extension AnomalyMetric {
    /// Fewer requests say nothing of a share or a mean.
    private static let fewest = 5.0
    /// The nearest rank of 95% among fewer than 20 is the slowest of all.
    private static let fewestOfPercentile = 20.0

    /// Nil where too little is known.
    func measure(_ counts: AnomalyCounts) -> AnomalyMeasure? {
        switch self {
        case .errorRate: share(counts.failed, of: counts.judged, counts.worth)
        case .completion: share(counts.completed, of: counts.completionKnown, counts.worth)
        case .requestRate:
            AnomalyMeasure(
                value: ((counts.requests + 0.375) / counts.minutes).squareRoot(), variance: 1 / (4 * counts.minutes),
                size: counts.minutes)
        case .p95Latency:
            counts.p95Latency.flatMap { logarithm($0, of: counts.timed * counts.worth, Self.fewestOfPercentile) }
        case .costPerRequest: mean(counts.dollars, of: counts.priced, counts.worth)
        case .tokensPerRequest: mean(counts.tokens, of: counts.withTokens, counts.worth)
        }
    }

    /// A value on the scale as people read it.
    /// - Parameter size: of what it is read as.
    func natural(_ value: Double, size: Double) -> Double {
        switch scale {
        case .share:
            let sine = sin(min(.pi / 2, max(0, value)))
            // What Anscombe's correction had added is taken away.
            return min(1, max(0, (sine * sine * (size + 0.75) - 0.375) / size))
        case .rate: return max(0, max(0, value) * max(0, value) - 0.375 / size) / 60
        case .logarithm: return exp(value)
        }
    }

    /// Variation, on the scale, that is normal however many requests there are.
    func floor(at value: Double) -> Double {
        switch scale {
        case .share: 0.005
        case .rate: 0.01 * value
        case .logarithm: 0.02
        }
    }

    private func share(_ part: Double, of whole: Double, _ worth: Double) -> AnomalyMeasure? {
        let n = whole * worth
        guard n >= Self.fewest else { return nil }
        let x = min(n, max(0, part * worth))
        return AnomalyMeasure(
            value: asin(((x + 0.375) / (n + 0.75)).squareRoot()), variance: 1 / (4 * n + 2), size: n)
    }

    private func mean(_ sum: Double, of count: Double, _ worth: Double) -> AnomalyMeasure? {
        count > 0 ? logarithm(sum / count, of: count * worth, Self.fewest) : nil
    }

    private func logarithm(_ value: Double, of n: Double, _ fewest: Double) -> AnomalyMeasure? {
        guard n >= fewest, value > 0 else { return nil }
        return AnomalyMeasure(value: log(value), variance: 1 / n, size: n)
    }
}
