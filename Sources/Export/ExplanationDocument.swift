import Metrics
package import Monitoring
import Query
import Statistics

/// What explains an outcome, as `agentdash explain` prints it.
package struct ExplanationDocument {
    private let explanation: Explanation

    package init(_ explanation: Explanation) { self.explanation = explanation }

    // MARK: JSON

    /// One object, as documented; what is not known is left out.
    package var json: JSONValue {
        .members(
            ("schema", .integer(SnapshotDocument.schema)),
            ("outcome", .string(explanation.outcome.rawValue)),
            ("from", SnapshotDocument.time(explanation.times.lowerBound)),
            ("to", SnapshotDocument.time(explanation.times.upperBound)),
            ("condition", explanation.condition.map { .string($0) }),
            ("requests", .number(SnapshotDocument.rounded(explanation.cases + explanation.others, 3))),
            ("cases", .number(SnapshotDocument.rounded(explanation.cases, 3))),
            ("requests_seen", .integer(Int64(explanation.seen))),
            ("cases_seen", .integer(Int64(explanation.casesSeen))),
            ("slices_tested", .integer(Int64(explanation.tested))),
            (
                "spread",
                explanation.spread.map { spread in
                    .members(
                        ("even", .bool(spread.isEven)), ("field", .string(spread.field.name)),
                        ("divergence", SnapshotDocument.rate(spread.divergence)))
                }
            ),
            (
                "definition",
                explanation.definition.isEmpty ? nil : .array(explanation.definition.map { .string($0.label) })
            ),
            ("rows", rows))
    }

    /// The rows alone.
    package var rows: JSONValue { .array(explanation.rows.map(Self.row)) }

    private static func row(_ row: Explanation.Row) -> JSONValue {
        let table = row.table
        return .members(
            ("label", .string(row.label)), ("where", .string(row.condition)),
            ("share_of_cases", SnapshotDocument.rate(table.shareOfCases)),
            ("share_of_others", SnapshotDocument.rate(table.shareOfOthers)),
            ("lift", SnapshotDocument.rate(table.lift)),
            ("relative_risk_low", SnapshotDocument.rate(row.leastRisk)),
            ("excess", table.excess.map { .number(SnapshotDocument.rounded($0, 3)) }),
            ("phi", SnapshotDocument.rate(table.phi)), ("q", .number(row.q)),
            ("cases_seen", .integer(Int64(row.casesSeen))),
            ("aliases", row.aliases.isEmpty ? nil : .array(row.aliases.map { .string($0.label) })),
            ("only_along_with_others", row.isEcho ? .bool(true) : nil))
    }

    // MARK: Text

    /// Lines to read: the question, what was looked at, and the rows, strongest first. Ends without a newline.
    package var text: String {
        var lines = [
            "\(explanation.title)?",
            "\(explanation.summary), \(ClockTime(explanation.times.lowerBound).rfc3339) to "
                + ClockTime(explanation.times.upperBound).rfc3339,
        ]
        if explanation.isCut { lines.append("the newest requests only: there are more than are looked at") }
        if let words = explanation.spreadWords { lines.append(words) }
        if !explanation.definition.isEmpty {
            lines.append("the canary is " + explanation.definition.map(\.label).joined(separator: ", "))
        }
        if let words = explanation.silence { lines.append(words) }
        guard !explanation.rows.isEmpty else { return lines.joined(separator: "\n") }
        lines += ["", table(explanation.rows.filter { !$0.isEcho })]
        let echoes = explanation.rows.filter(\.isEcho)
        if !echoes.isEmpty {
            lines += ["", "only along with these: no difference among requests that are alike in them", table(echoes)]
        }
        return lines.joined(separator: "\n")
    }

    private func table(_ rows: [Explanation.Row]) -> String {
        let names = explanation.names
        var lines = [line(names.cases, names.others, "lift", "excess", "risk", "phi", "q", "shared")]
        for row in rows {
            let table = row.table
            lines.append(
                line(
                    NumberFormat.percent(table.shareOfCases), NumberFormat.percent(table.shareOfOthers),
                    NumberFormat.measured(table.lift), "+" + NumberFormat.count(table.excess.map { $0.rounded() }),
                    ">=" + NumberFormat.measured(row.leastRisk), NumberFormat.fixed(table.phi, decimals: 2),
                    row.q < 0.001 ? "<.001" : NumberFormat.fixed(row.q, decimals: 3), row.label))
            if !row.aliases.isEmpty {
                lines.append(
                    String(repeating: " ", count: 56) + "also " + row.aliases.map(\.label).joined(separator: ", "))
            }
        }
        return lines.joined(separator: "\n")
    }

    private func line(_ cells: String...) -> String {
        let widths = [8, 8, 7, 7, 7, 6, 6]
        return zip(cells, widths).map { String(repeating: " ", count: max(0, $1 - $0.count)) + $0 }.joined(
            separator: " ")
            + " " + (cells.last ?? "")
    }
}
