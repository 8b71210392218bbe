import Scenario
import Testing

/// What `Story`'s documentation says of `demo`.
@Suite struct DemoStoryTests {
    let told: ToldStory

    init() throws {
        told = try .told("demo")
    }

    private func slice(_ key: String, _ value: String) -> [ToldRecord] {
        told.requests.filter { $0.text(key) == value }
    }

    private func minutes(_ hours: Int, _ minutes: Int = 0) -> Int { hours * 60 + minutes }

    @Test func `begins in health`() {
        let health = told.requests(from: 0, to: 120)
        #expect((0.02...0.035).contains(errorRate(health)))
        #expect((1_050...1_300).contains(latency(health, 50)))
        #expect((3_000...4_500).contains(latency(health, 95)))
        #expect((7_000...15_000).contains(latency(health, 99)))
    }

    @Test func `code debugging succeeds in 60 percent`() {
        let code = slice("task_type", "code_debugging")
        #expect(code.count > 120)
        #expect(abs(errorRate(code) - 0.40) < 0.02)
    }

    @Test func `new users fail 30 points more often than returning ones`() {
        let gap = errorRate(slice("user_segment", "new")) - errorRate(slice("user_segment", "returning"))
        #expect(abs(gap - 0.30) < 0.02)
    }

    @Test func `mobile requests are abandoned in 95 percent, others hardly ever`() {
        let abandoned = Set(told.of("outcome").filter { $0.text("outcome") == "abandoned" }.map(\.trace))
        // The last ten minutes may not have had their outcomes.
        let settled = told.requests(from: 0, to: minutes(5, 50))
        let mobile = settled.filter { $0.text("device") == "mobile" }
        let share = Double(mobile.filter { abandoned.contains($0.trace) }.count) / Double(mobile.count)
        #expect(abs(share - 0.95) < 0.01)
        let others = settled.filter { $0.text("device") != "mobile" }
        #expect(others.filter { abandoned.contains($0.trace) }.count * 50 < others.count)
    }

    @Test func `the nightly batch fails in 40 percent and runs from two to five only`() {
        let batch = slice("task_type", "catalog_sync")
        #expect(batch.count > 80)
        #expect(abs(errorRate(batch) - 0.40) < 0.02)
        #expect(batch.allSatisfy { $0.time >= minutes(2) * 60_000 && $0.time < minutes(5, 1) * 60_000 })
        #expect(batch.allSatisfy { $0.text("user_id") == nil && $0.text("agent") == "catalog-agent" })
    }

    @Test func `the canary is worse in errors, latency, ratings and evaluations, the control is not`() {
        let canary = slice("variant", "canary")
        let control = slice("variant", "control")
        #expect(canary.count >= 110)
        #expect((0.10...0.16).contains(errorRate(canary) - errorRate(control)))
        #expect(errorRate(control) < 0.04)
        #expect((1.25...1.6).contains(latency(canary, 95) / latency(control, 95)))
        func meanAfter(_ requests: [ToldRecord], _ type: String, _ key: String) -> Double {
            let traces = Set(requests.map(\.trace))
            return mean(told.of(type).filter { traces.contains($0.trace) }, key)
        }
        #expect(meanAfter(canary, "feedback", "score") < meanAfter(control, "feedback", "score") - 0.15)
        #expect(meanAfter(canary, "eval", "eval_score") < 0.85)
        #expect(meanAfter(control, "eval", "eval_score") > 0.90)
    }

