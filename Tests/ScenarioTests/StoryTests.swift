import Foundation
import Scenario
import Testing

@Suite struct StoryTests {
    private func bytes(_ story: Story) -> [UInt8] {
        var story = story
        var bytes: [UInt8] = []
        while let chunk = story.next() { bytes += chunk }
        return bytes
    }

    @Test(arguments: Story.all.map(\.name).filter { $0 != "steady" })
    func `equal seeds tell equal bytes, others do not`(name: String) throws {
        let first = bytes(try Story(name: name, seed: 5))
        #expect(first == bytes(try Story(name: name, seed: 5)))
        #expect(first != bytes(try Story(name: name, seed: 6)))
    }

    @Test(arguments: ["demo", "lab"])
    func `the committed file is the story`(name: String) throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let file = try Data(contentsOf: root.appending(path: "demo-data/\(name).jsonl"))
        let told = bytes(try Story(name: name))
        #expect(told == Array(file), "tell it anew, or mind what changed in it")
        #expect(told.count <= 5_000_000)
    }

    @Test(arguments: ["demo", "lab"])
    func `lines come whole, in the order of their times, within the story`(name: String) throws {
        let told = try ToldStory.told(name)
        #expect(told.chunks.allSatisfy { $0.last == 10 })
        #expect(zip(told.records, told.records.dropFirst()).allSatisfy { $0.time <= $1.time })
        let times = told.records.map(\.time)
        #expect(times.allSatisfy { $0 >= 0 && $0 < Int(told.story.duration / 1_000) })
        #expect(told.story.opening < told.story.duration)
        // About one minute a chunk.
        #expect(told.chunks.count == Int(told.story.duration / 60_000_000))
    }

    @Test(arguments: ["demo", "lab"])
    func `every line is a record of its kind, and no trace repeats`(name: String) throws {
        let told = try ToldStory.told(name)
        let identifying = [
            "request": "latency_ms", "feedback": "score", "outcome": "outcome", "eval": "eval_score",
            "deploy": "deployed_version", "fallback": "fallback_action", "queue": "queue_depth",
        ]
        let unidentified = told.records.filter { record in
            let key = identifying[record.type] ?? ""
            return record.number(key) == nil && record.text(key) == nil
        }
        #expect(unidentified.isEmpty)
        let traces = told.requests.map(\.trace)
        #expect(Set(traces).count == traces.count)
        let pattern = /tr_[0-9a-f]{8}/
        #expect(traces.allSatisfy { $0.wholeMatch(of: pattern) != nil })
    }

    @Test func `what is learned later is of a request told before`() throws {
        let told = try ToldStory.told("demo")
        var seen: Set<String> = []
        var unknown = 0
        for record in told.records where !record.trace.isEmpty {
            if record.type == "request" {
                seen.insert(record.trace)
            } else if record.time > 660_000, !seen.contains(record.trace) {
                unknown += 1
            }
        }
        // Only of requests before the story's start may be told without them, in its first minutes.
        #expect(unknown == 0)
    }

    @Test(arguments: [1, 40, 2_000])
    func `steady traffic keeps its rate and its health`(rate: Int) throws {
        let seconds = rate == 1 ? 3_600 : rate == 40 ? 300 : 8
        let told = try ToldStory(Story.steady(ratePerSecond: rate, duration: Int64(seconds) * 1_000_000, seed: 3))
        let expected = Double(rate * seconds)
        #expect(abs(Double(told.requests.count) / expected - 1) < 0.1)
        #expect(errorRate(told.requests) < 0.045)
        #expect(Set(told.records.map(\.type)).isSubset(of: ["request", "feedback", "outcome", "eval"]))
        #expect(told.requests.allSatisfy { $0.text("variant") == nil })
    }

    @Test func `rates and lengths without sense still end`() {
        #expect(bytes(.steady(ratePerSecond: -5, duration: -1, seed: 0)).isEmpty)
        #expect(!bytes(.steady(ratePerSecond: 0, duration: 20_000_000, seed: .max)).isEmpty)
    }

    @Test func `an unknown story names those there are`() {
        let error = #expect(throws: UnknownStory.self) { try Story(name: "opera") }
        #expect(error?.name == "opera")
        #expect(error?.description == "no story \"opera\"; there are demo, lab, steady")
    }
}
