import Ingest
import Metrics
import Monitoring
import Synchronization
import Telemetry

@testable import Engine

/// How the engine stands to its input when the screen is drawn.
enum Reading {
    /// Waiting for more, the clock so many seconds after the last record.
    case live(lag: Double)
    /// The input is over.
    case ended
    /// Recorded data at a multiple of its pace.
    case replay(speed: Double)
}

extension Traffic {
    /// What the engine knows after reading all of it, as the product's rules judge it.
    func situation(
        _ reading: Reading = .live(lag: 0.4), name: String = "prod/traces.jsonl", book: RuleBook = .standard
    ) -> Situation {
        let isOver = if case .ended = reading { true } else { false }
        let clock = HandClock(time * 1000 + 400_000)
        var options = EngineOptions(
            sources: [.program(name: name, Chunks(bytes: bytes, isOver: isOver))], book: book,
            prices: .builtIn, clock: { clock.time })
        if isOver { options.nowMode = .data }
        if case .replay(let speed) = reading {
            options.replaySpeed = speed
            options.opensAt = .max
            options.nowMode = .data
        }
        let reader = Reader(options)
        reader.readAll()
        if case .live(let lag) = reading, lag > 1 {
            clock.time = time * 1000 + Int64(lag * 1e6)
            reader.readAll()
        }
        return reader.situation()
    }

    /// What an engine knows of a source that gives nothing.
    static func situation(of source: SourceLocation) -> Situation {
        let reader = Reader(
            EngineOptions(
                sources: [source], prices: .builtIn, clock: { start * 1000 }))
        reader.readAll()
        return reader.situation()
    }
}

extension Reader {
    /// Reads what there is, without waiting for more.
    fileprivate func readAll() {
        while case .busy = round(limit: 4096) {}
    }
}

/// A clock that stands still until somebody sets it.
private final class HandClock: Sendable {
    private let held: Mutex<Int64>

    init(_ time: Int64) { held = Mutex(time) }

    var time: Int64 {
        get { held.withLock { $0 } }
        set { held.withLock { $0 = newValue } }
    }
}

/// Bytes in one piece, after which more may come or not.
private struct Chunks: ChunkProducer {
    var bytes: [UInt8]?
    let isOver: Bool

    init(bytes: [UInt8], isOver: Bool) {
        self.bytes = bytes
        self.isOver = isOver
    }

    mutating func next() -> [UInt8]? {
        defer { bytes = nil }
        if let bytes { return bytes }
        return isOver ? nil : []
    }
}
