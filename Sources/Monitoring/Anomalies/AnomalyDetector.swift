package import Metrics

/// Watches the traffic minute by minute for what is not as it used to be.
///
/// Each closed minute is looked at once, in order; where few requests come, several at a time. A plain state: what it says
/// depends on the snapshots and times it was stepped with, and it goes on where it was after it is written and read.
package struct AnomalyDetector: Sendable, Codable, Hashable {
    private var channels = AnomalyMetric.allCases.map(AnomalyChannel.init)
    /// Up to when minutes were looked at, µs since 1970; nil before the first.
    private var lookedUpTo: Int64?
    /// How many minutes are looked at next.
    private var group: Int64 = 1
    /// Requests a minute, lately.
    private var pace: Double?
    /// Minutes without a request up to `lookedUpTo`.
    private var emptyMinutes: Int64 = 0

    /// Requests that are looked at together if they come within `longestGroup` minutes.
    private static let enough = 30.0
    private static let longestGroup: Int64 = 15
    /// A longer pause is a source that is silent, which is told elsewhere, and no value of anything.
    private static let longestPause: Int64 = 15
    /// What is older is not held by the minute.
    private static let reach = Span.day
    private static let minutesOfPace = 30.0

    package init() {}

    /// Looks at the minutes that have closed.
    /// - Parameter snapshot: of `now`.
    package mutating func step(_ snapshot: Snapshot, at now: Int64) {
        guard let first = snapshot.firstTime else { return }
        // The minute that the data begin in is not whole.
        var start = lookedUpTo ?? (first + Span.minute - 1).alignedDown(to: Span.minute)
        let oldest = (now - Self.reach).alignedDown(to: Span.minute)
        if start < oldest {
            start = oldest
            emptyMinutes = Self.longestPause + 1
        }
        while start + group * Span.minute <= now {
            let end = start + group * Span.minute
            let tally = snapshot.timeline.sum(from: start, to: end, parts: .latency).tally
            take(AnomalyCounts(tally, minutes: Double(group)), from: start, to: end)
            start = end
        }
        lookedUpTo = start
    }

    /// Looks at a whole hour of a past of which no minutes are held, before it looks at any minute.
    mutating func step(hourFrom start: Int64, of snapshot: Snapshot) {
        let tally = snapshot.timeline.hours([start], parts: .latency)
        take(AnomalyCounts(tally, minutes: 60), from: start, to: start + Span.hour)
        lookedUpTo = start + Span.hour
    }

    /// Takes in what was counted in closed minutes.
    package mutating func take(_ counts: AnomalyCounts, from start: Int64, to end: Int64) {
        let minutes = (end - start) / Span.minute
        guard counts.requests > 0 else {
            emptyMinutes += minutes
            return
        }
        if emptyMinutes > 0, emptyMinutes <= Self.longestPause {
            let pause = AnomalyCounts(minutes: Double(emptyMinutes))
            count(pause)
            for i in channels.indices where channels[i].metric == .requestRate {
                channels[i].step(pause, from: start - emptyMinutes * Span.minute, to: start)
            }
        }
        emptyMinutes = 0
        count(counts)
        for i in channels.indices { channels[i].step(counts, from: start, to: end) }
    }

    private mutating func count(_ counts: AnomalyCounts) {
        let rate = counts.requests * counts.worth / counts.minutes
        let weight = min(1, counts.minutes / Self.minutesOfPace)
        let pace = pace.map { $0 + weight * (rate - $0) } ?? rate
        self.pace = pace
        group = min(Self.longestGroup, max(1, Int64((Self.enough / max(pace, 1)).rounded(.up))))
    }

    /// How many closed minutes the next step of `take` should hold, at the pace of the traffic.
    package var minutesAtOnce: Int64 { group }

    /// What comes is normal: after an intended change. Of one metric, or of all.
    package mutating func rebaseline(_ metric: AnomalyMetric? = nil) {
        for i in channels.indices where metric == nil || channels[i].metric == metric { channels[i].rebaseline() }
    }

    /// What is out of the ordinary now, in the order of the metrics.
    package var anomalies: [Anomaly] { channels.flatMap { [$0.shift, $0.slide].compactMap(\.self) } }

    /// Of one metric.
    package func anomaly(_ metric: AnomalyMetric, _ kind: Anomaly.Kind = .shift) -> Anomaly? {
        channel(metric).flatMap { kind == .shift ? $0.shift : $0.slide }
    }

    /// What the metric is expected to be, in its unit; nil while warming up.
    package func expected(_ metric: AnomalyMetric) -> Double? { channel(metric)?.expected }

    /// Standard deviations of the smoothed metric from what is expected, signed.
    package func score(_ metric: AnomalyMetric) -> Double? {
        channel(metric).flatMap { $0.expected == nil ? nil : $0.score }
    }

    private func channel(_ metric: AnomalyMetric) -> AnomalyChannel? { channels.first { $0.metric == metric } }
}
