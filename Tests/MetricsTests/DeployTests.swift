import Statistics
import Telemetry
import TestSupport
import Testing

@testable import Metrics

/// What is told and seen of deploys.
struct DeployTests {
    /// Requests a minute, each with what `fill` says of it: by its number among those of its minute.
    private struct Traffic {
        var bench = CountingBench(rowBudget: 16 << 20)
        var rate = 20

        mutating func pass(_ minutes: Range<Int>, _ value: (_ request: Int, _ minute: Int) -> [Dimension: String]) {
            for minute in minutes {
                for request in 0..<rate {
                    let values = value(request, minute).map { ($0.key, bench.symbol($0.value, $0.key)) }
                    let time = midnight + Int64(minute) * Span.minute + Int64(request) * Span.minute / Int64(rate)
                    bench.count(at: time) { record in
                        for (dimension, symbol) in values { record.values[dimension] = symbol }
                    }
                }
            }
        }

        mutating func tell(
            _ minute: Double, version: String, prompt: String? = nil, _ fill: (inout Deploy) -> Void = { _ in }
        ) {
            bench.count(.deploy, at: midnight + Int64(minute * 60) * Span.second) { record in
                var deploy = Deploy()
                deploy.version = version
                deploy.promptHash = prompt
                fill(&deploy)
                record.deploy = deploy
            }
        }

        var marks: [DeployMark] { bench.snapshot().deploys }
        var labels: [String] { marks.map(\.label) }
    }

    private static func version(_ name: String, _ prompt: String = "p", model: String = "m") -> [Dimension: String] {
        [.agentVersion: name, .promptHash: prompt, .model: model]
    }

