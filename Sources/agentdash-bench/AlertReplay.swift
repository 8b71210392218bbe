import Engine
import Ingest
import Metrics
import Monitoring
import Scenario
import Telemetry
import Threads

/// One stretch of simulated traffic, read and judged as `agentdash` does: what every rule of every pack made of it.
struct AlertReplay {
    /// Requests a minute, on the average of a day.
    var rate: Double
    /// Hours in good health, from midnight on and as many further hours as the seed says.
    var healthyHours: Int64
    /// What happens then; nil: nothing.
    var fault: TrafficFault?
    var seed: UInt64

    /// A rule that fired.
    struct Firing: Hashable {
        /// Its pack.
        var pack: String
        var rule: String
        /// µs after the replay began; after the fault did, where there is one.
        var time: Int64
    }

    /// Midnight of 2026-03-09, a Monday, in ms since 1970.
    private static let midnight: Int64 = 1_773_014_400_000

    private var opensAt: Int64 { Self.midnight + Int64(seed % 24) * 3_600_000 }
    /// ms since 1970.
    private var breaksAt: Int64 { opensAt + healthyHours * 3_600_000 }

    /// Every time that a rule began to fire; where there is a fault, from its beginning on.
    func run() throws(BenchmarkFailure) -> [Firing] {
        // What came before was recorded, up to now.
        let clock = Locked(breaksAt * 1_000)
        let producer = TrafficProducer(
            traffic: SeasonalTraffic(seed: seed, opensAt: opensAt), nature: .init(requestsPerMinute: rate),
            fault: fault, breaksAt: breaksAt, endsAt: breaksAt + (fault?.hours ?? 0) * 3_600_000, time: opensAt,
            clock: clock)
        // A silence means something only where it is now.
        let isLive = fault == .silence
        let book = book
        if let broken = book.rules.first(where: { $0.problem != nil }) {
            throw BenchmarkFailure("\(broken.name) is broken: \(broken.problem?.description ?? "")")
        }
        var options = EngineOptions(sources: [.program(name: "traffic", producer)], book: book, prices: .builtIn) {
            isLive ? clock.withLock { $0 } : 1_900_000_000_000_000
        }
        options.nowMode = isLive ? .automatic : .data
        options.rowBudget = 0
        options.secondCoreFrom = nil
        let began = (fault == nil ? opensAt : breaksAt) * 1_000
        var firings: [Firing] = []
        var seen = Int64.min
        // Only the newest changes are kept: they are taken out on the way.
        func take(_ situation: Situation) {
            for event in situation.events where event.time > seen && event.time >= began && event.isBeginning {
                let pack = situation.rules.first { $0.name == event.rule }?.rule.definition.source.pack ?? ""
                firings.append(
                    Firing(pack: pack, rule: String(event.rule.dropFirst(pack.count + 1)), time: event.time - began))
            }
            seen = situation.events.last?.time ?? seen
        }
        do {
            take(
                try OneReading.situation(options) { situation in
                    take(situation)
                    return true
                })
        } catch {
            throw BenchmarkFailure(error.description)
        }
        return firings
    }

    /// All rules of all packs at once: each under a name that tells its pack, so that none replaces another.
    private var book: RuleBook {
        let packs = RulePack.allCases.flatMap { $0.definitions() }
        return RuleBook(
            packs: [],
            own: (packs + [RulePack.unresponsive(after: silentAfter)]).map { definition in
                var definition = definition
                definition.name = "\(definition.source.pack ?? "") \(definition.name)"
                return definition
            })
    }

    /// µs, as `[source] silent_after` is set by who knows the traffic: twenty of its mean gaps are no chance at night either.
    private var silentAfter: Int64 { max(Verdict.staleAfter, Int64(20 * 60e6 / rate)) }
}

extension AlertEvent {
    /// Not the return of one that had been under way.
    fileprivate var isBeginning: Bool { to == .firing && from != .recovering && from != .nodata }
}

/// The records of a replay as a source of bytes, which takes the clock along once it has caught up.
private struct TrafficProducer: ChunkProducer {
    var traffic: SeasonalTraffic
    let nature: SeasonalTraffic.Nature
    let fault: TrafficFault?
    /// ms since 1970.
    let breaksAt: Int64
    let endsAt: Int64
    var time: Int64
    /// µs since 1970.
    let clock: Locked<Int64>

    /// ms between two chunks.
    private static let step: Int64 = 30_000

    mutating func next() -> [UInt8]? {
        while time < endsAt {
            var nature = nature
            if time >= breaksAt { fault?.change(&nature, after: Double(time - breaksAt) / 3_600_000) }
            time = min(time < breaksAt ? breaksAt : endsAt, time + Self.step)
            let bytes = traffic.records(until: time, nature)
            clock.withLock { $0 = max($0, time * 1_000) }
            // An empty chunk makes the reader wait a little, as it must in a silence: then the clock is all that moves.
            if !bytes.isEmpty || nature.isSilent { return bytes }
        }
        return nil
    }
}
