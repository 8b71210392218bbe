import Foundation
import Metrics
import TestSupport
import Testing

@testable import Monitoring

/// Notes are gathered and told at once, at the time of their route. Midnight is that of Friday, 2026-11-20.
@Suite struct DigestTests {
    private typealias Bench = NotificationTests.Bench

    private static let hour: Int64 = 3600
    /// Of the Monday after, in seconds since that midnight.
    private static let monday = (3 * 24 + 9) * hour
    private static let week = 7 * 24 * hour

    /// A note that fired at a second, and perhaps ended at another.
    private static func note(
        _ name: String = "drift_detected", from second: Int64, until end: Int64? = nil, value: Double = 0.6,
        labels: [String: String] = [:], severity: Severity = .p3
    ) -> Alert {
        var state = AlertState()
        let timing = AlertTiming()
        _ = state.step(
            Evaluation(isTrue: true, value: value, threshold: 0.5, summary: "INFO: \(name)"), timing: timing,
            at: midnight + second * Span.second)
        if let end { _ = state.step(Evaluation(isTrue: false), timing: timing, at: midnight + end * Span.second) }
        return Alert(
            name: name, severity: severity, state: state, metric: .outputLengthDrift, valueText: "\(value)",
            thresholdText: ">0.5", labels: labels)
    }

    private static func lines(_ bench: Bench) -> [[String]] {
        bench.sent.map { $0.told.notification.digest?.lines.map(\.text) ?? [] }
    }

