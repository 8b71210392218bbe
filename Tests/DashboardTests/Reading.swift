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

/// An engine that is shown a traffic again and again, and reads of it what is new.
final class Follower {
    private let clock: HandClock
    private let growing = Growing()
    private let reader: Reader
    private var count = 0

    init(_ traffic: Traffic) {
        let clock = HandClock(traffic.time * 1000)
        self.clock = clock
        reader = Reader(
            EngineOptions(
                sources: [.program(name: "prod/traces.jsonl", growing)], prices: .builtIn, clock: { clock.time }))
    }

    /// What is known of all of it, 0.4 s after its end.
    func situation(of traffic: Traffic) -> Situation {
        clock.time = traffic.time * 1000 + 400_000
        let bytes = traffic.bytes
        growing.grow(by: Array(bytes[count...]))
        count = bytes.count
        reader.readAll()
        while growing.isWaiting {
            reader.wait(atMost: Span.second, wake: -1)
            reader.readAll()
        }
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

/// Bytes that become more.
private final class Growing: ChunkProducer {
    private let fresh = Mutex<[UInt8]>([])

    var isWaiting: Bool { fresh.withLock { !$0.isEmpty } }

    func grow(by bytes: [UInt8]) { fresh.withLock { $0 += bytes } }

    func next() -> [UInt8]? {
        fresh.withLock { waiting in
            defer { waiting = [] }
            return waiting
        }
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
