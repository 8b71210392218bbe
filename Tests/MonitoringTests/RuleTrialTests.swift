import Metrics
import Monitoring
import Telemetry
import TestSupport
import Testing

/// How often the rules of packs, on or off, would have fired.
@Suite struct RuleTrialTests {
    /// Two hours of six requests a minute; from the 90th minute on most of them fail.
    private static let snapshot: Snapshot = {
        var bench = CountingBench()
        for second in stride(from: Int64(0), to: 2 * 3600, by: 10) {
            bench.count(at: midnight + second * Span.second) { record in
                record.success = second < 90 * 60
                record.latency = Span.second
            }
        }
        return bench.snapshot(asOf: midnight + 2 * Span.hour)
    }()

    private func trial(_ book: RuleBook) -> RuleTrial { RuleTrial(Self.snapshot, rules: book.rules, book: book) }

    @Test func whatIsJudgedAndWhatIsOffIsCountedAlike() throws {
        let book = RuleBook()
        let trial = trial(book)
        let rule = try #require(book.rules.first { $0.name == "high_error_rate" })
        #expect(trial[rule]?.brief == "1\u{d7} in 2h" && trial[rule] == FiringPreview(rule, over: Self.snapshot))
        #expect(trial.packs.map(\.pack) == RulePack.allCases)
        #expect(trial.packs.filter(\.isOn).map(\.pack) == [.conservative])
        // The same pack counts the same, judged or not.
        for pack in RulePack.allCases {
            let on = self.trial(RuleBook(packs: [pack])).packs.first { $0.pack == pack }
            let off = trial.packs.first { $0.pack == pack }
            #expect(on?.isOn == true && on?.text == off?.text && on?.ruleCount == off?.ruleCount)
        }
        let standard = try #require(trial.packs.first { $0.pack == .standard })
        // Nothing has a price, so that of its rule about money nothing is known.
        #expect(standard.brief == "1\u{d7} in 2h" && standard.unknown == 1)
    }

    @Test func rulesThatTheConfigurationReplacesAreNoPacks() throws {
        let own = RuleDefinition("high_error_rate", .p1, when: "error_rate > 200%")
        let book = RuleBook(own: [own])
        let conservative = try #require(trial(book).packs.first { $0.pack == .conservative })
        #expect(conservative.ruleCount == RulePack.conservative.rules.count - 1)
        #expect(book.rules(of: .conservative).allSatisfy { $0.name != "high_error_rate" })
    }

    @Test func itIsOfItsRulesAndItsMinute() throws {
        let book = RuleBook()
        let trial = trial(book)
        let watched = Judge(rules: book.rules).watched
        #expect(trial.end == midnight + 2 * Span.hour && !trial.isOutdated(by: watched, of: Self.snapshot))
        #expect(trial.isOutdated(by: watched, of: Self.snapshot.asOf(midnight + Span.hour)))
        var changed = try #require(book.rules.first).definition
        changed.when = "error_rate > 40%"
        let other = AlertRule(changed)
        #expect(trial[other] == nil && trial.isOutdated(by: Judge(rules: [other]).watched, of: Self.snapshot))
    }
}
