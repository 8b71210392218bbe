import Foundation
import PtyTesting
import Testing

/// What is left on purpose where a terminal, a locale, a user or a size takes something away.
@Suite(.serialized) struct DegradeTests {
    private static let types = [
        "vt100", "dumb", "linux", "screen-256color", "tmux-256color", "xterm-direct", "xterm-256color", "nobody",
    ]
    /// What takes away colour, and what takes away characters.
    private static let takings: [[String: String]] = [
        [:], ["LANG": "C"], ["NO_COLOR": "1", "COLORTERM": "truecolor"], ["LANG": "C", "NO_COLOR": "1"],
    ]

    @Test(arguments: types, takings) func everyTypeIsDrawnOnAndGivenBack(
        type: String, taking: [String: String]
    ) throws {
        let session = try Agentdash.start(environment: taking.merging(["TERM": type]) { $1 }, input: .pipe)
        session.feed(RecordLines.requests(0..<50))
        try session.require("n=50")
        for (columns, rows) in [(120, 40), (60, 15), (40, 5), (20, 1), (80, 24)] {
            session.resize(columns: columns, rows: rows)
            expectSomethingNew(session, columns, rows)
        }
        try session.require("6 Canary")
        session.send("q")
        #expect(session.waitForEnding() == .code(0), session.picture)
        #expect(session.modes == session.modesBefore && session.screen.isCursorVisible)
        #expect(session.screen.mouseModes.isEmpty && session.screen.title.isEmpty)
        #expect(session.screen.unknown.isEmpty, "\(session.screen.unknown)")
        if taking["LANG"] == "C" { #expect(session.output.allSatisfy { $0 < 0x80 }) }
        if taking["NO_COLOR"] != nil || ["vt100", "dumb"].contains(type) {
            #expect(Self.colours(session.screen.renditions).isEmpty)
        }
        if type == "xterm-direct", taking["NO_COLOR"] == nil {
            // Colours that are xterm's by number may go by it.
            #expect(session.screen.renditions.contains { $0.contains("38;") || $0.contains("38:2:") })
        }
    }

    /// All small sizes one after the other, and some of each larger.
    @Test(arguments: [["LANG": "C.UTF-8"], ["LANG": "C", "TERM": "linux"]]) func everySizeIsDrawn(
        environment: [String: String]
    ) throws {
        let session = try Agentdash.start(environment: environment, input: .pipe)
        session.feed(RecordLines.requests(0..<100))
        try session.require("n=100")
        let small = (1...8).flatMap { rows in (20...44).map { ($0, rows) } }
        let middle = stride(from: 9, through: 40, by: 5).flatMap { rows in
            stride(from: 20, through: 130, by: 11).map { ($0, rows) }
        }
        for (columns, rows) in small + middle + [(1, 1), (2, 3), (20, 200), (300, 1), (300, 100), (1000, 24)] {
            session.resize(columns: columns, rows: rows)
            expectSomethingNew(session, columns, rows)
        }
        #expect(session.screen.unknown.isEmpty)
        session.expectQuit()
    }

    private func expectSomethingNew(_ session: PtySession, _ columns: Int, _ rows: Int) {
        let before = session.output.count
        #expect(
            session.wait { session in
                // A cell or two hold no word.
                session.output.count > before && (columns < 20 || session.screen.rows.contains { !$0.isEmpty })
            },
            "\(columns)x\(rows): \(session.screen.rows)")
    }

    /// SGR parameters that set a colour.
    private static func colours(_ renditions: Set<String>) -> [String] {
        renditions.filter { rendition in
            rendition.split { $0 == ";" || $0 == ":" }.contains {
                (30...49).contains(Int($0) ?? 0) || (90...107).contains(Int($0) ?? 0)
            }
        }
    }
}

/// Names of every script stand in their columns.
@Suite struct ScriptTests {
    private static let names = [
        "日本語モデル", "e\u{301}te\u{301}-re\u{301}sume\u{301}", "مساعد-الطلبات", "עוזר-הזמנות", "👩\u{200D}💻-agent",
        "❤\u{FE0F}-model", "🇩🇪-modell", "한국어-에이전트", "ไทย-ผู้ช่วย", "हिन्दी", "x\u{200B}\u{FEFF}y",
        "z\u{334}\u{335}\u{336}\u{337}",
        "ﷺ", "a\u{202E}evil", "🤖🤖🤖🤖🤖🤖🤖🤖🤖🤖",
    ]

    private func lines() -> String {
        (0..<600).map { number -> String in
            let name = Self.names[number % Self.names.count]
            var fields: [String: Any] = [
                "trace_id": "t\(number)", "timestamp": RecordLines.start + Int64(number) * 500,
                "latency_ms": 600 + number * 37 % 1900, "model": name, "input_tokens": 900, "output_tokens": 100,
                "success": number % 4 != 0, "task_type": name, "agent_version": name, "user_segment": name,
                "tool_calls": [["name": name, "latency_ms": 80, "success": number % 3 != 0]],
                "variant": number % 2 == 0 ? "control" : "canary",
            ]
            if number % 4 == 0 { fields["error_type"] = name }
            return RecordLines.line(fields)
        }.joined()
    }

    @Test(arguments: [(80, 24), (120, 40), (200, 60)]) func framesStayStraight(columns: Int, rows: Int) throws {
        let folder = try TemporaryFolder()
        let path = try folder.write(lines(), to: "a.jsonl")
        let session = try Agentdash.start([path], columns: columns, rows: rows)
        try session.require("n=600")
        session.pause(milliseconds: 500)
        try session.require("日本")
        var frames = expectStraightFrames(session)
        #expect(frames >= 6, session.picture)
        for key in ["1", "2", "3", "4", "5", "6"] {
            session.send(key)
            try session.require("Esc back")
            session.pause(milliseconds: 200)
            frames += expectStraightFrames(session)
            session.send("\u{1B}")
            try session.require("6 Canary")
        }
        #expect(frames >= 7)
        session.expectQuit()
    }

    /// Every corner at the top has its sides below it, down to a corner. How many were looked at.
    private func expectStraightFrames(_ session: PtySession) -> Int {
        let cells = session.screen.cells
        var frames = 0
        for (y, row) in cells.enumerated() {
            for (x, cell) in row.enumerated() where cell.text == "╭" || cell.text == "╮" {
                let end = cell.text == "╭" ? "╰" : "╯"
                for below in (y + 1)..<max(y + 1, cells.count) {
                    let side = cells[below][x].text
                    if side == end { break }
                    // Frames may share a corner with a line across.
                    let isSide = ["│", "├", "┤", "┃"].contains(side)
                    #expect(isSide, "column \(x) of row \(below) is \(side): \(session.screen.rows[below])")
                    guard isSide else { break }
                }
                frames += cell.text == "╭" ? 1 : 0
            }
        }
        return frames
    }
}
