import Query
package import Telemetry

/// Requests that have one value of a field, or a number within a range of it.
package struct RequestSlice: Sendable, Hashable {
    /// What it is told by.
    package enum Field: Sendable, Hashable {
        case record(RecordField)
        /// An attribute by its name.
        case attribute(String)

        package var name: String {
            switch self {
            case .record(let field): field.rawValue
            case .attribute(let name): name
            }
        }

        /// Whether a request may lie in several slices of it.
        package var hasSeveralValues: Bool {
            switch self {
            case .record(let field): field.hasSeveralValues
            case .attribute: false
            }
        }
    }

    package let field: Field
    /// As it is shown: `refund_api`, `<=5`.
    package let value: String
    /// Both: `tool=refund_api`, `session_number<=5`.
    package let label: String
    /// As the expression language says it.
    package let condition: String

    /// Requests with this value of a field.
    package init(_ field: Field, _ value: String) {
        self.field = field
        self.value = value
        label = "\(field.name)=\(value)"
        condition =
            switch field {
            case .record(let field): RecordFilter.quoted(field: field.rawValue, value: value)
            // Also of a name that is a field's.
            case .attribute(let name): "attr(\(QuotedText.quoted(name))) = \(QuotedText.quoted(value))"
            }
    }

    /// Requests whose number is in a range: `session_number <= 5`.
    init(_ field: RecordField, _ comparison: String, _ number: Int64) {
        self.field = .record(field)
        value = comparison + String(number)
        label = field.rawValue + value
        condition = "\(field.rawValue) \(comparison) \(number)"
    }
}
