package import Metrics

/// What behaviour is compared with, as it is asked for.
package enum DriftBaseline: Sendable, Hashable {
    /// What every change on the screen is against: the same hours of the days before, once some are held.
    case usual
    /// The requests before the last deploy.
    case previousVersion
    /// What was kept under a name.
    case saved(String)

    /// As settings and the palette call it.
    package init(_ name: String) {
        switch name {
        case Self.usual.name, "usual": self = .usual
        case Self.previousVersion.name: self = .previousVersion
        default: self = .saved(name)
        }
    }

    package var name: String {
        switch self {
        case .usual: "7d"
        case .previousVersion: "previous-version"
        case .saved(let name): name
        }
    }
}

/// What behaviour really is compared with.
package enum DriftBasis: Sendable, Hashable {
    case usual(Baseline)
    /// Before a deploy, by what it is called, at µs since 1970.
    case previousVersion(String, since: Int64)
    /// What was kept under a name at a time, µs since 1970.
    case saved(String, at: Int64)
    /// What was asked for is not there: no deploy is known, or nothing was kept under that name.
    case instead(of: DriftBaseline, Baseline)

    /// As a title calls it.
    /// - Parameter window: whose numbers are compared.
    package func title(_ window: Window) -> String {
        switch self {
        case .usual(let baseline): baseline.title(window)
        case .previousVersion(let label, _): "vs before \(label)"
        case .saved(let name, _): "vs \(name)"
        case .instead(of: .previousVersion, let baseline): "no deploy, \(baseline.title(window))"
        case .instead(let asked, let baseline): "no \(asked.name), \(baseline.title(window))"
        }
    }
}

extension Baseline {
    /// As a title calls it.
    package func title(_ window: Window) -> String {
        switch self {
        case .sameHours(let days): "vs \(days)d baseline"
        case .firstHour: "vs first 60m"
        case .previousWindow: "vs prev \(window.rawValue)"
        case .none: "no baseline yet"
        }
    }
}

/// What requests were like when somebody said that this is how they should be.
package struct SavedBaseline: Sendable, Codable, Equatable {
    package var name: String
    /// The window that was looked at, µs since 1970 by the data's time.
    package var from: Int64
    package var to: Int64
    /// Who kept it.
    package var by: String
    package var profile: BehaviourProfile

    /// Characters of a name.
    package static let longestName = 40

    package init(name: String, from: Int64, to: Int64, by: String, profile: BehaviourProfile) {
        self.name = name
        self.from = from
        self.to = to
        self.by = String(by.prefix(Self.longestName))
        self.profile = profile.coarse
    }

    /// What may be a name of that text: without blanks around it, controls in it, and what means something else; nil: nothing.
    package static func name(from text: String) -> String? {
        let words = text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        let name = String(words.prefix(longestName))
        guard !name.isEmpty, case .saved = DriftBaseline(name) else { return nil }
        return name
    }
}

/// Baselines by name: what must survive a restart. Several processes may know different ones: what was said last of a name counts.
package struct SavedBaselines: Sendable, Codable, Equatable {
    private struct Entry: Sendable, Codable, Equatable {
        /// When it was said, µs since 1970 by the clock.
        var at: Int64
        /// nil: forgotten.
        var baseline: SavedBaseline?

        /// Which of two counts; of equal times the forgotten one, else any, but the same everywhere.
        var rank: (Int64, Int64, String) { (at, baseline?.to ?? .max, baseline?.by ?? "") }
    }

    private var entries: [String: Entry] = [:]

    /// Baselines that are kept.
    package static let limit = 20
    /// Who has not been told within this time that one was forgotten keeps it, µs.
    private static let remembered = 30 * Span.day

    package init() {}

    package subscript(name: String) -> SavedBaseline? { entries[name]?.baseline }

    /// The ones there are, the newest first.
    package var all: [SavedBaseline] {
        entries.values.filter { $0.baseline != nil }
            .sorted { ($1.at, $0.baseline?.name ?? "") < ($0.at, $1.baseline?.name ?? "") }.compactMap(\.baseline)
    }

    package var isFull: Bool { all.count >= Self.limit }

    /// Keeps one under its name.
    /// - Parameter time: of the clock, µs since 1970.
    /// - Returns: false where there are as many others as can be.
    package mutating func keep(_ baseline: SavedBaseline, at time: Int64) -> Bool {
        guard self[baseline.name] != nil || !isFull else { return false }
        entries[baseline.name] = Entry(at: time, baseline: baseline)
        return true
    }

    package mutating func forget(_ name: String, at time: Int64) {
        // Never before what is forgotten: clocks differ.
        if let entry = entries[name] { entries[name] = Entry(at: max(time, entry.at), baseline: nil) }
    }

    /// Takes in what another process knows. The order does not matter, nor how often.
    package mutating func merge(_ other: SavedBaselines) {
        for (name, theirs) in other.entries {
            if let own = entries[name], own.rank >= theirs.rank { continue }
            entries[name] = theirs
        }
        for extra in all.dropFirst(Self.limit) { entries[extra.name] = nil }
    }

    /// Lets go of what was forgotten long ago.
    /// - Parameter now: of the clock, µs since 1970.
    package mutating func clean(at now: Int64) {
        entries = entries.filter { $0.value.baseline != nil || now - $0.value.at < Self.remembered }
    }
}
