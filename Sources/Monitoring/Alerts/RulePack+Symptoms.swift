import Metrics
import Query

extension RulePack {
    /// Rules of E24 and of what stands beside it. Windows and minimum counts are such that the noise of healthy traffic stays
    /// well inside.
    static func symptomRules(_ settings: Settings) -> [Line] {
        outcomes(settings) + spending(settings) + tools + traffic + [quality, queue(settings)]
    }

    private static func outcomes(_ settings: Settings) -> [Line] {
        let objective = NumberFormat.plain(settings.successObjective * 100)
        return [
            line(
                "E24", "success_below_objective", .p2, when: "success_rate < \(objective)%",
                summary: "WARNING: Success {success_rate:.1%} under \(objective)% for 15 minutes"
            ) { $0.forDuration = 15 * Span.minute },
            line(
                "E17", "completion_drop", .p1,
                when: "before(weak_completion, 10m) - weak_completion >= 10% and "
                    + "usual(weak_completion) - weak_completion >= 10%",
                summary: "CRITICAL: Completion {weak_completion:.1%}, 10 minutes ago {before(weak_completion, 10m):.1%}"
            ) {
                // Of fewer, one window in a few hundred lies 10 points below the one before by chance.
                $0.window = 10 * Span.minute
                $0.minimumRequests = 200
            },
            line(
                "E17", "completion_decline", .p2, when: "before(weak_completion, 7d) - weak_completion >= 2%",
                summary:
                    "WARNING: Completion of the day {weak_completion:.1%}, a week ago {before(weak_completion, 7d):.1%}"
            ) {
                $0.window = Span.day
                $0.minimumRequests = 5000
            },
            line(
                "E1", "data_breach", .p1, when: "flags(\"data_breach\") > 0",
                summary: "CRITICAL: {flags(\"data_breach\"):.0f} requests flagged data_breach"
            ) {
                $0.minimumRequests = 0
                $0.forCount = 1
            },
            line(
                "E29", "dissatisfaction_spike", .p2,
                when: "dissatisfaction > 25% and at_least(dissatisfaction) >= 2 * usual(dissatisfaction) "
                    + "and ratings >= 50",
                summary:
                    "WARNING: {dissatisfaction:.1%} of {ratings} ratings negative, usually {usual(dissatisfaction):.1%}"
            ) {
                $0.window = Span.hour
                // Of the twenty ratings of a first hour one is negative, or four.
                $0.evidence = "usual(ratings) >= 50"
            },
            line(
                "E3", "new_error_type", .p3, when: "new_error_types > 0",
                summary: "INFO: {new_error_types:.0f} types of error not seen before"
            ) {
                $0.window = Span.hour
                $0.minimumRequests = 1
                $0.forCount = 1
            },
        ]
    }

    private static func spending(_ settings: Settings) -> [Line] {
        let isBudgeted = settings.hourlyBudget != nil
        let limit = settings.hourlyBudget.map { "$\(NumberFormat.plain($0))/h" } ?? "2 * same_hour(cost_per_hour)"
        return [
            line(
                "E24", "spend_velocity", .p2, when: "cost_per_hour > \(limit)",
                summary: "WARNING: ${cost_per_hour:.2f}/hr exceeds "
                    + (isBudgeted
                        ? "the budget of \(limit)" : "twice the ${same_hour(cost_per_hour):.2f}/hr usual at this hour")
            ) {
                $0.window = 15 * Span.minute
                $0.forDuration = isBudgeted ? 0 : 10 * Span.minute
            },
            line(
                "E3", "token_increase", .p3, when: "change(tokens_per_request, 7d) > 20%",
                summary:
                    "INFO: {tokens_per_request:.0f} tokens a request, {change(tokens_per_request, 7d):+.0%} in a week"
            ) {
                $0.window = Span.day
                $0.minimumRequests = 200
            },
        ]
    }

    private static let tools: [Line] = [
        // From nothing it would have to be more than a stray one.
        line(
            "E24", "circuit_breaker_spike", .p2,
            when: "at_least(flag_rate(\"circuit_breaker\")) > 2% and "
                + "flag_rate(\"circuit_breaker\") > 3 * usual(flag_rate(\"circuit_breaker\"))",
            summary: "WARNING: Circuit breaker tripped in {flag_rate(\"circuit_breaker\"):.1%} of requests, "
                + "usually {usual(flag_rate(\"circuit_breaker\")):.1%}"
        ) { $0.minimumRequests = 100 },
        line(
            "E24", "tool_errors_doubled", .p2,
            when: "change(tool_error_rate, 7d) >= 100% and at_least(tool_error_rate) > 2%",
            summary: "WARNING: Tool error rate {tool_error_rate:.1%}, a week ago {before(tool_error_rate, 7d):.1%}"
        ) {
            $0.window = Span.hour
            $0.minimumRequests = 200
        },
        line(
            "E11", "rate_limit_storm", .p2, when: rateLimitStorm,
            summary: "WARNING: {errors(\"rate_limit\"):.0f} rate limit errors exceed 10"
        ) { $0.minimumRequests = 0 },
        // Of fewer than 100 it is the slowest one.
        line(
            "F5", "p99_over_two_minutes", .p2, when: "p99_latency > 120s",
            summary: "WARNING: p99 latency {p99_latency_s:.0f}s exceeds 2 minutes"
        ) {
            $0.window = 15 * Span.minute
            $0.minimumRequests = 100
        },
    ]

    private static let traffic: [Line] = [
        line(
            "E28", "request_rate_unusual", .p2,
            // Below that, half as many is what chance does every other day.
            when: "same_hour(request_rate) >= 0.1 and "
                + "(request_rate < 0.5 * same_hour(request_rate) or request_rate > 2 * same_hour(request_rate))",
            summary: "WARNING: {request_rate} requests, at this hour usually {same_hour(request_rate)}"
        ) {
            $0.window = 15 * Span.minute
            $0.minimumRequests = 1
            $0.forDuration = 10 * Span.minute
        }
    ]

    private static let quality = line(
        "J3", "quality_low", .p2, when: "quality_last(100) < 0.80",
        summary: "WARNING: Quality of the last 100 {quality_last(100):.1%} under 80%"
    ) { $0.minimumRequests = 0 }

    private static func queue(_ settings: Settings) -> Line {
        line(
            "E24", "review_queue_backs_up", .p2, when: "queue_depth(\"human_review\") > \(settings.reviewQueueLimit)",
            summary: "WARNING: {queue_depth(\"human_review\")} wait for human review"
        ) {
            $0.minimumRequests = 0
            $0.forDuration = 15 * Span.minute
        }
    }
}
