import Engine
import Ingest
import Metrics
import Monitoring
import Scenario
import Telemetry

/// Requests with a planted cause, or with none, read and explained as `agentdash explain` does.
struct ExplanationTrial {
    var cause: PlantedTraffic.Cause?
    var requests: Int
    /// Values of the fields that have nothing to do with it.
    var values: Int
    var isSampled: Bool
    var seed: UInt64

    /// A situation that holds the requests.
    func situation() throws -> Situation {
        var traffic = PlantedTraffic(cause, isSampled: isSampled, values: values, seed: seed)
        let bytes = traffic.next(requests)
        var options = EngineOptions(
            sources: [.program(name: "planted", Whole(bytes: bytes))], book: RuleBook(rules: []), prices: .builtIn
        ) { 1_900_000_000_000_000 }
        options.nowMode = .data
        options.secondCoreFrom = nil
        return try OneReading.situation(options)
    }

    static func explanation(of situation: Situation) -> Explanation {
        let (first, now) = (situation.snapshot.firstTime ?? 0, situation.snapshot.now ?? 0)
        return Explanation(.failing, of: situation, in: min(first, now)...now)
    }

    /// Whether a row is the cause.
    func isFound(_ row: Explanation.Row?) -> Bool {
        guard let row, let cause else { return false }
        let names = Set(row.slices.map(\.label) + (row.slices.count == 1 ? row.aliases.map(\.label) : []))
        return row.slices.count == cause.parts.count && names.isSuperset(of: cause.parts)
    }

    /// All bytes at once.
    private struct Whole: ChunkProducer {
        var bytes: [UInt8]

        mutating func next() -> [UInt8]? {
            defer { bytes = [] }
            return bytes.isEmpty ? nil : bytes
        }
    }
}
