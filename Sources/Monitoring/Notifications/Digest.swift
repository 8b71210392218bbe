import Metrics

/// What one route is to be told of at its next time: which alerts have fired since the last, when, and for how long.
///
/// Times only grow and what is over stays over, so that two processes' can be joined.
package struct Digest: Sendable, Codable, Hashable {
    /// One time that an alert fired; until when it is known to have, µs since 1970.
    struct Episode: Sendable, Codable, Hashable {
        var until: Int64
        var isOver = false
    }

    /// One alert.
    struct Entry: Sendable, Codable, Hashable {
        var rule: String
        var labels: [String: String]
        /// What was said of it last, and when, µs since 1970.
        var saidAt: Int64
        var symptom: String
        var summary: String
        /// By when it began to fire, µs since 1970.
        var episodes: [Int: Episode] = [:]
        /// There were more than are held.
        var hasMore = false
    }

    /// That which was to be told at a time, and up to when it says what happened: both µs since 1970.
    struct Issue: Sendable, Codable, Hashable {
        var due: Int64
        var until: Int64

        /// Of the same time the first counts: what it does not hold is in the next.
        func isNewer(than other: Issue?) -> Bool {
            guard let other else { return true }
            return (due, other.until) > (other.due, until)
        }
    }

    /// By `Alert.key`.
    private(set) var entries: [String: Entry] = [:]
    /// There were more alerts than are held.
    private(set) var hasMore = false
    /// What was handed over last, and what arrived.
    private(set) var handed: Issue?
    private(set) var delivered: Issue?
    private(set) var deliveredAt: Int64?
    /// When it was handed over, again perhaps, µs since 1970.
    private(set) var handedAt: Int64?
    var failure: Incident.Failure?

    static let mostEntries = 128
    static let mostEpisodes = 64
    /// How exactly it is known until when something fires that is not over, µs: each step is kept on disk.
    static let pace = Span.hour

    var isUnderWay: Bool { handed.map { $0.isNewer(than: delivered) } ?? false }

    /// The same for the same thing told, also by another process.
    static func id(_ route: String, _ issue: Issue) -> String {
        "agentdash/digest/\(route)/\(String(issue.due / Span.second, radix: 36))"
    }

    /// When what it holds is told, µs since 1970; nil: it holds nothing.
    func due(_ schedule: DigestSchedule) -> Int64? {
        entries.values.flatMap(\.episodes.keys).min().map {
            schedule.next(after: max(Int64($0), handed?.until ?? .min))
        }
    }

    /// What names an episode of an alert.
    static func began(_ alert: Alert) -> Int { Int(alert.state.firedAt ?? alert.state.since) }

    func holds(_ alert: Alert) -> Bool { entries[alert.key]?.episodes[Self.began(alert)] != nil }

    // MARK: What happens

    /// It fires.
    mutating func note(firing alert: Alert, at now: Int64) {
        let began = Self.began(alert)
        if let episode = entries[alert.key]?.episodes[began] {
            guard !episode.isOver, now - episode.until >= Self.pace else { return }
            entries[alert.key]?.episodes[began] = Episode(until: now)
        } else {
            // Whoever is behind sees what was told already.
            if let delivered, now <= delivered.until { return }
            guard entries[alert.key] != nil || entries.count < Self.mostEntries else { return hasMore = true }
            var entry = entries[alert.key] ?? Entry(alert, at: now)
            entry.episodes[began] = Episode(until: now)
            entry.trim()
            entries[alert.key] = entry
        }
        entries[alert.key]?.say(alert, at: now)
    }

    /// It has ended.
    mutating func note(ended alert: Alert) {
        let began = Self.began(alert)
        guard let end = alert.state.resolvedAt, entries[alert.key]?.episodes[began]?.isOver == false else { return }
        entries[alert.key]?.episodes[began] = Episode(until: end, isOver: true)
        entries[alert.key]?.say(alert, at: end)
    }

    mutating func hand(over issue: Issue, at now: Int64) {
        handed = issue
        handedAt = now
        failure = nil
    }

    /// There is nothing to tell after all: neither what was handed over and has not arrived, nor what is over and was told.
    mutating func withdraw() {
        handed = delivered
        handedAt = deliveredAt
        failure = nil
        forget()
    }

    /// What was handed over has arrived: the next one tells of what came after, and of what still fires.
    mutating func noteDelivered(at now: Int64) {
        delivered = handed
        deliveredAt = now
        failure = nil
        hasMore = false
        for key in entries.keys { entries[key]?.hasMore = false }
        forget()
    }

    /// What nobody has seen any more for a while is over as of when it was seen last.
    mutating func closeAbsent(_ alerts: [Alert], at now: Int64) {
        var open: [String: Int] = [:]
        for alert in alerts where alert.state.isOpen { open[alert.key] = Self.began(alert) }
        for (key, entry) in entries {
            for (began, episode) in entry.episodes
            where !episode.isOver && began != open[key] && now - episode.until >= 2 * Self.pace {
                entries[key]?.episodes[began]?.isOver = true
            }
        }
    }

    /// Lets go of what was told and is over.
    private mutating func forget() {
        guard let told = delivered?.until else { return }
        for (key, entry) in entries {
            let rest = entry.episodes.filter { !$1.isOver || $1.until > told }
            entries[key]?.episodes = rest
            if rest.isEmpty { entries[key] = nil }
        }
    }

    /// Whether nothing is held and nobody can still ask what was told.
    func isForgotten(at now: Int64) -> Bool {
        entries.isEmpty && !isUnderWay && (delivered.map { now - $0.until >= 14 * Span.day } ?? true)
    }

    // MARK: Several processes

    /// What both know.
    mutating func merge(_ other: Digest) {
        entries.merge(other.entries) { $0.joined($1) }
        hasMore = hasMore || other.hasMore
        if let theirs = other.handed, theirs.isNewer(than: handed) { handed = theirs }
        if let theirs = other.delivered, theirs.isNewer(than: delivered) { delivered = theirs }
        handedAt = [handedAt, other.handedAt].compactMap { $0 }.max()
        deliveredAt = [deliveredAt, other.deliveredAt].compactMap { $0 }.max()
        if let theirs = other.failure {
            failure = failure.map { ($0.time, $0.why) < (theirs.time, theirs.why) ? theirs : $0 } ?? theirs
        }
        if !isUnderWay { failure = nil }
        forget()
        // The oldest go first, for everybody alike.
        while entries.count > Self.mostEntries,
            let oldest = entries.min(by: { ($0.value.saidAt, $0.key) < ($1.value.saidAt, $1.key) })
        {
            entries[oldest.key] = nil
            hasMore = true
        }
    }
}

extension Digest.Entry {
    fileprivate init(_ alert: Alert, at now: Int64) {
        self.init(
            rule: alert.name, labels: alert.labels, saidAt: now, symptom: alert.comparison, summary: alert.state.summary
        )
    }

    fileprivate mutating func say(_ alert: Alert, at time: Int64) {
        guard time >= saidAt else { return }
        saidAt = time
        if !alert.comparison.isEmpty { symptom = alert.comparison }
        if !alert.state.summary.isEmpty { summary = alert.state.summary }
    }

    fileprivate mutating func trim() {
        while episodes.count > Digest.mostEpisodes, let oldest = episodes.keys.min() {
            episodes[oldest] = nil
            hasMore = true
        }
    }

    fileprivate func joined(_ other: Self) -> Self {
        var sum = (other.saidAt, other.symptom, other.summary) > (saidAt, symptom, summary) ? other : self
        sum.episodes = episodes.merging(other.episodes) { mine, theirs in
            Digest.Episode(until: max(mine.until, theirs.until), isOver: mine.isOver || theirs.isOver)
        }
        sum.hasMore = hasMore || other.hasMore
        sum.trim()
        return sum
    }
}
