import Foundation
import Ingest
import Metrics
import Monitoring
import Synchronization
import Telemetry
import TestSupport
import Testing

@testable import Engine

/// What the engine tells of alerts, and keeps.
@Suite struct NotifierTests {
    /// What was sent and kept, in order.
    private final class Post: Sendable {
        enum Entry: Sendable { case sent(RoutedNotification), kept(NotificationState) }

        private let entries = Mutex<[Entry]>([])

        var sent: [RoutedNotification] {
            entries.withLock { $0.compactMap { if case .sent(let sent) = $0 { sent } else { nil } } }
        }
        var kept: [NotificationState] {
            entries.withLock { $0.compactMap { if case .kept(let state) = $0 { state } else { nil } } }
        }
        var all: [Entry] { entries.withLock { $0 } }
        var said: [String] { sent.map { "\($0.notification.action.rawValue) \($0.notification.rule) \($0.route)" } }

        /// - Parameter isDelivered: whether whatever is sent arrives at once.
        func options(isDelivered: Bool = true, state: NotificationState = NotificationState()) -> NotificationOptions {
            var options = NotificationOptions()
            options.state = state
            options.policy.groupWait = 0
            options.policy.escalationRoute = nil
            options.send = { [orders = options.orders] notification in
                self.entries.withLock { $0.append(.sent(notification)) }
                if isDelivered { orders.add(.delivered(notification.id)) }
            }
            options.keep = { state in self.entries.withLock { $0.append(.kept(state)) } }
            return options
        }
    }

    /// Pieces of a live stream; what is to happen before each happens.
    private struct Live: ChunkProducer {
        var pieces: [(text: String, before: @Sendable () -> Void)]

        mutating func next() -> [UInt8]? {
            guard !pieces.isEmpty else { return nil }
            let piece = pieces.removeFirst()
            piece.before()
            return Array(piece.text.utf8)
        }
    }

    private static let minute = Span.minute

    /// A request a second in each of these minutes from the start; in those of `failing` all fail.
    private static func minutes(_ range: Range<Int64>, failing: Range<Int64>) -> [(wait: Int64, text: String)] {
        range.map { i in
            let isFailing = failing.contains(i)
            let lines = (0..<60).map { request(at: anyTime + i * minute + $0 * Span.second, isFailing) }
            return (wait: minute, text: lines.joined())
        }
    }

    private static func request(at time: Int64, _ isFailing: Bool) -> String {
        let base = #"{"trace_id":"n\#(time)","timestamp":\#(time),"latency_ms":100,"agent":"shop","success":"#
        let failure = #"false,"error_type":"timeout","trace_url":"https://t.example/\#(time)","model":"m1"}"#
        return base + (isFailing ? failure : "true}") + "\n"
    }

    private static func run(
        _ pieces: [(wait: Int64, text: String)], _ options: NotificationOptions,
        filter: RecordFilter? = nil, at: [Int: @Sendable (NotificationOrders) -> Void] = [:]
    ) -> Situation {
        let clock = TestClock(anyTime)
        let orders = options.orders
        let live = Live(
            pieces: pieces.enumerated().map { i, piece in
                (
                    text: piece.text,
                    before: {
                        clock.advance(by: piece.wait); at[i]?(orders)
                    }
                )
            })
        var engine = Run.options([.program(name: "live", live)], clock: clock.now)
        engine.notifications = options
        engine.nowMode = .clock
        engine.follows = false
        engine.filter = filter
        // As the reading thread does, with a look at the clock each few seconds.
        let reader = Reader(engine)
        while true {
            _ = reader.takeOrders()
            let outcome = reader.round(limit: 10)
            while reader.advanceFilter(limit: 100) {}
            if outcome.isFinal { return reader.situation() }
        }
    }

