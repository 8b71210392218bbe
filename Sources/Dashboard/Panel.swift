package import Metrics

/// The six panels, by the digit that zooms them.
package enum Panel: Int, Sendable, CaseIterable, Hashable {
    case latency = 1, cost, success, drift, alerts, canary

    package var title: String {
        switch self {
        case .latency: "Latency"
        case .cost: "Tokens & cost"
        case .success: "Success"
        case .drift: "Drift"
        case .alerts: "Alerts"
        case .canary: "Canary"
        }
    }

    /// The panel `offset` places on, round and round.
    func advanced(by offset: Int) -> Panel {
        let all = Panel.allCases
        let index = (rawValue - 1 + offset % all.count + all.count) % all.count
        return all[index]
    }
}

/// What fills the screen.
package enum Page: Sendable, Hashable {
    case overview
    case zoom(Panel)
    case help
    /// The requests behind something.
    case requests(RequestsQuery)
    /// One request, by its trace id and its end.
    case request(traceID: String, time: Int64)
    /// All values of a dimension beside each other.
    case slices(SliceDimension)
    /// What is different about requests with an outcome.
    case explain(RequestOutcome)
    /// Deploys, and what runs.
    case changes
    /// One alert's life: the rule's name.
    case alert(String, slice: [String: String] = [:])
}
