import Telemetry

/// Which of the held rows are set against which.
struct ContrastScope {
    private(set) var parts: [ContrastPart] = []
    /// What is looked at, µs since 1970.
    private(set) var times: ClosedRange<Int64>
    private(set) var isCut = false
    private(set) var threshold: Int64?

    init(_ question: OutcomeQuestion, _ held: RequestRows) {
        // Of what came before, only failures are held.
        let start = max(question.times.lowerBound, held.reach ?? question.times.lowerBound)
        times = min(start, question.times.upperBound)...question.times.upperBound
        let looked = select(question, held)
        threshold = Self.threshold(question, looked)
        let ratings = question.outcome == .ratedDown ? held.ratings : [:]
        var first = 0
        for (chunk, rows) in looked {
            let (known, cases) = outcome(question, chunk, rows, held.names, ratings)
            guard !known.isEmpty else { continue }
            var weights: [Int64]?
            if let column = chunk.column(RowPlace.weight) {
                weights = (0..<chunk.count).map { column[$0] ?? Record.unitWeight }
            }
            parts.append(ContrastPart(chunk: chunk, first: first, rows: known, cases: cases, weights: weights))
            first += chunk.count
        }
    }

    /// The newest requests within the times that pass the filter, whole chunks of them until there are enough.
    private mutating func select(_ question: OutcomeQuestion, _ held: RequestRows) -> [(RowChunk, RowBits)] {
        var run = question.filter.map { FilterRun($0) }
        var looked: [(RowChunk, RowBits)] = []
        var count = 0
        let chunks = (held.history + held.newest).filter { $0.span.overlaps(times) }
            .sorted { $0.span.upperBound > $1.span.upperBound }
        for (place, chunk) in chunks.enumerated() {
            var rows = chunk.requests
            if let truth = run?.truth(chunk, held.names) { rows.formIntersection(truth.yes) }
            if chunk.span.lowerBound < times.lowerBound || chunk.span.upperBound > times.upperBound {
                var within = RowBits(count: chunk.count)
                rows.forEach { row in if times.contains(chunk.time(row)) { within.insert(row) } }
                rows = within
            }
            looked.append((chunk, rows))
            count += rows.population
            if count >= question.limit, place < chunks.count - 1 {
                isCut = true
                let oldest = looked.map(\.0.span.lowerBound).min() ?? times.lowerBound
                times = max(times.lowerBound, oldest)...times.upperBound
                break
            }
        }
        return looked
    }

    /// The 95th percentile by nearest rank, of the weights; a budget that is less takes its place.
    private static func threshold(_ question: OutcomeQuestion, _ looked: [(RowChunk, RowBits)]) -> Int64? {
        let place: Int
        switch question.outcome {
        case .slow: place = Int(Measure.latency.rawValue)
        case .expensive: place = RowPlace.cost
        default: return nil
        }
        var values: [(value: Int64, weight: Int64)] = []
        var total: Int64 = 0
        for (chunk, rows) in looked {
            guard let column = chunk.column(place) else { continue }
            let weights = chunk.column(RowPlace.weight)
            rows.forEach { row in
                guard let value = column[row] else { return }
                let weight = weights?[row] ?? Record.unitWeight
                values.append((value, weight))
                total &+= weight
            }
        }
        values.sort { $0.value < $1.value }
        let rank = Int64((Double(total) * 0.95).rounded(.up))
        var passed: Int64 = 0
        guard
            let percentile = values.first(where: {
                passed &+= $0.weight; return passed >= rank
            })?.value
        else {
            return nil
        }
        return question.outcome == .slow ? min(percentile, question.latencyBudget ?? percentile) : percentile
    }

    /// Rows of which it is known whether they have the outcome, and those that have it.
    private func outcome(
        _ question: OutcomeQuestion, _ chunk: RowChunk, _ rows: RowBits, _ names: SymbolNames,
        _ ratings: [Int64: Bool]
    ) -> (known: RowBits, cases: RowBits) {
        var (known, cases) = (RowBits(count: chunk.count), RowBits(count: chunk.count))
        func note(_ row: Int, _ isCase: Bool?) {
            guard let isCase else { return }
            known.insert(row)
            if isCase { cases.insert(row) }
        }
        switch question.outcome {
        case .failing: rows.forEach { note($0, chunk.answer(.success, $0).map { !$0 }) }
        case .slow, .expensive:
            let place = question.outcome == .slow ? Int(Measure.latency.rawValue) : RowPlace.cost
            guard let threshold, let column = chunk.column(place) else { break }
            rows.forEach { note($0, column[$0].map { $0 > threshold }) }
        case .ratedDown:
            let traces = chunk.column(RowPlace.identifiers)
            rows.forEach { row in
                let later = ratings.isEmpty ? nil : traces?[row].flatMap { ratings[$0] }
                note(row, (later ?? chunk.answer(.ratedPositive, row)).map { !$0 })
            }
        case .canary:
            guard let column = chunk.column(RowPlace.dimensions + Int(Dimension.variant.rawValue)) else { break }
            rows.forEach { row in
                guard let cell = column[row] else { return }
                let name = names[Symbol(rawValue: UInt32(truncatingIfNeeded: cell))]
                note(row, name == question.canaryName ? true : name == question.controlName ? false : nil)
            }
        }
        return (known, cases)
    }
}

extension RequestRows {
    /// How users rated requests in later records, by trace; the newest rating counts.
    fileprivate var ratings: [Int64: Bool] {
        var found: [Int64: (time: Int64, isPositive: Bool)] = [:]
        for chunk in history + newest {
            guard let kinds = chunk.column(RowPlace.kind), let traces = chunk.column(RowPlace.identifiers) else {
                continue
            }
            kinds.known(count: chunk.count).forEach { row in
                guard let trace = traces[row], let isPositive = chunk.answer(.ratedPositive, row) else { return }
                let time = chunk.time(row)
                if time >= found[trace]?.time ?? .min { found[trace] = (time, isPositive) }
            }
        }
        return found.mapValues(\.isPositive)
    }
}
