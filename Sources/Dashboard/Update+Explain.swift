import Metrics
import Monitoring

extension Model {
    /// Opens the page that says why; on it, asks the next question.
    mutating func explain() {
        if case .explain(let outcome) = page {
            replacePage(with: .explain(outcome.next))
        } else {
            push(.explain(outcomeAtHand))
        }
    }

    /// What one wants to know where one is.
    private var outcomeAtHand: RequestOutcome {
        switch page {
        // Where the focus was not moved yet, what is wrong decides.
        case .overview: focus == .latency ? urgentOutcome ?? .failing : focus.outcome
        case .zoom(.alerts): target?.alert.flatMap { outcome(ofAlert: $0.rule) } ?? urgentOutcome ?? .failing
        case .zoom(let panel): panel.outcome
        case .alert(let name, _): outcome(ofAlert: name) ?? .failing
        case .requests(let query):
            switch query.order {
            case .newest: .failing
            case .slowest: .slow
            case .costliest: .expensive
            }
        default: .failing
        }
    }

    /// Of the first alert that the verdict names; nil where nothing urgent fires.
    private var urgentOutcome: RequestOutcome? {
        shown?.alerts.filter { $0.state.isFiring && $0.severity != .p3 }.min { $0.severity < $1.severity }?.outcome
    }

    private func outcome(ofAlert name: String) -> RequestOutcome? { shown?.alerts.first { $0.name == name }?.outcome }
}

extension Panel {
    fileprivate var outcome: RequestOutcome {
        switch self {
        case .latency: .slow
        case .cost: .expensive
        case .success, .drift, .alerts: .failing
        case .canary: .canary
        }
    }
}

extension Alert {
    /// Which requests one has to look at to understand it.
    fileprivate var outcome: RequestOutcome {
        switch metric {
        case .p50Latency, .p95Latency, .p99Latency, .maxLatency, .timeToFirstTokenP95: .slow
        case .costPerHour, .costPerRequest, .costPerSuccess, .tokensPerMinute: .expensive
        default: .failing
        }
    }
}
