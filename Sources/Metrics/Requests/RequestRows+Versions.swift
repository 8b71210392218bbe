import Query
package import Statistics
package import Telemetry

/// Which requests stand on one side of a deploy: those of a time that name a value, or all of that time.
package struct VersionSide: Sendable, Hashable {
    /// nil: whatever they name.
    package var part: Part?
    /// µs since 1970.
    package var times: ClosedRange<Int64>

    package struct Part: Sendable, Hashable {
        package var dimension: Dimension
        package var value: String

        package init(_ dimension: Dimension, _ value: String) { (self.dimension, self.value) = (dimension, value) }
    }

    package init(_ part: Part?, _ times: ClosedRange<Int64>) { (self.part, self.times) = (part, times) }
}

/// What the requests of one side come to.
package struct VersionCounts: Sendable {
    package private(set) var requests = Count()
    private var squaredWeights: Int64 = 0
    package private(set) var succeeded = Count()
    package private(set) var failed = Count()
    /// µs, weighted in 1/1024 request.
    package private(set) var latency = ExponentialHistogram(unitsPerOne: 1000)
    /// Nano-dollars, of requests whose cost is known; characters or tokens of the answer; millionths of an eval's score.
    package private(set) var cost = Moments()
    package private(set) var outputLength = Moments()
    package private(set) var evalScore = Moments()

    init() {}

    /// How much of a weighted count is information, 1 where nothing was sampled.
    package var effectiveShare: Double {
        min(1, Tally.effectiveShare(of: requests.weighted, squaredWeights: squaredWeights))
    }

    /// Both.
    package static func + (a: VersionCounts, b: VersionCounts) -> VersionCounts {
        var sum = a
        sum.requests.add(b.requests)
        sum.squaredWeights &+= b.squaredWeights
        sum.succeeded.add(b.succeeded)
        sum.failed.add(b.failed)
        sum.latency.merge(b.latency)
        sum.cost.add(b.cost)
        sum.outputLength.add(b.outputLength)
        sum.evalScore.add(b.evalScore)
        return sum
    }

    fileprivate mutating func count(_ columns: VersionColumns, _ row: Int) {
        let weight = columns.weight?[row] ?? Record.unitWeight
        requests.add(weight: weight)
        squaredWeights &+= Tally.squared(weight)
        switch columns.answers?[row].flatMap({ RowChunk.answer(.success, $0) }) {
        case true?: succeeded.add(weight: weight)
        case false?: failed.add(weight: weight)
        case nil: break
        }
        if let latency = columns.latency?[row] { self.latency.record(latency, weight: weight) }
        if let cost = columns.cost?[row] { self.cost.record(cost, weight: weight) }
        if let length = columns.outputLength?[row] ?? columns.outputTokens?[row] {
            outputLength.record(length, weight: weight)
        }
        if let score = columns.evalScore?[row] { evalScore.record(score, weight: weight) }
    }

    fileprivate mutating func count(evalScore score: Int64, weight: Int64) {
        evalScore.record(score, weight: weight)
    }
}

/// The columns of a chunk that sides are counted from.
private struct VersionColumns {
    let weight, answers, latency, cost, outputLength, outputTokens, evalScore, traces: PackedColumn?

    init(_ chunk: RowChunk) {
        func measure(_ measure: Measure) -> PackedColumn? { chunk.column(RowPlace.measures + Int(measure.rawValue)) }
        weight = chunk.column(RowPlace.weight)
        answers = chunk.column(RowPlace.answers)
        latency = measure(.latency)
        cost = chunk.column(RowPlace.cost)
        outputLength = measure(.outputLength)
        outputTokens = measure(.outputTokens)
        evalScore = measure(.evalScore)
        traces = chunk.column(RowPlace.identifiers)
    }
}

/// A side while rows are gone through.
private struct SideSearch {
    let times: ClosedRange<Int64>
    /// Which of the dimensions looked at tells it; nil: none.
    let column: Int?
    let name: String?
    /// The symbols with this name: few.
    var symbols: [Int64] = []

    init(_ side: VersionSide, column: Int?) {
        times = side.times
        name = side.part?.value
        self.column = column
    }
}

