import Foundation
import Metrics
import TestSupport
import Testing

@testable import Monitoring

/// Baselines under names: what is kept, and what becomes of it where several know different ones.
@Suite struct SavedBaselineTests {
    private static let profile: BehaviourProfile = {
        var story = DriftStory(seed: 31)
        story.pass(Span.hour, .with { $0.injections = 0.05 })
        return BehaviourProfile(story.bench.snapshot(), window: .hour1)
    }()

    private static func baseline(_ name: String, to: Int64 = 5) -> SavedBaseline {
        SavedBaseline(name: name, from: 0, to: to, by: "ada", profile: profile)
    }

    private static func keep(
        _ baseline: SavedBaseline, at time: Int64, in baselines: inout SavedBaselines, isKept: Bool = true
    ) {
        let kept = baselines.keep(baseline, at: time)
        #expect(kept == isKept)
    }

    @Test func aProfileReadBackIsTheSame() throws {
        let kept = Self.baseline("good")
        let bytes = try JSONEncoder().encode(kept)
        #expect(bytes.count < 20_000, "\(bytes.count)")
        #expect(try JSONDecoder().decode(SavedBaseline.self, from: bytes) == kept)
        // Coarser than it was counted, and near enough to be no drift of itself.
        let report = DriftReport(basis: .saved("good", at: 0), now: Self.profile, then: kept.profile)
        #expect(report.movements.isEmpty)
        #expect(report.metrics.allSatisfy { abs($0.change ?? 1) < 1e-9 && $0.psi ?? 1 < 1e-9 })
    }

    @Test func whatOthersHaveTouchedIsReadAsWhatItMustBeOrNotAtAll() throws {
        let text = try #require(
            String(data: try JSONEncoder().encode(Self.baseline("good")), encoding: .utf8))
        let touched = [
            text.replacing(/"scale":\d+/, with: #""scale":99"#), text.replacing(/"scale":\d+/, with: #""scale":-1"#),
            text.replacing(/"offset":-?\d+/, with: #""offset":9000000000000"#),
            text.replacing(/"zeros":\d+/, with: #""zeros":-5"#),
            text.replacing(/"share":[\d.]+/, with: #""share":0"#),
            text.replacing(/"share":[\d.]+/, with: #""share":7"#),
            text.replacing(/"sum":\d+/, with: #""sum":-1"#),
            text.replacing(/"requests":[\d.]+/, with: #""requests":-2"#),
            text.replacing(/"counts":\[[^\]]*\]/, with: #""counts":[9223372036854775807,9223372036854775807]"#),
            text.replacing(/"counts":\[[^\]]*\]/, with: #""counts":[-1]"#), text.replacing("measures", with: "measure"),
        ]
        for other in touched {
            #expect(other != text)
            #expect(throws: DecodingError.self, "\(other.prefix(80))") {
                try JSONDecoder().decode(SavedBaseline.self, from: Data(other.utf8))
            }
        }
        // What a later version measures beside is passed by.
        let later = text.replacing("\"output_length\"", with: "\"output_mood\"")
        let read = try JSONDecoder().decode(SavedBaseline.self, from: Data(later.utf8))
        #expect(read.profile.measures[.outputLength] == nil && read.profile.measures[.latency] != nil)
    }

    @Test func whatWasSaidLastOfANameCounts() {
        var mine = SavedBaselines()
        var theirs = SavedBaselines()
        Self.keep(Self.baseline("a"), at: 10, in: &mine)
        Self.keep(Self.baseline("b"), at: 10, in: &mine)
        Self.keep(Self.baseline("a", to: 9), at: 20, in: &theirs)
        Self.keep(Self.baseline("b"), at: 5, in: &theirs)
        theirs.forget("b", at: 30)
        var one = mine
        one.merge(theirs)
        var other = theirs
        other.merge(mine)
        #expect(one == other)
        #expect(one["a"]?.to == 9 && one["b"] == nil && one.all.map(\.name) == ["a"])
        one.merge(theirs)
        #expect(one == other)
        one.clean(at: 31 + 31 * Span.day)
        #expect(one != other && one.all.map(\.name) == ["a"])
    }

    @Test func whatIsForgottenByASlowerClockIsForgottenToo() {
        var kept = SavedBaselines()
        Self.keep(Self.baseline("a"), at: 100, in: &kept)
        var forgotten = kept
        forgotten.forget("a", at: 5)
        forgotten.merge(kept)
        kept.merge(forgotten)
        #expect(forgotten["a"] == nil && kept == forgotten)
        forgotten.forget("never there", at: 200)
        #expect(kept == forgotten)
    }

    @Test func moreThanCanBeKeptAreRefusedNotPushedOut() {
        var baselines = SavedBaselines()
        for i in 0..<SavedBaselines.limit { Self.keep(Self.baseline("n\(i)"), at: Int64(i), in: &baselines) }
        Self.keep(Self.baseline("one more"), at: 99, in: &baselines, isKept: false)
        Self.keep(Self.baseline("n3", to: 77), at: 100, in: &baselines)
        #expect(baselines.all.count == SavedBaselines.limit && baselines.all.first?.to == 77)
        baselines.forget("n4", at: 101)
        Self.keep(Self.baseline("one more"), at: 102, in: &baselines)
    }

    @Test func namesAreWordsThatMeanNothingElse() {
        #expect(SavedBaseline.name(from: "  good   week\n") == "good week")
        #expect(SavedBaseline.name(from: " ") == nil && SavedBaseline.name(from: "7d") == nil)
        #expect(SavedBaseline.name(from: "usual") == nil && SavedBaseline.name(from: "previous-version") == nil)
        #expect(SavedBaseline.name(from: String(repeating: "x", count: 99))?.count == SavedBaseline.longestName)
        for name in ["7d", "usual", "previous-version", "good week"] {
            #expect(DriftBaseline(DriftBaseline(name).name) == DriftBaseline(name))
        }
    }
}
