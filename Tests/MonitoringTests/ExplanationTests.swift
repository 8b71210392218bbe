import Metrics
import Statistics
import Telemetry
import TestSupport
import Testing

@testable import Monitoring

/// What is told of outcomes: the judgement of counted slices.
@Suite struct ExplanationTests {
    /// Requests of which a test says what they are like.
    private struct Traffic {
        var bench = CountingBench(rowBudget: 32 << 20)
        var random: Xoshiro256
        private var count: Int64 = 0

        init(_ seed: UInt64) { random = Xoshiro256(seed: seed) }

        mutating func request(_ values: [(Dimension, String)], weight: Int64 = 1024, success: Bool?) {
            let symbols = values.map { ($0.0, bench.symbol($0.1, $0.0)) }
            count += 1
            bench.count(at: anyTime + count * 100_000) { record in
                record.success = success
                record.weight = weight
                for (dimension, symbol) in symbols { record.values[dimension] = symbol }
            }
        }

        mutating func pick(_ names: String...) -> String { names[Int(random.below(UInt64(names.count)))] }

        func explanation(_ outcome: RequestOutcome = .failing) -> Explanation {
            let snapshot = bench.snapshot()
            let situation = Situation(
                snapshot: snapshot, alerts: [], rules: [], events: [], judgedUpTo: nil)
            return Explanation(outcome, of: situation, in: anyTime...anyTime + Span.hour)
        }
    }

    @Test func slicesThatAreTheSameRequestsAreOneRow() {
        var traffic = Traffic(1)
        for _ in 0..<3000 {
            let isNew = traffic.random.chance(0.2)
            let fails = traffic.random.chance(isNew ? 0.3 : 0.03)
            // One in fifty has the other's hash.
            let hash = isNew != traffic.random.chance(0.02)
            traffic.request(
                [
                    (.promptVersion, isNew ? "p2" : "p1"), (.promptHash, hash ? "b" : "a"),
                    (.region, traffic.pick("eu", "us")),
                ], success: !fails)
        }
        let explanation = traffic.explanation()
        #expect(explanation.rows.map(\.label) == ["prompt_version=p2"])
        #expect(explanation.rows.first?.aliases.map(\.label) == ["prompt_hash=b"])
        #expect(explanation.spread?.isEven == false && explanation.headline?.label == "prompt_version=p2")
    }

    /// What goes along with a cause does not pass for one; what matters beside it does.
    @Test func whatOnlyGoesAlongIsSaidToDoSo() throws {
        var traffic = Traffic(2)
        for _ in 0..<6000 {
            let model = traffic.pick("a", "b", "c", "d")
            let host = model == "a" && traffic.random.chance(0.7) ? "h1" : traffic.pick("h1", "h2", "h3", "h4")
            let region = traffic.pick("eu", "us", "asia")
            let rate = (model == "a" ? 0.3 : 0.02) + (region == "asia" ? 0.1 : 0)
            traffic.request([(.model, model), (.host, host), (.region, region)], success: !traffic.random.chance(rate))
        }
        let rows = traffic.explanation().rows
        #expect(rows.first?.label == "model=a")
        #expect(try #require(rows.first { $0.label == "host=h1" }).isEcho)
        #expect(try !#require(rows.first { $0.label == "region=asia" }).isEcho)
    }

    /// Two causes side by side are two, not what they have in common.
    @Test func twoCausesAreNoPair() {
        var traffic = Traffic(3)
        for _ in 0..<6000 {
            let (model, region) = (traffic.pick("a", "b", "c", "d"), traffic.pick("eu", "us", "asia"))
            let rate = 0.03 + (model == "a" ? 0.2 : 0) + (region == "asia" ? 0.2 : 0)
            traffic.request([(.model, model), (.region, region)], success: !traffic.random.chance(rate))
        }
        let rows = traffic.explanation().rows
        #expect(Set(rows.map(\.label)) == ["model=a", "region=asia"])
    }

