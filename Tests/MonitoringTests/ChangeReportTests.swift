import Metrics
import Query
import Statistics
import Telemetry
import TestSupport
import Testing

@testable import Monitoring

/// What became of a deploy, and what runs.
@Suite struct ChangeReportTests {
    /// Seeded requests of two versions; minutes since midnight.
    private struct Traffic {
        var bench = CountingBench(rowBudget: 32 << 20)
        var random: Xoshiro256
        private var count = 0

        init(seed: UInt64) { random = Xoshiro256(seed: seed) }

        /// - Parameter share: of the new version, which fails as often as `failing` says.
        mutating func pass(
            _ minutes: Range<Int>, share: Double, failing: (old: Double, new: Double) = (0.05, 0.05),
            slower: Int64 = 1, isNamed: Bool = true
        ) {
            let versions = ["v1", "v2"].map { bench.symbol($0, .agentVersion) }
            for second in stride(from: minutes.lowerBound * 60, to: minutes.upperBound * 60, by: 3) {
                let isNew = random.chance(share)
                let hasFailed = random.chance(isNew ? failing.new : failing.old)
                let latency = Int64(500_000 + random.below(4_000_000)) * (isNew ? slower : 1)
                let cost = Int64(1_000_000 + random.below(2_000_000))
                count += 1
                bench.count(at: midnight + Int64(second) * Span.second, trace: "t\(count)", cost: cost) { record in
                    if isNamed { record.values[.agentVersion] = versions[isNew ? 1 : 0] }
                    record.success = !hasFailed
                    record.latency = latency
                    record.outputLength = 500 + latency % 100
                }
            }
        }

        mutating func tell(_ minute: Int, _ version: String) {
            bench.count(.deploy, at: midnight + Int64(minute) * Span.minute) { record in
                var deploy = Deploy()
                deploy.version = version
                record.deploy = deploy
            }
        }

        var report: ChangeReport {
            let snapshot = bench.snapshot()
            return ChangeReport(snapshot, deploys: snapshot.deploys)
        }
    }

    private static func metric(_ report: DeployReport?, _ kind: DeployMetric.Kind) -> DeployMetric? {
        report?.metrics.first { $0.kind == kind }
    }

    @Test func `what fails more and takes longer is worse, and what is as it was is not`() throws {
        var traffic = Traffic(seed: 1)
        traffic.pass(0..<90, share: 0)
        traffic.pass(90..<150, share: 1, failing: (0.05, 0.2), slower: 3)
        let deploy = try #require(traffic.report.deploys.first)
        #expect(deploy.mark.label == "v2" && deploy.old == "v1" && deploy.new == "v2" && deploy.basis == .before)
        // As long before as after.
        #expect(deploy.requests.before == 1199 && deploy.requests.after == 1200)
        #expect(deploy.worse.map(\.kind) == [.successRate, .p95Latency])
        let success = try #require(Self.metric(deploy, .successRate))
        #expect(try #require(success.interval).contains(-0.15))
        #expect(success.counts == (1199, 1200))
        let latency = try #require(Self.metric(deploy, .p95Latency)?.interval)
        #expect(latency.contains(2) && latency.lower > 1)
        #expect(deploy.condition == #"agent_version = "v2""#)
    }

    @Test func `while both answer they are compared over the same time: what befalls both is nobody's fault`() throws {
        var traffic = Traffic(seed: 2)
        traffic.pass(0..<90, share: 0)
        // The provider fails with the deploy.
        traffic.pass(90..<150, share: 0.3, failing: (0.4, 0.4))
        let deploy = try #require(traffic.report.deploys.first)
        #expect(deploy.basis == .beside)
        #expect(deploy.worse.isEmpty)
        let success = try #require(Self.metric(deploy, .successRate))
        #expect(try #require(success.before) < 0.7)
    }

    @Test func `equal versions are not worse, however often one looks`() {
        var found = 0
        for seed in 1...6 {
            var traffic = Traffic(seed: UInt64(seed))
            traffic.pass(0..<60, share: 0)
            for minute in stride(from: 60, to: 180, by: 10) {
                traffic.pass(minute..<minute + 10, share: seed % 2 == 0 ? 1 : 0.2)
                found += traffic.report.deploys.reduce(0) { $0 + $1.worse.count }
            }
        }
        #expect(found == 0)
    }

    @Test func `of few nothing is said`() throws {
        var traffic = Traffic(seed: 3)
        traffic.pass(0..<90, share: 0, failing: (0, 0))
        traffic.pass(90..<91, share: 0.8, failing: (0, 1))
        let deploy = try #require(traffic.report.deploys.first)
        let success = try #require(Self.metric(deploy, .successRate))
        #expect(success.after == 0 && success.isFew && success.interval == nil && success.verdict == nil)
    }

    @Test func `what requests do not name is compared by time`() throws {
        var traffic = Traffic(seed: 4)
        traffic.pass(0..<90, share: 0, isNamed: false)
        traffic.tell(90, "v9")
        traffic.pass(90..<150, share: 0, failing: (0.3, 0.3), isNamed: false)
        let deploy = try #require(traffic.report.deploys.first)
        #expect(deploy.new == nil && deploy.condition == nil)
        #expect(deploy.requests.after == 1200 && deploy.worse.map(\.kind) == [.successRate])
    }

    @Test func `what runs is told with its share, and with the one before`() {
        var traffic = Traffic(seed: 5)
        traffic.pass(0..<90, share: 0)
        #expect(traffic.report.deploys.isEmpty && traffic.report.running.map(\.share) == [1])
        traffic.pass(90..<150, share: 1)
        let running = traffic.report.running
        #expect(running.map { $0.parts.map(\.value) } == [["v2"], ["v1"]])
        #expect(running.map(\.share) == [1, 0] && running.map(\.shareBefore) == [0, 1])
    }

    @Test func `what began minutes after a deploy is told to have`() throws {
        let mark = DeployMark(time: midnight, label: "v2", deploy: nil)
        #expect([mark].followed(midnight + 4 * Span.minute)?.words(before: midnight + 4 * Span.minute) == "4m after v2")
        #expect(
            [mark].followed(midnight + 20 * Span.second)?.words(before: midnight + 20 * Span.second) == "right after v2"
        )
        #expect([mark].followed(midnight - 1) == nil && [mark].followed(midnight + 16 * Span.minute) == nil)
    }
}
