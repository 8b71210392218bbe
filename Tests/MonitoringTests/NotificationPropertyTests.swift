import Foundation
import Metrics
import Statistics
import TestSupport
import Testing

@testable import Monitoring

/// What holds of the pipeline whatever happens.
@Suite struct NotificationPropertyTests {
    /// A day's worth of alerts that come and go at random, as they are at every judgement.
    private static func story(seed: UInt64, steps: Int64) -> [(second: Int64, alerts: [Alert])] {
        var random = Xoshiro256(seed: seed)
        let rules: [(String, Severity, WindowMetric, [[String: String]])] = [
            ("high_error_rate", .p1, .errorRate, [[:]]), ("elevated_error_rate", .p2, .errorRate, [[:]]),
            ("tool_errors", .p2, .toolErrorRate, [["tool": "a"], ["tool": "b"], ["tool": "c"]]),
            ("drift_detected", .p3, .outputLengthDrift, [[:]]),
        ]
        var states: [[AlertState]] = rules.map { $0.3.map { _ in AlertState() } }
        var isTrue = states.map { $0.map { _ in false } }
        var story: [(Int64, [Alert])] = []
        for step in 0..<steps {
            let now = midnight + step * Judge.interval
            var alerts: [Alert] = []
            for (r, rule) in rules.enumerated() {
                for (s, labels) in rule.3.enumerated() {
                    if random.chance(isTrue[r][s] ? 0.05 : 0.02) { isTrue[r][s].toggle() }
                    _ = states[r][s].step(
                        Evaluation(isTrue: isTrue[r][s], value: 0.6, threshold: 0.5), timing: AlertTiming(forCount: 3),
                        at: now)
                    guard states[r][s].phase != nil else { continue }
                    alerts.append(
                        Alert(
                            name: rule.0, severity: rule.1, state: states[r][s], metric: rule.2, valueText: "",
                            thresholdText: "", labels: labels))
                }
            }
            story.append((step * 10, alerts))
        }
        return story
    }

    private static func ids(_ bench: NotificationTests.Bench) -> [String] { bench.sent.map(\.told.id) }

    @Test(arguments: 1...4 as ClosedRange<UInt64>)
    func nothingIsToldTwiceAndNoEndWithoutABeginning(seed: UInt64) throws {
        var bench = NotificationTests.Bench()
        bench.delivers = false
        var random = Xoshiro256(seed: seed &* 77)
        var arrived: Set<String> = []
        var triggers: [String: [(id: String, second: Int64, reason: String)]] = [:]
        for (second, alerts) in Self.story(seed: seed, steps: 3000) {
            for told in bench.step(alerts, at: second) {
                let incident = "\(told.route) \(told.notification.identity) \(told.notification.episode)"
                let isKnown = triggers[incident]?.contains { $0.id == told.id } ?? false
                switch told.notification.action {
                case .trigger:
                    if !isKnown { triggers[incident, default: []].append((told.id, second, told.notification.reason)) }
                case .resolve, .acknowledge:
                    #expect(triggers[incident]?.contains { arrived.contains($0.id) } == true, "\(told.id)")
                }
                if random.chance(0.8) {
                    arrived.insert(told.id)
                    bench.state.noteDelivered(told.id, at: midnight + second * Span.second)
                } else {
                    bench.state.noteFailed(told.id, reason: "no", at: midnight + second * Span.second)
                }
                let isThere = random.chance(0.5)
                bench.state.note(
                    Incident.Attempt(time: midnight + second * Span.second, why: isThere ? nil : "no"),
                    random.chance(0.5) ? "slack" : "pagerduty", of: told.id)
            }
            #expect(bench.state.incidents.count <= 4 && bench.state.cooldowns.count <= 8)
        }
        #expect(!triggers.isEmpty)
        for (incident, told) in triggers {
            let repeated = told.dropFirst().filter { $0.reason != "new alerts added" }
            for next in repeated { #expect(next.second - told[0].second >= 4 * 3600, "\(incident)") }
        }
    }

    @Test func howOftenItIsLookedAtInBetweenChangesNothing() {
        let story = Self.story(seed: 3, steps: 2000)
        var (once, often) = (NotificationTests.Bench(), NotificationTests.Bench())
        for (second, alerts) in story {
            once.step(alerts, at: second)
            for _ in 0..<3 { often.step(alerts, at: second) }
        }
        #expect(Self.ids(once) == Self.ids(often) && !once.sent.isEmpty)
        #expect(once.state == often.state)
    }

    @Test func aStateThatWasWrittenAndReadGoesOnAsIfNothingHadBeen() throws {
        let story = Self.story(seed: 5, steps: 2000)
        var (through, restarted) = (NotificationTests.Bench(), NotificationTests.Bench())
        for (second, alerts) in story {
            through.step(alerts, at: second)
            restarted.step(alerts, at: second)
            if second % 500 == 0 {
                let bytes = try JSONEncoder().encode(restarted.state)
                let read = try JSONDecoder().decode(NotificationState.self, from: bytes)
                #expect(read == restarted.state)
                restarted.state = read
            }
        }
        #expect(Self.ids(through) == Self.ids(restarted))
    }

    @Test func twoThatShareTheirStateTellEverythingOnce() {
        let story = Self.story(seed: 9, steps: 2000)
        var alone = NotificationTests.Bench()
        var (a, b) = (NotificationTests.Bench(), NotificationTests.Bench())
        for (second, alerts) in story {
            alone.step(alerts, at: second)
            // Whoever comes first tells it; the other learns of that before its own step.
            if second % 20 == 0 {
                b.state.merge(a.state)
                b.step(alerts, at: second)
                a.state.merge(b.state)
                a.step(alerts, at: second)
            } else {
                a.state.merge(b.state)
                a.step(alerts, at: second)
                b.state.merge(a.state)
                b.step(alerts, at: second)
            }
        }
        let both = Self.ids(a) + Self.ids(b)
        #expect(Set(both).count == both.count)
        #expect(Set(both) == Set(Self.ids(alone)))
    }

    @Test func mergingIsIdempotentAndInAnyOrder() {
        var benches = [NotificationTests.Bench(), NotificationTests.Bench()]
        for (second, alerts) in Self.story(seed: 2, steps: 600) {
            for i in benches.indices where second % 70 != Int64(i) * 30 { benches[i].step(alerts, at: second) }
        }
        let (a, b) = (benches[0].state, benches[1].state)
        var (ab, ba) = (a, b)
        ab.merge(b)
        ba.merge(a)
        #expect(ab == ba)
        var again = ab
        again.merge(a)
        again.merge(ab)
        #expect(again == ab)
    }

    @Test func manyIncidentsAndSilencesAreForgotten() {
        var state = NotificationState()
        for i in 0..<2000 {
            let alert = NotificationTests.alert("rule\(i)", .p1, since: Int64(i))
            state.acknowledge("rule\(i)", by: "x", among: [alert], service: "", at: midnight)
            state.add(Silence(of: "rule\(i)", labels: [:], from: midnight + Int64(i), for: 10, by: "", comment: ""))
        }
        #expect(state.incidents.count == 512 && state.silences.count == 256)
        #expect(state.incidents["rule1999/P1"] != nil)
    }
}
