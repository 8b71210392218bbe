import Metrics
import Monitoring
import Scenario
import Testing

@testable import Engine

/// Causes planted in records are found; where there is none, nothing is. The benchmark does the same more often.
@Suite struct ExplanationTests {
    private static func explanation(_ traffic: PlantedTraffic, _ requests: Int) throws -> Explanation {
        var traffic = traffic
        let situation = try Run.read(String(decoding: traffic.next(requests), as: UTF8.self))
        let (first, now) = (situation.snapshot.firstTime ?? 0, situation.snapshot.now ?? 0)
        return Explanation(.failing, of: situation, in: first...now)
    }

    @Test(arguments: [false, true])
    func everyPlantedCauseIsFoundFirst(_ isSampled: Bool) throws {
        var beside = 0
        for cause in PlantedTraffic.Cause.allCases {
            for seed in [1, 2] as [UInt64] {
                let explanation = try Self.explanation(PlantedTraffic(cause, isSampled: isSampled, seed: seed), 6000)
                let first = try #require(explanation.rows.first)
                let names = Set(first.slices.map(\.label) + (cause.parts.count == 1 ? first.aliases.map(\.label) : []))
                #expect(first.slices.count == cause.parts.count && names.isSuperset(of: cause.parts), "\(first.label)")
                #expect(explanation.spread?.isEven == false)
                beside += explanation.rows.dropFirst().count { !$0.isEcho }
            }
        }
        // Neither parts of a cause nor what goes along with it are told as others, but for chance, one time in twenty.
        #expect(beside <= 3)
    }

    @Test(arguments: 1...5 as ClosedRange<UInt64>, [false, true])
    func nothingIsFoundWhereThereIsNothing(_ seed: UInt64, _ isSampled: Bool) throws {
        let explanation = try Self.explanation(
            PlantedTraffic(nil, failing: (0, 60), isSampled: isSampled, seed: seed), 6000)
        #expect(explanation.rows.isEmpty && explanation.tested > 50, "\(explanation.rows.map(\.label))")
        #expect(explanation.silence?.hasPrefix("nothing stands out") == true)
    }

    /// The sentence of the verdict is the page's first row.
    @Test func theVerdictTellsTheSame() throws {
        var traffic = PlantedTraffic(.toolInLocale, failing: (900, 30), seed: 4)
        let situation = try Run.read(String(decoding: traffic.next(5000), as: UTF8.self)) {
            $0.book = RuleBook(packs: [.standard])
        }
        let clause = situation.verdict(window: .minutes15).clauses.first { $0.contains("of failures") }
        #expect(clause?.hasSuffix("% of failures: tool=refund_api and locale=de") == true, "\(clause ?? "")")
    }
}
