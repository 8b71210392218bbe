/// What may set some requests apart from the rest.
package enum RequestOutcome: String, Sendable, Hashable, CaseIterable {
    case failing, slow, expensive
    case ratedDown = "rated-down"
    case canary

    /// The next one, round and round.
    package var next: RequestOutcome { advanced(by: 1) }

    package func advanced(by offset: Int) -> RequestOutcome {
        let all = Self.allCases
        let place = (all.firstIndex(of: self) ?? 0) + offset
        return all[(place % all.count + all.count) % all.count]
    }
}

/// Which requests are to be set against which.
package struct OutcomeQuestion: Sendable, Hashable {
    package var outcome: RequestOutcome
    /// When they ended, µs since 1970.
    package var times: ClosedRange<Int64>
    /// What all of them have in common; nil: nothing.
    package var filter: RecordFilter?
    /// What takes longer is slow, where that is less than the 95th percentile of the requests themselves, µs.
    package var latencyBudget: Int64?
    /// Names of the variants that are set against each other.
    package var canaryName: String
    package var controlName: String
    /// The newest requests that are looked at, and not many more.
    package var limit: Int

    package init(
        _ outcome: RequestOutcome, in times: ClosedRange<Int64>, where filter: RecordFilter? = nil,
        latencyBudget: Int64? = nil, canaryName: String = "canary", controlName: String = "control",
        limit: Int = RequestRows.mostGrouped
    ) {
        self.outcome = outcome
        self.times = times
        self.filter = filter
        self.latencyBudget = latencyBudget
        self.canaryName = canaryName
        self.controlName = controlName
        self.limit = limit
    }
}
