import Engine
import Glibc
import Ingest
import Metrics
import Monitoring
import Scenario

/// Input that tries how much memory counting takes. It is made while it is read and never stored.
enum MemoryStory: String, CaseIterable, Sendable {
    /// Ten million records over 24 hours, with 10,000 names that slices are made of.
    case day
    /// A million records, each with a model, an error type and a user of its own.
    case names

    var records: Int { self == .day ? 10_000_000 : 1_000_000 }

    private var traffic: BulkTraffic {
        var names = BulkTraffic.Names()
        switch self {
        case .day:
            names.models = 3_000
            names.versions = 3_000
            names.tasks = 4_000
            names.users = 1_000_000
            return BulkTraffic(.flat, ratePerSecond: records / 86_400, names: names)
        case .names:
            names.areUnique = true
            return BulkTraffic(.flat, ratePerSecond: 100, names: names)
        }
    }

    /// Reads the story to its end and prints the memory that it took.
    func tell() throws(BenchmarkFailure) {
        let producer = BulkProducer(traffic: traffic, left: records)
        let before = Self.peak
        do {
            let watch = Stopwatch()
            let situation = try OneReading.situation(.benchmark(.program(name: rawValue, producer)))
            let snapshot = situation.snapshot
            guard snapshot.read == records else {
                throw BenchmarkFailure("\(snapshot.read) of \(records) records were read")
            }
            Output.line(
                Columns.line([
                    rawValue, String(snapshot.read), Columns.number(Double(before) / 1e6, 0),
                    Columns.number(Double(Self.peak) / 1e6, 0), String(snapshot.source.foldedNames),
                    Columns.number(watch.clock, 1),
                ]))
        } catch let failure as EngineError {
            throw BenchmarkFailure(failure.description)
        } catch let failure as BenchmarkFailure {
            throw failure
        } catch {
            throw BenchmarkFailure("\(error)")
        }
    }

    /// Most memory the process has held, in bytes.
    private static var peak: Int {
        var usage = rusage()
        _ = unsafe getrusage(RUSAGE_SELF.rawValue, &usage)
        return usage.ru_maxrss << 10
    }
}

/// Generated records as a source of bytes.
private struct BulkProducer: ChunkProducer {
    var traffic: BulkTraffic
    var left: Int

    mutating func next() -> [UInt8]? {
        guard left > 0 else { return nil }
        let count = min(left, 1_000)
        left -= count
        return traffic.next(count)
    }
}
