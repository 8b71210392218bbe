import Metrics

/// What a rule does about a metric that is not known.
package enum MissingData: String, Sendable, Codable, CaseIterable {
    /// Takes it for 0.
    case zero
    /// Keeps the alert as it is; one that fires says `nodata` after 5 minutes.
    case keep
    /// Says `nodata` at once, also where nothing had fired.
    case nodata
}

/// Where a rule comes from.
package enum RuleSource: Sendable, Codable, Hashable {
    /// A pack, and the line of the requirements that asks for it: `E4`.
    case pack(String, requirement: String)
    /// A `[[rule]]` of the configuration.
    case configuration
    /// What another table of the configuration asks for: `slo.success`.
    case table(String)

    /// The pack's name; nil of what is from none.
    package var pack: String? {
        if case .pack(let name, _) = self { name } else { nil }
    }

    /// `pack conservative, E4`.
    package var text: String {
        switch self {
        case .pack(let name, let requirement): "pack \(name), \(requirement)"
        case .configuration: "configuration"
        case .table(let name): "[\(name)]"
        }
    }
}

/// A rule as it is written: a `[[rule]]` table, with its defaults.
package struct RuleDefinition: Sendable, Codable, Hashable {
    package var name: String
    package var severity: Severity
    /// The condition, an expression in the window scope.
    package var when: String
    /// What else must hold for the condition to be believed, an expression too: `failures_seen >= 5`. Empty: nothing.
    package var evidence = ""
    /// A template: what is said when it fires. Empty: name and condition.
    package var summary: String
    /// µs that the condition looks back.
    package var window: Int64 = 5 * Span.minute
    /// With fewer (effective) requests in the window the condition counts as false.
    package var minimumRequests = 20
    /// Consecutive true judgements until it fires, at least 1.
    package var forCount = 3
    /// µs that it must hold until it fires.
    package var forDuration: Int64 = 0
    /// µs that a firing alert survives its condition.
    package var keepFiringFor: Int64 = 0
    package var missing = MissingData.keep
    /// Name of a dimension, for one alert a value of it; nil: one for all traffic.
    package var slice: String?
    package var runbook: String?
    package var evalCases: [String] = []
    /// Names of routes; empty: those of its severity.
    package var routes: [String] = []
    package var source = RuleSource.configuration

    package init(_ name: String, _ severity: Severity, when: String, summary: String = "") {
        self.name = name
        self.severity = severity
        self.when = when
        self.summary = summary
    }
}

extension RuleDefinition {
    /// A rule about what is watched over windows of its own, with its own least number of requests.
    /// - Parameters:
    ///   - forDuration: µs.
    ///   - keepFiringFor: µs.
    init(
        name: String, severity: Severity, when: String, forDuration: Int64 = 0, keepFiringFor: Int64 = 0,
        summary: String, source: RuleSource
    ) {
        self.init(name, severity, when: when, summary: summary)
        self.forDuration = forDuration
        self.keepFiringFor = keepFiringFor
        self.source = source
        forCount = 1
        minimumRequests = 0
    }
}

/// Why a rule cannot be judged, and where in it that stands.
package struct RuleProblem: Error, Sendable, Hashable, CustomStringConvertible {
    /// Key of the `[[rule]]` table.
    package enum Part: String, Sendable { case when, evidence, summary, slice, window }

    package let part: Part
    /// One sentence for the person who wrote it.
    package let message: String
    /// The characters it is about, counted from 0; nil: the whole value.
    package let range: Range<Int>?

    package init(_ part: Part, _ message: String, range: Range<Int>? = nil) {
        self.part = part
        self.message = message
        self.range = range
    }

    /// `when, column 1: unknown name "eror_rate"; did you mean error_rate?`
    package var description: String {
        part.rawValue + (range.map { ", column \($0.lowerBound + 1)" } ?? "") + ": " + message
    }
}
