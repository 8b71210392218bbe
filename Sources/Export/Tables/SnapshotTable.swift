package import Metrics
package import Monitoring
import Query

/// `agentdash snapshot --format csv`: one number a row (RFC 4180, UTF-8, lines end in CR LF).
///
/// The long form: what was measured, of what, which number of it, the number, its unit and how many requests stand behind
/// it. A spreadsheet pivots it, a script filters it by the first columns, and it stays the same table however many models
/// or tools there are. Time, window and source stand in each row, so that files can be put one behind the other.
/// A number that is not known is an empty field.
package struct SnapshotTable {
    private let measurements: Measurements

    package init(_ situation: Situation, window: Window) {
        measurements = Measurements(situation, window: window)
    }

    package static let columns = [
        "as_of", "window", "source", "metric", "dimension", "name", "statistic", "value", "unit", "n",
    ]

    /// With the line end of its last row.
    package var text: String {
        let snapshot = measurements.situation.snapshot
        let asOf = snapshot.now.map { ClockTime($0).rfc3339 } ?? ""
        var rows = [Self.columns.joined(separator: ",")]
        for measurement in measurements.all {
            let fields = [
                asOf, measurements.window.rawValue, Self.field(snapshot.source.name), measurement.metric.name,
                measurement.dimension ?? "", Self.field(measurement.name ?? ""), measurement.statistic ?? "",
                measurement.value.map(DecimalText.text) ?? "", measurement.metric.unit.rawValue,
                measurement.count.map(DecimalText.text) ?? "",
            ]
            rows.append(fields.joined(separator: ","))
        }
        return rows.map { $0 + "\r\n" }.joined()
    }

    /// Text of the input as a field: quoted where it must be, and with a `'` before what a spreadsheet would compute.
    static func field(_ text: String) -> String {
        var text = text
        if let first = text.unicodeScalars.first, "=+-@\t\r".unicodeScalars.contains(first) { text = "'" + text }
        // Scalars, and not characters: CR LF is one of those.
        guard text.unicodeScalars.contains(where: { ",\"\r\n".unicodeScalars.contains($0) }) else { return text }
        return "\"" + text.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") + "\""
    }
}

/// Numbers for machines: all their digits, never an exponent that a spreadsheet might not know.
enum DecimalText {
    static func text(_ value: Double) -> String {
        guard value.isFinite else { return "" }
        if value == value.rounded(), abs(value) < 1e15 { return String(Int64(value)) }
        let text = NumberFormat.fixed(value, decimals: 9)
        guard text.contains(".") else { return text }
        let trimmed = text.reversed().drop { $0 == "0" }.drop { $0 == "." }
        return String(trimmed.reversed())
    }
}
