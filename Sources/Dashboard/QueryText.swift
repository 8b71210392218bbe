import Query
import Telemetry

/// Conditions on records, as text of the expression language: what a row of a page stands for. The one place that knows
/// how its names are written.
enum QueryText {
    /// `field = "value"`.
    static func equals(_ field: String, _ value: String) -> String { "\(field) = \(quoted(value))" }

    /// A text as the language reads it, whatever is in it.
    static func quoted(_ value: String) -> String { QuotedText.quoted(value) }

    /// Every one of them.
    static func all(_ conditions: String...) -> String { conditions.joined(separator: " and ") }

    /// `latency >= 1.21s`; seconds.
    static func latency(atLeast seconds: Double) -> String { "latency >= \(NumberFormat.plain(seconds))s" }

    /// `latency >= 1s and latency < 2s`, in seconds; nil: no bound on that side.
    static func latency(from lower: Double?, below upper: Double?) -> String? {
        let parts = [lower.map { latency(atLeast: $0) }, upper.map { "latency < \(NumberFormat.plain($0))s" }]
        let known = parts.compactMap(\.self)
        return known.isEmpty ? nil : known.joined(separator: " and ")
    }

    /// What a name of a table means as a condition on `field`; nil for what many names were folded into, and for none.
    static func equals(_ field: String, _ symbol: Symbol, _ names: SymbolNames) -> String? {
        symbol == .other || symbol.isAbsent ? nil : equals(field, names[symbol])
    }

    static let failed = "success = false"
    static let succeeded = "success = true"
    static let escalated = "escalated = true"
    static let abandoned = "abandoned = true"
    static let corrected = "corrected = true"
    static let ratedDown = #"rated = "down""#

    // Fields by the names that the pages use.
    static let errorType = "error_type"
    static let stopReason = "stop_reason"
    static let tool = "tool"
    static let failedTool = "tool_failed"
    static let toolCalls = "tool_calls"
    static let flag = "flag"
    static let model = "model"
    static let taskType = "task_type"
    static let variant = "variant"
    static let outputLength = "output_length"
    static let sentiment = "sentiment"
    static let quality = "quality"
}

extension Target {
    /// A row that stands for requests.
    /// - Parameter condition: nil: all requests.
    static func requests(
        _ id: String, _ title: String, _ condition: String?, order: RequestsQuery.Order = .newest,
        times: ClosedRange<Int64>? = nil
    ) -> Target {
        Target(id: id, requests: RequestsQuery(title, condition, order: order, times: times))
    }
}
