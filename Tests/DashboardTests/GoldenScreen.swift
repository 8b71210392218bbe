import Canvas
import Foundation
import Testing

/// Compares a screen with the file `Golden/NAME.txt`: its rows, a dividing line, then one letter a cell for the role.
///
/// With `RECORD_SNAPSHOTS` in the environment the files are written instead, to be read and reviewed like code.
func assertGolden(_ screen: Screen, _ name: String, sourceLocation: SourceLocation = #_sourceLocation) throws {
    let file = goldenFolder.appendingPathComponent(name + ".txt")
    let divider = String(repeating: "=", count: screen.size.width)
    let actual = screen.rows + [divider] + screen.roleMap
    if ProcessInfo.processInfo.environment["RECORD_SNAPSHOTS"] != nil {
        try (actual.joined(separator: "\n") + "\n").write(to: file, atomically: true, encoding: .utf8)
        return
    }
    guard let text = try? String(contentsOf: file, encoding: .utf8) else {
        Issue.record("no golden file \(name).txt; record it with RECORD_SNAPSHOTS=1", sourceLocation: sourceLocation)
        return
    }
    var expected = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    if expected.last == "" { expected.removeLast() }
    guard actual != expected else { return }
    let row = zip(actual, expected).enumerated().first { $1.0 != $1.1 }?.offset ?? min(actual.count, expected.count)
    let height = screen.size.height
    Issue.record(
        """
        \(name): \(row <= height ? "row \(row)" : "roles of row \(row - height - 1)") differs
        expected  \(expected.indices.contains(row) ? expected[row] : "nothing")
        actual    \(actual.indices.contains(row) ? actual[row] : "nothing")
        \(zip(actual, expected).filter { $0 != $1 }.count) of \(expected.count) lines differ
        """, sourceLocation: sourceLocation)
}

private let goldenFolder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("Golden")
