import Metrics
import Monitoring
import TestSupport
import Testing

@testable import Engine

/// Queues are judged by how long they were at each judgement.
@Suite struct QueueTests {
    /// Depths at minutes after midnight. A time far ahead is believed once a second record has it.
    private static func events(_ depths: [(minute: Int64, depth: Int64)]) throws -> [AlertEvent] {
        let text = depths.map { minute, depth in
            let time = midnight + minute * Span.minute
            return #"{"type":"queue","queue":"human_review","queue_depth":\#(depth),"timestamp":\#(time)}"# + "\n"
        }.joined()
        return try Run.read(text) { options in
            options.book = RuleBook(rules: RulePack.symptoms.rules.filter { $0.name == "review_queue_backs_up" })
            options.nowMode = .data
        }.events
    }

    /// Of a queue that is told of every 20 minutes nobody knows in between: it has not been long for 15 minutes at once.
    @Test func aQueueMustHaveBeenLongForAsLongAsItsRuleSays() throws {
        let sparse = try Self.events([(0, 10), (20, 80), (21, 80)])
        #expect(sparse.map(\.to) == [.pending] && sparse.first?.time == midnight + 20 * Span.minute + 10 * Span.second)
        let long = try Self.events([(0, 10), (20, 80), (21, 80), (40, 80), (41, 80)])
        #expect(long.map(\.to) == [.pending, .firing])
        #expect(long.last?.time == midnight + 35 * Span.minute + 10 * Span.second)
    }
}
