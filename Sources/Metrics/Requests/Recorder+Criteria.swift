package import Telemetry

// Requests are told good from bad by what is held of them one by one, before it is given up.
extension Recorder {
    /// Bytes for rows that are held for this alone.
    static let leastRowBudget = 4 << 20

    /// Counts by these from now on; what they say of requests that are held is made up for.
    package mutating func watch(_ criteria: [Criterion]) {
        guard criteria != counts.map(\.criterion) else { return }
        if rows == nil, !criteria.isEmpty { rows = RowStore(budget: Self.leastRowBudget) }
        let former = counts
        counts = criteria.reduce(into: []) { counts, criterion in
            guard !counts.contains(where: { $0.criterion == criterion }) else { return }
            counts.append(
                former.first { $0.criterion == criterion } ?? CriterionCount(criterion, since: heldSince))
        }
    }

    /// Looks at the rows that came since.
    mutating func countCriteria(_ names: SymbolNames) {
        guard !counts.isEmpty else { return }
        applyAmendments(names)
        let newest = counts.reduce(Int.max) { min($0, $1.next.newest) }
        let history = counts.reduce(Int.max) { min($0, $1.next.history) }
        guard hasRows(from: newest, history) else { return }
        let chunks = chunks(from: newest, history)
        for place in counts.indices {
            for chunk in chunks.history { counts[place].count(chunk, isHistory: true, names: names) }
            for chunk in chunks.newest { counts[place].count(chunk, isHistory: false, names: names) }
        }
    }

    /// Brings held records up to date with what was amended.
    package mutating func applyAmendments(_ names: SymbolNames) {
        guard !counts.isEmpty else {
            rows?.applyChanges()
            return
        }
        // Taken out, so that neither is copied.
        var counts: [CriterionCount] = []
        swap(&counts, &self.counts)
        rows?.applyChanges { change in
            for place in counts.indices {
                counts[place].recount(
                    change.rows, of: change.before, now: change.after, isHistory: change.isHistory, names: names)
            }
        }
        swap(&counts, &self.counts)
    }

    /// What is staged becomes a chunk: as late as that it must have been looked at.
    mutating func closeRows(names: () -> SymbolNames) {
        if counts.isEmpty {
            rows?.applyChanges()
        } else {
            countCriteria(names())
        }
        rows?.close(isHistory: isFillingIn)
    }

    /// What was counted so far.
    var criteria: [Criterion: CriterionTimeline] {
        Dictionary(counts.map { ($0.criterion, $0.timeline) }) { first, _ in first }
    }
}
