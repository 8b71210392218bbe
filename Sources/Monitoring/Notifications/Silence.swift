/// Alerts that nobody is to hear of for a while.
package struct Silence: Sendable, Codable, Hashable {
    /// A label and what it must be, or must not be. `rule` and `severity` are labels of every alert.
    package struct Matcher: Sendable, Codable, Hashable {
        package var name: String
        package var value: String
        package var isEqual: Bool

        package init(_ name: String, _ value: String, isEqual: Bool = true) {
            self.name = name
            self.value = value
            self.isEqual = isEqual
        }

        /// A label that an alert lacks is empty.
        func matches(_ alert: Alert) -> Bool {
            let own =
                switch name {
                case "rule", "alertname": alert.name
                case "severity": alert.severity.rawValue
                default: alert.labels[name] ?? ""
                }
            return (own == value) == isEqual
        }
    }

    package var id: String
    /// All of them must match; none match nothing.
    package var matchers: [Matcher]
    /// µs since 1970; the end is not part of it.
    package var startsAt: Int64
    package var endsAt: Int64
    package var createdBy: String
    package var comment: String

    /// Characters of a comment and of a name that are kept.
    private static let mostText = 200

    package init(
        id: String? = nil, matchers: [Matcher], startsAt: Int64, endsAt: Int64, createdBy: String, comment: String = ""
    ) {
        self.matchers = matchers
        self.startsAt = startsAt
        self.endsAt = endsAt
        self.createdBy = String(createdBy.prefix(Self.mostText))
        self.comment = String(comment.prefix(Self.mostText))
        let subject = matchers.map { "\($0.name)\($0.isEqual ? "=" : "!=")\($0.value)" }.joined(separator: ",")
        self.id = id ?? "\(subject)@\(String(startsAt / 1_000_000, radix: 36))"
    }

    /// One alert, with its slice where it has one.
    package init(
        of rule: String, labels: [String: String], from now: Int64, for time: Int64, by: String, comment: String
    ) {
        let matchers =
            [Matcher("rule", rule)] + labels.sorted { $0.key < $1.key }.map { Matcher($0.key, $0.value) }
        self.init(matchers: matchers, startsAt: now, endsAt: now + time, createdBy: by, comment: comment)
    }

    package func covers(_ alert: Alert, at now: Int64) -> Bool {
        !matchers.isEmpty && startsAt <= now && now < endsAt && matchers.allSatisfy { $0.matches(alert) }
    }
}

extension [Silence] {
    /// The one that ends last of those that cover an alert.
    package func covering(_ alert: Alert, at now: Int64) -> Silence? {
        filter { $0.covers(alert, at: now) }.max { ($0.endsAt, $0.id) < ($1.endsAt, $1.id) }
    }
}
