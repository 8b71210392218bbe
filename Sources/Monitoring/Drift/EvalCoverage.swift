import Statistics

/// How many cases of an eval set there are of each tag.
package struct GoldenSet: Sendable, Equatable {
    /// 0 and more.
    package let counts: [String: Double]

    package var total: Double { counts.values.reduce(0, +) }

    /// nil without a case.
    package init?(_ counts: [String: Double]) {
        guard counts.values.allSatisfy({ $0 >= 0 && $0 < 1e12 }), counts.values.reduce(0, +) > 0 else { return nil }
        self.counts = counts
    }
}

/// What users ask for beside what the eval set asks for.
package struct EvalCoverage: Sendable, Equatable {
    package struct Row: Sendable, Equatable {
        package var tag: String
        /// Shares of the live requests and of the eval cases, 0…1.
        package var live: Double
        package var golden: Double
        /// Requests, as many as they are worth, and cases.
        package var count: Double
        package var cases: Double
        package var need: Need

        /// How much of the traffic is not in the eval set as it should be.
        package var gap: Double { live - golden }
    }

    /// Whether cases of a tag are to be sampled from live traffic.
    package enum Need: String, Sendable {
        /// Over 5% of traffic and under 2% of the cases, beyond what chance may make of either.
        case surely
        /// So counted, but not yet beyond chance.
        case likely
        /// So counted, of fewer requests than would tell.
        case tooFew = "not_yet_enough"
        case no
    }

    /// The largest gap first.
    package var rows: [Row]
    /// By what requests are told apart: `intent`, `task_type`.
    package var kind: MixShift.Kind
    /// Share of live requests whose tag has no case, 0…1.
    package var uncovered: Double
    /// Requests with a tag, as many as they are worth, and cases.
    package var liveCount: Double
    package var caseCount: Double

    /// Traffic above and cases below these, strictly, are too few cases. Source: the requirements' input drift rule.
    private static let mostLive = 0.05
    private static let leastGolden = 0.02
    /// Requests that a share must be of to be believed.
    private static let enough = 200.0

    /// Whether 50 live requests are to be sampled for the eval set, by shares alone.
    package static func needsCases(live: Double, golden: Double) -> Bool { live > mostLive && golden < leastGolden }

    /// nil where live requests tell nothing of what they are for.
    init?(_ golden: GoldenSet, live profile: BehaviourProfile) {
        // The tags are those that more of the traffic goes by.
        let candidates = [MixShift.Kind.intents, .taskTypes].compactMap { kind in
            profile.mixes[kind].map { names in
                (kind, names, names.counts.filter { golden.counts[$0.key] ?? 0 > 0 }.values.reduce(0, +))
            }
        }
        guard let best = candidates.max(by: { $0.2 < $1.2 }), best.1.total > 0 else { return nil }
        // Of equal ones the intents.
        let (kind, live, _) = candidates.first { $0.2 == best.2 } ?? best
        self.kind = kind
        liveCount = live.effective
        caseCount = golden.total
        let tags = Set(live.counts.keys).union(golden.counts.keys)
        let (n, cases) = (live.effective, golden.total)
        let total = live.total
        func share(_ tag: String) -> Double { total > 0 ? (live.counts[tag] ?? 0) / total : 0 }
        rows = tags.map { tag in
            Self.row(tag, live: share(tag), of: n, golden: golden.counts[tag] ?? 0, of: cases)
        }
        .sorted { ($1.gap, $0.tag) < ($0.gap, $1.tag) }
        uncovered = live.counts.filter { golden.counts[$0.key] ?? 0 == 0 }.keys.reduce(0) { $0 + share($1) }
    }

    private static func row(_ tag: String, live: Double, of n: Double, golden: Double, of cases: Double) -> Row {
        let share = golden / cases
        var need = Need.no
        if needsCases(live: live, golden: share) {
            if n < enough {
                need = .tooFew
            } else if let some = Proportion(live * n, of: n), let few = Proportion(golden, of: cases),
                Interval.wilson(some, confidence: 0.95).lower > mostLive,
                Interval.wilson(few, confidence: 0.95).upper < leastGolden
            {
                need = .surely
            } else {
                need = .likely
            }
        }
        return Row(tag: tag, live: live, golden: share, count: live * n, cases: golden, need: need)
    }
}