    @Test func anIncidentIsToldOnceAndItsEndOnce() throws {
        let post = Post()
        let situation = Self.run(Self.minutes(0..<40, failing: 10..<20), post.options())
        let pages = post.sent.filter { $0.notification.rule == "high_error_rate" }
        #expect(pages.map(\.notification.action) == [.trigger, .resolve])
        #expect(pages.map(\.route) == ["oncall", "oncall"])
        #expect(Set(pages.map(\.notification.identity)) == ["agentdash/shop/high_error_rate"])
        let first = try #require(pages.first?.notification)
        #expect(first.service == "shop" && first.requests > 0 && first.value != nil)
        #expect(first.example.traceURL.hasPrefix("https://t.example/") && first.example.model == "m1")
        // Told of in the situation, too.
        let log = situation.notifications.log.filter { $0.decision.rule == "high_error_rate" }.map(\.decision.outcome)
        #expect(log.contains { if case .sent(_, .first, _) = $0 { true } else { false } })
        #expect(log.contains { if case .resolved = $0 { true } else { false } })
    }

    /// A crash between the two must not lose what was told.
    @Test func whatIsSentIsKeptFirst() throws {
        let post = Post()
        _ = Self.run(Self.minutes(0..<14, failing: 10..<20), post.options())
        let first = try #require(post.all.first)
        guard case .kept(let state) = first else { return #expect(Bool(false), "sent before it was kept") }
        #expect(state.isOpen)
        #expect(!post.sent.isEmpty)
    }

    @Test func aRestartInTheMiddleTellsNothingTwice() throws {
        let whole = Self.minutes(0..<40, failing: 10..<20)
        let uninterrupted = Post()
        _ = Self.run(whole, uninterrupted.options())
        let before = Post()
        _ = Self.run(Array(whole.prefix(16)), before.options())
        let after = Post()
        let kept = try #require(before.kept.last)
        // The files are read again from their beginning, most of it as a backlog.
        var again = whole
        again[0].wait = 16 * Self.minute
        for i in 1..<16 { again[i].wait = 0 }
        _ = Self.run(again, after.options(state: kept))
        #expect(before.said + after.said == uninterrupted.said)
        #expect(Set((before.sent + after.sent).map(\.id)) == Set(uninterrupted.sent.map(\.id)))
    }

    @Test func whatWasOverBeforeAnybodyLookedIsNotTold() throws {
        let post = Post()
        var pieces = Self.minutes(0..<40, failing: 5..<10)
        pieces[0].wait = 40 * Self.minute
        for i in 1..<40 { pieces[i].wait = 0 }
        let situation = Self.run(pieces, post.options())
        #expect(situation.events.contains { $0.rule == "high_error_rate" && $0.to == .firing })
        #expect(post.sent.isEmpty && post.kept.isEmpty)
        #expect(
            situation.notifications.decisions.map(\.outcome).allSatisfy { $0 == .endedUnsent || $0 == .off(.backlog) })
    }

    @Test func recordedDataIsToldToNobody() throws {
        let post = Post()
        let situation = try Run.read(
            Story.seconds(300, from: anyTime) + Story.seconds(300, from: anyTime + 300 * Span.second, failed: true)
        ) { $0.notifications = post.options() }
        #expect(post.all.isEmpty)
        #expect(situation.notifications.decisions.contains { $0.outcome == .off(.recorded) })
    }

    @Test func withoutBeingAskedNobodyIsTold() throws {
        let situation = Self.run(Self.minutes(0..<14, failing: 10..<20), NotificationOptions())
        let outcomes = Set(situation.notifications.decisions.map(\.outcome))
        #expect(outcomes == [.off(.notAsked)])
    }

    @Test func whatPeopleSayIsInTheNextStateAndKept() throws {
        let post = Post()
        let situation = Self.run(
            Self.minutes(0..<16, failing: 10..<20), post.options(),
            at: [
                14: { $0.add(.acknowledge(rule: "high_error_rate", by: "ada")) },
                15: {
                    $0.add(
                        .silence(
                            Silence(
                                of: "elevated_error_rate", labels: [:], from: anyTime, for: 60 * Self.minute, by: "ada",
                                comment: "known")))
                },
            ])
        let page = try #require(situation.alerts.first { $0.name == "high_error_rate" })
        #expect(situation.notifications.state.acknowledgement(of: page)?.by == "ada")
        #expect(situation.notifications.state.silences.map(\.comment) == ["known"])
        #expect(post.kept.last == situation.notifications.state)
        #expect(post.said.contains("acknowledge high_error_rate oncall"))
    }

