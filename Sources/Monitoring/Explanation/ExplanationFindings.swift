import Metrics
import Statistics

/// Remarkable slices beside each other: which are two names of one, which matter only together, and which only seem to
/// matter for others do.
struct ExplanationFindings {
    private struct Found {
        /// Of its slice; of a pair the first's.
        let place: Int
        var row: Explanation.Row
        let requests: RequestSet
        let count: RequestContrast.Count
    }

    private let contrast: RequestContrast
    private let all: RequestContrast.Count
    /// Single slices, the strongest first, each for all that are alike.
    private var single: [Found] = []
    /// What two of them have in common.
    private var joint: [Found] = []

    init(_ contrast: RequestContrast, _ findings: [SliceJudgement.Finding]) {
        self.contrast = contrast
        all = contrast.count(of: contrast.everything)
        let sets = contrast.members(of: findings.map(\.place))
        for (finding, requests) in zip(findings, sets) {
            if let like = single.firstIndex(where: { $0.requests.likeness(to: requests) > ExplanationRule.alike }) {
                single[like].row.aliases += finding.row.slices
            } else {
                let count = contrast.count(of: requests)
                single.append(Found(place: finding.place, row: finding.row, requests: requests, count: count))
            }
        }
    }

    private static func table(_ inside: RequestContrast.Count, of all: RequestContrast.Count) -> TwoByTwoTable {
        TwoByTwoTable(cases: (inside.cases, all.cases), others: (inside.others, all.others))
    }

    // MARK: Pairs

    /// Looks for what two slices of the strongest have in common that says more than either.
    mutating func join() {
        let strongest = Array(single.prefix(ExplanationRule.joined))
        let pairs = strongest.count * (strongest.count - 1) / 2
        for (i, one) in strongest.enumerated() {
            for other in strongest[(i + 1)...] {
                if let found = join(one, other, pairs: pairs) { joint.append(found) }
            }
        }
    }

    /// - Parameter pairs: how many are tried.
    private func join(_ one: Found, _ other: Found, pairs: Int) -> Found? {
        // However strong each is, in the order in which fields are asked for.
        let slices = [one, other].sorted { $0.place < $1.place }.flatMap(\.row.slices)
        guard slices[0].field != slices[1].field || slices[0].field.hasSeveralValues else { return nil }
        let requests = one.requests.intersection(other.requests)
        let count = contrast.count(of: requests)
        let table = Self.table(count, of: all)
        guard count.casesSeen >= SliceJudgement.support(all.casesSeen),
            table.shareOfCases ?? 0 >= ExplanationRule.leastShare
        else { return nil }
        let isTold = single.contains { simple in
            ExplanationRule.gain * simple.row.table.phi >= table.phi
                && ([one, other].contains { $0.row.slices == simple.row.slices }
                    || simple.requests.likeness(to: requests) > ExplanationRule.similar)
        }
        if isTold { return nil }
        // Within either the other must surely matter, though so many pairs were tried.
        let within = [one, other].map { Self.table(count, of: $0.count) }
        let p = min(1, (within.map(\.pValue).max() ?? 1) * Double(2 * pairs))
        guard p <= ExplanationRule.falseDiscoveries,
            within.allSatisfy({ $0.relativeRiskInterval(confidence: ExplanationRule.confidence).lower > 1 })
        else { return nil }
        let row = Explanation.Row(slices, table, casesSeen: count.casesSeen, q: p)
        return Found(place: min(one.place, other.place), row: row, requests: requests, count: count)
    }

    // MARK: Echoes

    /// All rows, the strongest first. What explains nothing beyond the rows before it is an echo of them; of pairs, and of the
    /// parts of pairs, these are left out.
    var ranked: [Explanation.Row] {
        let found = (single + joint).enumerated().sorted {
            ($0.element.row.table.phi, $1.offset) > ($1.element.row.table.phi, $0.offset)
        }
        var rows: [Explanation.Row] = []
        // Requests of which the rows so far say the same.
        var strata = [contrast.everything]
        // However many there are, one in twenty times one of them is mistaken.
        let level = ExplanationRule.falseDiscoveries / Double(max(1, found.count))
        for (_, found) in found {
            var row = found.row
            row.isEcho = !rows.isEmpty && pValue(of: found.requests, within: strata) > level
            if row.isEcho {
                let isPart = rows.contains { pair in pair.slices.count == 2 && pair.slices.contains(row.slices[0]) }
                if row.slices.count == 2 || isPart { continue }
            } else {
                let own = strata[0].intersection(found.requests)
                strata[0].subtract(own)
                strata.append(own)
            }
            rows.append(row)
        }
        return rows
    }

    /// How likely chance alone has a slice's requests have the outcome as often among others that are alike otherwise.
    private func pValue(of requests: RequestSet, within strata: [RequestSet]) -> Double {
        TwoByTwoTable.commonPValue(
            strata.map { stratum in
                Self.table(contrast.count(of: requests.intersection(stratum)), of: contrast.count(of: stratum))
            })
    }
}
