import Metrics
import Statistics
import Telemetry
import TestSupport
import Testing

@testable import Monitoring

/// What drift is told of, against which baseline, in which words.
@Suite struct DriftReportTests {
    typealias Mood = DriftStory.Mood

    // MARK: What moves

    @Test func everyMeasureThatMovesIsToldAndNoOther() {
        let changes: [(DriftMetric.Kind, (inout Mood) -> Void, String)] = [
            (.outputLength, { $0.length *= 1.6 }, "longer"),
            (.inputLength, { $0.prompt *= 1.6 }, "prompts"),
            (.latency, { $0.latency *= 2 }, "slower"),
            (.toolCalls, { $0.calls *= 1.8 }, "more tool calls"),
            (.sentiment, { $0.sentiment -= 0.25 }, "sentiment down"),
            (.quality, { $0.quality -= 0.1 }, "lower"),
        ]
        for (kind, change, words) in changes {
            var story = DriftStory(seed: 5)
            story.pass(2 * Span.hour + 5 * Span.minute)
            story.pass(Span.hour, Mood.with(change))
            let report = story.report()
            #expect(report[kind]?.hasDrifted == true, "\(kind)")
            let moved = report.metrics.filter(\.hasDrifted).map(\.kind)
            // Tokens follow lengths.
            let related: [DriftMetric.Kind: DriftMetric.Kind] = [
                .outputLength: .outputTokens, .inputLength: .inputTokens,
            ]
            #expect(Set(moved).subtracting([kind, related[kind] ?? kind]).isEmpty, "\(kind): \(moved)")
            #expect(report.movements.contains { $0.text.contains(words) }, "\(report.movements.map(\.text))")
        }
    }

    @Test func mixesTellWhichNameMovedMost() throws {
        var story = DriftStory(seed: 6)
        story.pass(2 * Span.hour + 5 * Span.minute)
        story.pass(
            Span.hour,
            .with {
                $0.tools = [("search", 0.1), ("lookup", 0.3), ("refund_api", 0.6)]
                $0.failures = 0.3
                $0.errors = [("timeout", 0.95), ("rate_limit", 0.05)]
            })
        let report = story.report(.hour1)
        let tools = try #require(report[.tools])
        #expect(tools.hasDrifted && Set(tools.movers.prefix(2).map(\.name)) == ["search", "refund_api"])
        #expect(report[.errors]?.hasDrifted == true && report[.intents]?.hasDrifted == false)
        let text = report.movements.map(\.text).joined(separator: "; ")
        #expect(text.contains("of calls") && text.contains("of failures"), "\(text)")
    }

    @Test func aNewIntentIsNamedWithItsShare() throws {
        var story = DriftStory(seed: 7)
        story.pass(2 * Span.hour + 5 * Span.minute)
        story.pass(
            30 * Span.minute,
            .with { $0.intents = [("refund", 0.28), ("order_status", 0.46), ("returns", 0.2), ("refund_eu", 0.06)] })
        let report = story.report()
        let newcomer = try #require(report.newcomers.first)
        #expect(report.newcomers.count == 1 && newcomer.kind == .intents && newcomer.mover.name == "refund_eu")
        #expect((0.02...0.12).contains(newcomer.mover.current))
        #expect(report.movements.contains { $0.text.hasPrefix("new intent refund_eu ") })
    }

    @Test func whatABaselineIsTooSmallToHaveSeenIsNotNew() {
        func mix(_ then: Double, live: Double) -> MixShift {
            var (now, base) = (BehaviourProfile.Names(), BehaviourProfile.Names())
            now.counts = ["a": 300 - live, "b": live]
            base.counts = ["a": then]
            (now.effective, base.effective) = (300, then)
            return MixShift(.intents, now: now, then: base, threshold: 0.1)
        }
        #expect(mix(1000, live: 20).newcomers.map(\.name) == ["b"])
        // Nine are few; thirty without one say little; names beyond those that are kept apart may have been it.
        #expect(mix(1000, live: 9).newcomers.isEmpty && mix(30, live: 20).newcomers.isEmpty)
        var (now, base) = (BehaviourProfile.Names(), BehaviourProfile.Names())
        (now.counts, base.counts) = (["a": 280, "b": 20], ["a": 900])
        base.rest = 100
        (now.effective, base.effective) = (300, 1000)
        #expect(MixShift(.intents, now: now, then: base, threshold: 0.1).newcomers.isEmpty)
    }

