package import Query
import Statistics
import Telemetry

/// The metrics of a window, by the names that expressions, alerts and messages use.
package enum WindowMetric: String, Sendable, Codable, CaseIterable {
    case requests
    case requestRate = "request_rate"
    case errorRate = "error_rate"
    case errorCount = "error_count"
    case toolErrorRate = "tool_error_rate"
    case p50Latency = "p50_latency"
    case p95Latency = "p95_latency"
    case p99Latency = "p99_latency"
    case maxLatency = "max_latency"
    case timeToFirstTokenP95 = "ttft_p95"
    case tokensPerMinute = "tokens_per_minute"
    case costPerHour = "cost_per_hour"
    case costPerRequest = "cost_per_request"
    case costPerSuccess = "cost_per_success"
    case strongCompletion = "strong_completion"
    case weakCompletion = "weak_completion"
    case satisfaction
    case quality
    case escalationRate = "escalation_rate"
    case outputLengthDrift = "output_length_drift"
    case toolCallsDrift = "tool_calls_drift"
    case sentimentDrift = "sentiment_drift"
    case silence

    /// What the metric is called in a sentence.
    package var label: String {
        switch self {
        case .errorRate: "errors"
        case .p50Latency: "p50"
        case .p95Latency: "p95"
        case .p99Latency: "p99"
        case .costPerHour: "cost"
        case .outputLengthDrift: "output length"
        case .toolCallsDrift: "tool calls"
        case .sentimentDrift: "sentiment"
        default: rawValue
        }
    }

    package var type: ValueType { .number(unit) }

    package var unit: Unit {
        switch self {
        case .requests, .errorCount: .count
        case .requestRate: .perSecond
        case .errorRate, .toolErrorRate, .strongCompletion, .weakCompletion, .satisfaction, .escalationRate, .quality,
            .outputLengthDrift, .toolCallsDrift:
            .fraction
        case .sentimentDrift: .plain
        case .p50Latency, .p95Latency, .p99Latency, .maxLatency, .timeToFirstTokenP95, .silence: .seconds
        case .tokensPerMinute: .tokensPerMinute
        case .costPerHour: .dollarsPerHour
        case .costPerRequest, .costPerSuccess: .dollars
        }
    }

    private var help: String {
        switch self {
        case .requests: "requests that ended in the window"
        case .requestRate: "requests per second"
        case .errorRate: "failed / (failed + succeeded)"
        case .errorCount: "failed requests"
        case .toolErrorRate: "failed / all tool calls"
        case .p50Latency: "median latency"
        case .p95Latency: "latency that 95% of requests stay within"
        case .p99Latency: "latency that 99% of requests stay within"
        case .maxLatency: "slowest request"
        case .timeToFirstTokenP95: "time to the first token that 95% of requests stay within"
        case .tokensPerMinute: "input and output tokens per minute"
        case .costPerHour: "spend per hour at the window's pace"
        case .costPerRequest: "mean cost of a priced request"
        case .costPerSuccess: "all spend over the requests that succeeded"
        case .strongCompletion: "completed without correction, escalation, abandonment or a bad rating"
        case .weakCompletion: "completed at all"
        case .satisfaction: "positive / all ratings"
        case .quality: "mean quality score"
        case .escalationRate: "requests handed to a human"
        case .outputLengthDrift: "change of mean output length against the baseline"
        case .toolCallsDrift: "change of mean tool calls per request against the baseline"
        case .sentimentDrift: "difference of mean sentiment to the baseline"
        case .silence: "time since the last record"
        }
    }

    private var isRate: Bool {
        switch self {
        case .errorRate, .toolErrorRate, .strongCompletion, .weakCompletion, .satisfaction, .quality, .escalationRate:
            true
        default: false
        }
    }

    /// The requirements' own names, in their own units.
    private var aliases: [Catalogue.Alias] {
        switch self {
        case .p50Latency, .p95Latency, .p99Latency: [Catalogue.Alias("\(rawValue)_s", unit: .seconds)]
        case .outputLengthDrift, .toolCallsDrift: [Catalogue.Alias("\(rawValue)_pct", unit: .percent)]
        default: []
        }
    }

    /// The window scope of the language. An entry's index is the metric's place in `allCases`.
    package static let catalogue = Catalogue(
        allCases.map { metric in
            Catalogue.Entry(
                metric.rawValue, metric.type, help: metric.help, range: metric.isRate ? 0...1 : nil,
                aliases: metric.aliases)
        })
}

