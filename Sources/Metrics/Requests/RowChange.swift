import Telemetry

/// What has become known of a request since it was held.
struct RowChange: Sendable {
    var amendment: Amendment
    /// Further ones.
    var tools: [ToolCall]
    var spans: [SpanPart]
}

extension RowStream {
    /// Takes in changes of its rows, each of the newest request of its trace, and forgets those that it found the row of.
    /// - Parameter note: takes the chunk before, the one after, and the rows that differ.
    mutating func amend(_ changes: inout [UInt64: [RowChange]], _ note: ((RowChunk, RowChunk, [Int]) -> Void)?) {
        amendStaged(&changes, note)
        for place in chunks.indices.reversed() where !changes.isEmpty {
            let chunk = chunks[place]
            guard let hashes = chunk.column(RowPlace.identifiers) else { continue }
            var found: [UInt64: Int] = [:]
            for row in 0..<chunk.count where chunk.kind(row) == .request {
                if let hash = hashes[row].map({ UInt64(bitPattern: $0) }), changes[hash] != nil { found[hash] = row }
            }
            guard !found.isEmpty else { continue }
            var copy = RowStaging(capacity: chunk.count)
            copy.append(chunk)
            for (hash, row) in found {
                for part in changes[hash] ?? [] { copy.amend(row, part) }
                changes[hash] = nil
            }
            chunks[place] = copy.chunk(first: chunk.first)
            note?(chunk, chunks[place], found.values.sorted())
        }
    }

    private mutating func amendStaged(
        _ changes: inout [UInt64: [RowChange]], _ note: ((RowChunk, RowChunk, [Int]) -> Void)?
    ) {
        var rows: [Int] = []
        var before: RowChunk?
        for (hash, parts) in changes {
            guard let row = staging.row(ofTrace: hash) else { continue }
            if note != nil, before == nil { before = staging.chunk(first: closed) }
            for part in parts { staging.amend(row, part) }
            changes[hash] = nil
            rows.append(row)
        }
        if let before { note?(before, staging.chunk(first: closed), rows.sorted()) }
    }
}

extension RowStaging {
    /// Takes in all rows of a chunk.
    fileprivate mutating func append(_ chunk: RowChunk) {
        var record = Record()
        let texts = chunk.lists.texts
        for row in 0..<chunk.count {
            let cost = chunk.read(row, into: &record)
            // A view of bytes that are there; any bit pattern is a byte.
            unsafe append(
                record, bytes: texts.span.bytes, cost: cost, judgedUpTo: chunk.judgedUpTo(row),
                rank: chunk.sequence(row) - chunk.first - row)
        }
    }
}
