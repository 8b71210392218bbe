package import Metrics

/// How often rules, and packs of them, would have fired over the history that is held: what `agentdash rules` and the page of
/// alerts tell.
package struct RuleTrial: Sendable {
    /// A pack that is judged, or could be.
    package struct Pack: Sendable, Hashable {
        package let pack: RulePack
        /// Whether any of its rules is judged.
        package let isOn: Bool
        /// Rules that it would add.
        package let ruleCount: Int
        /// Rules of which it is not known how often they would have fired.
        package let unknown: Int
        /// `3× in 24h, 9× in 7d`, of all its rules together, or why that is not known.
        package let text: String
        /// `9× in 7d`; nil where it is not known of any.
        package let brief: String?
    }

    private let rules: [AlertRule]
    private let previews: [FiringPreview]
    private let places: [String: Int]
    /// All there are, in their order.
    package let packs: [Pack]
    /// Until when the history was replayed: a whole minute, µs since 1970; nil: there was none.
    package let end: Int64?

    /// Replays every rule and every pack: some 1,600 judgements a rule at most, however long the history is.
    /// - Parameters:
    ///   - rules: those that are judged.
    ///   - book: where what is not judged comes from, and what all of them ask for.
    package init(_ snapshot: Snapshot, rules: [AlertRule], book: RuleBook) {
        let history = WatchHistory(snapshot, book.watchesOfAllPacks)
        self.rules = rules
        previews = rules.map { FiringPreview($0, over: snapshot, history) }
        places = Dictionary(zip(rules.map(\.name), rules.indices)) { first, _ in first }
        end = Self.end(of: snapshot)
        var known = Dictionary(zip(rules, previews)) { first, _ in first }
        packs = RulePack.allCases.map { pack in
            let own = book.rules(of: pack)
            let tried = own.map { rule in
                let preview = known[rule] ?? FiringPreview(rule, over: snapshot, history)
                known[rule] = preview
                return preview
            }
            return Pack(pack, isOn: rules.contains { $0.definition.source.pack == pack.rawValue }, tried)
        }
    }

    private static func end(of snapshot: Snapshot) -> Int64? { snapshot.now?.alignedDown(to: Span.minute) }

    /// What came of a rule; nil where it was not tried as it is now.
    package subscript(rule: AlertRule) -> FiringPreview? {
        places[rule.name].flatMap { rules[$0] == rule ? previews[$0] : nil }
    }

    /// Whether trying these rules again could tell something else.
    package func isOutdated(by rules: [WatchedRule], of snapshot: Snapshot) -> Bool {
        end != Self.end(of: snapshot) || !isOf(rules)
    }

    /// Whether these are the rules that were tried.
    package func isOf(_ rules: [WatchedRule]) -> Bool { self.rules == rules.map(\.rule) }
}

extension RuleTrial.Pack {
    fileprivate init(_ pack: RulePack, isOn: Bool, _ previews: [FiringPreview]) {
        let known = previews.filter(\.isKnown)
        let (inDay, inWeek) = (known.reduce(0) { $0 + $1.inDay }, known.reduce(0) { $0 + $1.inWeek })
        let longest = known.max { ($0.start ?? .max) > ($1.start ?? .max) }
        self.pack = pack
        self.isOn = isOn
        ruleCount = previews.count
        unknown = previews.count - known.count
        text = longest?.text(inDay: inDay, inWeek: inWeek) ?? previews.first?.text ?? "no rules"
        brief = longest?.brief(inDay: inDay, inWeek: inWeek)
    }
}
