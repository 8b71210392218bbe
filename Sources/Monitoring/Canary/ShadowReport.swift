import Glibc
package import Metrics
import Query
package import Statistics
import Telemetry

/// Shadow traffic beside the requests that it repeats: a version that is tried without users (`shadow_of`).
///
/// Both answer the same input, and so pairs are compared: only those count where one failed and the other did not.
package struct ShadowReport: Sendable {
    package let name: String
    /// µs since 1970 of its first and newest request.
    package let since: Int64
    package let until: Int64
    /// Whether none came lately.
    package let isOver: Bool
    package let counts: ShadowRow
    /// Its requests over those of users in the same time.
    package let share: Double
    /// How much the shadow fails more, a fraction of pairs, with a 95% confidence sequence; nil where there are no pairs, or few.
    package let difference: Double?
    package let interval: Interval?
    /// ln of the evidence that it fails more than what it repeats, and that it fails less.
    package let evidenceOfWorse: Double
    package let evidenceOfBetter: Double
    /// Relative to the original's mean, of pairs; nil where not known.
    package let latencyChange: Change?
    package let costChange: Change?
    package let finding: Finding
    /// What is not as it should be with shadow traffic itself, in words.
    package let warnings: [String]

    package enum Finding: String, Sendable, Codable {
        case worse, better
        /// It fails at most the margin more.
        case asGood = "as_good"
        case undecided
    }

    package struct Change: Sendable, Hashable {
        /// A fraction of the original's mean.
        package var mean: Double
        /// 95% confidence sequence of it.
        package var interval: Interval?
    }

    /// Of the traffic, and of time: what is beyond costs more than it tells (G14).
    package static let mostShare = 0.05
    package static let longest = 48 * Span.hour
    /// Shadow traffic that ended so long ago is not shown any more.
    private static let shownAfter = 6 * Span.hour
    /// ln 20, of either side.
    package static let bar = log(20.0)
    /// What fails for one or two users alone is theirs.
    private static let leastFailingGroups = 4

    /// Every version in the shadow, the newest first.
    package static func all(_ snapshot: Snapshot, margin: Double) -> [ShadowReport] {
        guard let now = snapshot.now else { return [] }
        return snapshot.shadows.names.compactMap { ShadowReport(snapshot, name: $0, now: now, margin: margin) }
            .sorted { ($1.until, $0.name) < ($0.until, $1.name) }
    }

    private init?(_ snapshot: Snapshot, name: Symbol, now: Int64, margin: Double) {
        guard let presence = snapshot.shadows.presence(of: name), presence.first <= now else { return nil }
        let until = min(presence.last, now)
        guard now - until <= Self.shownAfter else { return nil }
        let counts = snapshot.shadows.sum(of: name, from: presence.first, to: snapshot.limit(now))
        self.name = name == .other ? "shadow" : snapshot.names[name]
        (since, self.until) = (presence.first, until)
        isOver = now - until > CanaryReport.shownAfter
        self.counts = counts
        let users = snapshot.timeline.sum(from: presence.first, to: until + 1, parts: []).tally.requests.value
        share = Double(counts.requests) / max(1, users)

        var pairs = DiscordantPairs()
        pairs.observe(onlyFirst: counts.onlyOriginalFailed, onlySecond: counts.onlyShadowFailed)
        (evidenceOfWorse, evidenceOfBetter) = (pairs.logEvidence, pairs.logEvidenceOfFirst)
        let n = Double(counts.pairs)
        let (better, worse) = (Double(counts.onlyOriginalFailed), Double(counts.onlyShadowFailed))
        difference = n > 0 ? (worse - better) / n : nil
        let sequence = AsymptoticSequence(alpha: CanarySettings.Alpha.shown, tuning: 1000)
        // A pair of each kind beside those that were seen: none so far is no proof that there are none.
        let drawn = (sum: worse - better, squares: worse + better + 2)
        interval =
            n >= 20
            ? SampleMean(
                mean: drawn.sum / n, variance: max(0, drawn.squares / n - drawn.sum * drawn.sum / n / n), count: n
            )
            .map { sequence.interval($0) } : nil
        latencyChange = Self.change(counts.addedLatency, of: counts.originalLatency, sequence)
        costChange = Self.change(counts.addedCost, of: counts.originalCost, sequence)
        finding =
            if evidenceOfWorse >= Self.bar, counts.failingGroups >= Self.leastFailingGroups {
                .worse
            } else if evidenceOfBetter >= Self.bar {
                .better
            } else if let interval, interval.upper <= margin {
                .asGood
            } else {
                .undecided
            }
        warnings = Self.warnings(share: share, lasting: until - presence.first, counts)
    }

    /// What is found, in words.
    package var words: String {
        switch finding {
        case .worse: "worse than what it repeats"
        case .better: "better than what it repeats"
        case .asGood: "as good as what it repeats"
        case .undecided: counts.pairs == 0 ? "no pair with known outcomes yet" : "not decided"
        }
    }

    /// What that rests on.
    package var split: String {
        "failed alone \(counts.onlyShadowFailed) times, its original \(counts.onlyOriginalFailed) times of "
            + "\(NumberFormat.grouped(Double(counts.pairs))) pairs"
    }

    private static func change(_ added: Moments, of original: Moments, _ sequence: AsymptoticSequence) -> Change? {
        guard let mean = original.mean, mean > 0, let difference = added.mean, let variance = added.variance else {
            return nil
        }
        let n = Double(added.weight) / 1024
        let interval =
            n < 20
            ? nil
            : SampleMean(mean: difference, variance: variance, count: n).map { sequence.interval($0) }
                .map { Interval($0.lower / mean, $0.upper / mean) }
        return Change(mean: difference / mean, interval: interval)
    }

    private static func warnings(share: Double, lasting duration: Int64, _ counts: ShadowRow) -> [String] {
        var warnings: [String] = []
        if share > mostShare {
            warnings.append(
                "takes \(NumberFormat.percent(share)) of the traffic, over \(NumberFormat.percent(mostShare, decimals: 0))"
            )
        }
        if duration > longest {
            warnings.append("runs for \(NumberFormat.age(Double(duration) / 1e6)), over 48h: decide and end it")
        }
        if counts.requests >= 20, counts.pairs * 2 < counts.requests {
            warnings.append(
                "of \(counts.requests) requests only \(counts.pairs) have a partner with a known outcome beside them")
        }
        return warnings
    }
}
