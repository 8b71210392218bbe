import Metrics
import Monitoring
import Statistics
import Telemetry
import TestSupport
import Testing

/// Whether variants are those that a deterministic router gives: what the log says against `agentdash assign`.
@Suite struct CanaryRoutingTests {
    /// Requests of many users whose variant `isCanary` says.
    private func report(
        _ settings: CanarySettings = CanarySettings(), _ isCanary: (_ user: String, _ minute: Int64) -> Bool
    ) throws -> CanaryReport {
        var random = Xoshiro256(seed: 4)
        var bench = CountingBench()
        let control = bench.symbol("control", .variant)
        let canary = bench.symbol("canary", .variant)
        var watch = CanaryWatch(settings)
        for minute in 0..<60 as Range<Int64> {
            for i in 0..<100 as Range<Int64> {
                let user = "user-\(random.below(3000))"
                let failed = random.chance(0.02)
                bench.count(at: midnight + minute * Span.minute + i * 500_000, user: user) { record in
                    record.values[.variant] = isCanary(user, minute) ? canary : control
                    record.success = !failed
                    record.latency = Span.second
                }
            }
            let now = midnight + (minute + 1) * Span.minute
            watch.step(bench.snapshot(asOf: now), at: now)
        }
        return try #require(CanaryReport(bench.snapshot(), watch))
    }

    @Test(arguments: UserBucket.allCases) func aLogThatFollowsAHashIsKnownByIt(_ algorithm: UserBucket) throws {
        let routing = try #require(
            report { user, _ in algorithm.bucket(of: user) < 10 }.evidence?.routing)
        #expect(routing.fits && !routing.isBroken)
        #expect(routing.algorithm == algorithm && routing.canaryElsewhere == 0 && routing.controlElsewhere == 0)
        // Between the highest bucket that was seen among the canary's users and the lowest among control's.
        #expect((9...11).contains(routing.percent))
        // One user in eight.
        #expect((400...1200).contains(routing.looked))
    }

    @Test func aLogThatFollowsNoneIsOnlyToldOfUnlessOneIsStated() throws {
        let isCanary = { (user: String, minute: Int64) in (user.utf8.last ?? 0) % 10 == 3 }
        let told = try report(CanarySettings(), isCanary)
        #expect(told.evidence?.routing?.fits == false)
        #expect(!told.reasons.contains("mismatch"))
        var settings = CanarySettings()
        settings.routing = .mod100
        let stated = try report(settings, isCanary)
        #expect(stated.verdict == .hold && stated.reasons.first == "mismatch", "\(stated.verdict) \(stated.reasons)")
        #expect(stated.reasons.contains { $0.contains("sha256-mod100") })
    }

    @Test func oneUserSentByHandIsNoMismatch() throws {
        var settings = CanarySettings()
        settings.routing = .mod100
        // Every user of a bucket: as if it were one who asks much.
        let report = try report(settings) { user, _ in
            let bucket = UserBucket.mod100.bucket(of: user)
            return bucket < 10 || (50..<52).contains(bucket)
        }
        let routing = try #require(report.evidence?.routing)
        #expect(!routing.fits && !routing.isBroken)
        #expect(!report.reasons.contains("mismatch"))
    }

    @Test func theOtherHashIsAMismatchWhereOneIsStated() throws {
        var settings = CanarySettings()
        settings.routing = .mod100
        let report = try report(settings) { user, _ in UserBucket.first32.bucket(of: user) < 50 }
        #expect(report.verdict == .hold && report.reasons.first == "mismatch")
    }
}