    @Test func tooFewExplainNothing() {
        var traffic = Traffic(4)
        for i in 0..<200 { traffic.request([(.model, i < 9 ? "a" : "b")], success: i >= 9) }
        let few = traffic.explanation()
        #expect(few.rows.isEmpty && few.hasTooFew && few.silence?.contains("n=9") == true)
        traffic.request([(.model, "a")], success: false)
        #expect(traffic.explanation().rows.map(\.label) == ["model=a"])
        #expect(traffic.explanation(.canary).summary == "no request is the canary's or control's")
    }

    /// An outage hits all slices alike.
    @Test(arguments: 1...5 as ClosedRange<UInt64>)
    func failuresOfEverythingAreSpread(_ seed: UInt64) {
        var traffic = Traffic(seed)
        for _ in 0..<3000 {
            traffic.request(
                [(.model, traffic.pick("a", "b", "c")), (.region, traffic.pick("eu", "us"))],
                success: !traffic.random.chance(0.6))
        }
        let explanation = traffic.explanation()
        #expect(explanation.rows.isEmpty && explanation.spread?.isEven == true)
        #expect(explanation.spreadWords?.hasPrefix("everywhere") == true)
    }

    /// What makes the canary the canary is said apart from what it does.
    @Test func theCanaryIsNotExplainedByItsVersion() {
        var traffic = Traffic(6)
        for _ in 0..<4000 {
            let isCanary = traffic.random.chance(0.1)
            let task = isCanary && traffic.random.chance(0.4) ? "refund" : traffic.pick("chat", "refund", "order")
            traffic.request(
                [
                    (.variant, isCanary ? "canary" : "control"), (.agentVersion, isCanary ? "v2" : "v1"),
                    (.taskType, task),
                ],
                success: true)
        }
        let explanation = traffic.explanation(.canary)
        #expect(explanation.definition.map(\.label) == ["agent_version=v2"])
        #expect(explanation.rows.map(\.label) == ["task_type=refund"])
        #expect(explanation.condition == #"variant = "canary""#)
    }

    /// Samplers that keep failures and the first sessions do not make either look like the other's reason.
    @Test(arguments: 1...6 as ClosedRange<UInt64>)
    func samplesExplainAsTheWholeDoes(_ seed: UInt64) {
        for isPlanted in [false, true] {
            var traffic = Traffic(seed)
            for _ in 0..<20_000 {
                let (tier, region) = (traffic.pick("free", "free", "team"), traffic.pick("eu", "us", "asia"))
                let fails = traffic.random.chance(isPlanted && region == "asia" ? 0.2 : 0.03)
                let isKept = fails || tier == "team"
                guard isKept || traffic.random.chance(0.1) else { continue }
                traffic.request(
                    [(.customerTier, tier), (.region, region)], weight: isKept ? 1024 : 10_240, success: !fails)
            }
            let explanation = traffic.explanation()
            #expect(explanation.rows.first?.label == (isPlanted ? "region=asia" : nil))
            #expect(abs(explanation.cases + explanation.others - 20_000) < 1000)
        }
    }

    /// Counts alone say of single slices what the requests do.
    @Test(arguments: 1...4 as ClosedRange<UInt64>)
    func countsOfSlicesAreJudgedLikeRequests(_ seed: UInt64) {
        var traffic = Traffic(seed)
        for _ in 0..<3000 {
            let region = traffic.pick("eu", "us", "asia", "africa")
            traffic.request(
                [(.region, region), (.model, traffic.pick("a", "b"))],
                success: !traffic.random.chance(region == "eu" ? 0.3 : 0.05))
        }
        let snapshot = traffic.bench.snapshot()
        let now = snapshot.now ?? 0
        let fromRows = Explanation.ofFailures(in: snapshot, lasting: Span.hour, endingAt: now)
        var recorder = traffic.bench.recorder
        let bare = recorder.snapshot(asOf: now, source: traffic.bench.source, names: traffic.bench.symbols.names)
        let fromSlices = Explanation.ofFailures(in: bare, lasting: Span.hour, endingAt: now)
        #expect(fromRows.rows.map(\.label) == ["region=eu"])
        #expect(fromRows.rows == fromSlices.rows && fromRows.casesSeen == fromSlices.casesSeen)
    }
}