/// The values of all window metrics at one time; what is expensive is only computed when asked for.
package struct WindowValues {
    private let snapshot: Snapshot
    private let duration: Int64
    private let end: Int64
    package let totals: WindowTotals
    private let baseline: (kind: Baseline, tally: Tally)?

    /// - Parameters:
    ///   - duration: µs before `end`.
    ///   - metrics: which ones will be asked for.
    package init(_ snapshot: Snapshot, lasting duration: Int64, endingAt end: Int64, metrics: Set<WindowMetric>) {
        self.snapshot = snapshot
        self.duration = duration
        self.end = end
        let drifts: Set<WindowMetric> = [.outputLengthDrift, .toolCallsDrift, .sentimentDrift]
        var parts: Tally.Parts = []
        if !metrics.isDisjoint(with: [.p50Latency, .p95Latency, .p99Latency, .maxLatency]) { parts.insert(.latency) }
        if !metrics.isDisjoint(with: drifts) { parts.insert(.lengths) }
        if !metrics.isDisjoint(with: [.sentimentDrift, .quality]) { parts.insert(.scores) }
        if metrics.contains(.timeToFirstTokenP95) { parts.insert(.spans) }
        if metrics.contains(.toolErrorRate) { parts.insert(.names) }
        totals = snapshot.totals(lasting: duration, endingAt: end, parts: parts, judging: true)
        baseline =
            metrics.isDisjoint(with: drifts)
            ? nil : snapshot.baseline(for: duration, endingAt: end, parts: parts.intersection([.lengths, .scores]))
    }

    /// The metric's value in its unit; nil where nothing is known.
    package subscript(metric: WindowMetric) -> Value? {
        let tally = totals.tally
        switch metric {
        case .requests: return .share(tally.requests.weighted, of: 1024)
        case .requestRate: return .number(totals.requestsPerSecond)
        case .errorRate: return .share(tally.failed.weighted, of: tally.judged)
        case .errorCount: return .share(tally.failed.weighted, of: 1024)
        case .toolErrorRate: return tally.toolErrorRate.map(Value.number)
        case .p50Latency: return seconds(tally.latency, 500)
        case .p95Latency: return seconds(tally.latency, 950)
        case .p99Latency: return seconds(tally.latency, 990)
        case .maxLatency: return tally.latency.isEmpty ? nil : .share(tally.latency.maximum, of: 1_000_000)
        case .timeToFirstTokenP95: return seconds(tally.timeToFirstToken, 950)
        case .tokensPerMinute: return totals.tokensPerMinute.map(Value.number)
        case .costPerHour: return totals.costPerHour.map(Value.number)
        case .costPerRequest: return tally.costPerRequest.map(Value.number)
        case .costPerSuccess: return tally.costPerSuccess.map(Value.number)
        case .strongCompletion: return .share(tally.completedStrongly, of: tally.completionKnown)
        case .weakCompletion: return .share(tally.completedWeakly, of: tally.completionKnown)
        case .satisfaction: return .share(tally.ratedUp, of: tally.ratedUp + tally.ratedDown)
        case .quality: return tally.quality.mean.map { .number($0 / 1e6) }
        case .escalationRate: return tally.escalationRate.map(Value.number)
        case .outputLengthDrift: return change(tally.outputLength.mean, baseline?.tally.outputLength.mean)
        case .toolCallsDrift: return change(tally.toolCallsPerRequest.mean, baseline?.tally.toolCallsPerRequest.mean)
        case .sentimentDrift:
            guard let now = tally.sentiment.mean, let then = baseline?.tally.sentiment.mean else { return nil }
            return .number((now - then) / 1e6)
        case .silence: return snapshot.newestTime.flatMap { .share(max(0, end - $0), of: 1_000_000) }
        }
    }

    private func seconds(_ histogram: ExponentialHistogram, _ permille: Int) -> Value? {
        histogram.quantile(permille: permille).map { .number($0 / 1e6) }
    }

    private func change(_ now: Double?, _ then: Double?) -> Value? {
        guard let now, let then, then != 0 else { return nil }
        return .number((now - then) / then)
    }
}
