import Canvas
import Configuration
import Foundation
import Testing
import Themes

struct PaletteTableTests {
    /// `RECORD_SNAPSHOTS=1 swift test` writes the tables anew; review the difference like code.
    @Test(arguments: ShippedThemes.all.map(\.name))
    func `a palette's table is as reviewed`(name: String) throws {
        let table = table(of: try ThemeFile.shipped(name))
        if ProcessInfo.processInfo.environment["RECORD_SNAPSHOTS"] != nil {
            let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appending(path: "Vectors")
            try Data(table.utf8).write(to: folder.appending(path: "\(name).txt"))
            return
        }
        let file = try #require(Bundle.module.url(forResource: name, withExtension: "txt", subdirectory: "Vectors"))
        let reviewed = String(decoding: try Data(contentsOf: file), as: UTF8.self)
        #expect(table.split(separator: "\n") == reviewed.split(separator: "\n"))
    }

    private func table(of palette: Palette) -> String {
        var lines = [line(["role"] + ColourDepth.allCases.reversed().map { "\($0)" })]
        for role in Role.allCases {
            lines.append(
                line([role.name] + ColourDepth.allCases.reversed().map { text(palette.ink(for: role, depth: $0)) }))
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private func line(_ columns: [String]) -> String {
        let widths = [10, 24, 18, 18, 18, 0]
        var line = ""
        for (column, width) in zip(columns, widths) {
            line +=
                width == 0
                ? column : column.padding(toLength: max(width, column.count + 1), withPad: " ", startingAt: 0)
        }
        return line
    }

    private func text(_ ink: Ink) -> String {
        let attributes: [(Attributes, String)] = [(.bold, "b"), (.dim, "d"), (.reverse, "r"), (.underline, "u")]
        let letters = attributes.filter { ink.attributes.contains($0.0) }.map(\.1).joined()
        return "\(text(ink.foreground))/\(text(ink.background))" + (letters.isEmpty ? "" : " \(letters)")
    }

    private func text(_ colour: Colour) -> String {
        switch colour {
        case .terminal: return "-"
        case .ansi(let index): return "a\(index)"
        case .indexed(let index): return "\(index)"
        case .rgb(let red, let green, let blue):
            return "#" + [red, green, blue].map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
        }
    }
}