    @Test func `the canary is who the hash of the user says, for as long as it runs`() {
        let experiment = told.requests.filter { $0.text("variant") != nil }
        #expect(experiment.allSatisfy { $0.time >= minutes(2, 10) * 60_000 && $0.time < minutes(3, 1) * 60_000 })
        #expect(
            experiment.allSatisfy { request in
                let isCanary = bucket(request.text("user_id") ?? "") < 5
                return (request.text("variant") == "canary") == isCanary
                    && (request.text("agent_version") == "v2.4") == isCanary
                    && (request.text("prompt_hash") == "b7e1") == isCanary
            })
        let before = told.requests(from: 0, to: minutes(2, 10))
        #expect(before.allSatisfy { $0.text("agent_version") == "v2.3" })
    }

    @Test func `errors over 10 percent make one episode, in the outage, and never reach half`() {
        let end = Int(told.story.duration / 1_000)
        let begun = episodes(of: told.requests, until: end) { errorRate($0) > 0.10 }
        #expect(begun.count == 1)
        #expect(begun.allSatisfy { $0 > Double(minutes(3, 20)) && $0 < Double(minutes(3, 26)) })
        #expect(episodes(of: told.requests, until: end) { errorRate($0) > 0.20 }.isEmpty)
        #expect(!episodes(of: told.requests, until: end) { errorRate($0) > 0.15 }.isEmpty)
        #expect(errorRate(told.requests(from: minutes(3, 47), to: minutes(4, 5))) < 0.05)
    }

    @Test func `the outage is refund_api timing out, slow but under 30 seconds at the 95th percentile`() {
        let outage = told.requests(from: minutes(3, 22), to: minutes(3, 45)).filter(\.failed)
        let timeouts = outage.filter {
            $0.text("error_type") == "timeout" && ($0.text("task_type") ?? "").hasPrefix("refund")
                && $0.latency >= 15_000
        }
        #expect(timeouts.count * 10 > outage.count * 7)
        #expect(timeouts.allSatisfy { $0.failedTools.contains("refund_api") })
        let end = Int(told.story.duration / 1_000)
        #expect(episodes(of: told.requests, until: end) { latency($0, 95) > 10_000 }.count == 1)
        #expect(episodes(of: told.requests, until: end) { latency($0, 95) > 30_000 }.isEmpty)
        #expect(told.of("fallback").count >= 30)
        #expect(told.of("queue").map { $0.number("queue_depth") ?? 0 }.max() ?? 0 > 30)
    }

    @Test func `output length drifts over 15 percent in one episode and stays within 10 percent in health`() {
        let baseline = mean(told.requests(from: 0, to: 60), "output_length")
        func change(_ window: ArraySlice<ToldRecord>) -> Double {
            abs(mean(window, "output_length") / baseline - 1)
        }
        let end = Int(told.story.duration / 1_000)
        let begun = episodes(of: told.requests, until: end) { change($0) > 0.15 }
        #expect(begun.count == 1)
        #expect(begun.allSatisfy { $0 > Double(minutes(4, 5)) && $0 < Double(minutes(4, 15)) })
        let before = told.requests.filter { $0.time < minutes(4, 4) * 60_000 }
        #expect(episodes(of: before, until: minutes(4, 4) * 60_000) { change($0) > 0.10 }.isEmpty)
        let drifted = told.requests(from: minutes(4, 15), to: minutes(5, 20))
        #expect((1.24...1.31).contains(mean(drifted, "output_length") / baseline))
        #expect(mean(drifted, "quality_score") < 0.85)
        #expect(mean(drifted, "sentiment") < mean(told.requests(from: 0, to: 60), "sentiment") - 0.04)
        #expect(errorRate(drifted) < 0.045)
    }

    @Test func `ends in health, and each change is a deploy record`() {
        #expect(errorRate(told.requests(from: minutes(5, 25), to: 360)) < 0.04)
        let deploys = told.of("deploy")
        #expect(deploys.map { $0.time / 60_000 } == [130, 180, 245, 320])
        #expect(deploys.map { $0.text("deployed_version") } == ["v2.4", "v2.3", "v2.3.1", "v2.3.2"])
        #expect(deploys[1].text("note") == "rollback")
    }

    @Test func `costs between 5 and 15 dollars in each hour`() {
        for hour in 0..<6 {
            let cost = told.requests(from: hour * 60, to: hour * 60 + 60).reduce(0.0) { sum, request in
                if let given = request.number("cost_usd") { return sum + given }
                let (input, output) = request.text("model") == "claude-sonnet-4-6" ? (3.0, 15.0) : (1.0, 5.0)
                let cached = request.number("cached_input_tokens") ?? 0
                let fresh = (request.number("input_tokens") ?? 0) - cached
                let written = request.number("output_tokens") ?? 0
                return sum + (fresh * input + cached * input / 10 + written * output) / 1_000_000
            }
            #expect((5...15).contains(cost))
        }
    }

    @Test func `a new intent grows over 5 percent after four`() {
        func share(_ requests: [ToldRecord]) -> Double {
            Double(requests.filter { $0.text("task_type") == "refund_eu" }.count) / Double(requests.count)
        }
        #expect(share(told.requests(from: 0, to: minutes(4))) < 0.02)
        #expect(share(told.requests(from: minutes(4, 10), to: 360)) > 0.05)
    }
}
