package import Query
import Telemetry

/// Which requests are looked at: `model = gpt-4o and latency > 5s`, over the fields of a record.
///
/// A request passes where the condition is true; one that does not say what would decide it does not. Of fields with several
/// values `=` means any of them and `!=` none.
package struct RecordFilter: Sendable, Hashable {
    /// As it was written.
    package let source: String
    let expression: Expression

    /// Reads a condition.
    ///
    /// - Throws: what is wrong, and at which characters.
    package init(_ source: String) throws(QueryError) {
        self.source = source
        expression = try Expression.compile(source, Self.catalogue(for: source))
    }

    /// What both let pass.
    ///
    /// - Throws: where the whole would be too long.
    package func and(_ other: RecordFilter) throws(QueryError) -> RecordFilter {
        try RecordFilter("\(conjunct) and \(other.conjunct)")
    }

    /// As it may stand beside an `and`.
    private var conjunct: String {
        if case .any = expression.root { return "(\(source))" }
        return source
    }

    /// Whether requests with this value of a field are among those that pass: `tool = "refund_api"`. A field of an unknown
    /// name is an attribute.
    package static func quoted(field: String, value: String) -> String {
        let text = QuotedText.quoted(value)
        guard let index = RecordField.catalogue.index(of: field) else { return attribute(field, text) }
        return switch RecordField.allCases[index].type {
        case .text where RecordField.allCases[index] == .attribute: attribute(field, text)
        case .text: "\(field) = \(text)"
        case .boolean, .number: "\(field) = \(value)"
        }
    }

    private static func attribute(_ name: String, _ text: String) -> String {
        "attr(\(QuotedText.quoted(name))) = \(text)"
    }

    // MARK: Names

    private static let attributePrefix = "\(RecordField.attribute.rawValue)."
    /// Attributes that one expression may name with a point.
    private static let mostAttributes = 16

    /// The fields, and the attributes that the source names with a point.
    private static func catalogue(for source: String) -> Catalogue {
        var names: [String] = []
        var word = ""
        func end() {
            if word.hasPrefix(attributePrefix), word.count > attributePrefix.count, names.count < mostAttributes,
                !names.contains(word)
            {
                names.append(word)
            }
            word = ""
        }
        for character in source {
            if character.isLetter || character.isNumber || character == "_" || character == "." {
                word.append(character)
            } else {
                end()
            }
        }
        end()
        guard !names.isEmpty else { return RecordField.catalogue }
        return RecordField.catalogue.appending(names.map { Catalogue.Entry($0, .text, help: "an attribute") })
    }

    /// What the expression's references stand for.
    var fields: [FilterField] {
        expression.references.map { reference in
            if RecordField.allCases.indices.contains(reference.entry) {
                var argument = ""
                if case .text(let text)? = reference.arguments.first { argument = text }
                return FilterField(field: RecordField.allCases[reference.entry], argument: argument)
            }
            return FilterField(
                field: .attribute, argument: String(reference.name.dropFirst(Self.attributePrefix.count)))
        }
    }
}

/// A field as an expression refers to it.
struct FilterField: Sendable, Hashable {
    let field: RecordField
    /// Of an attribute, its name.
    let argument: String

    var source: RecordField.Source { field.source }
    var isText: Bool { field.type == .text }
}
