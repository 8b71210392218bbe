package import Telemetry

// What is held of records one by one, and what a recorder does for another that counts only some of them.
extension Recorder {
    // MARK: Records held one by one

    /// What is held now, to be shown; nothing where nothing is kept.
    package mutating func heldRows(_ names: SymbolNames) -> RequestRows {
        applyAmendments(names)
        guard var held = rows?.rows(names) else { return RequestRows() }
        // A stray time from long ago is no beginning of the data.
        if let reach = held.reach, let firstTime { held.reach = max(reach, firstTime) }
        return held
    }

    /// Since when every record is held, where some were given up, µs since 1970; nil: all are.
    package var heldSince: Int64? { rows?.givenUp.map { $0 + 1 } }
    /// Records after which one that was just held may be given up.
    package var rowsSurelyHeld: Int { rows.map { RowStore.capacity($0.budget) } ?? 0 }

    /// Takes note of what has become known of a held request.
    mutating func amendRow(_ record: borrowing Record, _ amendment: Amendment) {
        guard rows != nil, record.traceHash != 0 else { return }
        rows?.amend(
            record.traceHash, RowChange(amendment: amendment, tools: record.tools, spans: record.spans))
    }

    /// Chunks with the rows from a place in each stream on.
    func chunks(from newestStart: Int, _ historyStart: Int) -> (newest: [RowChunk], history: [RowChunk]) {
        rows?.walk(from: newestStart, historyStart) ?? ([], [])
    }

    /// Whether there are rows from a place in each stream on.
    func hasRows(from newestStart: Int, _ historyStart: Int) -> Bool {
        rows?.hasRows(from: newestStart, historyStart) ?? false
    }

    // MARK: Records that are passed over

    /// Takes note of a request that others count and this recorder does not: the data is as old as it is, and what is learned
    /// of it later is not for this one either.
    mutating func passOver(time: Int64, traceHash: UInt64, discriminator: UInt64, isHistory: Bool) {
        if isHistory, timeline.origin == nil { countBatch() }
        noteTime(time)
        if timeline.origin == nil { timeline.update(time) { _ in } }
        if isHistory { timeline.noteHistory(at: time) }
        guard traceHash != 0 else { return }
        var entry = RequestEntry()
        entry.traceHash = traceHash
        entry.discriminator = discriminator
        entry.time = time
        entry.state = .excluded
        if isHistory, historyIndex == nil { historyIndex = RequestIndex() }
        if isHistory { swapIndices() }
        index.insert(entry)
        if isHistory { swapIndices() }
    }

    /// Whether a request was passed over; nil if it is not (or no longer) remembered.
    func isPassedOver(_ traceHash: UInt64) -> Bool? {
        guard traceHash != 0 else { return nil }
        if let place = index.find(traceHash) { return index[place].state.contains(.excluded) }
        return historyIndex.flatMap { other in other.find(traceHash).map { other[$0].state.contains(.excluded) } }
    }
}
