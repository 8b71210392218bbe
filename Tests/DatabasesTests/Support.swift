import DatabaseTesting
import Databases
import Foundation
import Synchronization
import Telemetry

/// A clock that stands still until it is moved.
final class TestClock: Sendable {
    private let microseconds: Atomic<Int64>

    init(_ microseconds: Int64 = 1_800_000_000_000_000) { self.microseconds = Atomic(microseconds) }

    var now: Int64 { microseconds.load(ordering: .relaxed) }

    func advance(seconds: Double) {
        microseconds.wrappingAdd(Int64(seconds * 1e6), ordering: .relaxed)
    }
}

extension TemporaryFolder {
    /// A copy of a fixture that may be written to.
    func copy(_ fixture: String) throws -> String {
        let source = Bundle.module.url(forResource: "Fixtures", withExtension: nil)!.appendingPathComponent(fixture)
        let target = path(fixture)
        try FileManager.default.copyItem(atPath: source.path, toPath: target)
        try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: target)
        return target
    }
}

/// What a reader has brought, added up.
struct Totals: Equatable, CustomStringConvertible {
    var requests = 0
    var failures = 0
    var input: Int64 = 0
    var output: Int64 = 0
    var cached: Int64 = 0
    var cost: Int64 = 0
    var tools: Int64 = 0
    var ratedUp = 0
    var ratedDown = 0
    var evals = 0

    var description: String {
        "\(requests) requests, \(failures) failed, \(input)/\(output)/\(cached) tokens, \(cost) n$, \(tools) tools, "
            + "\(ratedUp)+ \(ratedDown)-, \(evals) evals"
    }
}

/// Reads a database and keeps everything.
final class Collector {
    struct Item {
        var record: Telemetry.Record
        var trace: String
        var session: String
        var isHistory: Bool
    }

    let reader: DatabaseReader
    let symbols: SymbolTable
    private(set) var items: [Item] = []
    private(set) var corrections: [Item] = []
    private(set) var rejections: [String] = []
    private(set) var failures: [DatabaseError] = []
    private(set) var waits: [DatabaseError] = []

    init(_ path: String, query: String? = nil, clock: TestClock = TestClock(), follows: Bool = true) throws {
        symbols = SymbolTable()
        var options = DatabaseReader.Options(clock: { clock.now })
        options.follows = follows
        reader = try DatabaseReader(path: path, symbols: symbols, query: query, options: options)
    }

    var requests: [Item] { items.filter { $0.record.kind == .request } }

    func name(_ symbol: Symbol) -> String { symbols.name(of: symbol) }

    /// Reads until there is nothing more, at most `limit` records.
    @discardableResult
    func drain(limit: Int = .max) -> Self {
        var record = Record()
        var count = 0
        while count < limit {
            switch reader.read(into: &record) {
            case .record(let isHistory):
                items.append(item(record, isHistory))
                count += 1
            case .correction: corrections.append(item(record, false))
            case .rejected(let reason): rejections.append(reason)
            case .failed(let error):
                failures.append(error)
                if failures.count > 500 { return self }
            case .waiting(let error):
                waits.append(error)
                return self
            case .caughtUp: return self
            }
        }
        return self
    }

    /// As an engine does: reads only if the reader says that it may be worth it.
    @discardableResult
    func poll() -> Self { reader.hasChanged() ? drain() : self }

    private func item(_ record: Telemetry.Record, _ isHistory: Bool) -> Item {
        let texts = reader.texts
        func text(_ range: Range<Int>) -> String {
            unsafe SafeText.string(texts.span.bytes, range, limit: 200)
        }
        return Item(
            record: record, trace: text(record.traceText), session: text(record.sessionText), isHistory: isHistory)
    }

    var totals: Totals {
        var totals = Totals()
        for item in items {
            let record = item.record
            switch record.kind {
            case .request:
                totals.requests += 1
                if record.success == false { totals.failures += 1 }
            case .feedback:
                if record.ratedPositive == true { totals.ratedUp += 1 }
                if record.ratedPositive == false { totals.ratedDown += 1 }
            case .eval: totals.evals += 1
            default: break
            }
        }
        for item in items + corrections where item.record.kind == .request {
            totals.input += item.record.inputTokens ?? 0
            totals.output += item.record.outputTokens ?? 0
            totals.cached += item.record.cachedInputTokens ?? 0
            totals.cost += item.record.cost ?? 0
            totals.tools += item.record.toolCallCount ?? 0
        }
        for item in corrections where item.record.kind == .request && item.record.success == false {
            totals.failures += 1
        }
        return totals
    }
}

/// A number generator with a seed (SplitMix64, by Steele, Lea and Flood).
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64
    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
