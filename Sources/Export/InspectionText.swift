package import Metrics
import Query
package import Telemetry

/// One source's formats and fields in lines to read: what came from which key, and what is missing.
package struct InspectionText {
    private let report: FormatReport
    private let store: String?

    /// - Parameter store: what a database was taken for; nil for lines.
    package init(_ report: FormatReport, store: String? = nil) {
        self.report = report
        self.store = store
    }

    /// Lines without the source's name; everything in them is safe to print.
    package var lines: [String] {
        var lines = [format]
        if !report.fields.isEmpty {
            lines.append("fields of the first \(report.sampled) \(store == nil ? "lines" : "records"):")
            let rows = report.fields.map { field in
                [
                    field.field, field.key + (field.isGuess ? " (guessed)" : ""), field.unit, field.example,
                    "\(field.count)x",
                ]
            }
            lines += Self.table(rows).map { "  " + $0 }
        }
        if !report.missing.isEmpty, !report.fields.isEmpty {
            lines.append("never there, and so shown as –: " + report.missing.joined(separator: ", "))
        }
        lines += report.notes.map { "note: " + $0 }
        return lines
    }

    /// The types of the failures and what they were taken for; nothing where nothing failed.
    package static func lines(_ errors: ErrorTypes) -> [String] {
        guard !errors.types.isEmpty else { return [] }
        let shown = errors.types.prefix(mostErrorTypes).map { type in
            [
                type.name, "\(NumberFormat.plain(type.count.value))x",
                type.errorClass.map { "\($0.rawValue), \($0.severity.name)" } ?? "names beyond the limit",
            ]
        }
        let more = errors.types.count - shown.count
        return ["error types and their classes:"] + table(shown).map { "  " + $0 }
            + (more > 0 ? ["  \(more) more"] : [])
    }

    private static let mostErrorTypes = 20

    private var format: String {
        if let store { return store.isEmpty ? "store: none recognised" : "store: " + store }
        let counts = report.lines.sorted { ($0.value, $1.key.rawValue) > ($1.value, $0.key.rawValue) }
        guard !counts.isEmpty else { return "format: none recognised" }
        return "format: " + counts.map { "\($0.key.rawValue) (\($0.value) lines)" }.joined(separator: ", ")
    }

    private static func table(_ rows: [[String]]) -> [String] {
        let widths = (rows.first ?? []).indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
        return rows.map { row in
            var line = ""
            for (text, width) in zip(row, widths) {
                line += text + String(repeating: " ", count: width - text.count + 2)
            }
            while line.hasSuffix(" ") { line.removeLast() }
            return line
        }
    }
}
