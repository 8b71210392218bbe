package import Metrics

/// What is known and thought of the requests that pass a filter, and of nothing else.
package struct FilteredSituation: Sendable {
    /// What the requests have passed.
    package let filter: RecordFilter
    /// Since when every request was looked at, µs since 1970; nil before the first.
    package let reach: Int64?
    /// Whether every request since then was looked at: until it is, numbers still grow.
    package let isComplete: Bool
    private let content: Content

    /// A situation within a situation.
    private indirect enum Content: Sendable { case situation(Situation) }

    /// Of the input as a whole (its status, deploys, queues) it tells what is true of the whole.
    package var situation: Situation {
        switch content {
        case .situation(let situation): situation
        }
    }

    package init(filter: RecordFilter, situation: Situation, reach: Int64?, isComplete: Bool) {
        self.filter = filter
        self.reach = reach
        self.isComplete = isComplete
        var situation = situation
        situation.filter = filter
        content = .situation(situation)
    }
}
