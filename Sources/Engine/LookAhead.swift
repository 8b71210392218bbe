import Ingest
import Telemetry
import Threads

/// A source and its cursor, in the hands of one thread at a time.
final class SourceCursor {
    let source: Source
    var cursor: RecordCursor

    init(_ source: Source, _ cursor: consuming RecordCursor) {
        self.source = source
        self.cursor = cursor
    }
}

/// Decodes one source ahead of who counts it, on a thread of its own, into a few blocks that go round.
///
/// Source, cursor and the table of symbols are the thread's alone from `start` until `exchange` answers nil. It ends by
/// itself at the source's end, and where decoding would have to know how far counting has come.
final class LookAhead: @unchecked Sendable {
    // Unchecked: `reading` and `symbols` are one thread's at a time, and go from one to the other under `state`'s lock.
    private let reading: SourceCursor
    private let symbols: SymbolTable
    private let state: Locked<State>

    /// A block is touched only by the thread that has taken it out.
    final class Box: @unchecked Sendable {
        var block: RecordBlock

        init(_ block: consuming RecordBlock) { self.block = block }
    }

    private struct State: Sendable {
        /// In the order of the source.
        var filled: [Box] = []
        var free: [Box]
        var isStopping = false
        var hasEnded = false
    }

    private static let blockCount = 4

    /// - Returns: nil where no thread is to be had.
    static func start(_ reading: SourceCursor, _ symbols: SymbolTable) -> LookAhead? {
        let ahead = LookAhead(reading, symbols)
        do throws(ThreadError) {
            try DetachedThread.start("agentdash-scan") { ahead.run() }
        } catch {
            return nil
        }
        return ahead
    }

    private init(_ reading: SourceCursor, _ symbols: SymbolTable) {
        self.reading = reading
        self.symbols = symbols
        let status = reading.source.status
        state = Locked(State(free: (0..<Self.blockCount).map { _ in Box(RecordBlock(status)) }))
    }

    // MARK: Who counts

    /// The next block, in exchange for the last. Waits for it.
    /// - Returns: nil behind the last block: the source is the caller's again.
    func exchange(_ used: Box?) -> Box? {
        if let used {
            let free = state.withLock { state in
                state.free.append(used)
                return state.free.count
            }
            // Not for every block: to be woken takes as long as to fill a part of one.
            if free == Self.blockCount / 2 { state.notify() }
        }
        return state.withLock(once: { !$0.filled.isEmpty || $0.hasEnded }) { state in
            state.filled.isEmpty ? nil : state.filled.removeFirst()
        }
    }

    /// Ends the thread, and waits until it has.
    func stop() {
        state.withLock { $0.isStopping = true }
        state.notify()
        state.withLock(once: { $0.hasEnded }, { _ in })
    }

    // MARK: The thread

    private func run() {
        var goesOn = true
        while goesOn, let box = nextFree() {
            goesOn = fill(&box.block)
            state.withLock { $0.filled.append(box) }
            state.notify()
        }
        state.withLock { $0.hasEnded = true }
        state.notify()
    }

    private func nextFree() -> Box? {
        state.withLock(once: { !$0.free.isEmpty || $0.isStopping }) { state in
            state.isStopping ? nil : state.free.popLast()
        }
    }

    private func fill(_ block: inout RecordBlock) -> Bool {
        block.empty()
        reading.cursor.lines.log = block.log
        let goesOn = reading.cursor.fill(&block, from: reading.source)
        block.close(symbols, reading.source.status)
        return goesOn
    }
}
