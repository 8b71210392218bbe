import Foundation
import Metrics
import Statistics
import TestSupport
import Testing

@testable import Monitoring

/// What is told to whom, when, and why not: the notification pipeline as a pure machine.
@Suite struct NotificationTests {
    private static let first = midnight

    /// An alert that was first true a while before it fired.
    static func alert(
        _ name: String, _ severity: Severity, since: Int64 = 0, metric: WindowMetric = .errorRate,
        labels: [String: String] = [:], resolved: Bool = false, value: Double = 0.6
    ) -> Alert {
        var state = AlertState()
        let timing = AlertTiming()
        _ = state.step(
            Evaluation(isTrue: true, value: value, threshold: 0.5), timing: timing, at: first + since * Span.second)
        if resolved { _ = state.step(Evaluation(isTrue: false), timing: timing, at: first + (since + 1) * Span.second) }
        return Alert(
            name: name, severity: severity, state: state, metric: metric, valueText: "60.0%", thresholdText: ">50%",
            labels: labels)
    }

    /// A pipeline, stepped at seconds after midnight.
    struct Bench {
        var state = NotificationState()
        var policy = NotificationPolicy()
        var context = NotificationContext { alert in
            AlertNotification(
                action: .trigger, identity: "", episode: "", reason: "", rule: alert.name, severity: alert.severity,
                summary: "", symptom: alert.comparison, window: 0, startsAt: 0, time: 0)
        }
        var decisions: [NotificationDecision] = []
        var delivers = true
        var sent: [(second: Int64, told: RoutedNotification)] = []

        @discardableResult
        mutating func step(_ alerts: [Alert], at second: Int64) -> [RoutedNotification] {
            let round = state.step(alerts, policy, context, at: midnight + second * Span.second)
            decisions = round.decisions
            for told in round.sent {
                sent.append((second, told))
                if delivers { state.noteDelivered(told.id, at: midnight + second * Span.second) }
            }
            return round.sent
        }

        /// What is said of a route, in words.
        func text(_ route: String, _ alert: String? = nil, at second: Int64) -> String? {
            decisions.first { $0.route == route && (alert == nil || $0.alert == alert) }?
                .text(at: midnight + second * Span.second)
        }
    }

    private static func actions(_ sent: [RoutedNotification]) -> [String] {
        sent.map { "\($0.route) \($0.notification.action.rawValue)" }
    }