    @Test func languagesAreToldWhereCountriesDiffer() {
        var story = DriftStory(seed: 8)
        story.pass(Span.hour)
        let report = story.report()
        #expect(Set(report[.languages]?.movers.map(\.name) ?? []) == ["de", "en"])
        #expect(report[.locales]?.movers.count == 3)
    }

    @Test func risingInjectionAttemptsComeFirst() throws {
        var story = DriftStory(seed: 9)
        story.pass(2 * Span.hour + 5 * Span.minute, .with { $0.injections = 0.004 })
        story.pass(
            Span.hour,
            .with {
                $0.injections = 0.06
                $0.length *= 3
            })
        let report = story.report(.hour1)
        let trend = try #require(report.injections)
        #expect(trend.isRising && trend.probability < 1e-6)
        #expect(report.movements.first?.text.hasPrefix("injection attempts from 0.") == true)
    }

    // MARK: Since when

    @Test func theSentenceNamesTheDeployThatBeganIt() throws {
        var story = DriftStory(seed: 10)
        story.pass(2 * Span.hour + 2 * Span.minute)
        let deployed = story.time
        story.pass(
            40 * Span.minute,
            .with {
                $0.length *= 1.6
                $0.version = "v2"
            })
        let first = try #require(story.report().movements.first { $0.subject == .measure(.outputLength) })
        let report = story.report()
        #expect(report.movements.first?.subject == first.subject)
        let leading = try #require(report.movements.first)
        #expect(leading.change == "v2" && leading.since == deployed)
        #expect(leading.sentence.hasSuffix(" longer since v2 at 02:02"))
    }

    @Test func withoutADeployItIsTheSlotItBeganIn() throws {
        var story = DriftStory(seed: 11)
        story.pass(3 * Span.hour + 20 * Span.minute)
        let began = story.time
        story.pass(50 * Span.minute, .with { $0.length *= 1.7 })
        let leading = try #require(story.report().movements.first)
        let since = try #require(leading.since)
        #expect(leading.change == nil && abs(since - began) <= 10 * Span.minute, "\((since - began) / Span.minute)")
    }

    // MARK: Baselines

    @Test func theVersionBeforeIsWhatRanBeforeTheLastDeploy() throws {
        var story = DriftStory(seed: 12)
        story.pass(Span.hour, .with { $0.length *= 3 })
        story.pass(2 * Span.hour, .with { $0.version = "v2" })
        let deployed = story.time
        story.pass(
            10 * Span.minute,
            .with {
                $0.version = "v3"
                $0.length *= 1.8
            })
        let usual = story.report()
        let previous = story.report(.minutes15, DriftQuestion(baseline: .previousVersion))
        #expect(previous.basis == .previousVersion("v3", since: deployed))
        #expect(previous.basis.title(.minutes15) == "vs before v3")
        // What ran before was v2, with its 800 characters; the first hour had 2,400.
        #expect(try #require(previous[.outputLength]?.change) > 0.4)
        #expect(try #require(usual[.outputLength]?.change) < -0.2)
        // Of the window only what is of the new version.
        #expect(try #require(previous[.outputLength]?.count) <= 121)
    }

    @Test func withoutADeployThereIsNoVersionBefore() {
        var story = DriftStory(seed: 13)
        story.pass(3 * Span.hour)
        let report = story.report(.minutes15, DriftQuestion(baseline: .previousVersion))
        #expect(report.basis == .instead(of: .previousVersion, .firstHour))
        #expect(report.basis.title(.minutes15) == "no deploy, vs first 60m")
        #expect(report[.outputLength]?.change != nil)
    }

