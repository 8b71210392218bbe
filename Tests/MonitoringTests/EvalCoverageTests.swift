import Metrics
import TestSupport
import Testing

@testable import Monitoring

/// Live traffic beside an eval set.
@Suite struct EvalCoverageTests {
    private static func profile(_ intents: [String: Double]) -> BehaviourProfile {
        var profile = BehaviourProfile()
        var names = BehaviourProfile.Names()
        names.counts = intents
        names.effective = intents.values.reduce(0, +)
        profile.mixes[.intents] = names
        return profile
    }

    @Test func theRuleOfTheRequirementsIsStrictOnBothSides() throws {
        let cases = try VectorFile.cases("input_drift_004", of: "seeds")
        #expect(cases.count == 7)
        for row in cases {
            let live = try #require(row["live_share"] as? Double)
            let golden = try #require(row["eval_share"] as? Double)
            #expect(
                EvalCoverage.needsCases(live: live, golden: golden) == row["enqueue_50"] as? Bool, "\(live) \(golden)")
        }
    }

    @Test func howSureARuleIsDependsOnHowManyThereAre() throws {
        func need(live: Double, of n: Double, cases: Double, of total: Double) throws -> EvalCoverage.Need? {
            let golden = try #require(GoldenSet(["x": cases, "rest": total - cases]))
            let coverage = EvalCoverage(golden, live: Self.profile(["x": live * n, "rest": n - live * n]))
            return coverage?.rows.first { $0.tag == "x" }?.need
        }
        #expect(try need(live: 0.1, of: 2000, cases: 2, of: 500) == .surely)
        // Six percent of three hundred may be four; one case of sixty says little of the set.
        #expect(try need(live: 0.06, of: 300, cases: 2, of: 500) == .likely)
        #expect(try need(live: 0.3, of: 2000, cases: 0, of: 60) == .likely)
        #expect(try need(live: 0.3, of: 199, cases: 0, of: 500) == .tooFew)
        #expect(try need(live: 0.04, of: 2000, cases: 0, of: 500) == .no)
        #expect(try need(live: 0.3, of: 2000, cases: 10, of: 500) == .no)
    }

    @Test func gapsAreRankedAndWhatHasNoCaseIsAddedUp() throws {
        let golden = try #require(GoldenSet(["refund": 60, "order_status": 40]))
        let live = Self.profile(["refund": 300, "order_status": 500, "refund_eu": 150, "chitchat": 50])
        let coverage = try #require(EvalCoverage(golden, live: live))
        #expect(coverage.rows.map(\.tag) == ["refund_eu", "order_status", "chitchat", "refund"])
        #expect(abs(coverage.uncovered - 0.2) < 1e-12 && coverage.caseCount == 100)
        #expect(coverage.rows.map(\.need) == [.surely, .no, .no, .no] || coverage.rows[0].need == .likely)
    }

    @Test func tagsAreTakenForWhatMoreOfTheTrafficGoesBy() throws {
        var profile = Self.profile(["a": 10, "b": 10])
        var tasks = BehaviourProfile.Names()
        (tasks.counts, tasks.effective) = (["refund": 15, "order": 5], 20)
        profile.mixes[.taskTypes] = tasks
        let golden = try #require(GoldenSet(["refund": 3]))
        #expect(EvalCoverage(golden, live: profile)?.kind == .taskTypes)
        let other = try #require(GoldenSet(["nobody": 3]))
        #expect(EvalCoverage(other, live: profile)?.kind == .intents)
        #expect(EvalCoverage(other, live: BehaviourProfile()) == nil)
        #expect(GoldenSet(["x": 0]) == nil && GoldenSet(["x": -1, "y": 4]) == nil && GoldenSet([:]) == nil)
    }
}
