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
        }
    }

    /// The requests that spend the budget; nil where no condition on one request tells.
    var bad: String? {
        switch objective.kind {
        case .success: QueryText.failed
        case .latency(let limit): "latency > \(NumberFormat.plain(Double(limit) / 1e6))s"
        case .quality(let least): "\(QueryText.quality) < \(NumberFormat.plain(Double(least) / 1e6))"
        case .satisfaction: QueryText.ratedDown
        case .strongCompletion, .weakCompletion, .evalScore: nil
        }
    }

    /// Whether the page of latencies tells of it; else that of success does.
    var isOfLatency: Bool {
        if case .latency = objective.kind { true } else { false }
    }
}

extension Figures {
    /// Of the page of latencies, or of that of success, in the order of the settings.
    func objectives(ofLatency isOfLatency: Bool) -> [ObjectiveReport] {
        situation.watches.objectiveReports.filter { $0.isOfLatency == isOfLatency }
    }
}