extension RequestRows {
    /// The newest requests that are looked at for sides: a page is made anew each second.
    package static let mostCompared = 200_000

    /// What each of the sides comes to, and since when every request was looked at (µs since 1970; nil: nothing is held).
    ///
    /// - Parameter sides: at most 64. An eval counts to the sides of its request.
    package func counts(
        of sides: [VersionSide], where filter: RecordFilter? = nil
    ) -> (counts: [VersionCounts], since: Int64?) {
        var counts = [VersionCounts](repeating: VersionCounts(), count: min(64, sides.count))
        let dimensions = Array(Set(sides.compactMap(\.part?.dimension)))
        var searches = sides.prefix(64).map { side in
            SideSearch(side, column: side.part.flatMap { part in dimensions.firstIndex { $0 == part.dimension } })
        }
        var known: [Set<Int64>] = dimensions.map { _ in [] }
        var run = filter.map { FilterRun($0) }
        var traces: [Int64: UInt64] = [:]
        var left = Self.mostCompared
        var since = reach
        for chunk in (history + newest).sorted(by: { $0.span.upperBound > $1.span.upperBound }) {
            let active = searches.indices.filter { chunk.span.overlaps(searches[$0].times) }
            if active.isEmpty { continue }
            guard left > 0 else {
                since = max(since ?? .min, chunk.span.upperBound)
                break
            }
            var rows = chunk.requests
            if let truth = run?.truth(chunk, names) { rows.formIntersection(truth.yes) }
            left -= rows.population
            let columns = VersionColumns(chunk)
            let values = dimensions.map { chunk.column(RowPlace.dimensions + Int($0.rawValue)) }
            for i in dimensions.indices {
                learn(values[i], count: chunk.count, dimension: i, known: &known[i], searches: &searches)
            }
            rows.forEach { row in
                let time = chunk.time(row)
                var bits: UInt64 = 0
                for place in active where searches[place].times.contains(time) {
                    if let column = searches[place].column {
                        guard let cell = values[column]?[row], searches[place].symbols.contains(cell) else { continue }
                    }
                    counts[place].count(columns, row)
                    bits |= 1 << UInt64(place)
                }
                if bits != 0, let trace = columns.traces?[row] { traces[trace] = bits }
            }
        }
        addEvals(of: traces, to: &counts)
        return (counts, since)
    }

    /// Which symbols of a chunk have the names that are looked for.
    private func learn(
        _ column: PackedColumn?, count: Int, dimension: Int, known: inout Set<Int64>, searches: inout [SideSearch]
    ) {
        guard let column else { return }
        // Of one value there is nothing to go through.
        let cells: Set<Int64>
        if let range = column.range, range.lowerBound == range.upperBound {
            cells = [range.lowerBound]
        } else {
            var found: Set<Int64> = []
            for row in 0..<count { if let cell = column[row] { found.insert(cell) } }
            cells = found
        }
        for cell in cells where known.insert(cell).inserted {
            let name = names.label(Symbol(rawValue: UInt32(truncatingIfNeeded: cell)))
            for place in searches.indices where searches[place].column == dimension && searches[place].name == name {
                searches[place].symbols.append(cell)
            }
        }
    }

    private func addEvals(of traces: [Int64: UInt64], to counts: inout [VersionCounts]) {
        guard !traces.isEmpty else { return }
        for chunk in history + newest {
            guard let kinds = chunk.column(RowPlace.kind),
                let scores = chunk.column(RowPlace.measures + Int(Measure.evalScore.rawValue)),
                let hashes = chunk.column(RowPlace.identifiers)
            else { continue }
            kinds.known(count: chunk.count).forEach { row in
                guard let score = scores[row], chunk.kind(row) == .eval, let hash = hashes[row],
                    var bits = traces[hash]
                else { return }
                let weight = chunk.column(RowPlace.weight)?[row] ?? Record.unitWeight
                while bits != 0 {
                    counts[bits.trailingZeroBitCount].count(evalScore: score, weight: weight)
                    bits &= bits - 1
                }
            }
        }
    }
}
