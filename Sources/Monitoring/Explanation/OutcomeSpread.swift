package import Metrics
import Statistics

/// Whether requests with an outcome lie in the slices as the traffic does, by the divergence of the ones from the other over
/// each field's values. Where they do, what all requests have in common is to blame, such as the provider; where they do not,
/// something of ours.
package struct OutcomeSpread: Sendable, Hashable {
    /// Whether no field tells them apart.
    package let isEven: Bool
    /// The field that tells most beside what chance would, and how far its values diverge, in nats.
    package let field: RequestSlice.Field
    package let divergence: Double

    /// A divergence that is none (analytics: provider-wide .0004, localized .99).
    private static let even = 0.05
    /// So many cases must be spread before it is said that they are.
    private static let enough = 50.0
    /// More values than these are too thin to tell anything by.
    private static let mostValues = 100

    init?(_ judgement: SliceJudgement) {
        guard judgement.casesSeen >= 2 * ExplanationRule.leastCases else { return nil }
        let (allCases, allRequests) = (
            Double(judgement.cases.sum), Double(judgement.cases.sum + judgement.others.sum)
        )
        // Of samples it is also not quite known where the traffic lies.
        let (n, m) = (judgement.cases.value, judgement.others.value)
        let known = n * m / max(1, n + m)
        var worst: (field: RequestSlice.Field, divergence: Double, beyondChance: Double)?
        // By how many values a field has: many have two.
        var chances: [Int: Double] = [:]
        func look(_ field: RequestSlice.Field, _ counts: [SliceCount]) {
            var cases = counts.map { Double($0.cases.sum) }
            var all = counts.map { Double($0.cases.sum + $0.others.sum) }
            // Those that do not say are a value, too.
            let silent = allRequests - all.reduce(0, +)
            if silent > 0 {
                cases.append(allCases - cases.reduce(0, +))
                all.append(silent)
            }
            guard all.count >= 2, let divergence = Self.divergence(cases, all) else { return }
            let chance = chances[all.count] ?? Self.chance(values: all.count, cases: known)
            chances[all.count] = chance
            if divergence / chance > worst?.beyondChance ?? -1 { worst = (field, divergence, divergence / chance) }
        }
        var byField: [RequestSlice.Field: [SliceCount]] = [:]
        var order: [RequestSlice.Field] = []
        for count in judgement.slices {
            let field = count.slice.field
            // Where requests have several values, each has its own two sides.
            if field.hasSeveralValues { look(field, [count]) } else if byField[field] == nil { order.append(field) }
            byField[field, default: []].append(count)
        }
        for field in order {
            if let counts = byField[field], counts.count <= Self.mostValues { look(field, counts) }
        }
        guard let worst else { return nil }
        (field, divergence) = (worst.field, worst.divergence)
        isEven = worst.beyondChance <= 1
        // Few cases can't be told from anything.
        if isEven, n < Self.enough { return nil }
    }

    /// How far the cases diverge from all requests, in nats; nil where there are none.
    static func divergence(_ cases: [Double], _ all: [Double]) -> Double? {
        DistributionDistance.kullbackLeibler(reference: all, current: cases)
    }

    /// The divergence that is worth a word: a small one never is, nor what chance alone exceeds once in a thousand times, for
    /// 2n·KL is χ² distributed.
    static func chance(values: Int, cases: Double) -> Double {
        max(even, ChiSquareDistribution.quantile(0.999, degreesOfFreedom: values - 1) / (2 * max(1, cases)))
    }
}
