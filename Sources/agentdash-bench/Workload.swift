import CPosix
import Engine
import Glibc
import Ingest
import Metrics
import Monitoring
import Scenario
import Telemetry

/// What a row of the table does with the bytes. Each answers how many records it saw.
enum Workload: String, CaseIterable, Sendable {
    /// Bytes in memory to records.
    case scan
    /// A file to lines, the kernel's reading included.
    case frame
    /// Bytes in memory to records and their prices.
    case price
    /// A file to everything that a screen shows.
    case endToEnd = "end-to-end"
    /// The same with a second thread that decodes ahead.
    case twoCore = "two-core"
    /// The same from another process's pipe, on one thread.
    case pipe
    /// A part of the bytes through Foundation's `JSONDecoder`.
    case foundation

    /// Whether the row is measured for every shape of records; the others are for the flat ones.
    var isForEveryShape: Bool { self == .scan || self == .endToEnd }

    /// Whether the row's decoder knows records of this shape: some know only agentdash's own.
    func reads(_ shape: BulkTraffic.Shape) -> Bool { shape.isNative || !isInMemory }

    /// Whether the row takes its bytes from memory.
    var isInMemory: Bool { self == .scan || self == .price || self == .foundation }

    /// Whether the clock counts, since a second process or thread does part of the work.
    var isByClock: Bool { self == .pipe || self == .twoCore }

    /// Whether the row can show anything here.
    var isPossible: Bool { self != .twoCore || agentdash_processor_count() > 1 }

    /// How many of `bytes` the row reads: of Foundation a tenth is enough.
    func share(of bytes: Int) -> Int { self == .foundation ? min(bytes, max(1 << 20, bytes / 20)) : bytes }

    /// - Parameters:
    ///   - bytes: the file's content, padded as a decoder needs it; empty for rows that read the file.
    func run(path: String, bytes: borrowing PaddedBytes) throws(BenchmarkFailure) -> Int {
        switch self {
        case .scan: Self.scan(bytes, prices: false)
        case .price: Self.scan(bytes, prices: true)
        case .frame: try Self.frame(path)
        case .endToEnd: try Self.read(.file(path))
        case .twoCore: try Self.read(.file(path), onTwoCores: true)
        case .pipe: try Self.readPipe(path)
        case .foundation: try FoundationDecoding.records(in: bytes, limit: share(of: bytes.count))
        }
    }

    private static func scan(_ bytes: borrowing PaddedBytes, prices: Bool) -> Int {
        let symbols = SymbolTable()
        var decoder = NativeDecoder(symbols: symbols)
        var costs = CostCalculator(symbols: symbols)
        var record = Record()
        var records = 0
        var total: Int64 = 0
        // A view of the bytes; any bit pattern is a byte.
        let view = unsafe bytes.padded.span.bytes
        bytes.forEachLine { line in
            guard case .record = decoder.decode(view, line: line, into: &record) else { return }
            records += 1
            if prices { total &+= costs.cost(of: record) ?? 0 }
        }
        return prices && total == 0 ? 0 : records
    }

    private static func frame(_ path: String) throws(BenchmarkFailure) -> Int {
        let sources = SourceSet([.file(path)], follow: false)
        var buffer = LineBuffer()
        var lines = 0
        while true {
            let outcome = sources.sources[0].read(into: &buffer)
            while case .line = buffer.nextLine() { lines += 1 }
            switch outcome {
            case .bytes, .caughtUp: continue
            case .ended: return lines
            case .failed(let error): throw BenchmarkFailure(error.description)
            }
        }
    }

    private static func read(_ source: SourceLocation, onTwoCores: Bool = false) throws(BenchmarkFailure) -> Int {
        do {
            return try OneReading.situation(.benchmark(source, onTwoCores: onTwoCores)).snapshot.read
        } catch {
            throw BenchmarkFailure(error.description)
        }
    }

    /// Standard input becomes the end of a pipe that `cat` fills; the reader makes the pipe as large as it likes.
    private static func readPipe(_ path: String) throws(BenchmarkFailure) -> Int {
        var reader: Int32 = -1
        var writer: Int32 = -1
        guard unsafe agentdash_pipe(&reader, &writer, false) == 0 else { throw BenchmarkFailure("no pipe") }
        let writing = try ChildProcess(["cat", path], output: writer)
        close(writer)
        let kept = dup(0)
        dup2(reader, 0)
        close(reader)
        defer {
            dup2(kept, 0)
            close(kept)
        }
        let records = try read(.standardInput)
        _ = try writing.wait()
        return records
    }
}

extension EngineOptions {
    /// As `agentdash snapshot` reads, at a time long after the data.
    static func benchmark(_ source: SourceLocation, onTwoCores: Bool = false) -> EngineOptions {
        var options = EngineOptions(sources: [source], prices: .builtIn) {
            1_900_000_000_000_000
        }
        options.secondCoreFrom = onTwoCores ? 0 : nil
        return options
    }
}
