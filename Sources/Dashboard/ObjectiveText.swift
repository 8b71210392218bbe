import Metrics
import Monitoring
import Query

/// How an objective is written on the screen.
extension ObjectiveReport {
    /// `95%`.
    var targetText: String { NumberFormat.plain(Double(objective.target) / 10_000) + "%" }

    /// `SLO 95% burn 3.2x`, for a panel's title.
    var title: String { "SLO \(targetText) burn \(Self.multiple(burn))" }

    /// How many times faster than allowed a budget burns: `3.2x`, `14x`.
    static func multiple(_ burn: Double?) -> String {
        guard let burn, burn.isFinite else { return NumberFormat.missing }
        return (burn < 9.95 ? NumberFormat.fixed(burn, decimals: 1) : NumberFormat.count(burn)) + "x"
    }

    /// What a good request is: `latency <= 8s`.
    var good: String {
        switch objective.kind {
        case .success: "success"
        case .strongCompletion: "unchallenged"
        case .weakCompletion: "completed"
        case .latency(let limit): "latency <= \(NumberFormat.plain(Double(limit) / 1e6))s"
        case .quality(let least): "quality >= \(NumberFormat.plain(Double(least) / 1e6))"
        case .evalScore(let least): "eval >= \(NumberFormat.plain(Double(least) / 1e6))"
        case .satisfaction: "rated up"
        case .criterion(let criterion): criterion.text
        }
    }

    /// The requests that spend the budget; nil where no condition on one request tells.
    var bad: String? {
        switch objective.kind {
        case .success: QueryText.failed
        case .latency(let limit): "latency > \(NumberFormat.plain(Double(limit) / 1e6))s"
        case .quality(let least): "\(QueryText.quality) < \(NumberFormat.plain(Double(least) / 1e6))"
        case .satisfaction: QueryText.ratedDown
        case .criterion(let criterion): criterion.bad
        case .strongCompletion, .weakCompletion, .evalScore: nil
        }
    }

    /// Whether the page of latencies tells of it; else that of success does.
    var isOfLatency: Bool {
        if case .latency = objective.kind { true } else { false }
    }
}

extension Criterion {
    /// `success and steps < 20, of task_type = refund`.
    fileprivate var text: String {
        let good =
            switch good {
            case .condition(let condition): condition.source
            case .completedWeakly: "completed"
            case .completedStrongly: "unchallenged"
            case .ratedUp: "rated up"
            case .evalScore(let least): "eval >= \(NumberFormat.plain(Double(least) / 1e6))"
            }
        return population.map { "\(good), of \($0.source)" } ?? good
    }

    /// The requests that spend the budget; nil where no condition on one request tells.
    fileprivate var bad: String? {
        guard case .condition(let condition) = good else { return nil }
        return (population.map { "(\($0.source)) and " } ?? "") + "not (\(condition.source))"
    }
}

extension Figures {
    /// Of the page of latencies, or of that of success, in the order of the settings.
    func objectives(ofLatency isOfLatency: Bool) -> [ObjectiveReport] {
        situation.watches.objectiveReports.filter { $0.isOfLatency == isOfLatency }
    }
}
