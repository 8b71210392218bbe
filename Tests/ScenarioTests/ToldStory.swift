import Foundation
import Scenario

/// A record of a story, read back by another reader than ours.
struct ToldRecord: Sendable {
    /// Milliseconds since the story's start.
    let time: Int
    let type: String
    let trace: String
    let failed: Bool
    let latency: Double
    let failedTools: [String]
    private let texts: [String: String]
    private let numbers: [String: Double]

    func text(_ key: String) -> String? { texts[key] }
    func number(_ key: String) -> Double? { numbers[key] }

    init(line: ArraySlice<UInt8>, start: Date) throws {
        let members = try JSONSerialization.jsonObject(with: Data(line)) as? [String: Any] ?? [:]
        texts = members.compactMapValues { $0 as? String }
        numbers = members.compactMapValues { ($0 as? NSNumber)?.doubleValue }
        let date = try Date(texts["timestamp"] ?? "", strategy: .iso8601WithFraction)
        time = Int((date.timeIntervalSince(start) * 1_000).rounded())
        type = texts["type"] ?? "request"
        trace = texts["trace_id"] ?? ""
        failed = numbers["success"] == 0
        latency = numbers["latency_ms"] ?? .nan
        let calls = members["tool_calls"] as? [[String: Any]] ?? []
        failedTools = calls.filter { $0["success"] as? Bool == false }.compactMap { $0["name"] as? String }
    }
}

extension ParseStrategy where Self == Date.ISO8601FormatStyle {
    static var iso8601WithFraction: Self { Date.ISO8601FormatStyle(includingFractionalSeconds: true) }
}

/// A whole story, told once.
struct ToldStory: Sendable {
    let story: Story
    let chunks: [[UInt8]]
    let records: [ToldRecord]
    let requests: [ToldRecord]

    init(_ story: Story) throws {
        self.story = story
        var teller = story
        var chunks: [[UInt8]] = []
        while let chunk = teller.next() { chunks.append(chunk) }
        self.chunks = chunks
        let start = Date(timeIntervalSince1970: Double(story.start) / 1_000_000)
        records = try chunks.flatMap { chunk in
            try chunk.split(separator: 10).map { try ToldRecord(line: $0, start: start) }
        }
        requests = records.filter { $0.type == "request" }
    }

    private static let demo = Result { try ToldStory(Story(name: "demo")) }
    private static let lab = Result { try ToldStory(Story(name: "lab")) }

    /// The `demo` or the `lab`, read once for all tests.
    static func told(_ name: String) throws -> ToldStory { try name == "demo" ? demo.get() : lab.get() }

    var bytes: [UInt8] { Array(chunks.joined()) }

    func of(_ type: String) -> [ToldRecord] { records.filter { $0.type == type } }

    /// Requests that ended between two times, in minutes since the start.
    func requests(from: Int, to: Int) -> [ToldRecord] {
        requests.filter { $0.time >= from * 60_000 && $0.time < to * 60_000 }
    }
}

/// The share of failures.
func errorRate(_ requests: some Collection<ToldRecord>) -> Double {
    Double(requests.count { $0.failed }) / Double(requests.count)
}

/// The nearest-rank percentile of the latency, in milliseconds.
func latency(_ requests: some Collection<ToldRecord>, _ percent: Int) -> Double {
    let sorted = requests.map(\.latency).sorted()
    guard !sorted.isEmpty else { return .nan }
    return sorted[max((sorted.count * percent + 99) / 100 - 1, 0)]
}

/// The mean of a field over the records that have it.
func mean(_ records: some Collection<ToldRecord>, _ key: String) -> Double {
    let values = records.compactMap { $0.number(key) }
    return values.reduce(0, +) / Double(values.count)
}

/// The state of a 5-minute window at each multiple of 10 s: those at which `isBad` held three times in a row begin an
/// episode; returns the minutes at which episodes began.
func episodes(of requests: [ToldRecord], until end: Int, isBad: (ArraySlice<ToldRecord>) -> Bool) -> [Double] {
    var beginnings: [Double] = []
    var lower = 0
    var upper = 0
    var run = 0
    for now in stride(from: 10_000, through: end, by: 10_000) {
        while upper < requests.count, requests[upper].time < now { upper += 1 }
        while lower < upper, requests[lower].time < now - 300_000 { lower += 1 }
        run = upper - lower >= 20 && isBad(requests[lower..<upper]) ? run + 1 : 0
        if run == 3 { beginnings.append(Double(now) / 60_000) }
    }
    return beginnings
}
