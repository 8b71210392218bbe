import Glibc
import PtyTesting
import Testing

@Suite(.serialized) struct PictureTests {
    @Test func wideAndCombiningGlyphsKeepTheColumns() throws {
        let session = try startProbe()
        #expect(session.screen.rows[0] == "probe: ready ▲ ╭─╮")
        #expect(session.screen.rows[6] == "tokyo 日本e\u{301}         │")
        #expect(session.screen.cells[6][20].text == "│")
    }

    @Test func onlyDifferencesAreSent() throws {
        let session = try startProbe()
        session.send("j")
        session.wait(forText: "key character(\"j\")")
        let before = session.output.count
        session.send("k")
        session.wait(forText: "key character(\"k\")")
        #expect(session.output.count - before < 60)
    }

    @Test func bytesAreCountedExactly() throws {
        let session = try startProbe(["--no-mouse"])
        session.send("=")
        #expect(session.wait(forText: "bytes="))
        // The count was taken before the frame that shows it, and after one frame at least.
        let row = try #require(session.screen.rows.first { $0.hasPrefix("bytes=") })
        let counted = try #require(Int(row.dropFirst("bytes=".count)))
        #expect(counted > 100 && counted < session.output.count)
        #expect(session.output.count - counted < 80)
    }

    @Test func aNewSizeIsDrawnWhole() throws {
        let session = try startProbe()
        session.resize(columns: 100, rows: 30)
        #expect(session.wait(forText: "size 100x30"))
        session.resize(columns: 40, rows: 7)
        #expect(session.wait(forText: "size 40x7"))
        #expect(session.screen.rows[0] == "probe: ready ▲ ╭─╮")
        session.resize(columns: 1, rows: 1)
        session.wait(seconds: 1) { $0.screen.rows == ["p"] }
        #expect(session.screen.rows == ["p"])
        session.send("q")
        #expect(session.waitForEnding() == .code(0))
    }

    @Test func theTitleIsSetWithoutControlsAndClearedAtTheEnd() throws {
        let session = try startProbe()
        session.send("t")
        #expect(session.wait { $0.screen.title == "▲ P2 agentdash·]2;evil·" })
        session.send("b")
        #expect(session.wait { $0.screen.bells == 1 })
        session.send("q")
        #expect(session.waitForEnding() == .code(0))
        #expect(session.screen.title == "")
        expectRestored(session)
    }

    @Test func hostileCellsSendNoSequenceOfTheirOwn() throws {
        let session = try startProbe(["--hostile"])
        session.send("q")
        #expect(session.waitForEnding() == .code(0))
        #expect(session.screen.unknown.isEmpty, "\(session.screen.unknown)")
        #expect(session.screen.title == "" && session.screen.bells == 0)
        let scalars = String(decoding: session.output, as: UTF8.self).unicodeScalars
        let forbidden: Set<Unicode.Scalar> = [
            "\u{9B}", "\u{7F}", "\u{0}", "\u{202E}", "\u{200B}", "\u{200D}", "\u{FEFF}", "\u{2028}", "\u{FFFF}",
            "\u{FE0F}",
            "\u{E0041}",
        ]
        #expect(!scalars.contains { forbidden.contains($0) })
    }

    @Test func hostileCellsKeepTheColumns() throws {
        let session = try startProbe(["--hostile"])
        for index in 0..<19 { #expect(session.screen.cells[2][2 * index + 1].text == "|", "glyph \(index)") }
        #expect(session.screen.cells[4][0].text == "A")
        #expect(session.screen.cells[4][3].text == "B")
        #expect(session.screen.cells[4][79].text == "·")
    }

    @Test func anotherPaletteIsShownAtOnce() throws {
        let session = try startProbe()
        #expect(session.screen.cells[0][0].style.foreground == .indexed(208))
        #expect(session.screen.cells[0][0].style.bold)
        session.send("p")
        #expect(session.wait { $0.screen.cells[0][0].style.foreground == .indexed(99) })
    }
}
