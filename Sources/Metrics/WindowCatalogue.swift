package import Query
import Telemetry

/// The metrics of a window, by the names that expressions, alerts and messages use.
package enum WindowMetric: String, Sendable, Codable, CaseIterable {
    case requests
    case requestRate = "request_rate"
    case errorRate = "error_rate"
    case errorCount = "error_count"
    case failuresSeen = "failures_seen"
    case successRate = "success_rate"
    case toolErrorRate = "tool_error_rate"
    case p50Latency = "p50_latency"
    case p95Latency = "p95_latency"
    case p99Latency = "p99_latency"
    case maxLatency = "max_latency"
    case timeToFirstTokenP95 = "ttft_p95"
    case tokensPerMinute = "tokens_per_minute"
    case costPerHour = "cost_per_hour"
    case costPerRequest = "cost_per_request"
    case tokensPerRequest = "tokens_per_request"
    case costPerSuccess = "cost_per_success"
    case spendToday = "spend_today"
    case strongCompletion = "strong_completion"
    case weakCompletion = "weak_completion"
    case satisfaction
    case dissatisfaction
    case ratings
    case quality
    case evalScore = "eval_score"
    case escalationRate = "escalation_rate"
    case abandonmentRate = "abandonment_rate"
    case outputLengthDrift = "output_length_drift"
    case toolCallsDrift = "tool_calls_drift"
    case sentimentDrift = "sentiment_drift"
    // How the agent gets there.
    case toolCallsPerSuccess = "tool_calls_per_success"
    case redundantCallRate = "redundant_call_rate"
    case argumentValidity = "argument_validity"
    case repeatedToolErrorRate = "repeated_tool_error_rate"
    case maxTokensRate = "max_tokens_rate"
    case fallbackHelpRate = "fallback_help_rate"
    case newErrorTypes = "new_error_types"
    case queueDepth = "queue_depth"
    case silence
    // Calls.
    case errors, flags
    case flagRate = "flag_rate"
    case spend
    case qualityLast = "quality_last"
    // Calls that look at another metric.
    case over, before, usual
    case sameHour = "same_hour"
    case change
    case atLeast = "at_least"

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
        case .successRate: "success"
        case .weakCompletion: "completion"
        case .strongCompletion: "strong completion"
        case .toolErrorRate: "tool errors"
        case .toolCallsPerSuccess: "tool calls per success"
        case .redundantCallRate: "redundant calls"
        case .argumentValidity: "valid arguments"
        case .repeatedToolErrorRate: "repeated tool errors"
        case .maxTokensRate: "cut answers"
        case .fallbackHelpRate: "fallbacks that helped"
        case .newErrorTypes: "new error types"
        case .queueDepth: "queue"
        case .spendToday: "spent today"
        default: rawValue
        }
    }

    package var type: ValueType { .number(unit) }

    package var unit: Unit {
        switch self {
        case .requests, .errorCount, .failuresSeen, .ratings, .newErrorTypes, .queueDepth, .errors, .flags: .count
        case .requestRate: .perSecond
        case .errorRate, .successRate, .toolErrorRate, .strongCompletion, .weakCompletion, .satisfaction,
            .dissatisfaction, .escalationRate, .abandonmentRate, .quality, .evalScore, .outputLengthDrift,
            .toolCallsDrift, .flagRate, .qualityLast, .change, .redundantCallRate, .argumentValidity,
            .repeatedToolErrorRate, .maxTokensRate, .fallbackHelpRate:
            .fraction
        case .toolCallsPerSuccess, .sentimentDrift, .over, .before, .usual, .sameHour, .atLeast: .plain
        case .tokensPerRequest: .tokens
        case .p50Latency, .p95Latency, .p99Latency, .maxLatency, .timeToFirstTokenP95, .silence: .seconds
        case .tokensPerMinute: .tokensPerMinute
        case .costPerHour: .dollarsPerHour
        case .costPerRequest, .costPerSuccess, .spendToday, .spend: .dollars
        }
    }

    private var help: String {
        switch self {
        case .requests: "requests that ended in the window"
        case .requestRate: "requests per second"
        case .errorRate: "failed / (failed + succeeded)"
        case .errorCount: "failed requests"
        case .failuresSeen: "failed requests that evidence rests on: of sampled ones no more than were seen"
        case .successRate: "succeeded / (failed + succeeded)"
        case .toolErrorRate: "failed / all tool calls"
        case .p50Latency: "median latency"
        case .p95Latency: "latency that 95% of requests stay within"
        case .p99Latency: "latency that 99% of requests stay within"
        case .maxLatency: "slowest request"
        case .timeToFirstTokenP95: "time to the first token that 95% of requests stay within"
        case .tokensPerMinute: "input and output tokens per minute"
        case .costPerHour: "spend per hour at the window's pace"
        case .costPerRequest: "mean cost of a priced request"
        case .tokensPerRequest: "mean tokens of a request that says how many it took"
        case .costPerSuccess: "all spend over the requests that succeeded"
        case .spendToday: "spend since midnight, UTC"
        case .strongCompletion: "completed without correction, escalation, abandonment or a bad rating"
        case .weakCompletion: "completed at all"
        case .satisfaction: "positive / all ratings"
        case .dissatisfaction: "negative / all ratings"
        case .ratings: "ratings that came in the window"
        case .quality: "mean quality score"
        case .evalScore: "mean score of the evals that came in the window"
        case .escalationRate: "requests handed to a human"
        case .abandonmentRate: "requests that the user gave up on"
        case .outputLengthDrift: "change of mean output length against the baseline"
        case .toolCallsDrift: "change of mean tool calls per request against the baseline"
        case .sentimentDrift: "difference of mean sentiment to the baseline"
        case .toolCallsPerSuccess: "all tool calls over the requests that succeeded"
        case .redundantCallRate: "redundant / all tool calls, of requests that say how many were"
        case .argumentValidity: "tool calls with valid arguments, of those that say"
        case .repeatedToolErrorRate: "requests with two failed tool calls in a row, of those that say how calls went"
        case .maxTokensRate: "answers cut for their length, of those that say why they ended"
        case .fallbackHelpRate: "fallbacks that helped, of those that say"
        case .newErrorTypes: "types of error in the window that the history before it does not have"
        case .queueDepth: "items that wait: in the queue named, or in all"
        case .silence: "time since the last record, of live data"
        case .errors: "failed requests of a class or a type"
        case .flags: "requests with a flag"
        case .flagRate: "requests with a flag / all requests"
        case .spend: "spend over so long"
        case .qualityLast: "mean quality of the last so many requests that were scored"
        case .over: "a metric over another time than the rule's window"
        case .before: "a metric in a window as long, which ended so long ago"
        case .usual: "a metric in the baseline that changes are measured against"
        case .sameHour: "a metric in the same hours of the last 7 days, once 3 are held"
        case .change: "by which share a metric differs from what it was so long ago"
        case .atLeast: "what a share or a quantile surely is, chance being no excuse: the lower end of its 98% interval"
        }
    }

    /// Between which values it lies.
    private var range: ClosedRange<Double>? {
        switch self {
        case .errorRate, .successRate, .toolErrorRate, .strongCompletion, .weakCompletion, .satisfaction,
            .dissatisfaction, .quality, .evalScore, .escalationRate, .abandonmentRate, .flagRate, .qualityLast,
            .redundantCallRate, .argumentValidity, .repeatedToolErrorRate, .maxTokensRate, .fallbackHelpRate:
            0...1
        default: nil
        }
    }

    private var parameters: [Catalogue.Parameter] {
        switch self {
        case .queueDepth, .errors: [.text(choices: [])]
        case .flags, .flagRate: [.text(choices: Flags.names)]
        case .spend: [.duration]
        case .qualityLast: [.count(1...Int64(LatestScores.limit))]
        case .over, .before, .change: [.metric, .duration]
        case .usual, .sameHour, .atLeast: [.metric]
        default: []
        }
    }

    /// Whether it takes its value from another metric, named in its call.
    package var looksAtMetric: Bool { parameters.contains(.metric) }

    /// Whether it can be told of any stretch of time, and not only as of now.
    package var isOfAnyTime: Bool {
        switch self {
        case .outputLengthDrift, .toolCallsDrift, .sentimentDrift, .spendToday, .spend, .qualityLast, .newErrorTypes,
            .queueDepth, .silence, .over, .before, .usual, .sameHour, .change, .atLeast:
            false
        default: true
        }
    }

    /// Whether it is a share of requests, ratings or calls, each of which is in it or not.
    package var isShare: Bool {
        switch self {
        case .errorRate, .successRate, .toolErrorRate, .strongCompletion, .weakCompletion, .satisfaction,
            .dissatisfaction, .flagRate, .redundantCallRate, .argumentValidity, .repeatedToolErrorRate,
            .fallbackHelpRate:
            true
        default: false
        }
    }

    /// Whether `at_least` can say what it surely is.
    package var hasLowerEnd: Bool { isShare || permille != nil }

    /// Which quantile it is, in thousandths; nil: none.
    var permille: Int? {
        switch self {
        case .p50Latency: 500
        case .p95Latency, .timeToFirstTokenP95: 950
        case .p99Latency: 990
        default: nil
        }
    }

    /// Whether it can be told of one slice of the traffic.
    package var isOfSlices: Bool { SliceTotals.metrics.contains(self) }

    /// The requirements' own names, in their own units.
    private var aliases: [Catalogue.Alias] {
        switch self {
        case .p50Latency, .p95Latency, .p99Latency: [Catalogue.Alias("\(rawValue)_s", unit: .seconds)]
        case .outputLengthDrift, .toolCallsDrift: [Catalogue.Alias("\(rawValue)_pct", unit: .percent)]
        default: []
        }
    }

    /// The window scope of the language. An entry's index is the metric's place in `allCases`; entries of others may be
    /// appended.
    package static let catalogue = Catalogue(
        allCases.map { metric in
            Catalogue.Entry(
                metric.rawValue, metric.type, help: metric.help, range: metric.range, aliases: metric.aliases,
                parameters: metric.parameters, isCallOptional: metric == .queueDepth,
                isLikeItsMetric: metric.looksAtMetric && metric != .change)
        })

    /// The metric that a reference into `catalogue` asks for; nil for an entry that was appended.
    package init?(_ reference: Reference) {
        guard Self.allCases.indices.contains(reference.entry) else { return nil }
        self = Self.allCases[reference.entry]
    }
}