    @Test func aPageIsToldAtOnceAndSoIsItsEnd() {
        var bench = Bench()
        let firing = Self.alert("high_error_rate", .p1)
        #expect(Self.actions(bench.step([firing], at: 0)) == ["oncall trigger"])
        #expect(bench.step([firing], at: 0).isEmpty && bench.step([firing], at: 10).isEmpty)
        #expect(bench.text("oncall", at: 10) == "sent 00:00 (first notification), next in 3h59m")
        #expect(
            Self.actions(bench.step([Self.alert("high_error_rate", .p1, resolved: true)], at: 20)) == ["oncall resolve"]
        )
        bench.step([Self.alert("high_error_rate", .p1, resolved: true)], at: 30)
        #expect(bench.text("oncall", at: 30) == "resolve sent 00:00")
        #expect(
            bench.sent.map(\.told.notification.identity) == ["agentdash/high_error_rate", "agentdash/high_error_rate"])
    }

    @Test func aTicketWaitsForItsGroupAndWhatIsOverBeforeIsNeverTold() {
        var bench = Bench()
        let firing = Self.alert("elevated_error_rate", .p2)
        #expect(bench.step([firing], at: 16).isEmpty)
        #expect(bench.text("tickets", at: 16) == "grouped, flush in 14 s")
        #expect(bench.step([firing], at: 29).isEmpty)
        #expect(bench.step([Self.alert("elevated_error_rate", .p2, resolved: true)], at: 40).isEmpty)
        #expect(bench.text("tickets", at: 40) == "over before anything was sent")
        #expect(bench.step([Self.alert("elevated_error_rate", .p2, since: 50)], at: 80).count == 1)
        // Its end is told with the group's next time.
        let over = Self.alert("elevated_error_rate", .p2, since: 50, resolved: true)
        #expect(bench.step([over], at: 90).isEmpty)
        #expect(bench.text("tickets", at: 90) == "over, told in 290 s")
        #expect(Self.actions(bench.step([over], at: 380)) == ["tickets resolve"])
    }

    @Test func whatComesBackBeforeItsEndWasToldIsTheSameIncident() {
        var bench = Bench()
        bench.step([Self.alert("elevated_error_rate", .p2)], at: 30)
        bench.step([Self.alert("elevated_error_rate", .p2, resolved: true)], at: 100)
        bench.step([Self.alert("elevated_error_rate", .p2, since: 150)], at: 400)
        #expect(bench.sent.count == 1)
    }

    @Test func aCooldownIsOverAfterExactlyItsTimeAndBeginsWithTheDelivery() {
        var bench = Bench()
        bench.step([Self.alert("high_error_rate", .p1)], at: 0)
        bench.step([Self.alert("high_error_rate", .p1, resolved: true)], at: 10)
        let again = Self.alert("high_error_rate", .p1, since: 88)
        #expect(bench.step([again], at: 88).isEmpty)
        #expect(bench.text("oncall", at: 88) == "suppressed: cooldown, 212 s left")
        #expect(bench.step([again], at: 299).isEmpty)
        #expect(Self.actions(bench.step([again], at: 300)) == ["oncall trigger"])
        // Another metric has its own; the same of another rule has not.
        #expect(bench.step([again, Self.alert("slow", .p1, since: 310, metric: .p95Latency)], at: 310).count == 1)
        #expect(bench.step([again, Self.alert("errors", .p1, since: 310)], at: 310).isEmpty)
    }

    @Test func whatDidNotArriveStampsNothingAndIsHandedOverAgainUnderTheSameId() throws {
        var bench = Bench()
        bench.delivers = false
        let firing = Self.alert("high_error_rate", .p1)
        let id = try #require(bench.step([firing], at: 0).first?.id)
        bench.state.noteFailed(id, reason: "HTTP 500", at: midnight + 5 * Span.second)
        #expect(bench.step([firing], at: 10).isEmpty)
        #expect(bench.text("oncall", at: 10) == "failed 00:00: HTTP 500, again in 295 s")
        #expect(bench.step([firing], at: 304).isEmpty)
        #expect(bench.step([firing], at: 305).map(\.id) == [id])
        // Over, and nobody heard of it: no end is told, until it turns out to have arrived.
        let over = Self.alert("high_error_rate", .p1, resolved: true)
        #expect(bench.step([over], at: 310).isEmpty)
        bench.state.noteDelivered(id, at: midnight + 312 * Span.second)
        #expect(Self.actions(bench.step([over], at: 320)) == ["oncall resolve"])
    }

    /// The delivery tries sooner than it is asked to again, or not at all.
    @Test func whenItIsTriedAgainIsWhatTheDeliverySays() throws {
        var bench = Bench()
        bench.delivers = false
        let firing = Self.alert("high_error_rate", .p1)
        let id = try #require(bench.step([firing], at: 0).first?.id)
        bench.state.noteFailed(
            id, reason: "HTTP 500", retryAt: midnight + 25 * Span.second, at: midnight + 5 * Span.second)
        bench.step([firing], at: 10)
        #expect(bench.text("oncall", at: 13) == "failed 00:00: HTTP 500, again in 12 s")
        bench.state.noteFailed(id, reason: "HTTP 400", at: midnight + 26 * Span.second)
        bench.step([firing], at: 30)
        #expect(bench.text("oncall", at: 30) == "failed 00:00: HTTP 400, again in 296 s")
    }

    /// Told as soon as one channel has taken it; what the other did is known all the same, also by who shares the state.
    @Test func everyChannelOfARouteHasItsOwnWord() throws {
        var desk = NotificationDesk(NotificationPolicy())
        let firing = Self.alert("high_error_rate", .p1)
        let context = NotificationContext { Bench().context.facts($0) }
        let id = try #require(desk.step([firing], context, at: midnight).first?.id)
        func take(_ order: NotificationOrder, _ second: Int64, isLive: Bool = true) {
            desk.take(order, among: [firing], service: "", at: midnight + second * Span.second, isLive: isLive)
            _ = desk.step([firing], context, at: midnight + second * Span.second)
        }
        func told(_ second: Int64) -> [String] {
            let now = midnight + second * Span.second
            return desk.report.decisions.filter { $0.route == "oncall" }.map { "\($0.route) \($0.text(at: now))" }
                + desk.report.state.attempts(of: firing, route: "oncall").map {
                    "\($0.channel) \($0.attempt.text(at: now))"
                }
        }
        take(.delivered(id, channel: "pagerduty events"), 10)
        take(.failed(id, reason: "HTTP 500", channel: "slack hooks", retryAt: midnight + 32 * Span.second), 20)
        let sent = "oncall sent 00:00 (first notification), next in 3h59m"
        #expect(
            told(20) == [sent, "pagerduty events took it 00:00", "slack hooks failed 00:00: HTTP 500, again in 12 s"])
        // It survives being kept, and being joined in any order.
        let kept = try JSONDecoder().decode(
            NotificationState.self, from: JSONEncoder().encode(desk.report.state))
        take(.failed(id, reason: "HTTP 404", channel: "slack hooks"), 40)
        #expect(told(40).last == "slack hooks failed 00:00: HTTP 404, given up")
        var (one, other) = (desk.report.state, kept)
        one.merge(kept)
        other.merge(desk.report.state)
        #expect(one == other && one.attempts(of: firing, route: "oncall").last?.attempt.why == "HTTP 404")
        // Recorded data has another clock than the delivery.
        take(.failed(id, reason: "HTTP 503", channel: "slack hooks", retryAt: midnight), 50, isLive: false)
        #expect(told(50).last == "slack hooks failed 00:00: HTTP 503, given up")
        take(.delivered(id, channel: "slack hooks"), 60)
        #expect(told(60).last == "slack hooks took it 00:01")
    }

    @Test func whatCouldNotBeKeptIsToldApart() {
        let firing = Self.alert("high_error_rate", .p1)
        var report = NotificationReport()
        let now = midnight + 60 * Span.second
        func silence(_ time: Int64) -> Silence {
            Silence(of: "high_error_rate", labels: [:], from: now, for: time, by: "ada", comment: "")
        }
        report.state.add(silence(Span.hour))
        let kept = report.state
        report.state.acknowledge("high_error_rate", by: "ada", among: [firing], service: "", at: now)
        #expect(!report.isForgotten(acknowledgementOf: firing))
        report.unkept = NotificationReport.Unkept(why: "disk full", kept: kept)
        #expect(report.isForgotten(acknowledgementOf: firing) && !report.isForgotten(silence(Span.hour)))
        #expect(report.isForgotten(silence(2 * Span.hour)))
    }

    @Test func aSilencedPageInhibitsAllTheSame() {
        var bench = Bench()
        let page = Self.alert("high_error_rate", .p1)
        let ticket = Self.alert("high_latency", .p2, metric: .p95Latency)
        bench.state.add(
            Silence(of: "high_error_rate", labels: [:], from: midnight, for: Span.hour, by: "ada", comment: ""))
        #expect(bench.step([page, ticket], at: 40).isEmpty)
        #expect(
            bench.text("tickets", "high_latency", at: 40)
                == "inhibited by high_error_rate, itself silenced until 01:00")
    }

    @Test func aPageQuietensItsShadowsButNotItself() {
        var bench = Bench()
        let page = Self.alert("high_error_rate", .p1)
        let ticket = Self.alert("high_latency", .p2, metric: .p95Latency)
        let elsewhere = Self.alert("cost", .p2, metric: .costPerHour, labels: ["service": "other"])
        let sent = bench.step([page, ticket, elsewhere], at: 40)
        #expect(Set(Self.actions(sent)) == ["oncall trigger", "tickets trigger"])
        #expect(sent.contains { $0.notification.rule == "cost" })
        #expect(bench.text("tickets", "high_latency", at: 40) == "inhibited by high_error_rate")
        let over = Self.alert("high_error_rate", .p1, resolved: true)
        #expect(bench.step([over, ticket, elsewhere], at: 50).map(\.notification.rule) == ["high_error_rate"])
        // What the lesser rule measures came about while the page fired.
        #expect(bench.step([over, ticket, elsewhere], at: 300).isEmpty)
        #expect(bench.step([over, ticket, elsewhere], at: 301).map(\.notification.rule) == ["high_latency"])
    }

    /// A restart judges anew, and a slip in the settings breaks a rule: neither says that a page is over.
    @Test(arguments: [AlertPhase.pending, .error, .nodata])
    func whatIsNotKnownToBeOverIsNotToldToBe(_ phase: AlertPhase) throws {
        var bench = Bench()
        let page = Self.alert("high_error_rate", .p1)
        let id = try #require(bench.step([page], at: 0).first?.id)
        bench.state.noteDelivered(id, at: midnight)
        var unknown = page
        unknown.state =
            phase == .pending
            ? {
                var state = AlertState()
                _ = state.step(Evaluation(isTrue: true), timing: AlertTiming(forCount: 3), at: midnight)
                return state
            }() : phase == .error ? .broken(since: midnight, "slip") : page.state
        if phase == .nodata {
            for second in stride(from: Int64(10), through: 400, by: 10) {
                _ = unknown.state.step(
                    Evaluation(isTrue: nil), timing: AlertTiming(), at: midnight + second * Span.second)
            }
        }
        #expect(unknown.state.phase == phase)
        #expect(bench.step([unknown], at: 410).isEmpty)
        #expect(bench.step([page], at: 420).isEmpty)
        let over = Self.alert("high_error_rate", .p1, resolved: true)
        #expect(Self.actions(bench.step([over], at: 430)) == ["oncall resolve"])
    }

    /// The receiver was away for hours: what then arrives is told to be over.
    @Test func whatArrivesLongAfterItsEndIsToldToBeOver() throws {
        var bench = Bench()
        bench.delivers = false
        let page = Self.alert("high_error_rate", .p1)
        let id = try #require(bench.step([page], at: 0).first?.id)
        let over = Self.alert("high_error_rate", .p1, resolved: true)
        #expect(bench.step([over], at: 600).isEmpty)
        #expect(bench.step([], at: 3 * 3600).isEmpty)
        bench.state.noteDelivered(id, at: midnight + 3 * Span.hour)
        #expect(Self.actions(bench.step([], at: 3 * 3600 + 10)) == ["oncall resolve"])
    }

    /// A page that no route leads to must not keep tickets from being told.
    @Test func aPageThatNobodyCanHearOfStandsForNothing() {
        var bench = Bench()
        bench.policy.knownRoutes = ["tickets"]
        let page = Self.alert("high_error_rate", .p1)
        let ticket = Self.alert("high_latency", .p2, metric: .p95Latency)
        #expect(Self.actions(bench.step([page, ticket], at: 40)) == ["tickets trigger"])
    }

    /// A screen that sends nothing says what the service has told.
    @Test func whatAnotherProcessToldIsSaidWhereNothingIsSent() {
        var (service, screen) = (Bench(), Bench())
        let page = Self.alert("high_error_rate", .p1)
        screen.context.off = .notAsked
        screen.step([page], at: 0)
        #expect(screen.text("oncall", at: 0) == "off: --notify is not given")
        service.step([page], at: 0)
        screen.state.merge(service.state)
        screen.step([page], at: 10)
        #expect(screen.text("oncall", at: 10) == "sent 00:00 (first notification)")
        let over = Self.alert("high_error_rate", .p1, resolved: true)
        service.step([over], at: 20)
        screen.state.merge(service.state)
        screen.step([over], at: 30)
        #expect(screen.text("oncall", at: 30) == "resolve sent 00:00")
    }

    /// An alert comes back before its end was told, and a process that knows no better must not end it again.
    @Test func ofTwoThatKnowAnEndWhoeverKnowsMoreOfItIsRight() {
        var (here, there) = (Bench(), Bench())
        let ticket = Self.alert("high_latency", .p2, metric: .p95Latency)
        here.step([ticket], at: 40)
        here.step([Self.alert("high_latency", .p2, metric: .p95Latency, resolved: true)], at: 60)
        there.state.merge(here.state)
        here.step([ticket], at: 80)
        here.state.merge(there.state)
        #expect(here.state.incidents.values.allSatisfy { $0.endedAt == nil })
        there.state.merge(here.state)
        #expect(there.state.incidents.values.allSatisfy { $0.endedAt == nil })
    }

    @Test func anOutageOfAllSlicesIsToldOnce() {
        var bench = Bench()
        bench.context.isOutage = true
        let whole = Self.alert("elevated_error_rate", .p2)
        let slices = ["refund", "chat"].map { Self.alert("task_errors", .p2, labels: ["task_type": $0]) }
        #expect(bench.step([whole] + slices, at: 60).map(\.notification.rule) == ["elevated_error_rate"])
        #expect(
            bench.text("tickets", "task_errors-task_type=chat", at: 60)
                == "inhibited by elevated_error_rate: all slices fail alike")
        bench.context.isOutage = false
        bench.state = NotificationState()
        #expect(bench.step([whole] + slices, at: 60).count == 2)
    }

    @Test func slicesOfOneRuleAreOneMessageAndANewOneIsAdded() throws {
        var bench = Bench()
        func slice(_ name: String, value: Double) -> Alert {
            Self.alert("task_errors", .p2, labels: ["task_type": name], value: value)
        }
        let two = [slice("chat", value: 0.6), slice("refund", value: 0.9)]
        let told = try #require(bench.step(two, at: 30).first?.notification)
        #expect(bench.sent.count == 1 && told.others.map(\.labels) == [["task_type": "chat"]])
        #expect(told.identity == "agentdash/task_errors")
        #expect(bench.step(two + [slice("search", value: 0.7)], at: 40).isEmpty)
        let more = bench.step(two + [slice("search", value: 0.7)], at: 330)
        #expect(more.map(\.notification.reason) == ["new alerts added"] && more.first?.id != bench.sent.first?.told.id)
    }

    @Test func whoIsSilencedOrFlappingIsNotToldOfButWhatWasToldEnds() {
        var bench = Bench()
        let firing = Self.alert("high_error_rate", .p1)
        bench.state.add(
            Silence(
                of: "high_error_rate", labels: [:], from: midnight, for: 3600 * Span.second, by: "ana",
                comment: "deploy"))
        #expect(bench.step([firing], at: 10).isEmpty)
        #expect(bench.text("oncall", at: 10) == "silenced until 01:00 by ana: deploy")
        bench.state.endSilence(bench.state.silences[0].id, at: midnight + 20 * Span.second)
        bench.context.flapping = ["high_error_rate": 39.2]
        #expect(bench.step([firing], at: 20).isEmpty)
        #expect(bench.text("oncall", at: 20) == "flapping 39%")
        bench.context.flapping = [:]
        #expect(bench.step([firing], at: 30).count == 1)
        bench.state.add(
            Silence(of: "high_error_rate", labels: [:], from: midnight, for: 3600 * Span.second, by: "ana", comment: "")
        )
        #expect(
            Self.actions(bench.step([Self.alert("high_error_rate", .p1, resolved: true)], at: 40)) == ["oncall resolve"]
        )
    }

    @Test func aPageThatNobodyAcknowledgesReachesASecondRoute() {
        var bench = Bench()
        let firing = Self.alert("high_error_rate", .p1)
        bench.step([firing], at: 0)
        bench.step([firing], at: 880)
        #expect(bench.text("escalation", at: 880) == "escalates in 20 s if nobody acknowledges")
        #expect(Self.actions(bench.step([firing], at: 900)) == ["escalation trigger"])
        #expect(bench.sent.last?.told.notification.reason == "not acknowledged for 15m")
        #expect(
            Self.actions(bench.step([Self.alert("high_error_rate", .p1, resolved: true)], at: 910)).sorted()
                == ["escalation resolve", "oncall resolve"])
    }

    @Test func anAcknowledgementStopsEscalationAndRepeatsAndEndsWithTheEpisode() {
        var bench = Bench()
        let firing = Self.alert("high_error_rate", .p1)
        bench.step([firing], at: 0)
        bench.state.acknowledge(
            "high_error_rate", by: "ana", among: [firing], service: "", at: midnight + 300 * Span.second)
        #expect(Self.actions(bench.step([firing], at: 300)) == ["oncall acknowledge"])
        for second in stride(from: Int64(310), through: 30_000, by: 10) { bench.step([firing], at: second) }
        #expect(bench.sent.count == 2)
        #expect(bench.text("oncall", at: 30_000) == "acknowledged 00:05 by ana, no repeats")
        bench.step([Self.alert("high_error_rate", .p1, resolved: true)], at: 30_010)
        let again = Self.alert("high_error_rate", .p1, since: 30_400)
        #expect(bench.state.acknowledgement(of: again) == nil)
        #expect(Self.actions(bench.step([again], at: 30_400)) == ["oncall trigger"])
    }

    @Test func whatStillFiresIsToldAgainAfterTheRepeatInterval() {
        var bench = Bench()
        let firing = Self.alert("high_latency", .p2, metric: .p95Latency)
        // Of one that is told at its time: nobody is reminded.
        let note = Self.alert("drift_detected", .p3, metric: .outputLengthDrift)
        bench.policy.digests = [:]
        for second in stride(from: Int64(30), through: 9 * 3600, by: 10) { bench.step([firing, note], at: second) }
        let tickets = bench.sent.filter { $0.told.route == "tickets" }
        #expect(tickets.map(\.second) == [30, 30 + 14_400, 30 + 28_800])
        #expect(tickets.dropFirst().allSatisfy { $0.told.notification.reason == "repeat interval elapsed" })
        #expect(bench.sent.count(where: { $0.told.route == "digest" }) == 1)
    }

    @Test func whatIsOffTellsNobodyAndSaysWhy() {
        var bench = Bench()
        bench.context.off = .recorded
        let before = bench.state
        #expect(bench.step([Self.alert("high_error_rate", .p1)], at: 0).isEmpty && bench.state == before)
        #expect(bench.text("oncall", at: 0) == "off: recorded data")
        bench.context.off = nil
        bench.policy.knownRoutes = ["tickets"]
        #expect(bench.step([Self.alert("high_error_rate", .p1)], at: 10).isEmpty)
        #expect(bench.text("oncall", at: 10) == "off: no such route is configured")
        // What was the past for a while is told once it is not.
        bench.policy.knownRoutes = nil
        #expect(bench.step([Self.alert("high_error_rate", .p1)], at: 20).count == 1)
    }

    @Test func afterARestartWhatIsGoneEnds() throws {
        var bench = Bench()
        bench.step([Self.alert("high_error_rate", .p1)], at: 0)
        let text = try JSONEncoder().encode(bench.state)
        bench.state = try JSONDecoder().decode(NotificationState.self, from: text)
        #expect(bench.step([], at: 600).isEmpty && bench.step([], at: 890).isEmpty)
        #expect(Self.actions(bench.step([], at: 900)) == ["oncall resolve"])
    }
}
