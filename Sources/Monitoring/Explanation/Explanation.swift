package import Metrics
package import Statistics

/// What requests with an outcome share that the others do not: "71% of failures: tool=refund_api and locale=de".
///
/// A slice is told where enough of the requests with the outcome lie in it, where they surely do so more often than elsewhere,
/// and where that would not be chance even though so many slices were looked at; ranked by φ.
package struct Explanation: Sendable {
    /// One slice, or what two have in common.
    package struct Row: Sendable, Hashable {
        /// What all its requests share.
        package let slices: [RequestSlice]
        package let table: TwoByTwoTable
        /// Requests with the outcome that were seen in it.
        package let casesSeen: Int
        /// Its q among all slices that were looked at; of two in common, p.
        package let q: Double
        /// Other slices that are nearly the same requests.
        package internal(set) var aliases: [RequestSlice] = []
        /// Whether it no longer matters among requests that are alike in the rows above: it only goes along with them.
        package internal(set) var isEcho = false

        init(_ slices: [RequestSlice], _ table: TwoByTwoTable, casesSeen: Int, q: Double) {
            self.slices = slices
            self.table = table
            self.casesSeen = casesSeen
            self.q = q
        }

        /// `tool=refund_api and locale=de`.
        package var label: String { slices.map(\.label).joined(separator: " and ") }
        /// As the expression language says it.
        package var condition: String { slices.map(\.condition).joined(separator: " and ") }
        /// Share of the requests with the outcome that lie in it.
        package var share: Double { table.shareOfCases ?? 0 }
        /// The lower limit of the relative risk.
        package var leastRisk: Double { table.relativeRiskInterval(confidence: ExplanationRule.confidence).lower }
    }

    package let outcome: RequestOutcome
    /// What was looked at, µs since 1970.
    package let times: ClosedRange<Int64>
    /// Requests with the outcome and without.
    package let cases: Double
    package let others: Double
    /// As many as were seen.
    package let casesSeen: Int
    package let seen: Int
    /// Above it a request is slow (µs) or expensive (nano-dollars).
    package let threshold: Int64?
    /// How the canary's variant is called.
    let canaryName: String
    /// Whether only requests with something in common were looked at.
    let isFiltered: Bool
    /// Whether older requests were left out.
    package let isCut: Bool
    /// Slices with enough requests to be judged.
    package let tested: Int
    /// The strongest first.
    package let rows: [Row]
    /// Slices that are nearly the same as having the outcome: what the canary is.
    package let definition: [RequestSlice]
    /// Whether it lies in some slices or in all as the traffic does; nil where there is nothing to tell by.
    package let spread: OutcomeSpread?

    /// Whether there are too few requests on a side to explain anything.
    package var hasTooFew: Bool {
        casesSeen < ExplanationRule.leastCases || seen - casesSeen < ExplanationRule.leastCases
    }

    /// What alone says most of it, where anything does: at least two fifths of those with the outcome, and twice its share of
    /// the others.
    package var headline: Row? {
        rows.first { row in
            guard !row.isEcho, let cases = row.table.shareOfCases, let others = row.table.shareOfOthers else {
                return false
            }
            return cases >= 0.4 && cases >= 2 * others && row.table.phi > 0.1
        }
    }

    /// From single requests.
    package init(_ contrast: RequestContrast) {
        let judgement = SliceJudgement(
            contrast.slices, cases: contrast.cases, others: contrast.others, casesSeen: contrast.casesSeen,
            seen: contrast.seen)
        let definition = contrast.question.outcome == .canary ? judgement.definition : []
        var findings = ExplanationFindings(contrast, judgement.remarkable(except: definition))
        findings.join()
        self.init(
            contrast.question, times: contrast.times, judgement, rows: findings.ranked, threshold: contrast.threshold,
            isCut: contrast.isCut, definition: definition.map { contrast.slices[$0].slice })
    }

    /// Of the requests that a situation holds, as its settings say what is slow and what the canary is.
    /// - Parameters:
    ///   - times: when they ended, µs since 1970.
    ///   - filter: what they have in common; nil: nothing.
    ///   - limit: the newest requests that are looked at.
    package init(
        _ outcome: RequestOutcome, of situation: Situation, in times: ClosedRange<Int64>,
        where filter: RecordFilter? = nil,
        limit: Int = RequestRows.mostGrouped
    ) {
        let budget = (situation.watches.latencyBudgets.general ?? LatencyBudget(.chat)).p95
        let canary = situation.watches.canary?.settings ?? CanarySettings()
        let question = OutcomeQuestion(
            outcome, in: times, where: filter, latencyBudget: budget < 1e9 ? Int64(budget * 1e6) : nil,
            canaryName: canary.canaryName, controlName: canary.controlName, limit: limit)
        self.init(situation.snapshot.rows.contrast(question))
    }

    /// From counts of slices alone, where no single requests are held: nothing is known then of what slices have in common.
    init(
        _ outcome: RequestOutcome, times: ClosedRange<Int64>, slices: [SliceCount], cases: EffectiveCount,
        others: EffectiveCount, casesSeen: Int, seen: Int
    ) {
        let judgement = SliceJudgement(slices, cases: cases, others: others, casesSeen: casesSeen, seen: seen)
        self.init(
            OutcomeQuestion(outcome, in: times), times: times, judgement, rows: judgement.remarkable().map(\.row),
            threshold: nil, isCut: false, definition: [])
    }

    private init(
        _ question: OutcomeQuestion, times: ClosedRange<Int64>, _ judgement: SliceJudgement, rows: [Row],
        threshold: Int64?, isCut: Bool, definition: [RequestSlice]
    ) {
        outcome = question.outcome
        canaryName = question.canaryName
        isFiltered = question.filter != nil
        self.times = times
        (cases, others) = (Double(judgement.cases.sum) / 1024, Double(judgement.others.sum) / 1024)
        (casesSeen, seen) = (judgement.casesSeen, judgement.seen)
        self.threshold = threshold
        self.isCut = isCut
        tested = judgement.tested.count
        self.rows = rows
        self.definition = definition
        spread = OutcomeSpread(judgement)
    }
}

/// When a slice is worth telling.
enum ExplanationRule {
    /// Fewer requests on either side explain nothing.
    static let leastCases = 10
    /// In a slice there must be so many with the outcome, and this share of them.
    static let leastSupport = 5
    static let leastShare = 0.02
    /// Of the interval of the relative risk, which is to lie above 1.
    static let confidence = 0.95
    /// Among what is told so much may be chance.
    static let falseDiscoveries = 0.05
    /// Rows that are looked at for what two have in common, and all that are told.
    static let joined = 8
    static let told = 24
    /// From this share of common requests on, two slices are two names of one.
    static let alike = 0.9
    /// What two slices have in common is told where its φ is so many times that of either, and of any one slice that has this
    /// share of requests in common with it: of two explanations that are as good the simple one is told.
    static let gain = 1.1
    static let similar = 0.5
}
