import Statistics
package import Telemetry

/// How the requests of a time got where they got, from the rows held: what no sum over all of them tells.
package struct Trajectories: Sendable {
    /// The number of steps that 95% of the requests before that time stayed within; nil: too few say.
    package fileprivate(set) var usualSteps: Int64?
    /// Requests that say how many steps they took, and those that took more than is usual; weighted.
    package fileprivate(set) var withSteps: Int64 = 0
    package fileprivate(set) var long: Int64 = 0
    /// The worst first.
    package fileprivate(set) var worst: [Trajectory] = []
}

/// A request that went round in circles.
package struct Trajectory: Sendable {
    package let request: HeldRequest
    /// Tool calls that repeated an earlier one, as the record says; 0: none, or it does not say.
    package let redundantCalls: Int64
    /// Failed tool calls in a row.
    package let failuresInARow: Int
    /// Calls of the same tool in a row, and which: their arguments are not known.
    package let sameToolInARow: Int
    package let tool: Symbol
    /// All its steps, where they are more than is usual; else 0.
    package let unusualSteps: Int64
}

extension RequestRows {
    /// Requests before a time that tell what is usual.
    private static let fewestUsual: Int64 = 100
    /// So much is worth a look.
    private static let (notableRedundancy, notableFailures, notableSameTool): (Int64, Int, Int) = (3, 2, 6)

    /// - Parameter limit: of the worst.
    package func trajectories(
        in times: ClosedRange<Int64>, where filter: RecordFilter? = nil, limit: Int
    ) -> Trajectories {
        var result = Trajectories()
        let chunks = (history + newest).sorted { $0.span.upperBound > $1.span.upperBound }
        result.usualSteps = usualSteps(before: times.lowerBound, chunks)
        var run = filter.map { FilterRun($0) }
        var best: [(score: Int64, time: Int64, chunk: RowChunk, row: Int)] = []
        var left = Self.mostCompared
        for chunk in chunks where chunk.span.overlaps(times) && left > 0 {
            let columns = [
                chunk.column(RowPlace.measures + Int(Measure.steps.rawValue)),
                chunk.column(RowPlace.measures + Int(Measure.redundantToolCalls.rawValue)),
                chunk.column(RowPlace.tools), chunk.column(RowPlace.spans),
            ]
            guard columns.contains(where: { $0 != nil }) else { continue }
            var rows = chunk.requests
            if let truth = run?.truth(chunk, names) { rows.formIntersection(truth.yes) }
            left -= rows.population
            rows.forEach { row in
                guard times.contains(chunk.time(row)) else { return }
                let steps = columns[0]?[row]
                if let steps {
                    let weight = chunk.column(RowPlace.weight)?[row] ?? Record.unitWeight
                    result.withSteps &+= weight
                    if let usual = result.usualSteps, steps > usual { result.long &+= weight }
                }
                let calls = chunk.toolRuns(row)
                let extra = result.usualSteps.flatMap { usual in steps.map { max(0, $0 - usual) } } ?? 0
                let redundant = columns[1]?[row] ?? 0
                guard
                    redundant >= Self.notableRedundancy || calls.failures >= Self.notableFailures
                        || calls.same >= Self.notableSameTool
                else { return }
                // A failed call weighs as much as two that were made in vain.
                let score = redundant &+ Int64(2 * calls.failures + calls.same / 2) &+ extra / 2
                best.append((score, chunk.time(row), chunk, row))
                if best.count >= 64 + 2 * limit { best = Self.worst(of: best, limit) }
            }
        }
        result.worst = Self.worst(of: best, limit).map { candidate in
            let runs = candidate.chunk.toolRuns(candidate.row)
            let request = HeldRequest(candidate.chunk, candidate.row)
            let unusual = result.usualSteps.flatMap { usual in request.record.steps.map { $0 > usual ? $0 : 0 } }
            return Trajectory(
                request: request, redundantCalls: request.record.redundantToolCalls ?? 0,
                failuresInARow: runs.failures, sameToolInARow: runs.same, tool: runs.tool, unusualSteps: unusual ?? 0)
        }
        return result
    }

    private static func worst(
        of candidates: [(score: Int64, time: Int64, chunk: RowChunk, row: Int)], _ limit: Int
    ) -> [(score: Int64, time: Int64, chunk: RowChunk, row: Int)] {
        Array(candidates.sorted { ($0.score, $0.time, $0.row) > ($1.score, $1.time, $1.row) }.prefix(max(0, limit)))
    }

    /// The 95th percentile of steps among the newest requests before a time.
    private func usualSteps(before time: Int64, _ chunks: [RowChunk]) -> Int64? {
        var counts: [Int64: Int64] = [:]
        var total: Int64 = 0
        var left = Self.mostCompared
        for chunk in chunks where chunk.span.lowerBound < time && left > 0 {
            guard let column = chunk.column(RowPlace.measures + Int(Measure.steps.rawValue)) else { continue }
            left -= chunk.count
            chunk.requests.forEach { row in
                guard let steps = column[row], chunk.time(row) < time else { return }
                counts[steps, default: 0] += 1
                total += 1
            }
        }
        guard total >= Self.fewestUsual else { return nil }
        var sum: Int64 = 0
        for (steps, count) in counts.sorted(by: { $0.key < $1.key }) {
            sum += count
            if 20 * sum >= 19 * total { return steps }
        }
        return nil
    }
}

extension RowChunk {
    /// The longest runs among a request's tool calls: of failed ones, and of the same tool.
    fileprivate func toolRuns(_ row: Int) -> (failures: Int, same: Int, tool: Symbol) {
        var failures = FailureRun()
        var (same, longest, last, tool) = (0, 0, Symbol.absent, Symbol.absent)
        func note(_ name: Symbol, failed: Bool?) {
            failures.add(failed: failed)
            same = !name.isAbsent && name.rawValue == last.rawValue ? same + 1 : 1
            last = name
            if same > longest { (longest, tool) = (same, name) }
        }
        if let cell = column(RowPlace.tools)?[row] {
            for held in lists.tools[RowPlace.range(cell)] { note(held.name, failed: held.call.success.map { !$0 }) }
        } else if let cell = column(RowPlace.spans)?[row] {
            for held in lists.spans[RowPlace.range(cell)] {
                let part = held.part
                if part.kind == .tool { note(part.tool, failed: part.failed) }
            }
        }
        return (failures.longest, longest, tool)
    }
}
