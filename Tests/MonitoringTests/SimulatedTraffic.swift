import Glibc
import Metrics
import Monitoring
import Statistics

/// Traffic as an agent has it, counted by the minute: what a test of anomalies is fed with.
struct SimulatedTraffic {
    /// Requests a minute, on the average of a day.
    var rate = 60.0
    /// Swing of rate and latency over a day, 0.5: from half to one and a half.
    var swing = 0.5
    var errorRate = 0.02
    /// 1 − this is not completed, beside errors.
    var incomplete = 0.03
    /// Median seconds.
    var latency = 1.5
    var dollars = 0.01
    var tokens = 1200.0
    /// Relative noise of every minute, on top of chance.
    var noise = 0.02

    private var random: Xoshiro256

    init(seed: UInt64) { random = Xoshiro256(seed: seed) }

    /// What is counted in the `minutes` that begin at a time.
    mutating func counts(at time: Int64, minutes: Int64) -> AnomalyCounts {
        let phase = Double(time - time.alignedDown(to: Span.day)) / Double(Span.day) * 2 * .pi
        let season = 1 + swing * sin(phase)
        var counts = AnomalyCounts(minutes: Double(minutes))
        let n = poisson(rate * Double(minutes) * season * jitter())
        counts.requests = n
        guard n > 0 else { return counts }
        counts.failed = binomial(n, errorRate)
        counts.judged = n
        counts.completed = n - counts.failed - binomial(n - counts.failed, incomplete)
        counts.completionKnown = n
        counts.timed = n
        // Log-normal with σ 0.6; the 95th percentile of n of them.
        let spread = 0.6
        let median = latency * season * jitter()
        if n < 400 {
            counts.p95Latency = median * exp(spread * NormalDistribution.quantile(largest(Int(n / 20) + 1, of: n)))
        } else {
            counts.p95Latency = median * exp(spread * 1.645 + random.normal() * 2.11 * spread / n.squareRoot())
        }
        // Costs and tokens of requests have a coefficient of variation of 1.
        counts.priced = n
        counts.withTokens = n
        let wide = 1 / n.squareRoot()
        counts.dollars = n * dollars * jitter() * max(0.2, 1 + random.normal() * wide)
        counts.tokens = n * tokens * jitter() * max(0.2, 1 + random.normal() * wide)
        return counts
    }

    /// The so-many-largest of `n` numbers between 0 and 1, without the others: the largest, the largest of what is below it, …
    private mutating func largest(_ place: Int, of n: Double) -> Double {
        (0..<place).reduce(1) { $0 * pow(random.uniform(), 1 / (n - Double($1))) }
    }

    private mutating func jitter() -> Double { max(0.1, 1 + random.normal() * noise) }

    private mutating func poisson(_ mean: Double) -> Double {
        guard mean < 50 else { return max(0, (mean + random.normal() * mean.squareRoot()).rounded()) }
        let limit = exp(-mean)
        var (count, product) = (-1.0, 1.0)
        repeat {
            count += 1
            product *= random.uniform()
        } while product > limit
        return count
    }

    private mutating func binomial(_ n: Double, _ p: Double) -> Double {
        if n > 400, n * p > 30 {
            return min(n, max(0, (n * p + random.normal() * (n * p * (1 - p)).squareRoot()).rounded()))
        }
        guard p > 0 else { return 0 }
        // From each one that it happens to straight to the next.
        var (count, place) = (0.0, skipped(p))
        while place < n {
            count += 1
            place += 1 + skipped(p)
        }
        return count
    }

    /// How many it doesn't happen to before the first that it does.
    private mutating func skipped(_ p: Double) -> Double { (log1p(-random.uniform()) / log1p(-p)).rounded(.down) }
}

/// A detector at work, and every alarm it raised.
struct WatchedTraffic {
    var detector = AnomalyDetector()
    var traffic: SimulatedTraffic
    private(set) var time: Int64
    private(set) var alarms: [Anomaly] = []

    init(_ traffic: SimulatedTraffic, from time: Int64) {
        self.traffic = traffic
        self.time = time
    }

    /// Lets time pass; `change` may alter the traffic at every step, told how much time passed since this began.
    mutating func run(for duration: Int64, _ change: (inout SimulatedTraffic, Int64) -> Void = { _, _ in }) {
        let start = time
        while time < start + duration {
            change(&traffic, time - start)
            let minutes = detector.minutesAtOnce
            let before = Set(detector.anomalies.map { [$0.metric.rawValue, $0.kind.rawValue] })
            detector.take(
                traffic.counts(at: time, minutes: minutes), from: time, to: time + minutes * Span.minute)
            time += minutes * Span.minute
            alarms += detector.anomalies.filter { !before.contains([$0.metric.rawValue, $0.kind.rawValue]) }
        }
    }

    /// Lets time pass until a metric alarms.
    /// - Returns: µs that it took; nil if it never did within `limit`.
    mutating func delay(
        until metric: AnomalyMetric, _ kind: Anomaly.Kind = .shift, within limit: Int64,
        _ change: (inout SimulatedTraffic, Int64) -> Void
    ) -> Int64? {
        let start = time
        while time < start + limit {
            let elapsed = time - start
            run(for: Span.minute) { traffic, _ in change(&traffic, elapsed) }
            if detector.anomaly(metric, kind) != nil { return time - start }
        }
        return nil
    }
}
