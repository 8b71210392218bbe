import Metrics
import Statistics
import TestSupport
import Testing

@testable import Monitoring

/// Where nothing has changed nothing is said to have.
@Suite struct DriftNullTests {
    /// Requests of one kind: skewed lengths and times, scores, and names of which some are rare.
    private static func draw(_ count: Int, _ random: inout Xoshiro256) -> BehaviourProfile {
        var lengths = DriftMetric.Kind.allCases.filter { $0.emptyBins == nil }.map { kind in
            (kind, ExponentialHistogram(unitsPerOne: kind.unitsPerBucketUnit))
        }
        var scores = [DriftMetric.Kind.sentiment, .quality].compactMap { kind in kind.emptyBins.map { (kind, $0) } }
        var names = MixShift.Kind.allCases.map { ($0, [String: Double]()) }
        for _ in 0..<count {
            for i in lengths.indices {
                let mean = lengths[i].0 == .toolCalls ? 2.0 : 800
                lengths[i].1.record(Int64(random.exponential(mean: mean)), weight: 1024)
            }
            for i in scores.indices {
                scores[i].1.record(Int64((0.5 + 0.2 * random.normal()) * 1e6), weight: 1024)
            }
            for i in names.indices {
                // Zipf-like: the eighth comes with 2%.
                let place = min(8, Int(random.exponential(mean: 2)))
                names[i].1["name \(place)", default: 0] += 1
            }
        }
        var profile = BehaviourProfile()
        (profile.requests, profile.effectiveRequests) = (Double(count), Double(count))
        for (kind, histogram) in lengths { profile.measures[kind] = .init(histogram, share: 1) }
        for (kind, bins) in scores { profile.measures[kind] = .init(bins, share: 1) }
        for (kind, counts) in names {
            var mix = BehaviourProfile.Names()
            (mix.counts, mix.effective) = (counts, Double(count))
            profile.mixes[kind] = mix
        }
        profile.injections = Double((0..<count).count { _ in random.uniform() < 0.01 })
        return profile
    }

    /// Two samples of one kind, drawn again and again: few requests and many.
    @Test(arguments: [(20, 60), (20, 400), (60, 400), (200, 200)])
    func equalRequestsAreSeldomDrift(now: Int, then: Int) {
        var random = Xoshiro256(seed: UInt64(now * 7919 + then))
        let looks = 200
        var told: [String: Int] = [:]
        var alarmed = 0
        for _ in 0..<looks {
            let report = DriftReport(
                basis: .usual(.firstHour), now: Self.draw(now, &random), then: Self.draw(then, &random))
            if !report.movements.isEmpty { alarmed += 1 }
            for movement in report.movements { told[movement.text, default: 0] += 1 }
        }
        // Eight measures, seven mixes and the attempts together, in three looks of a hundred.
        #expect(alarmed * 100 <= looks * 3, "\(alarmed) of \(looks): \(told)")
    }

    /// Hours of looks, twenty minutes apart, at traffic of 12 requests a minute.
    @Test func aHealthyAfternoonStaysQuiet() {
        var story = DriftStory(seed: 23)
        story.pass(2 * Span.hour + Span.minute)
        var alarms: [String] = []
        for _ in 0..<15 {
            story.pass(20 * Span.minute)
            alarms += story.report().movements.map(\.text)
        }
        #expect(alarms.isEmpty, "\(alarms)")
    }
}
