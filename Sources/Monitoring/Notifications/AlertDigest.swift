import Query

/// What a digest tells: which alerts have fired since the last one.
package struct AlertDigest: Sendable, Codable, Hashable {
    /// One alert.
    package struct Line: Sendable, Codable, Hashable {
        package var rule: String
        package var labels: [String: String]
        /// How often it fired; more often, where not all could be held.
        package var times: Int
        package var hasMore: Bool
        /// For how long in all, µs.
        package var firing: Int64
        /// When it first began, µs since 1970; before the digest's time where it did not end in between.
        package var since: Int64
        /// When it ended last; nil: it fires.
        package var until: Int64?
        /// "18.5% > 15%", as it was last.
        package var symptom: String
        /// What the rule said last.
        package var summary: String

        package init(
            rule: String, labels: [String: String] = [:], times: Int, hasMore: Bool = false, firing: Int64,
            since: Int64, until: Int64? = nil, symptom: String, summary: String
        ) {
            self.rule = rule
            self.labels = labels
            self.times = times
            self.hasMore = hasMore
            self.firing = firing
            self.since = since
            self.until = until
            self.symptom = symptom
            self.summary = summary
        }
    }

    /// What it covers, µs since 1970.
    package var from: Int64
    package var until: Int64
    /// Those that fired longest first.
    package var lines: [Line]
    /// There were more.
    package var hasMore: Bool

    package init(from: Int64, until: Int64, lines: [Line], hasMore: Bool = false) {
        self.from = from
        self.until = until
        self.lines = lines
        self.hasMore = hasMore
    }

    package var times: Int { lines.reduce(0) { $0 + $1.times } }
}

extension AlertDigest.Line {
    /// `drift_detected in locale=de: 3 times, 2h10m in all, last 18.5% > 15%, until Sat 14:02 UTC`.
    package var text: String {
        let slice = labels.sorted { $0.key < $1.key }.map { " in \($0.key)=\($0.value)" }.joined()
        let often = (hasMore ? "more than " : "") + (times == 1 ? "once" : "\(times) times")
        let long = NumberFormat.duration(Double(firing / 1_000_000), compact: true)
        var parts = [often, times == 1 ? "for \(long)" : "\(long) in all"]
        if !symptom.isEmpty { parts.append("last \(symptom)") }
        parts.append(until.map { "until \(DigestSchedule.text($0))" } ?? "still firing")
        return "\(rule)\(slice): \(parts.joined(separator: ", "))"
    }
}

extension Digest {
    /// What an issue tells, as far as it is known at its time.
    /// - Parameter alerts: those that are known now: what fires of them has its newest value.
    func told(_ issue: Issue, _ alerts: [Alert]) -> AlertDigest {
        let from = delivered?.until ?? entries.values.flatMap(\.episodes.keys).min().map { Int64($0) } ?? issue.until
        let open = Dictionary(alerts.filter(\.state.isOpen).map { ($0.key, $0) }) { first, _ in first }
        let lines = entries.compactMap { key, entry -> AlertDigest.Line? in
            let fires = open[key]
            let now = fires.map(Self.began)
            let spans = entry.episodes.map { began, episode in
                (began: Int64(began), end: began == now ? issue.until : min(issue.until, episode.until))
            }.filter { $0.began <= issue.until && ($0.end > from || $0.began >= from) }
            guard let first = spans.map(\.began).min(), let last = spans.map(\.end).max() else { return nil }
            let isOpen = spans.contains { Int($0.began) == now }
            return AlertDigest.Line(
                rule: entry.rule, labels: entry.labels, times: spans.count, hasMore: entry.hasMore,
                firing: spans.reduce(0) { $0 + max(0, $1.end - max(from, $1.began)) }, since: first,
                until: isOpen ? nil : last, symptom: (isOpen ? fires?.comparison : nil) ?? entry.symptom,
                summary: (isOpen ? fires?.state.summary : nil) ?? entry.summary)
        }
        return AlertDigest(
            from: min(from, issue.until), until: issue.until,
            lines: lines.sorted { ($1.firing, $0.rule, $0.since) < ($0.firing, $1.rule, $1.since) }, hasMore: hasMore)
    }
}
