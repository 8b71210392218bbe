import Statistics

/// What requests come with by name, and how far the shares of the names have moved from their baseline.
package struct MixShift: Sendable {
    package enum Kind: String, Sendable, CaseIterable, Codable {
        case tools, errors
        case stopReasons = "stop_reasons"
        case intents = "intent"
        case taskTypes = "task_type"
        case locales = "locale"
        case languages = "language"

        /// Whether it is about what is asked, not what is answered.
        package var isOfInput: Bool {
            switch self {
            case .tools, .errors, .stopReasons: false
            case .intents, .taskTypes, .locales, .languages: true
            }
        }
    }

    /// A name and its shares.
    package struct Mover: Sendable, Hashable {
        package var name: String
        /// 0…1.
        package var current: Double
        package var baseline: Double
        /// Of how many requests, as many as they are worth.
        package var count: Double
        /// Whether the baseline has none of it, in enough requests to know that it was rare at most.
        package var isNew: Bool

        package var difference: Double { current - baseline }
    }

    package var kind: Kind
    /// Every name, the largest move first.
    package var movers: [Mover]
    /// Jensen–Shannon distance to base 2, 0…1; nil while there is nothing, or too little, to compare.
    package var distance: Double?
    /// A distance beyond this is drift: 0.1, or what chance exceeds once in a thousand times.
    package var threshold: Double?
    /// Requests (of tools: with calls; of errors: failed ones), as many as they are worth.
    package var count: Int
    package var baselineCount: Int

    package var hasDrifted: Bool {
        guard let distance, let threshold else { return false }
        return distance > threshold
    }

    /// Names that have come up since.
    package var newcomers: [Mover] { movers.filter(\.isNew).sorted { ($1.current, $0.name) < ($0.current, $1.name) } }

    /// Fewer requests with a name are none worth a word.
    private static let leastNew = 10.0
    /// The share that a name may have had in the baseline without one in it, at most, to be new.
    private static let mostUnseen = 0.02
    /// Expected counts below this make a test of shares guess.
    private static let leastExpected = 5.0

    init(_ kind: Kind, now: BehaviourProfile.Names, then: BehaviourProfile.Names?, threshold: Double) {
        self.kind = kind
        count = Int(now.effective)
        baselineCount = Int(then?.effective ?? 0)
        let names = Set(now.counts.keys).union(then?.counts.keys ?? [:].keys)
        movers = names.map { Self.mover($0, now, then) }.sorted {
            (abs($1.difference), $0.name) < (abs($0.difference), $1.name)
        }
        guard let then, min(count, baselineCount) >= DriftReport.minimumCount else { return }
        measure(now, then, threshold)
    }

    private static func mover(
        _ name: String, _ now: BehaviourProfile.Names, _ then: BehaviourProfile.Names?
    ) -> Mover {
        var mover = Mover(
            name: name, current: now.share(of: name), baseline: then?.share(of: name) ?? 0,
            count: now.share(of: name) * now.effective, isNew: false)
        guard let then, then.counts[name] == nil, then.rest == 0, mover.count >= leastNew,
            let none = Proportion(0, of: then.effective),
            let some = Proportion(mover.count, of: now.effective)
        else { return mover }
        let unseen = Interval.wilson(none, confidence: 0.95).upper
        mover.isNew = unseen <= mostUnseen && Interval.wilson(some, confidence: 0.95).lower > unseen
        return mover
    }

    /// Over the names that both have enough of, what is rare together.
    private mutating func measure(_ now: BehaviourProfile.Names, _ then: BehaviourProfile.Names, _ least: Double) {
        let (n, m) = (now.effective, then.effective)
        var rare = (now: now.total > 0 ? now.rest / now.total : 0, then: then.total > 0 ? then.rest / then.total : 0)
        var shares: (now: [Double], then: [Double]) = ([], [])
        for mover in movers {
            let expected = (mover.current * n + mover.baseline * m) / (n + m) * min(n, m)
            if expected < Self.leastExpected {
                rare.now += mover.current
                rare.then += mover.baseline
            } else {
                shares.now.append(mover.current)
                shares.then.append(mover.baseline)
            }
        }
        if rare.now + rare.then > 0 {
            shares.now.append(rare.now)
            shares.then.append(rare.then)
        }
        distance = DistributionDistance.jensenShannon(reference: shares.then, current: shares.now)
        let chance = DistributionDistance.jensenShannonByChance(
            bins: shares.now.count, referenceCount: m, currentCount: n)
        threshold = chance.map { max(least, $0) }
    }
}
