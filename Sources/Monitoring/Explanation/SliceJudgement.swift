import Metrics
import Statistics

/// Which slices of many have an outcome more often than the rest, each on its own.
struct SliceJudgement {
    let slices: [SliceCount]
    let cases: EffectiveCount
    let others: EffectiveCount
    let casesSeen: Int
    let seen: Int
    /// Places of the slices that have enough requests to be judged: how many failed of them is not asked for that, so that
    /// what chance does to many stays known.
    let tested: [Int]

    /// A slice with what was found of it.
    struct Finding {
        /// Among all slices.
        let place: Int
        var row: Explanation.Row
    }

    init(_ slices: [SliceCount], cases: EffectiveCount, others: EffectiveCount, casesSeen: Int, seen: Int) {
        self.slices = slices
        (self.cases, self.others, self.casesSeen, self.seen) = (cases, others, casesSeen, seen)
        let support = Self.support(casesSeen)
        let isEnough =
            casesSeen >= ExplanationRule.leastCases && seen - casesSeen >= ExplanationRule.leastCases
        // What all requests have tells none from the others.
        tested = isEnough ? slices.indices.filter { slices[$0].seen >= support && slices[$0].seen < seen } : []
    }

    /// Cases that a slice must have.
    static func support(_ cases: Int) -> Int {
        max(ExplanationRule.leastSupport, Int((ExplanationRule.leastShare * Double(cases)).rounded(.up)))
    }

    func table(_ cases: EffectiveCount, _ others: EffectiveCount) -> TwoByTwoTable {
        TwoByTwoTable(cases: (inside: cases, all: self.cases), others: (inside: others, all: self.others))
    }

    private func table(_ place: Int) -> TwoByTwoTable { table(slices[place].cases, slices[place].others) }

    /// Places of slices that are the requests with the outcome, but for some.
    var definition: [Int] {
        tested.filter { place in
            let either = cases.sum + slices[place].others.sum
            return Double(slices[place].cases.sum) > ExplanationRule.alike * Double(either)
        }
    }

    /// Those worth telling, the largest φ first; of equal ones the field that is asked for first.
    func remarkable(except left: [Int] = []) -> [Finding] {
        let tested = self.tested.filter { !left.contains($0) }
        let tables = tested.map(table)
        let q = FalseDiscovery.adjusted(tables.map(\.pValue))
        let support = Self.support(casesSeen)
        var found: [Finding] = []
        for (i, place) in tested.enumerated() {
            let count = slices[place]
            guard q[i] <= ExplanationRule.falseDiscoveries, count.casesSeen >= support,
                tables[i].shareOfCases ?? 0 >= ExplanationRule.leastShare
            else { continue }
            let row = Explanation.Row([count.slice], tables[i], casesSeen: count.casesSeen, q: q[i])
            if row.leastRisk > 1 { found.append(Finding(place: place, row: row)) }
        }
        found.sort { ($0.row.table.phi, $1.place) > ($1.row.table.phi, $0.place) }
        return Array(found.prefix(ExplanationRule.told))
    }
}
