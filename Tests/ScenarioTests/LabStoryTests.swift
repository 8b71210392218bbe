import Scenario
import Testing

/// The lab's parameters and phases.
@Suite struct LabStoryTests {
    let told: ToldStory

    init() throws {
        told = try .told("lab")
    }

    private func phase(_ number: Int) -> [ToldRecord] {
        told.requests(from: number * 10, to: number * 10 + 10)
    }

    @Test func `latency, tokens, users and prices are the lab's`() {
        let latencies = told.requests.map(\.latency)
        let average = latencies.reduce(0, +) / Double(latencies.count)
        let variance = latencies.reduce(0) { $0 + ($1 - average) * ($1 - average) } / Double(latencies.count)
        #expect(abs(average - 1_500) < 30)
        #expect(abs(variance.squareRoot() - 500) < 25)
        #expect(latencies.min() == 300)
        #expect(told.requests.allSatisfy { (50...300).contains($0.number("input_tokens") ?? 0) })
        #expect(told.requests.allSatisfy { (100...800).contains($0.number("output_tokens") ?? 0) })
        #expect(Set(told.requests.compactMap { $0.text("user_id") }) == Set((0..<100).map { "user-\($0)" }))
        #expect(
            told.requests.allSatisfy { request in
                let price = (request.number("input_tokens") ?? 0) * 3 + (request.number("output_tokens") ?? 0) * 15
                return abs((request.number("cost_usd") ?? 0) * 1_000_000 - price) < 0.01
            })
    }

    @Test(arguments: zip(0..<5, [0.05, 0.05, 0.15, 0.05, 0.05]))
    func `each phase has its error rate`(number: Int, rate: Double) {
        #expect(abs(errorRate(phase(number)) - rate) < 0.01)
        let types = Set(phase(number).compactMap { $0.text("error_type") })
        #expect(types == ["timeout", "guardrail_block", "api_error"])
    }

    @Test func `twelve of the hundred users are the canary, and it is no different`() {
        let canary = Set(told.requests.filter { $0.text("variant") == "canary" }.compactMap { $0.text("user_id") })
        #expect(canary == Set((0..<100).map { "user-\($0)" }.filter { bucket($0) < 10 }))
        #expect(canary.count == 12)
    }

    @Test func `answers drift in the fourth phase by a draw from minus 5 to 25 percent`() {
        func ratio(_ requests: [ToldRecord]) -> Double {
            requests.reduce(0) { $0 + ($1.number("output_length") ?? 0) / 4 / ($1.number("output_tokens") ?? 0) }
                / Double(requests.count)
        }
        #expect(abs(ratio(phase(0)) - 1) < 0.000_1)
        #expect(abs(ratio(Array(phase(3).dropFirst(5))) - 1.185) < 0.002)
        #expect(abs(ratio(Array(phase(4).dropFirst(5))) - 1) < 0.000_1)
    }

    @Test func `three in ten rate the fifth phase, 85 percent of them well`() {
        let feedback = told.of("feedback")
        #expect(feedback.allSatisfy { $0.time >= 40 * 60_000 })
        #expect(abs(Double(feedback.count) / Double(phase(4).count) - 0.30) < 0.02)
        #expect(abs(mean(feedback, "score") - 0.85) < 0.01)
        #expect(feedback.allSatisfy { ($0.number("score") == 0) == ($0.text("failure_category") != nil) })
    }
}
