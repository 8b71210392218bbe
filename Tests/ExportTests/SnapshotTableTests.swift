import Export
import Metrics
import Monitoring
import Statistics
import Testing

/// `--format csv`.
@Suite struct SnapshotTableTests {
    /// RFC 4180, read by its grammar: nil where the text is none.
    private static func parse(_ text: String) -> [[String]]? {
        var rows: [[String]] = []
        var (row, field): ([String], String.UnicodeScalarView) = ([], .init())
        var scalars = Array(text.unicodeScalars)[...]
        while let scalar = scalars.popFirst() {
            switch scalar {
            case "\"":
                guard field.isEmpty else { return nil }
                while true {
                    guard let next = scalars.popFirst() else { return nil }
                    if next != "\"" {
                        field.append(next)
                    } else if scalars.first == "\"" {
                        field.append("\"")
                        scalars.removeFirst()
                    } else {
                        break
                    }
                }
                guard let end = scalars.first, end == "," || end == "\r" else { return nil }
            case ",":
                row.append(String(field))
                field = .init()
            case "\r":
                guard scalars.popFirst() == "\n" else { return nil }
                rows.append(row + [String(field)])
                (row, field) = ([], .init())
            case "\n": return nil
            default: field.append(scalar)
            }
        }
        return row.isEmpty && field.isEmpty ? rows : nil
    }

    @Test func everyRowHasTheHeadersFieldsWhateverTheNamesAre() throws {
        for situation in [HostileSituation.whole, HostileSituation.nothing] {
            for window in Window.allCases {
                let rows = try #require(Self.parse(SnapshotTable(situation, window: window).text))
                #expect(rows.first == SnapshotTable.columns)
                #expect(rows.allSatisfy { $0.count == SnapshotTable.columns.count })
            }
        }
    }

    @Test func noFieldIsAFormula() throws {
        let rows = try #require(Self.parse(SnapshotTable(HostileSituation.whole, window: .all).text))
        let (text, numbers) = ([0, 1, 2, 3, 4, 5, 6, 8], [7, 9])
        for row in rows.dropFirst() {
            #expect(text.allSatisfy { !"=+-@".contains(row[$0].first ?? "x") }, "\(row)")
            #expect(numbers.allSatisfy { row[$0].isEmpty || Double(row[$0]) != nil }, "\(row)")
            #expect(!row[7].contains("e"))
        }
        let tools = Set(rows.filter { $0[3] == "tool_calls" }.map { $0[5] })
        #expect(tools.isSuperset(of: ["'=HYPERLINK(\"http://evil\",\"x\")", "'-2+3", "'@SUM(1)", "a,b", "say \"hi\""]))
    }

    @Test func whatIsNotKnownIsEmptyAndNotZero() throws {
        let rows = try #require(Self.parse(SnapshotTable(HostileSituation.nothing, window: .minutes15).text))
        func value(_ metric: String, _ statistic: String = "") -> String? {
            rows.first { $0[3] == metric && $0[6] == statistic }?[7]
        }
        #expect(value("requests") == "0")
        for metric in ["error_rate", "cost", "request_rate", "satisfaction"] {
            #expect(value(metric) == "", "\(metric)")
        }
        #expect(value("latency", "p95") == "")
    }

    @Test func numbersAreThoseOfTheDocument() throws {
        let situation = HostileSituation.whole
        let rows = try #require(Self.parse(SnapshotTable(situation, window: .minutes5).text))
        let tally = situation.snapshot.totals(.minutes5).tally
        func value(_ metric: String, _ statistic: String = "") -> Double? {
            rows.first { $0[3] == metric && $0[6] == statistic }.flatMap { Double($0[7]) }
        }
        #expect(value("requests") == tally.requests.value && value("failures") == tally.failed.value)
        #expect(
            value("latency", "p95").map { abs($0 * 1e6 - (tally.latency.quantile(permille: 950) ?? 0)) < 0.01 } == true)
        #expect(value("alert", "firing") == 1)
    }
}
