/// The names an expression may use: fields of a record, or metrics of a window. Filled by those who know the values.
package struct Catalogue: Sendable {
    /// One name with all that is told about it.
    package struct Entry: Sendable, Hashable {
        package var name: String
        package var type: ValueType
        /// One line for help and documentation.
        package var help: String
        /// Between which values it lies, in its unit, where that is known: 0...1 for a rate.
        package var range: ClosedRange<Double>?
        package var aliases: [Alias]
        /// What its call takes; empty for a plain name.
        package var parameters: [Parameter]
        /// Whether the name alone, without a call, says something too: `queue_depth` beside `queue_depth("review")`.
        package var isCallOptional: Bool
        /// Whether its value is of the type, and within the range, of the metric that its call names.
        package var isLikeItsMetric: Bool

        package init(
            _ name: String, _ type: ValueType, help: String, range: ClosedRange<Double>? = nil,
            aliases: [Alias] = [], parameters: [Parameter] = [], isCallOptional: Bool = false,
            isLikeItsMetric: Bool = false
        ) {
            self.name = name
            self.type = type
            self.help = help
            self.range = range
            self.aliases = aliases
            self.parameters = parameters
            self.isCallOptional = isCallOptional
            self.isLikeItsMetric = isLikeItsMetric
        }

        var isFunction: Bool { !parameters.isEmpty }
        var takesMetric: Bool { parameters.contains(.metric) }
    }

    /// Another name of an entry. Where it states a unit, its name says that unit, and bare numbers are read in it:
    /// `p95_latency_s > 30`, `output_length_drift_pct > 15`.
    package struct Alias: Sendable, Hashable {
        package var name: String
        /// Of the entry's dimension; nil is the entry's own unit, unsaid.
        package var unit: Unit?

        package init(_ name: String, unit: Unit? = nil) {
            self.name = name
            self.unit = unit
        }
    }

    /// What a function's argument may be.
    package enum Parameter: Sendable, Hashable {
        /// Text; one of these where any are named.
        case text(choices: [String])
        /// A time, as `1h` or `"1h"`.
        case duration
        /// A whole number in this range.
        case count(ClosedRange<Int64>)
        /// A number of the same catalogue: its name, or its call if that names no metric itself.
        case metric
    }

    /// A name found: which entry, and in which unit the name speaks.
    struct Resolution {
        let index: Int
        /// Nil unless the name itself says a unit.
        let spokenUnit: Unit?
    }

    /// In the order given; `Reference.entry` indexes it.
    package private(set) var entries: [Entry] = []
    private var resolutions: [String: Resolution] = [:]

    /// Of equal names the first counts. An alias in a unit of another dimension counts as unsaid.
    package init(_ entries: [Entry]) {
        append(entries)
    }

    /// The same catalogue with more entries; indices of the old ones stay.
    package func appending(_ more: [Entry]) -> Catalogue {
        var result = self
        result.append(more)
        return result
    }

    private mutating func append(_ more: [Entry]) {
        for entry in more {
            let index = entries.count
            entries.append(entry)
            let plain = Resolution(index: index, spokenUnit: nil)
            if resolutions[entry.name] == nil { resolutions[entry.name] = plain }
            for alias in entry.aliases where resolutions[alias.name] == nil {
                if let unit = alias.unit, case .number(let own) = entry.type, own.factor(to: unit) != nil {
                    resolutions[alias.name] = Resolution(index: index, spokenUnit: unit)
                } else {
                    resolutions[alias.name] = plain
                }
            }
        }
    }

    /// The index of the entry that a name or an alias stands for.
    package func index(of name: String) -> Int? { resolutions[name]?.index }

    /// All names, each entry's aliases after it: for completion.
    package var names: [String] {
        entries.flatMap { [$0.name] + $0.aliases.map(\.name) }
    }

    func resolve(_ name: String) -> Resolution? { resolutions[name] }

    /// `unknown name "eror_rate"; did you mean error_rate?`
    func unknownName(_ name: String) -> String {
        let nearest = Suggestion.nearest(to: name, among: names)
        return "unknown name \"\(name)\"" + (nearest.map { "; did you mean \($0)?" } ?? "")
    }
}
