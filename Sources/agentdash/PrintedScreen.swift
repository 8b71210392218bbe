import ArgumentParser
import Canvas
import Dashboard
import Engine
import Glibc
import Metrics
import Monitoring

/// `agentdash --once`: the overview as text.
enum PrintedScreen {
    static func run(_ options: EngineOptions, _ arguments: ScreenArguments, size: ScreenSize) throws {
        // A theme's glyphs are shown here too, and its mistakes are said.
        let palette = try ThemeChoice.palette(arguments)
        let situation = try Reading.situation(options)
        var model = Model(size: size.size, window: arguments.window)
        model.filter = options.filter
        model.baselines = options.book.watches.drift.saved
        // On paper keys are of no use.
        model.notice = "agentdash --once: window \(arguments.window.rawValue), times in UTC"
        _ = model.update(.situation(situation))
        let screen = model.view(glyphs: palette.glyphs(utf8: !GlyphSet.ofLocale.isASCII))
        try Output.write(screen.rows.map { $0 + "\n" }.joined())
        try Reading.complainOfNothing(situation)
    }
}

/// Columns and lines: `120x40`.
struct ScreenSize: ExpressibleByArgument {
    let size: Size

    /// What `COLUMNS` and `LINES` say, else 80x24.
    static var ofEnvironment: ScreenSize {
        func number(_ name: String) -> Int? {
            unsafe getenv(name).flatMap { unsafe Int(String(cString: $0)) }
        }
        return ScreenSize(width: number("COLUMNS") ?? 80, height: number("LINES") ?? 24)
            ?? ScreenSize(size: Size(width: 80, height: 24))
    }

    init?(argument: String) {
        let sides = argument.split(separator: "x", omittingEmptySubsequences: false)
        guard sides.count == 2, let width = Int(sides[0]), let height = Int(sides[1]) else { return nil }
        self.init(width: width, height: height)
    }

    private init?(width: Int, height: Int) {
        guard (1...1000).contains(width), (1...1000).contains(height) else { return nil }
        size = Size(width: width, height: height)
    }

    private init(size: Size) { self.size = size }
}