    @Test func aWeekOfNotesIsOneMessageOnMondayMorning() throws {
        var bench = Bench()
        bench.context.service = "shop"
        bench.step([Self.note(from: 0)], at: 0)
        #expect(bench.text("digest", at: 0) == "in the digest of Mon 09:00 UTC")
        bench.step([Self.note(from: 0, until: 2 * Self.hour)], at: 2 * Self.hour)
        #expect(bench.text("digest", at: 2 * Self.hour) == "in the digest of Mon 09:00 UTC")
        bench.step([Self.note(from: 5 * Self.hour)], at: 5 * Self.hour)
        bench.step([Self.note(from: 5 * Self.hour, until: 6 * Self.hour, value: 0.7)], at: 6 * Self.hour)
        bench.step([Self.note("new_error_type", from: Self.monday - 600)], at: Self.monday - 600)
        bench.step([Self.note("new_error_type", from: Self.monday - 600)], at: Self.monday - 10)
        #expect(bench.sent.isEmpty)
        let newest = Self.note("new_error_type", from: Self.monday - 600, value: 0.9)
        let sent = try #require(bench.step([newest], at: Self.monday).first)
        #expect(sent.route == "digest" && sent.notification.severity == .p3 && sent.notification.action == .trigger)
        #expect(sent.notification.reason == "weekly digest" && sent.notification.rule == "digest")
        #expect(sent.notification.symptom == "2 alerts, 3 times")
        #expect(sent.notification.summary == "INFO: 2 alerts, 3 times since 2026-11-20")
        #expect(sent.notification.identity.hasPrefix("agentdash/shop/digest/digest/"))
        #expect(
            Self.lines(bench) == [
                [
                    "drift_detected: 2 times, 3h00m in all, last 0.7 > 0.5, until Fri 06:00 UTC",
                    "new_error_type: once, for 10m00s, last 0.9 > 0.5, still firing",
                ]
            ])
        bench.step([newest], at: Self.monday + 10)
        #expect(bench.text("digest", at: Self.monday + 10) == "sent 09:00 (digest), next in 6d23h")
        #expect(bench.sent.count == 1)
    }

    @Test func whatStillFiresIsInTheNextOneForTheTimeSince() {
        var bench = Bench()
        bench.step([Self.note(from: 0)], at: 0)
        bench.step([Self.note(from: 0)], at: Self.monday)
        let end = Self.monday + 24 * Self.hour
        bench.step([Self.note(from: 0, until: end)], at: end)
        bench.step([], at: Self.monday + Self.week - 10)
        #expect(bench.sent.count == 1)
        bench.step([], at: Self.monday + Self.week)
        #expect(bench.sent.count == 2)
        #expect(
            Self.lines(bench).last == ["drift_detected: once, for 24h00m, last 0.6 > 0.5, until Tue 09:00 UTC"])
        // Nothing has happened since.
        bench.step([], at: Self.monday + 2 * Self.week)
        bench.step([], at: Self.monday + 3 * Self.week)
        #expect(bench.sent.count == 2 && bench.state.digests.isEmpty && bench.state.isBlank)
    }

    /// Kept in between, as in a file; also what was kept before there were digests.
    @Test func itSurvivesARestartAndIsToldLateRatherThanNever() throws {
        var bench = Bench()
        bench.step([Self.note(from: 0, until: Self.hour)], at: 0)
        bench.step([Self.note(from: 0)], at: 10)
        bench.step([Self.note(from: 0, until: Self.hour)], at: Self.hour)
        let kept = try JSONEncoder().encode(bench.state)
        bench.state = try JSONDecoder().decode(NotificationState.self, from: kept)
        #expect(bench.state.hasDigest(due: midnight + Self.monday * Span.second, bench.policy))
        bench.step([], at: Self.monday + 5 * Self.hour)
        #expect(Self.lines(bench) == [["drift_detected: once, for 1h00m, last 0.6 > 0.5, until Fri 01:00 UTC"]])
        let old = Data(#"{"incidents":{},"cooldowns":{},"silences":[]}"#.utf8)
        #expect(try JSONDecoder().decode(NotificationState.self, from: old) == NotificationState())
    }

    /// After a restart nobody knows when it ended: it is told for as long as it was seen.
    @Test func whatVanishedIsOverAsOfWhenItWasSeenLast() {
        var bench = Bench()
        for second in stride(from: 0, through: 3 * Self.hour, by: 600) {
            bench.step([Self.note(from: 0)], at: second)
        }
        for second in stride(from: Self.monday, through: Self.monday + Self.week, by: 3600) {
            bench.step([], at: second)
        }
        #expect(Self.lines(bench) == [["drift_detected: once, for 3h00m, last 0.6 > 0.5, until Fri 03:00 UTC"]])
    }

    /// It was told while it fired, and ended while nobody looked: there is nothing to add.
    @Test func whatVanishedAfterItWasToldMakesNoDigest() {
        var bench = Bench()
        bench.step([Self.note(from: 0)], at: 0)
        bench.step([Self.note(from: 0)], at: Self.monday)
        #expect(bench.sent.count == 1)
        bench.step([], at: Self.monday + Self.week)
        #expect(bench.sent.count == 1)
        #expect(!bench.state.hasDigest(due: midnight + (Self.monday + Self.week) * Span.second, bench.policy))
        bench.step([], at: Self.monday + 2 * Self.week)
        #expect(bench.sent.count == 1 && bench.state.digests.isEmpty)
    }

    @Test func whenTheDeliveryTriesAgainIsSaid() throws {
        var bench = Bench()
        bench.delivers = false
        bench.step([Self.note(from: 0)], at: 0)
        let id = try #require(bench.step([Self.note(from: 0)], at: Self.monday).first?.id)
        let (failed, again) = (Self.monday + 10, Self.monday + 70)
        bench.state.noteFailed(
            id, reason: "HTTP 503", retryAt: midnight + again * Span.second, at: midnight + failed * Span.second)
        bench.step([Self.note(from: 0)], at: failed)
        guard case .failed(_, _, let retryAt)? = bench.decisions.first(where: { $0.route == "digest" })?.outcome else {
            Issue.record("it did not fail")
            return
        }
        #expect(retryAt == midnight + again * Span.second)
    }

    @Test func whatDidNotArriveIsHandedOverAgainUnderTheSameIdAndLosesNothing() throws {
        var bench = Bench()
        bench.delivers = false
        let over = Self.note(from: 0, until: Self.hour)
        bench.step([Self.note(from: 0)], at: 0)
        bench.step([over], at: Self.hour)
        let id = try #require(bench.step([], at: Self.monday).first?.id)
        bench.state.noteFailed(id, reason: "HTTP 503", at: midnight + (Self.monday + 10) * Span.second)
        let late = Self.note(from: Self.monday + 20)
        bench.step([late], at: Self.monday + 20)
        #expect(bench.text("digest", at: Self.monday + 20) == "in the digest of Mon 09:00 UTC")
        #expect(bench.step([late], at: Self.monday + 300).isEmpty)
        let again = try #require(bench.step([late], at: Self.monday + 310).first)
        #expect(again.id == id && again.notification.digest?.lines.map(\.since) == [midnight])
        bench.state.noteDelivered(id, at: midnight + (Self.monday + 320) * Span.second)
        #expect(bench.step([late], at: Self.monday + 330).isEmpty)
        let next = try #require(bench.step([late], at: Self.monday + Self.week).first)
        #expect(next.id != id && next.notification.digest?.lines.map(\.times) == [1])
    }

    @Test func twoProcessesThatKnowTheSameTellItOnce() {
        var (a, b) = (Bench(), Bench())
        let note = Self.note(from: 0)
        a.step([note], at: 0)
        b.step([note], at: 10)
        b.step([note, Self.note("new_error_type", from: 20)], at: 20)
        a.state.merge(b.state)
        a.step([note], at: Self.monday)
        b.step([note], at: Self.monday + 10)
        #expect(a.sent.map(\.told.id) == b.sent.map(\.told.id) && a.sent.count == 1)
        let (one, other) = (a.state, b.state)
        a.state.merge(other)
        b.state.merge(one)
        #expect(a.state.digests == b.state.digests)
        // One that knows of the first alone has nothing to add.
        var behind = Bench()
        behind.step([Self.note(from: 0, until: 60)], at: 60)
        behind.state.merge(a.state)
        behind.step([note], at: Self.monday - 60)
        behind.step([], at: Self.monday)
        #expect(behind.sent.isEmpty)
    }

    /// A screen that sends nothing says what the service gathers.
    @Test func whatAnotherProcessGathersIsSaidWhereNothingIsSent() {
        var (service, screen) = (Bench(), Bench())
        screen.context.off = .notAsked
        service.step([Self.note(from: 0)], at: 0)
        screen.state.merge(service.state)
        screen.step([Self.note(from: 0)], at: 10)
        #expect(screen.text("digest", at: 10) == "in the digest of Mon 09:00 UTC")
    }

    @Test func onlyNotesAreGatheredAndOnlyWhoMayBeHeardOf() {
        var bench = Bench()
        bench.policy.ownRoutes = ["high_latency": ["digest"]]
        let ticket = Self.note("high_latency", from: 0, severity: .p2)
        let page = NotificationTests.alert("high_error_rate", .p1)
        bench.state.add(
            Silence(
                of: "silenced", labels: [:], from: midnight, for: Self.week * Span.second, by: "ana", comment: ""))
        let notes = [Self.note("silenced", from: 0), Self.note("flapping", from: 0)]
        bench.context.flapping = ["flapping": 40]
        bench.step([ticket] + notes, at: 30)
        #expect(bench.sent.map(\.told.notification.rule) == ["high_latency"])
        #expect(bench.text("digest", "silenced", at: 30)?.hasPrefix("silenced until") == true)
        #expect(bench.text("digest", "flapping", at: 30) == "in the digest of Mon 09:00 UTC")
        bench.step([page, Self.note("shadow", from: 40)], at: 40)
        #expect(bench.text("digest", "shadow", at: 40) == "inhibited by high_error_rate")
        bench.step([], at: Self.monday)
        #expect(bench.sent.compactMap { $0.told.notification.digest?.lines.map(\.rule) } == [["flapping"]])
    }

    @Test func aRouteThatIsNoDigestHearsOfEachAtItsTime() {
        var bench = Bench()
        bench.policy.digests = [:]
        #expect(bench.step([Self.note(from: 0)], at: 30).map(\.route) == ["digest"])
        // Made one later, it still hears of the end of what it was told.
        bench.policy.digests = ["digest": .usual]
        #expect(bench.step([Self.note(from: 0, until: 400)], at: 400).map(\.notification.action) == [.resolve])
    }

    @Test func itStaysSmallWhateverHappens() throws {
        var bench = Bench()
        for i in 0..<200 as Range<Int64> {
            bench.step([Self.note(from: i * 60)], at: i * 60)
            bench.step([Self.note(from: i * 60, until: i * 60 + 30)], at: i * 60 + 30)
        }
        bench.step((0..<200).map { Self.note("rule\($0)", from: 20_000) }, at: 20_000)
        bench.step([], at: Self.monday)
        let digest = try #require(bench.sent.first?.told.notification.digest)
        #expect(digest.lines.count == 128 && digest.hasMore)
        let first = try #require(digest.lines.first { $0.rule == "drift_detected" })
        #expect(first.text.hasPrefix("drift_detected: more than 64 times, 32m00s in all, "))
    }

    // MARK: When

    /// Hours since midnight: after which, and when next.
    private static let times: [(text: String, hour: Int64, next: Int64)] = [
        ("monday 09:00", 0, 81), ("mon 9:00", 81, 249), ("Friday 00:00", 0, 168), ("fri 01:00", 0, 1),
        ("daily 09:00", 0, 9), ("daily 09:00", 9, 33), ("sunday 23:00", -2, 71),
    ]

    @Test(arguments: times)
    func theNextTimeIsAfterTheLast(text: String, hour: Int64, next: Int64) throws {
        let schedule = try #require(DigestSchedule(text))
        #expect(schedule.next(after: midnight + hour * Span.hour) == midnight + next * Span.hour)
        // Also right before 1970, which a record may claim.
        #expect(schedule.next(after: -Span.day) > -Span.day)
    }

    @Test(arguments: [
        "", "monday", "09:00", "mo 09:00", "monday 24:00", "monday 9:5", "monday 09:00 UTC", "mondays 9:00",
    ])
    func whatIsNoTimeIsNone(text: String) { #expect(DigestSchedule(text) == nil) }
}
