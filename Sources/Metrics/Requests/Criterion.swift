/// What tells good requests from bad ones, and which requests it is asked of: counted as they come, for as long as anything is.
package struct Criterion: Sendable, Hashable {
    package enum Good: Sendable, Hashable {
        /// A request for which this is true is good, one for which it is false is bad; of others nothing is known.
        case condition(RecordFilter)
        /// It completed at all; it completed and nothing was said against it.
        case completedWeakly, completedStrongly
        /// Ratings, of which those upwards are good.
        case ratedUp
        /// Evals, of which those with at least this score are good; in millionths.
        case evalScore(atLeast: Int64)
    }

    package let good: Good
    /// nil: all requests.
    package let population: RecordFilter?

    package init(_ good: Good, among population: RecordFilter? = nil) {
        self.good = good
        self.population = population
    }

    /// Whether records that come after a request's own say something of it.
    var isLearned: Bool {
        if case .condition = good { false } else { true }
    }
}

/// Good and bad in one span of time, weighted in 1/1024 request.
package struct CriterionTally: Sendable, Hashable {
    /// Requests that were asked.
    package var population: Int64 = 0
    /// Those (or their ratings, or evals) of which it is known, and those that are bad.
    package var known: Int64 = 0
    package var bad: Int64 = 0
    /// Sum of the squared weights of those that are known, in requests² · 1024.
    package var squaredWeights: Int64 = 0

    package init() {}

    mutating func add(_ other: CriterionTally) {
        population &+= other.population
        known &+= other.known
        bad &+= other.bad
        squaredWeights &+= other.squaredWeights
    }

    mutating func subtract(_ other: CriterionTally) {
        population &-= other.population
        known &-= other.known
        bad &-= other.bad
        squaredWeights &-= other.squaredWeights
    }

    /// One answer more.
    mutating func note(isGood: Bool, weight: Int64) {
        known &+= weight
        squaredWeights &+= Tally.squared(weight)
        if !isGood { bad &+= weight }
    }

    /// (Σw)² / Σw² over Σw: how much of a weighted count is information, 1 where nothing was sampled.
    package var effectiveShare: Double {
        min(1, Tally.effectiveShare(of: known, squaredWeights: squaredWeights))
    }
}
