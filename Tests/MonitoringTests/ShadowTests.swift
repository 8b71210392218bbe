import Metrics
import Monitoring
import Statistics
import Telemetry
import TestSupport
import Testing

/// Shadow traffic is compared pair by pair with what it repeats.
@Suite struct ShadowTests {
    private struct Trial {
        var requests: Int64 = 4000
        /// Of the requests that are repeated.
        var share = 0.04
        /// How often the original fails, and the shadow where the original did and where it did not.
        var original = 0.1
        var shadowOfFailed = 0.7
        var shadowOfGood = 0.03
        var users: UInt64 = 500
        var isShadowFirst = false
        /// µs between two requests.
        var step = Span.second

        func reports() -> [ShadowReport] {
            var random = Xoshiro256(seed: 11)
            var bench = CountingBench()
            let version = bench.symbol("v2.5", .agentVersion)
            for i in 0..<requests {
                let time = midnight + i * step
                let failed = random.chance(original)
                let user = IdentifierHash.hash("user \(random.below(users))")
                let isRepeated = random.chance(share)
                let failsToo = random.chance(failed ? shadowOfFailed : shadowOfGood)
                func count(shadow: Bool) {
                    bench.count(at: time, trace: shadow ? "s\(i)" : "t\(i)", cost: shadow ? 2_000_000 : 1_000_000) {
                        record in
                        record.userHash = user
                        record.success = !(shadow ? failsToo : failed)
                        record.latency = shadow ? 3 * Span.second : 2 * Span.second
                        if shadow {
                            record.shadowOfHash = IdentifierHash.hash("t\(i)")
                            record.values[.agentVersion] = version
                        }
                    }
                }
                // The first shadow is what makes originals be remembered.
                if isRepeated, isShadowFirst { count(shadow: true) }
                count(shadow: false)
                if isRepeated, !isShadowFirst { count(shadow: true) }
            }
            let situation = Situation(
                snapshot: bench.snapshot(), alerts: [], rules: [], events: [], judgedUpTo: nil)
            return situation.shadows()
        }
    }

    @Test(arguments: [false, true]) func pairsAreFoundInEitherOrder(isShadowFirst: Bool) throws {
        let report = try #require(Trial(isShadowFirst: isShadowFirst).reports().first)
        #expect(report.name == "v2.5")
        // Of the first one alone nobody remembers what it repeats.
        #expect(report.counts.requests - report.counts.pairs == (isShadowFirst ? 0 : 1))
        #expect(report.counts.requests > 100)
        #expect(report.latencyChange?.mean == 0.5 && report.costChange?.mean == 1)
        #expect(report.warnings.isEmpty)
    }

    @Test func shadowsAreNoPartOfTheUsersNumbers() throws {
        var trial = Trial(original: 0, shadowOfGood: 1)
        trial.requests = 1000
        let report = try #require(trial.reports().first)
        #expect(report.counts.onlyShadowFailed == report.counts.pairs)
        #expect(abs(report.share - 0.04) < 0.02)
    }

    @Test func aShadowThatFailsWhereItsOriginalDoesNotIsWorse() throws {
        let report = try #require(Trial(shadowOfFailed: 0.9, shadowOfGood: 0.15).reports().first)
        #expect(report.finding == .worse)
        #expect(report.evidenceOfWorse >= ShadowReport.bar)
        #expect(try #require(report.interval).lower > 0)
    }

    @Test func aShadowThatFailsAsOftenIsNot() throws {
        // Where one fails the other does not, as often one way as the other.
        let report = try #require(Trial(share: 0.3, shadowOfFailed: 0.73, shadowOfGood: 0.03).reports().first)
        #expect(report.finding == .asGood)
        #expect(report.evidenceOfWorse < ShadowReport.bar)
        #expect(report.warnings.contains { $0.hasPrefix("takes ") && $0.hasSuffix("over 5%") })
    }

    @Test func whatOneUserFailsAgainAndAgainIsNoEvidence() throws {
        let report = try #require(Trial(shadowOfFailed: 0.9, shadowOfGood: 0.2, users: 1).reports().first)
        #expect(report.evidenceOfWorse >= ShadowReport.bar)
        #expect(report.finding != .worse)
    }

    @Test func twoDaysAreLongEnough() throws {
        let report = try #require(Trial(requests: 4000, step: 45 * Span.second).reports().first)
        #expect(report.warnings.contains { $0.contains("over 48h") })
    }

    @Test func aNewVersionFindsRoomWhereOldOnesAreGone() {
        var bench = CountingBench()
        func shadows(_ names: Range<Int>, at time: Int64) {
            for name in names {
                let version = bench.symbol("v\(name)", .agentVersion)
                bench.count(at: time, trace: "t\(name)") { _ in }
                bench.count(at: time, trace: "s\(name)") { record in
                    record.shadowOfHash = IdentifierHash.hash("t\(name)")
                    record.values[.agentVersion] = version
                    record.success = true
                }
            }
        }
        func names() -> Set<String> {
            let situation = Situation(
                snapshot: bench.snapshot(), alerts: [], rules: [], events: [], judgedUpTo: nil)
            return Set(situation.shadows().map(\.name))
        }
        shadows(0..<12, at: midnight)
        // So many at once are told together from the ninth on.
        #expect(names() == Set((0..<8).map { "v\($0)" } + ["shadow"]))
        shadows(20..<21, at: midnight + 5 * Span.hour)
        #expect(names().contains("v20"))
    }

    @Test func equalPairsAreSeldomCalledWorseHoweverOftenOneLooks() {
        var random = Xoshiro256(seed: 5)
        var wrong = 0
        for _ in 0..<400 {
            var pairs = DiscordantPairs()
            var isWrong = false
            for _ in 0..<400 {
                let first = random.chance(0.5)
                pairs.observe(firstFailed: first, secondFailed: !first)
                if pairs.logEvidence >= ShadowReport.bar { isWrong = true }
            }
            if isWrong { wrong += 1 }
        }
        #expect(wrong <= 20)
    }
}
