import Canvas
import Glibc
import Terminal

enum Probe {
    static func main(_ arguments: [String]) {
        SignalGate.blockEarly()
        var options = CursesTerminal.Options()
        options.usesMouse = !arguments.contains("--no-mouse")
        let terminal: CursesTerminal
        do {
            terminal = try CursesTerminal(options)
        } catch {
            print("error: \(error)")
            exit(2)
        }
        let reason = run(terminal, arguments)
        terminal.close()
        terminal.close()
        if terminal.isLost { exit(4) }
        print("ended by \(reason)\ndepth: \(terminal.depth)\n\(terminal.notice ?? "no notice")")
    }

    private static func run(_ terminal: CursesTerminal, _ arguments: [String]) -> String {
        var lines = ["", "", ""]
        var inks = ProbeInks.first
        func show(_ grid: Grid) {
            terminal.show(cells: grid.cells, size: grid.size) { inks.ink(for: $0, depth: terminal.depth) }
        }
        while true {
            lines[0] = "size \(terminal.size.width)x\(terminal.size.height) utf8 \(terminal.isUTF8)"
            lines[2] = "bytes so far are counted: \(terminal.bytesWritten > 0)"
            let picture =
                arguments.contains("--hostile") ? hostile(size: terminal.size) : picture(lines, size: terminal.size)
            show(picture)

            let events = terminal.wait(milliseconds: -1)
            if let signal = events.termination { return "signal \(signal)" }
            if events.terminalLost { exit(3) }
            if events.stop { terminal.suspend() }
            while let key = terminal.nextKey() {
                lines[1] = "key \(key)"
                switch key {
                case .character("q"): return "q"
                case .control("c"): return "control-c"
                case .control("z"): terminal.suspend()
                case .character("x"): fatalError("trapped on purpose")
                case .character("o"):
                    let empty = [Int](lines.indices.prefix(0))
                    lines[1] = "\(empty[lines.count])"
                case .character("a"): abort()
                case .character("s"): lines[1] = "\(overflow(1))"
                case .character("X"): exit(7)
                case .character("T"): unsafe inAnotherThread { _ in fatalError("trapped in a thread") }
                case .character("E"): unsafe inAnotherThread { _ in exit(8) }
                case .character("e"): write(message: "a message\u{1B}[31m with an escape\u{9B}31m\n")
                case .character("t"): terminal.title("▲ P2 agentdash\u{1B}]2;evil\u{07}")
                case .character("b"): terminal.bell()
                case .character("p"): inks = .second
                case .character("y"): lines[1] = "copied \(terminal.copy("id-\u{1B}[31m4711\u{07}\u{202E}\n"))"
                case .character("Y"): lines[1] = "copied \(terminal.copy(String(repeating: "x", count: 60_000)))"
                case .character("z"): lines[1] = "copied \(terminal.copy("\u{1B}"))"
                case .character("P"):
                    for index in 0..<100 {
                        show(full(of: index % 2 == 0 ? "#" : "@", terminal.size))
                    }
                case .character("="): lines[1] = "bytes=\(terminal.bytesWritten)"
                default: break
                }
            }
        }
    }

    private static func picture(_ lines: [String], size: Size) -> Grid {
        var screen = Grid(size: size)
        put("probe: ready ▲ ╭─╮", at: 0, .critical, on: &screen)
        for (index, line) in lines.enumerated() { put(line, at: index + 2, .text, on: &screen) }
        put("tokyo ", at: 6, .good, on: &screen)
        if size.width > 30 && size.height > 8 {
            // Two columns each; the frame's right edge must stand in column 20.
            let style = Style(.accent)
            for (index, glyph) in ["日", "本"].enumerated() {
                screen[6 + 2 * index, 6] = Cell(Character(glyph), style)
                screen[7 + 2 * index, 6] = Cell(nil, style)
            }
            screen[10, 6] = Cell("e\u{301}", style)
            screen[20, 6] = Cell("│", style)
        }
        return screen
    }

    /// No two neighbours alike, so that nothing can be sent in short.
    private static func full(of glyph: Character, _ size: Size) -> Grid {
        var screen = Grid(size: size)
        for y in 0..<size.height {
            for x in 0..<size.width { screen[x, y] = Cell((x + y) % 2 == 0 ? glyph : "+", Style(.text)) }
            for x in 0..<size.width / 3 { screen[3 * x, y] = Cell(glyph == "#" ? "a" : "b", Style(.text)) }
        }
        return screen
    }

    /// Cells that no screen should ever hold.
    private static func hostile(size: Size) -> Grid {
        var screen = Grid(size: size)
        put("probe: ready", at: 0, .text, on: &screen)
        let glyphs: [Character] = [
            "\u{1B}", "\u{9B}", "\u{07}", "\r\n", "\u{7F}", "\u{202E}", "\u{200B}", "\u{FEFF}", "\u{0}", "\u{2028}",
            "\u{E0041}", "\u{FFFF}", "e\u{301}\u{302}\u{303}\u{304}\u{305}\u{306}\u{307}\u{308}", "👩\u{200D}💻", "🇩🇪",
            "❤\u{FE0F}", "\u{301}", "日", "\u{E000}",
        ]
        for (index, glyph) in glyphs.enumerated() where 2 * index + 1 < size.width {
            screen[2 * index, 2] = Cell(glyph, Style(.text))
            screen[2 * index + 1, 2] = Cell("|", Style(.text))
        }
        put("]2;evil", at: 3, .text, on: &screen)
        // A glyph of one column said to have two, and halves without their glyph.
        screen[0, 4] = Cell("A", Style(.text))
        screen[1, 4] = Cell(nil, Style(.text))
        screen[2, 4] = Cell(nil, Style(.text))
        screen[3, 4] = Cell("B", Style(.text))
        screen[size.width - 1, 4] = Cell("日", Style(.text))
        return screen
    }

    private static func put(_ text: String, at y: Int, _ role: Role, on screen: inout Grid) {
        for (x, glyph) in text.enumerated() where x < screen.size.width && y < screen.size.height {
            screen[x, y] = Cell(glyph, Style(role))
        }
    }

    private static func write(message: String) {
        var bytes = Array(message.utf8)
        _ = unsafe Glibc.write(STDERR_FILENO, &bytes, bytes.count)
    }

    private static func inAnotherThread(
        _ body: @escaping @convention(c) (UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer?
    ) {
        var thread = pthread_t()
        _ = unsafe pthread_create(&thread, nil, body, nil)
        sleep(20)
    }

    @inline(never)
    private static func overflow(_ depth: Int) -> Int {
        depth == .max ? 0 : 1 + overflow(depth + 1) * 3 % 7
    }
}

/// Cells without the care that `Screen` takes: tests put into them what must never get through.
struct Grid {
    let size: Size
    private(set) var cells: [Cell]

    init(size: Size) {
        self.size = size
        cells = Array(repeating: .blank, count: size.width * size.height)
    }

    subscript(x: Int, y: Int) -> Cell {
        get { cells[y * size.width + x] }
        set { cells[y * size.width + x] = newValue }
    }
}

/// Colours that a test recognises in the output.
struct ProbeInks {
    let rgb: Colour
    let indexed: Colour
    let ansi: Colour

    static let first = ProbeInks(rgb: .rgb(red: 1, green: 200, blue: 99), indexed: .indexed(208), ansi: .ansi(1))
    static let second = ProbeInks(rgb: .rgb(red: 9, green: 8, blue: 7), indexed: .indexed(99), ansi: .ansi(2))

    func ink(for role: Role, depth: ColourDepth) -> Ink {
        let colour: Colour
        switch depth {
        case .mono: return role == .critical ? Ink(attributes: [.bold, .reverse]) : Ink()
        case .eight, .sixteen: colour = ansi
        case .indexed256: colour = indexed
        case .truecolor: colour = rgb
        }
        switch role {
        case .critical: return Ink(foreground: colour, attributes: [.bold])
        case .accent: return Ink(foreground: colour, background: colour)
        default: return Ink()
        }
    }
}