    @Test func `a new version is marked once, at its first request, and those at the beginning are not`() {
        var traffic = Traffic()
        traffic.pass(0..<30) { n, _ in Self.version(n % 4 == 0 ? "v1" : "v0") }
        traffic.pass(30..<60) { _, _ in Self.version("v2") }
        #expect(traffic.labels == ["v2"])
        #expect(traffic.marks.first?.time == midnight + 30 * Span.minute)
        #expect(
            traffic.marks.first?.changes == [
                VersionChange(dimension: .agentVersion, from: "v0", to: "v2", kind: .starts)
            ])
    }

    @Test func `a single request of a new version is none yet, some minutes of it are`() {
        var traffic = Traffic()
        traffic.pass(0..<30) { _, _ in Self.version("v1") }
        traffic.pass(30..<31) { n, _ in Self.version(n == 19 ? "v2" : "v1") }
        #expect(traffic.labels == [])
        traffic.pass(31..<33) { _, _ in Self.version("v2") }
        #expect(traffic.labels == ["v2"])
    }

    @Test func `version, prompt and model of one deploy are one mark that lists all`() {
        var traffic = Traffic()
        traffic.pass(0..<60) { _, _ in Self.version("v1", "p1", model: "gpt") }
        traffic.pass(60..<63) { _, _ in Self.version("v2", "p1", model: "gpt") }
        traffic.pass(63..<66) { _, _ in Self.version("v2", "p2", model: "gpt") }
        traffic.pass(66..<120) { _, _ in Self.version("v2", "p2", model: "claude") }
        #expect(traffic.labels == ["v2"])
        #expect(traffic.marks.first?.changes.map(\.dimension) == [.agentVersion, .promptHash, .model])
        #expect(traffic.marks.first?.changes.map(\.from) == ["v1", "p1", "gpt"])
        #expect(traffic.marks.first?.changes.map(\.to) == ["v2", "p2", "claude"])
    }

    @Test(arguments: [-4.0, 0, 4]) func `what is told and what is seen are one mark, told by however many`(lag: Double)
    {
        var traffic = Traffic()
        traffic.pass(0..<30) { _, _ in Self.version("v1") }
        traffic.tell(30 + lag, version: "v2") { $0.rollbackCommand = "undo" }
        traffic.tell(31 + lag, version: "v2")
        traffic.pass(30..<60) { _, _ in Self.version("v2", "q") }
        #expect(traffic.labels == ["v2"])
        #expect(traffic.marks.first?.deploy?.rollbackCommand == "undo")
        #expect(traffic.marks.first?.changes.map(\.to) == ["v2", "q"])
        #expect(traffic.bench.snapshot().rollbackCommand == "undo")
    }

    @Test func `what is told alone says from what to what, as far as requests say what was there`() {
        var traffic = Traffic()
        traffic.pass(0..<30) { _, _ in Self.version("v1", "p") }
        traffic.tell(29.5, version: "v2", prompt: "p")
        #expect(
            traffic.marks.map(\.changes) == [
                [VersionChange(dimension: .agentVersion, from: "v1", to: "v2", kind: .told)]
            ])
    }

    @Test func `where versions begin to be named at all it is one mark, however many they are`() {
        var traffic = Traffic()
        traffic.pass(0..<60) { _, _ in [.model: "m"] }
        traffic.pass(60..<90) { n, _ in Self.version(n % 3 == 0 ? "v2" : "v1", "q", model: "m") }
        #expect(traffic.labels == ["v2"])
        #expect(traffic.marks.first?.changes.map(\.from) == [nil, nil])
    }

    @Test func `a canary's start and its end are marks, and the end leads back`() {
        var traffic = Traffic()
        traffic.pass(0..<120) { _, _ in Self.version("v2.3").merging([.variant: "control"]) { $1 } }
        traffic.pass(120..<160) { n, _ in
            n == 7
                ? Self.version("v2.4", "q").merging([.variant: "canary"]) { $1 }
                : Self.version("v2.3").merging([.variant: "control"]) { $1 }
        }
        #expect(traffic.labels == ["v2.4"])
        traffic.pass(160..<240) { _, _ in Self.version("v2.3") }
        #expect(traffic.labels == ["v2.4", "back to v2.3"])
        let marks = traffic.marks
        #expect(marks[0].changes.map(\.dimension) == [.agentVersion, .promptHash, .variant])
        #expect(marks[0].time < midnight + 121 * Span.minute)
        #expect(
            marks[1].changes.first
                == VersionChange(
                    dimension: .agentVersion, from: "v2.4", to: "v2.3", kind: .ends, isReturn: true))
        #expect((159...160).contains((marks[1].time - midnight) / Span.minute))
    }

    @Test func `a ramp that ends with all of the traffic is a second mark`() {
        var traffic = Traffic()
        traffic.pass(0..<120) { _, _ in Self.version("v1") }
        traffic.pass(120..<160) { n, _ in Self.version(n < 2 ? "v2" : "v1") }
        traffic.pass(160..<200) { n, _ in Self.version(n < 10 ? "v2" : "v1") }
        traffic.pass(200..<240) { _, _ in Self.version("v2") }
        #expect(traffic.marks.map { $0.changes.first?.kind } == [.starts, .takesOver])
        #expect(traffic.marks.last.map { ($0.time - midnight) / Span.minute } == 160)
    }

    @Test(arguments: [8, 45, 90]) func `a rollback of everything is a mark`(minutes: Int) {
        var traffic = Traffic()
        traffic.pass(0..<120) { _, _ in Self.version("v1") }
        traffic.pass(120..<120 + minutes) { _, _ in Self.version("v2") }
        traffic.pass(120 + minutes..<180 + minutes) { _, _ in Self.version("v1") }
        let marks = traffic.marks
        #expect(marks.map(\.label) == ["v2", "back to v1"])
        // A minute of the other slot's share may be taken for its beginning.
        #expect(abs((marks.last?.time ?? 0) - midnight - Int64(120 + minutes) * Span.minute) <= Releases.step)
    }

    @Test func `many models in turn, and a fallback now and then, are no deploys`() {
        var random = Xoshiro256(seed: 7)
        var traffic = Traffic()
        traffic.rate = 8
        traffic.pass(0..<480) { _, minute in
            // Half of it is one of twenty, the favourite of the hour.
            let favourite = minute / 37 % 20
            let model = random.chance(0.5) ? favourite : Int(random.below(20))
            return Self.version("v1", model: "m\(model)")
        }
        #expect(traffic.labels == [])
        var other = Traffic()
        other.rate = 8
        other.pass(0..<480) { n, minute in
            Self.version("v1", model: minute % 97 < 2 && n % 3 == 0 ? "spare" : n % 50 == 1 ? "rare" : "m")
        }
        #expect(other.labels == [])
    }

    @Test func `prompts of two tasks, each asked for at its time, are no deploys, and a new one of either is`() {
        var traffic = Traffic()
        traffic.rate = 8
        func prompt(_ n: Int, _ minute: Int) -> String { (minute / 120 % 2 == 0) == (n > 0) ? "chat" : "batch" }
        traffic.pass(0..<480) { n, minute in Self.version("v1", prompt(n, minute)) }
        #expect(traffic.labels == [])
        traffic.pass(480..<540) { n, minute in
            let prompt = prompt(n, minute)
            return Self.version("v1", prompt == "chat" ? "chat 2" : prompt)
        }
        #expect(traffic.labels == ["prompt chat 2"])
    }

    @Test func `a model that takes a considerable share is one`() {
        var traffic = Traffic()
        traffic.pass(0..<120) { n, _ in Self.version("v1", model: n % 4 == 0 ? "small" : "large") }
        traffic.pass(120..<240) { n, _ in Self.version("v1", model: n % 4 == 0 ? "small" : n % 4 == 1 ? "new" : "large")
        }
        #expect(traffic.labels == ["new"])
        #expect(traffic.marks.first?.changes.first?.from == "large" || traffic.marks.first?.changes.first?.from == nil)
    }

    @Test func `prompts that are filled in, each another, hide no version`() {
        var traffic = Traffic()
        traffic.pass(0..<120) { n, minute in Self.version(minute < 60 ? "v1" : "v2", "p\(minute * 20 + n)") }
        #expect(traffic.labels == ["v2"])
    }

    @Test func `of random traffic without a change nothing is marked`() {
        for seed in 1...4 {
            var random = Xoshiro256(seed: UInt64(seed))
            var traffic = Traffic(rate: [1, 3, 8, 20][seed - 1])
            traffic.pass(0..<400) { _, minute in
                func pick(_ shares: [(String, Double)]) -> String {
                    var left = Double(random.below(1_000_000)) / 1e6
                    return shares.first {
                        left -= $0.1; return left < 0
                    }?.0 ?? shares[0].0
                }
                return [
                    .agentVersion: pick([("a", 0.9), ("b", 0.07), ("c", 0.02), ("d", 0.01)]),
                    .promptVersion: pick((0..<60).map { ("p\($0)", 1.0 / 60) }),
                    .model: pick([("x", 0.5), ("y", 0.3), ("z", 0.2)]),
                    .variant: pick([("control", 0.95), ("canary", 0.05)]),
                ]
            }
            #expect(traffic.labels == [], "seed \(seed)")
        }
    }

    @Test func `as of an earlier time only what was there is known, and history filled in behind is`() {
        var traffic = Traffic()
        traffic.pass(0..<60) { _, _ in Self.version("v1") }
        traffic.pass(60..<120) { _, _ in Self.version("v2") }
        traffic.pass(120..<180) { _, _ in Self.version("v3") }
        let snapshot = traffic.bench.snapshot()
        #expect(snapshot.deploys.map(\.label) == ["v2", "v3"])
        #expect(snapshot.asOf(midnight + 100 * Span.minute).deploys.map(\.label) == ["v2"])
        #expect(snapshot.asOf(midnight + 40 * Span.minute).deploys == [])
        // Whole spans of 5 minutes.
        #expect(snapshot.releases(lasting: 30 * Span.minute).map { $0.requests.raw } == [700])
    }

    @Test func `beyond the day hours remember`() {
        var traffic = Traffic(rate: 2)
        traffic.pass(0..<600) { _, _ in Self.version("v1") }
        traffic.pass(600..<4 * 1440) { _, _ in Self.version("v2") }
        #expect(traffic.labels == ["v2"])
        #expect(traffic.marks.first?.time == midnight + 600 * Span.minute)
        #expect(
            traffic.bench.snapshot().releases(lasting: 3 * Span.day).map { $0.requests.raw } == [2 * (3 * 1440 + 60)])
        // Also looked back at from before the day, and asked of a time that ended then.
        let snapshot = traffic.bench.snapshot()
        let past = snapshot.asOf(midnight + 2 * 1440 * Span.minute)
        #expect(past.deploys.map(\.label) == ["v2"])
        #expect(snapshot.asOf(midnight + 300 * Span.minute).deploys == [])
        let deploy = midnight + 600 * Span.minute
        #expect(snapshot.releases(in: deploy - Span.hour..<deploy).map { $0.requests.raw } == [120])
    }

    @Test func `marks are bounded and in order`() {
        var traffic = Traffic()
        for i in (0..<200).reversed() { traffic.tell(Double(i) * 15, version: "v\(i)") }
        traffic.pass(3000..<3001) { _, _ in [:] }
        let marks = traffic.marks
        #expect(marks.count == DeployMark.limit)
        #expect(marks.map(\.time) == marks.map(\.time).sorted())
    }

    // MARK: Before and after

    @Test func `each side counts its own requests, and evals those of their request`() {
        var bench = CountingBench(rowBudget: 16 << 20)
        let versions = ["v1", "v2"].map { bench.symbol($0, .agentVersion) }
        for i in 0..<1000 {
            bench.count(at: midnight + Int64(i) * Span.second, trace: "t\(i)", cost: Int64(i % 2 + 1) * 1_000_000) {
                $0.values[.agentVersion] = versions[i % 2]
                $0.success = i % 10 != 1
                $0.latency = Int64(i % 2 + 1) * Span.second
                $0.outputTokens = Int64(100 + i % 2)
            }
            if i % 4 == 1 {
                bench.count(.eval, at: midnight + Int64(i) * Span.second, trace: "t\(i)") { $0.evalScore = 700_000 }
            }
        }
        let times = midnight...midnight + 499 * Span.second
        let rows = bench.snapshot().rows
        let (counts, since) = rows.counts(of: [
            VersionSide(.init(.agentVersion, "v1"), times), VersionSide(.init(.agentVersion, "v2"), times),
            VersionSide(nil, times), VersionSide(.init(.agentVersion, "v3"), times),
        ])
        #expect(since == nil)
        #expect(counts.map { $0.requests.raw } == [250, 250, 500, 0])
        #expect(counts.map { $0.failed.raw } == [0, 50, 50, 0])
        #expect(counts[0].latency.maximum == Span.second && counts[1].latency.minimum == 2 * Span.second)
        #expect(counts.map { $0.cost.mean } == [1_000_000, 2_000_000, 1_500_000, nil])
        #expect(counts[1].outputLength.mean == 101)
        #expect(counts.map { $0.evalScore.weight / 1024 } == [0, 125, 125, 0])
        #expect(counts[1].evalScore.mean == 700_000)
        #expect((counts[0] + counts[1]).requests.raw == counts[2].requests.raw)
    }
}