    @Test func whatFailedIsShownAndHandedOverAgain() throws {
        let post = Post()
        let situation = Self.run(
            Self.minutes(0..<21, failing: 10..<21), post.options(isDelivered: false),
            at: [14: { orders in post.sent.forEach { orders.add(.failed($0.id, reason: "HTTP 500")) } }])
        let pages = post.sent.filter { $0.notification.rule == "high_error_rate" }
        #expect(pages.count == 2 && Set(pages.map(\.id)).count == 1)
        #expect(
            situation.notifications.log.contains {
                if case .failed(_, "HTTP 500", _) = $0.decision.outcome { true } else { false }
            })
    }

    /// Settings that change while an alert fires: it goes on, by the new threshold.
    @Test func anAlertLivesOnUnderOtherRules() throws {
        var counts = JudgedCounts(Self.book("error_rate > 10%"), notifications: NotificationOptions())
        let names = CountedNames(SymbolTable())
        func pass(_ minutes: Range<Int64>) {
            for second in minutes.lowerBound * 60..<minutes.upperBound * 60 {
                var record = Record()
                record.time = anyTime + second * Span.second
                record.success = second % 4 != 0
                counts.judge(upTo: record.time, names: names.current, clock: record.time)
                let bytes: [UInt8] = [0]
                // A view of bytes that are there.
                unsafe counts.recorder.record(
                    record, bytes: bytes.span.bytes, cost: nil, names: { names.current },
                    judgedUpTo: counts.judgedUpTo)
            }
        }
        func alerts() -> [Alert] {
            counts.situation(counts.recorder.snapshot(asOf: nil, source: InputStatus(name: ""), names: names.current))
                .alerts
        }
        pass(0..<10)
        let since = try #require(alerts().first?.state.since)
        counts.adopt(Self.book("error_rate > 20%"), NotificationPolicy())
        pass(10..<11)
        #expect(alerts().map(\.state.since) == [since] && alerts().first?.thresholdText == ">20%")
        counts.adopt(Self.book("error_rate > 90%"), NotificationPolicy())
        pass(11..<12)
        #expect(alerts().map(\.state.phase) == [.resolved])
        counts.adopt(RuleBook(rules: []), NotificationPolicy())
        #expect(alerts().isEmpty)
    }

    private static func book(_ condition: String) -> RuleBook {
        var rule = RuleDefinition("errors", .p2, when: condition)
        rule.forCount = 1
        return RuleBook(rules: [AlertRule(rule)])
    }

    /// Under a filter it is looked at, not told of.
    @Test func aFilterTellsNobody() throws {
        let post = Post()
        let pieces = Self.minutes(0..<16, failing: 10..<20)
        let situation = try Self.run(pieces, post.options(), filter: RecordFilter("success = false"))
        let plain = Post()
        _ = Self.run(pieces, plain.options())
        #expect(post.said == plain.said)
        #expect(situation.filtered?.situation.alerts.isEmpty == false)
        #expect(situation.filtered?.situation.notifications.decisions.isEmpty == true)
    }

    // MARK: The demo

    private static let demo = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appendingPathComponent("demo-data/demo.jsonl").path

    /// The story that is meant: each incident told once, by the route of its severity, and nothing to and fro.
    @Test func theDemoTellsEachIncidentOnce() throws {
        let post = Post()
        var engine = Run.options([.file(Self.demo)])
        engine.notifications = post.options()
        engine.notifications.policy.groupWait = NotificationPolicy().groupWait
        engine.notifications.policy.sendsRecorded = true
        engine.rowBudget = 0
        let situation = try OneReading.situation(engine)
        #expect(
            post.said == [
                "trigger elevated_error_rate tickets", "resolve elevated_error_rate tickets",
            ])
        let notes = situation.notifications.log.filter { $0.decision.rule == "drift_detected" }.map(\.decision.outcome)
        #expect(!notes.isEmpty && notes.allSatisfy { if case .gathered = $0 { true } else { false } })
        #expect(post.sent.allSatisfy { $0.notification.service == "shop-assistant" })
        #expect(situation.alerts.allSatisfy { $0.flapping == nil })
    }
}
