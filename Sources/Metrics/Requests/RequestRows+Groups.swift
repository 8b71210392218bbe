import Query
package import Statistics
import Telemetry

/// The held requests that share one value of a field.
package struct RequestGroup: Sendable {
    /// The value, or its symbol's name, as the input has it.
    package let value: String
    /// Requests, those with a known outcome, and the failed ones among these; weighted by their sample rates.
    package private(set) var requests = 0.0
    package private(set) var judged = 0.0
    package private(set) var failed = 0.0
    /// µs, weighted in 1/1024 request.
    package private(set) var latency = ExponentialHistogram(unitsPerOne: 1000)
    private var completionKnown = 0.0
    private var completedStrongly = 0.0
    private var priced = 0.0
    /// Nano-dollars.
    private var cost = 0.0

    init(value: String) { self.value = value }

    /// Share that completed without any sign of regret so far; nil where nothing is known.
    package var strongCompletion: Double? { completionKnown > 0 ? completedStrongly / completionKnown : nil }
    /// Dollars; nil where no request has a price.
    package var costPerRequest: Double? { priced > 0 ? cost / priced / 1e9 : nil }

    /// Counts a request of which `record` holds the answers, tokens, latency and weight.
    mutating func count(_ record: borrowing Record, cost: Int64?, isRegretted: Bool) {
        let weight = Double(record.weight) / 1024
        requests += weight
        if let success = record.success {
            judged += weight
            if !success { failed += weight }
        }
        if let latency = record.latency { self.latency.record(latency, weight: record.weight) }
        let signals = Signals(record)
        if let weak = signals.weak {
            completionKnown += weight
            if weak, !signals.negative, !isRegretted { completedStrongly += weight }
        }
        if let cost {
            self.cost += Double(cost) * weight
            priced += weight
        }
    }
}

/// Groups under way, found by the symbol or the text of their value.
private struct Grouping {
    private(set) var groups: [RequestGroup] = []
    private var places: [String: Int] = [:]
    private var placesOfSymbols: [Int64: Int] = [:]

    /// Groups that are told apart; what comes after them is left out.
    private static let limit = 256

    mutating func place(of value: String) -> Int? {
        if let place = places[value] { return place }
        guard groups.count < Self.limit else { return nil }
        places[value] = groups.count
        groups.append(RequestGroup(value: value))
        return groups.count - 1
    }

    /// The same, where the value is a symbol: its name is looked up once.
    mutating func place(ofSymbol cell: Int64, _ names: SymbolNames) -> Int? {
        if let place = placesOfSymbols[cell] { return place }
        let found = place(of: names.label(Symbol(rawValue: UInt32(truncatingIfNeeded: cell))))
        placesOfSymbols[cell] = found
        return found
    }

    mutating func count(_ record: borrowing Record, cost: Int64?, isRegretted: Bool, at place: Int) {
        groups[place].count(record, cost: cost, isRegretted: isRegretted)
    }
}

extension RequestRows {
    /// The newest requests that are looked at: a page is made anew each second.
    package static let mostGrouped = 100_000

    /// The requests that ended in `times` and pass the filter, by their values of a field (`model`, `hour`, `tool`, …). A request
    /// with several values is in several groups, one with none in none.
    package func groups(
        of name: String, in times: ClosedRange<Int64>, where filter: RecordFilter? = nil
    ) -> [RequestGroup] {
        guard let index = RecordField.catalogue.index(of: name) else { return [] }
        let field = FilterField(field: RecordField.allCases[index], argument: "")
        var run = filter.map { FilterRun($0) }
        var grouping = Grouping()
        var record = Record()
        var left = Self.mostGrouped
        let regretted = regrettedTraces
        for chunk in (history + newest).reversed() where chunk.span.overlaps(times) && left > 0 {
            var rows = chunk.requests
            if let truth = run?.truth(chunk, names) { rows.formIntersection(truth.yes) }
            let columns = GroupColumns(chunk, field)
            rows.forEach { row in
                guard left > 0, times.contains(chunk.time(row)) else { return }
                left -= 1
                var places: [Int] = []
                if let symbols = columns.symbols {
                    guard let cell = symbols[row], let place = grouping.place(ofSymbol: cell, names) else { return }
                    places = [place]
                } else {
                    let values = Set(chunk.values(of: field, row, names).compactMap(\.groupName))
                    places = values.compactMap { grouping.place(of: $0) }
                }
                let cost = columns.read(row, into: &record)
                let isRegretted = !regretted.isEmpty && columns.trace(row).map(regretted.contains) ?? false
                for place in places { grouping.count(record, cost: cost, isRegretted: isRegretted, at: place) }
            }
        }
        return grouping.groups
    }

    /// Traces whose users were told to be unhappy by a later record.
    private var regrettedTraces: Set<Int64> {
        var traces: Set<Int64> = []
        var record = Record()
        for chunk in history + newest {
            guard let kinds = chunk.column(RowPlace.kind), let answers = chunk.column(RowPlace.answers),
                let hashes = chunk.column(RowPlace.identifiers)
            else { continue }
            kinds.known(count: chunk.count).forEach { row in
                guard let bits = answers[row], let trace = hashes[row] else { return }
                record.answerBits = UInt32(truncatingIfNeeded: bits)
                if Signals(record).negative { traces.insert(trace) }
            }
        }
        return traces
    }
}

/// The columns of a chunk that groups are made from: a few, where a whole record would be read.
private struct GroupColumns {
    /// Of the field, where its values are symbols.
    let symbols: PackedColumn?
    private let answers: PackedColumn?
    private let latency: PackedColumn?
    private let outputTokens: PackedColumn?
    private let cost: PackedColumn?
    private let weight: PackedColumn?
    private let traces: PackedColumn?

    init(_ chunk: RowChunk, _ field: FilterField) {
        symbols =
            switch field.source {
            case .dimension(let dimension): chunk.column(RowPlace.dimensions + Int(dimension.rawValue))
            case .errorType: chunk.column(RowPlace.errorType)
            case .stopReason: chunk.column(RowPlace.stopReason)
            default: nil
            }
        answers = chunk.column(RowPlace.answers)
        latency = chunk.column(Int(Measure.latency.rawValue))
        outputTokens = chunk.column(Int(Measure.outputTokens.rawValue))
        cost = chunk.column(RowPlace.cost)
        weight = chunk.column(RowPlace.weight)
        traces = chunk.column(RowPlace.identifiers)
    }

    func trace(_ row: Int) -> Int64? { traces?[row] }

    /// Fills in what a group counts.
    /// - Returns: nano-dollars after prices.
    func read(_ row: Int, into record: inout Record) -> Int64? {
        record.answerBits = UInt32(truncatingIfNeeded: answers?[row] ?? 0)
        record.latency = latency?[row]
        record.outputTokens = outputTokens?[row]
        record.weight = weight?[row] ?? Record.unitWeight
        return cost?[row]
    }
}

extension Value {
    /// As a group is called: a text, or a whole number such as an hour.
    fileprivate var groupName: String? {
        switch self {
        case .text(let text): text
        case .boolean(let answer): answer ? "true" : "false"
        case .ratio, .number: double.map { NumberFormat.plain($0) }
        }
    }
}
