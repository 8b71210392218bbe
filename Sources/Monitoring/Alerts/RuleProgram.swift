import Metrics
import Query
import Telemetry

/// What a rule's text comes to once it is understood.
struct RuleProgram {
    let condition: Expression
    let evidence: Expression?
    let summary: Template
    let dimension: Dimension?
    /// µs for which a silence must have lasted until the rule can say nothing new.
    let reach: Int64

    /// Nothing is held for longer, µs.
    private static let retention = 35 * Span.day
    /// A baseline's days, and the hours of its oldest.
    private static let baselineReach = 8 * Span.day

    init(_ definition: RuleDefinition, _ catalogue: Catalogue) throws(RuleProblem) {
        guard definition.window >= Span.second, definition.window <= Self.retention else {
            throw RuleProblem(.window, "a window is between 1s and 35d")
        }
        condition = try Self.checked(.when) { () throws(QueryError) in
            try Expression.compile(definition.when, catalogue)
        }
        evidence = try Self.checked(.evidence) { () throws(QueryError) in
            try definition.evidence.isEmpty ? nil : Expression.compile(definition.evidence, catalogue)
        }
        let text = definition.summary.isEmpty ? Self.literal(definition) : definition.summary
        summary = try Self.checked(.summary) { () throws(QueryError) in try Template.compile(text, catalogue) }
        let parts = [
            (RuleProblem.Part.when, definition.when, condition.references),
            (.evidence, definition.evidence, evidence?.references ?? []),
            (.summary, definition.summary, summary.references),
        ]
        for (part, source, references) in parts {
            for reference in references {
                try Self.check(reference, definition, part, source)
            }
        }
        if let slice = definition.slice {
            guard let found = Dimension.ofSlices(slice) else {
                let names = Dimension.ofRequest.map(\.fieldName).joined(separator: ", ")
                throw RuleProblem(.slice, "\"\(slice)\" is no dimension; there are \(names)")
            }
            dimension = found
        } else {
            dimension = nil
        }
        reach = Self.reach(definition, condition.references + (evidence?.references ?? []))
    }

    private static func checked<T>(
        _ part: RuleProblem.Part, _ compile: () throws(QueryError) -> T
    ) throws(RuleProblem) -> T {
        do {
            return try compile()
        } catch {
            throw RuleProblem(part, error.message, range: error.range)
        }
    }

    /// Name and condition, with no braces that mean something.
    private static func literal(_ definition: RuleDefinition) -> String {
        var text = ""
        for character in "\(definition.name): \(definition.when)" {
            text.append(character)
            if character == "{" || character == "}" { text.append(character) }
        }
        return text
    }

    /// What the language allows and the data cannot tell.
    private static func check(
        _ reference: Reference, _ definition: RuleDefinition, _ part: RuleProblem.Part, _ source: String
    ) throws(RuleProblem) {
        let place = place(of: reference.name, in: source)
        for case .duration(let seconds) in reference.arguments
        where seconds.microseconds > retention - (reference.looksAtMetric ? definition.window : 0) {
            throw RuleProblem(part, "\(reference.text) looks back further than the 35d that are kept", range: place)
        }
        for case .metric(let metric) in reference.arguments where WindowMetric(metric)?.isOfAnyTime != true {
            throw RuleProblem(
                part, "\(metric.name) is known as of now only", range: Self.place(of: metric.name, in: source))
        }
        if WindowMetric(reference) == .atLeast, let subject = reference.measuredMetric, !subject.hasLowerEnd {
            let known = WindowMetric.allCases.filter(\.hasLowerEnd).map(\.rawValue).joined(separator: ", ")
            throw RuleProblem(
                part, "\(subject.rawValue) is no share of counts and no quantile; at_least takes \(known)",
                range: Self.place(of: subject.rawValue, in: source))
        }
        guard definition.slice != nil, WindowMetric(reference)?.isOfSlices != true else { return }
        let known = WindowMetric.allCases.filter(\.isOfSlices).map(\.rawValue).joined(separator: ", ")
        throw RuleProblem(part, "\(reference.name) is not counted by slice; there are \(known)", range: place)
    }

    private static func place(of name: String, in source: String) -> Range<Int>? {
        let characters = Array(source)
        let name = Array(name)
        guard name.count <= characters.count else { return nil }
        let start = (0...(characters.count - name.count)).first {
            characters[$0..<($0 + name.count)].elementsEqual(name)
        }
        return start.map { $0..<($0 + name.count) }
    }

    /// Where requests are demanded, an empty window says all there is to say; else whatever is looked at must be empty.
    private static func reach(_ definition: RuleDefinition, _ references: [Reference]) -> Int64 {
        let slack = definition.slice == nil ? 0 : Span.minute
        guard definition.minimumRequests < 1 else { return definition.window + slack }
        return references.reduce(definition.window) { reach, reference in
            var own = definition.window
            for case .duration(let seconds) in reference.arguments {
                own += min(seconds.microseconds, retention)
            }
            switch WindowMetric(reference) {
            case .usual, .sameHour, .outputLengthDrift, .toolCallsDrift, .sentimentDrift: own += baselineReach
            case .spendToday: own += Span.day
            default: break
            }
            return max(reach, own)
        } + slack
    }
}

extension Reference {
    fileprivate var looksAtMetric: Bool {
        arguments.contains { if case .metric = $0 { true } else { false } }
    }
}