    @Test func aKeptBaselineIsComparedWithByItsName() throws {
        var story = DriftStory(seed: 14)
        story.pass(Span.hour)
        let kept = SavedBaseline(
            name: "good week", from: midnight, to: story.time, by: "ada",
            profile: BehaviourProfile(story.bench.snapshot(), window: .hour1))
        story.pass(3 * Span.hour, .with { $0.length *= 1.6 })
        var baselines = SavedBaselines()
        let isKept = baselines.keep(kept, at: 1)
        #expect(isKept)
        let report = story.report(.hour1, DriftQuestion(baseline: .saved("good week"), saved: baselines))
        #expect(report.basis == .saved("good week", at: kept.to) && report.basis.title(.hour1) == "vs good week")
        #expect(report[.outputLength]?.hasMoved == true && report[.inputLength]?.hasDrifted == false)
        #expect(report[.intents]?.hasDrifted == false && report[.inputLength]?.psi != nil)
        let unknown = story.report(.hour1, DriftQuestion(baseline: .saved("bad week"), saved: baselines))
        #expect(unknown.basis == .instead(of: .saved("bad week"), .firstHour))
    }

    /// Longer answers and other questions at night than by day are no drift once there are days to compare with.
    @Test func aDailyCycleIsComparedWithTheSameHours() {
        var story = DriftStory(seed: 15)
        func mood(_ time: Int64) -> Mood {
            let isNight = (time - time.alignedDown(to: Span.day)) / Span.hour < 12
            return .with {
                $0.length = isNight ? 1600 : 800
                $0.intents = isNight ? [("refund", 0.9), ("returns", 0.1)] : [("order_status", 0.7), ("refund", 0.3)]
            }
        }
        story.pass(4 * Span.day + 18 * Span.hour, every: 150 * Span.second, mood)
        let report = story.report(.hours6)
        #expect(report.basis == .usual(.sameHours(days: 4)))
        #expect(report[.outputLength]?.hasDrifted == false && report[.intents]?.hasDrifted == false)
        // The first day's night is no baseline for an afternoon.
        let night = BehaviourProfile(story.bench.snapshot(asOf: midnight + 6 * Span.hour), window: .hours6)
        let against = DriftReport(basis: .saved("night", at: 0), now: report.now, then: night)
        #expect(against[.outputLength]?.hasDrifted == true && against[.intents]?.hasDrifted == true)
    }

    @Test func whereTheBaselinesRequestsAreNotHeldThoseBeforeTheWindowServe() {
        var story = DriftStory(seed: 16, rowBudget: 1 << 18)
        story.pass(4 * Span.hour)
        let report = story.report()
        #expect(report.held.comparedWith != nil && report[.inputLength]?.psi != nil)
        #expect(report[.intents]?.distance != nil)
        var alone = DriftStory(seed: 16, rowBudget: 0)
        alone.pass(3 * Span.hour)
        let without = alone.report()
        #expect(without.held.isAlone && without[.inputLength]?.current == nil && without[.intents] == nil)
        #expect(without[.outputLength]?.psi != nil)
    }

    // MARK: Settings

    @Test func settingsSayWhatIsLookedAtAndFromWhenOn() {
        var story = DriftStory(seed: 17)
        story.pass(2 * Span.hour + 5 * Span.minute)
        story.pass(Span.hour, .with { $0.length *= 1.6 })
        var settings = DriftSettings()
        settings.metrics = [.outputLength, .quality]
        settings.mixes = [.tools]
        settings.thresholds = [.outputLength: 0.99]
        let report = story.report(.hour1, DriftQuestion(settings))
        #expect(report.metrics.map(\.kind) == [.outputLength, .quality] && report.mixes.map(\.kind) == [.tools])
        #expect(report[.outputLength]?.hasMoved == false && report[.outputLength]?.threshold == 0.99)
    }

    /// Requests that stand for a hundred each tell as much as one of each hundred.
    @Test func sampledRequestsAreSureOfNoMoreThanTheyAre() throws {
        var story = DriftStory(seed: 18)
        story.pass(2 * Span.hour + 5 * Span.minute)
        story.pass(4 * Span.minute, .with { $0.weight = 102_400 })
        let report = story.report(.minutes5)
        #expect(try #require(report[.intents]).count <= 61)
        #expect(report.movements.isEmpty, "\(report.movements.map(\.text))")
    }
}
