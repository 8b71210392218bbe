import Query
import Telemetry

/// The requests that are held one by one, as of a snapshot: immutable, and sharing its chunks with others.
package struct RequestRows: Sendable {
    /// Since when every request is held, µs since 1970; nil if none is. Failed ones may be held from before.
    package var reach: Int64?
    /// Whether no request was given up for want of room.
    package let isWhole: Bool
    let names: SymbolNames
    /// Streams in the order in which they came: what is new, and what was filled in behind.
    let newest: [RowChunk]
    let history: [RowChunk]
    /// Failed requests from before `reach`.
    private let failures: [RowChunk]

    /// What a selection is sorted by.
    package enum Order: Sendable, Hashable, CaseIterable { case newest, slowest, costliest }

    /// No rows.
    package init() {
        self.init(reach: nil, isWhole: true, names: SymbolNames(), newest: [], history: [], failures: [])
    }

    init(
        reach: Int64?, isWhole: Bool, names: SymbolNames, newest: [RowChunk], history: [RowChunk],
        failures: [RowChunk]
    ) {
        self.reach = reach
        self.isWhole = isWhole
        self.names = names
        self.newest = newest
        self.history = history
        self.failures = failures
    }

    private var chunks: [RowChunk] { failures + history + newest }

    /// Requests held; what came back without reaching a user is none.
    package var count: Int { chunks.reduce(0) { $0 + $1.requests.population } }

    /// Bytes that the rows take.
    package var byteCount: Int { chunks.reduce(0) { $0 + $1.byteCount } }

    // MARK: Requests

    /// At most `limit` of the requests that ended in `times` and for which `filter` is true, and how many there are in all.
    ///
    /// Of equals the newest come first; those without a latency (or a cost) last.
    package func select(
        in times: ClosedRange<Int64>, where filter: RecordFilter? = nil, order: Order = .newest, limit: Int
    ) -> (rows: [HeldRequest], total: Int) {
        var run = filter.map { FilterRun($0) }
        var total = 0
        var best: [Candidate] = []
        // What the last of the best so far must be beaten by, once there are enough.
        var bar: (key: Int64, time: Int64)?
        func cut() {
            best.sort()
            best.removeLast(max(0, best.count - max(0, limit)))
            bar = best.count == limit ? best.last.map { ($0.key, $0.time) } : nil
        }
        // The newest first: most of the older ones need then not be looked at one by one.
        for chunk in chunks.sorted(by: { $0.span.upperBound > $1.span.upperBound })
        where chunk.span.overlaps(times) {
            var rows = chunk.requests
            if let truth = run?.truth(chunk, names) { rows.formIntersection(truth.yes) }
            let keys: PackedColumn? =
                switch order {
                case .newest: chunk.times
                case .slowest: chunk.column(Int(Measure.latency.rawValue))
                case .costliest: chunk.column(RowPlace.cost)
                }
            let isWithin = times.contains(chunk.span.lowerBound) && times.contains(chunk.span.upperBound)
            if isWithin, let bar, (keys?.range?.upperBound ?? .min, chunk.span.upperBound) < bar {
                total += rows.population
                continue
            }
            rows.forEach { row in
                let time = chunk.time(row)
                guard isWithin || times.contains(time) else { return }
                total += 1
                let key = keys?[row] ?? .min
                if let bar, (key, time) < bar { return }
                best.append(Candidate(key: key, time: time, chunk: chunk, row: row))
                if best.count >= 4 * max(limit, 64) { cut() }
            }
            if best.count > limit { cut() }
        }
        cut()
        return (requests(best), total)
    }

    /// The newest request of a trace, or the one that ended at `time` (µs since 1970); nil if none is held.
    package func find(traceID: String, time wanted: Int64? = nil) -> HeldRequest? {
        // Without an id the time alone must tell.
        let hash = traceID.isEmpty ? nil : Int64(bitPattern: IdentifierHash.hash(traceID))
        guard hash != nil || wanted != nil else { return nil }
        var found: Candidate?
        for chunk in chunks where wanted.map(chunk.span.contains) ?? true {
            let hashes = chunk.column(RowPlace.identifiers)
            for row in 0..<chunk.count where hashes?[row] == hash && chunk.kind(row) == .request {
                let time = chunk.time(row)
                if let wanted, time != wanted { continue }
                if time >= found?.time ?? .min { found = Candidate(key: time, time: time, chunk: chunk, row: row) }
            }
        }
        if let found { return requests([found]).first }
        // An id that was cut, or cleaned of what is no text, has another hash: of that time, the one that begins so.
        guard let wanted else { return nil }
        for chunk in chunks where chunk.span.contains(wanted) {
            for row in 0..<chunk.count
            where chunk.time(row) == wanted && chunk.kind(row) == .request
                && chunk.text(RowPlace.traceText, row).hasPrefix(traceID)
            {
                return requests([Candidate(key: wanted, time: wanted, chunk: chunk, row: row)]).first
            }
        }
        return nil
    }

    private struct Candidate: Comparable {
        let key: Int64
        let time: Int64
        let chunk: RowChunk
        let row: Int

        /// What is larger comes first.
        static func < (a: Candidate, b: Candidate) -> Bool { (a.key, a.time, a.row) > (b.key, b.time, b.row) }
        static func == (a: Candidate, b: Candidate) -> Bool { (a.key, a.time, a.row) == (b.key, b.time, b.row) }
    }

    private func requests(_ candidates: [Candidate]) -> [HeldRequest] {
        var result = candidates.map { HeldRequest($0.chunk, $0.row) }
        var places: [UInt64: [Int]] = [:]
        for (place, request) in result.enumerated() where request.record.traceHash != 0 {
            places[request.record.traceHash, default: []].append(place)
        }
        guard !places.isEmpty else { return result }
        for chunk in chunks {
            guard let kinds = chunk.column(RowPlace.kind), let hashes = chunk.column(RowPlace.identifiers) else {
                continue
            }
            kinds.known(count: chunk.count).forEach { row in
                guard let hash = hashes[row], let places = places[UInt64(bitPattern: hash)],
                    let learned = Learned(chunk, row)
                else { return }
                for place in places { result[place].learned.append(learned) }
            }
        }
        for place in result.indices { result[place].learned.sort { $0.time < $1.time } }
        return result
    }

    // MARK: Values

    /// Rows looked at to learn which values a field has.
    private static let sampledRows = 1 << 17

    /// Values of a field that begin so (in either case), the most frequent among the newest requests first.
    package func values(ofField name: String, prefix: String, limit: Int) -> [String] {
        let field: FilterField
        if let index = RecordField.catalogue.index(of: name), RecordField.allCases[index] != .attribute {
            field = FilterField(field: RecordField.allCases[index], argument: "")
        } else {
            field = FilterField(field: .attribute, argument: name.hasPrefix("attr.") ? String(name.dropFirst(5)) : name)
        }
        var counts: [String: Int] = [:]
        switch field.field.type {
        case .boolean: counts = ["true": 1, "false": 1]
        case .number: return []
        case .text:
            if case .identifier = field.source { return [] }
            var left = Self.sampledRows
            for chunk in (history + newest).reversed() where left > 0 {
                left -= chunk.count
                chunk.count(field, names, into: &counts)
            }
        }
        let wanted = prefix.lowercased()
        return counts.filter { $0.key.lowercased().hasPrefix(wanted) }
            .sorted { ($1.value, $0.key) < ($0.value, $1.key) }.prefix(max(0, limit)).map(\.key)
    }
}

extension RowChunk {
    /// Counts how often each value of a field stands in requests.
    fileprivate func count(_ field: FilterField, _ names: SymbolNames, into counts: inout [String: Int]) {
        let place: Int? =
            switch field.source {
            case .dimension(let dimension): RowPlace.dimensions + Int(dimension.rawValue)
            case .errorType: RowPlace.errorType
            case .stopReason: RowPlace.stopReason
            default: nil
            }
        guard let place else {
            for row in 0..<count where kind(row) == .request {
                for case .text(let text) in values(of: field, row, names) { counts[text, default: 0] += 1 }
            }
            return
        }
        // By symbol first: names are compared once each.
        guard let column = column(place) else { return }
        var symbols: [Int64: Int] = [:]
        for row in 0..<count { if let cell = column[row] { symbols[cell, default: 0] += 1 } }
        for (cell, n) in symbols { counts[names[Symbol(rawValue: UInt32(truncatingIfNeeded: cell))], default: 0] += n }
    }
}
