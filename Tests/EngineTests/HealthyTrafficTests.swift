import Ingest
import Metrics
import Monitoring
import Scenario
import Testing

@testable import Engine

/// The short form of what `agentdash-bench --alerts` replays by the week.
@Suite struct HealthyTrafficTests {
    /// Six in the morning of 2026-03-09, in ms: traffic grows from here on.
    private static let opensAt: Int64 = 1_773_036_000_000
    private static let minute: Int64 = 60_000

    /// Two hours in health, then a quarter of an hour of what goes wrong, through every pack.
    private static func events(_ fault: TrafficFault?) throws -> [AlertEvent] {
        var traffic = SeasonalTraffic(seed: 7, opensAt: opensAt)
        var nature = SeasonalTraffic.Nature(requestsPerMinute: 40)
        var pieces = [traffic.records(until: opensAt + 120 * minute, nature)]
        if let fault {
            fault.change(&nature, after: 0)
            pieces.append(traffic.records(until: opensAt + 135 * minute, nature))
        }
        // Each under a name of its own: none is to replace another.
        let rules = RulePack.allCases.flatMap { $0.definitions() }.map { definition in
            var definition = definition
            definition.name = "\(definition.source.pack ?? "") \(definition.name)"
            return definition
        }
        var options = Run.options([.program(name: "traffic", Pieces(pieces: pieces))])
        options.book = RuleBook(packs: [], own: rules)
        options.rowBudget = 0
        let situation = try OneReading.situation(options)
        #expect(situation.snapshot.read > 4000 && situation.rules.allSatisfy { $0.rule.problem == nil })
        return situation.events.filter { $0.to == .firing }
    }

    @Test func twoHealthyHoursFireNothing() throws {
        #expect(try Self.events(nil).map(\.rule) == [])
    }

    @Test func anErrorBurstIsFoundWithinMinutes() throws {
        let events = try Self.events(.errorBurst)
        let began = (Self.opensAt + 120 * Self.minute) * 1000
        #expect(events.allSatisfy { $0.time > began })
        for rule in ["conservative elevated_error_rate", "standard high_error_rate", "anomaly unusual_errors"] {
            let time = try #require(events.first { $0.rule == rule }?.time, "\(rule)")
            #expect(time - began <= 6 * Span.minute, "\(rule): \((time - began) / Span.second) s")
        }
    }
}
