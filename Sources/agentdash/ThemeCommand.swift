import ArgumentParser
import Canvas
import Configuration

/// `agentdash theme`: which themes there are, what is in one, whether a file is one.
struct ThemeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "theme", abstract: "List themes, show one, check a theme file.",
        discussion: """
            Themes are built in, or your own: files in $XDG_CONFIG_HOME/agentdash/themes
            (~/.config/agentdash/themes). A file of the same name goes before a built-in.
            """,
        subcommands: [List.self, Show.self, Check.self], defaultSubcommand: List.self)

    /// `agentdash theme list`.
    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Name every theme, with a look at it.")

        func run() throws {
            let search = ThemeChoice.search
            let paint = ColouredText.ofOutput
            let lines = search.names.map { line($0, of: search, paint) }
            try Output.write(lines.map { $0 + "\n" }.joined())
        }

        private func line(_ name: String, of search: ThemeSearch, _ paint: ColouredText) -> String {
            let found: ThemeSearch.Found
            do {
                found = try search.find(name)
            } catch {
                return "\(DisplayWidth.padRight(name, to: 16)) broken: \(error.description)"
            }
            let palette = found.palette
            let origin = found.path == nil ? "built-in" : "yours"
            let head =
                "\(DisplayWidth.padRight(name, to: 16)) \(palette.appearance == .dark ? "dark " : "light")"
                + "  \(DisplayWidth.padRight(origin, to: 8))"
            guard paint.depth != .mono else { return head.trimmedAtEnd }
            let glyphs = palette.glyphs(utf8: !GlyphSet.ofLocale.isASCII)
            let samples: [(String, Role)] = [
                (" agentdash ", .title), ("\(glyphs[.good]) HEALTHY ", .good),
                ("\(glyphs[.degraded]) DEGRADED ", .warning), ("\(glyphs[.critical]) CRITICAL ", .critical),
                ("notice ", .notice), ("dim ", .dim), (String(glyphs.spark) + " ", .series1), ("control ", .control),
                ("canary ", .canary),
            ]
            return head + "  "
                + samples.map { paint.text($0.0, palette.ink(for: $0.1, depth: paint.depth)) }.joined()
        }
    }

    /// `agentdash theme show NAME`.
    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Print what a theme gives each role.",
            discussion:

                "Foreground/background with all colours, with 256 and with 16 (- is the terminal's own); the attributes with colours, and without any."
        )

        @Argument(help: ArgumentHelp("A theme's name, or a file.", valueName: "name|file"))
        var name: String

        func run() throws {
            let palette = try ThemeChoice.palette(name)
            let paint = ColouredText.ofOutput
            var lines = ["\(palette.name) (\(palette.appearance.rawValue))"]
            let heads = ["role", "truecolor", "256", "16", "with colours", "mono"]
            lines.append((Self.row(heads) + (paint.depth == .mono ? "" : "sample")).trimmedAtEnd)
            for role in Role.allCases {
                let inks = [ColourDepth.truecolor, .indexed256, .sixteen].map { palette.ink(for: role, depth: $0) }
                let attributes = [inks[0], palette.ink(for: role, depth: .mono)].map { Self.words($0.attributes) }
                let row = Self.row([role.name] + inks.map(Self.words) + attributes)
                let ink = palette.ink(for: role, depth: paint.depth)
                let sample = paint.depth == .mono ? "" : paint.text(" \(role.name) 12.3% ", ink)
                lines.append((row + sample).trimmedAtEnd)
            }
            try Output.write(lines.map { $0 + "\n" }.joined())
        }

        private static func row(_ cells: [String]) -> String {
            zip(cells, [10, 15, 8, 27, 14, 14]).map { DisplayWidth.padRight($0, to: $1) + " " }.joined()
        }

        /// `#d0d0d0/#121212`.
        private static func words(_ ink: Ink) -> String { words(ink.foreground) + "/" + words(ink.background) }

        private static func words(_ attributes: Attributes) -> String {
            let names = [(Attributes.bold, "bold"), (.dim, "dim"), (.reverse, "reverse"), (.underline, "underline")]
                .filter { attributes.contains($0.0) }.map(\.1)
            return names.isEmpty ? "-" : names.joined(separator: " ")
        }

        private static func words(_ colour: Colour) -> String {
            switch colour {
            case .terminal: return "-"
            case .indexed(let index): return String(index)
            case .ansi(let index): return ThemeFile.colourName(index)
            case .rgb(let red, let green, let blue):
                return "#" + [red, green, blue].map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
            }
        }
    }

    /// `agentdash theme check FILE`.
    struct Check: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Say whether files are themes: 0 if all are, else 2.",
            discussion: "The first thing wrong in each file is told with its line, its column and what was expected.")

        @Argument(help: ArgumentHelp("Theme files.", valueName: "file"))
        var files: [String]

        func run() throws {
            var isGood = true
            for file in files {
                do {
                    let palette = try ThemeChoice.search.load(file).palette
                    try Output.write("\(file.printable): good (\(palette.name), \(palette.appearance.rawValue))\n")
                } catch let error as ConfigurationError {
                    // As compilers write it, so that editors can jump there.
                    Complaint.writeLines(error.description)
                    isGood = false
                }
            }
            if !isGood { throw ExitCode(2) }
        }
    }
}

extension String {
    /// Without blanks at its end.
    fileprivate var trimmedAtEnd: String {
        var text = self
        while text.last == " " { text.removeLast() }
        return text
    }
}
