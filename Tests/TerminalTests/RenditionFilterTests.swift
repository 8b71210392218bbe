import PtyTesting
import Testing

@testable import Terminal

@Suite struct RenditionFilterTests {
    private func shortened(_ frames: String...) -> String {
        var filter = RenditionFilter(isOn: true)
        // The first frame always states everything.
        _ = filter.shortened(Array("\u{1B}(B\u{1B}[m".utf8))
        return frames.map { String(decoding: filter.shortened(Array($0.utf8)), as: UTF8.self) }.joined(separator: "|")
    }

    @Test func onlyWhatDiffersIsSent() {
        #expect(shortened("\u{1B}[38;5;110m\u{1B}[48;5;233ma") == "\u{1B}[38;5;110;48;5;233ma")
        #expect(
            shortened("\u{1B}[32m\u{1B}[40ma\u{1B}(B\u{1B}[m\u{1B}[33m\u{1B}[40mb")
                == "\u{1B}[32;40ma\u{1B}[33mb")
        #expect(shortened("\u{1B}[1;4;7;32ma\u{1B}[0;1;32mb") == "\u{1B}[1;4;7;32ma\u{1B}[24;27mb")
        #expect(shortened("\u{1B}[1;2ma\u{1B}[0;2mb") == "\u{1B}[1;2ma\u{1B}[0;2mb")
    }

    @Test func aRenditionInWhichNothingIsDrawnIsNotSent() {
        #expect(shortened("\u{1B}[31m\u{1B}[5;6H\r\u{1B}[m\u{1B}[9da") == "\u{1B}[5;6H\r\u{1B}[9da")
        // Erasing draws the background, and so may a line feed.
        #expect(shortened("\u{1B}[41m\u{1B}[K\u{1B}[m") == "\u{1B}[41m\u{1B}[K\u{1B}[m")
        #expect(shortened("\u{1B}[41m\n\u{1B}[m") == "\u{1B}[41m\n\u{1B}[m")
    }

    @Test func aFrameEndsAsCursesMeantItTo() {
        #expect(shortened("\u{1B}[31ma\u{1B}[m", "b") == "\u{1B}[31ma\u{1B}[m|b")
        #expect(shortened("\u{1B}[31ma", "\u{1B}[31mb") == "\u{1B}[31ma|b")
    }

    @Test func afterSomebodyElseWroteEverythingIsStated() {
        var filter = RenditionFilter(isOn: true)
        _ = filter.shortened(Array("\u{1B}(B\u{1B}[31ma".utf8))
        filter.forget()
        #expect(filter.shortened(Array("\u{1B}(B\u{1B}[31ma".utf8)) == Array("\u{1B}(B\u{1B}[0;31ma".utf8))
    }

    @Test func theRestOfASequenceThatBeganBeforeTheFirstFrameIsLeftWhole() {
        var filter = RenditionFilter(isOn: true)
        #expect(filter.shortened(Array(";1r\u{1B}[31ma".utf8)) == Array(";1r\u{1B}[0;31ma".utf8))
    }

    @Test func whatIsNotUnderstoodPasses() {
        // A font of the console, a colour with colons.
        for sequence in ["\u{1B}[0;10;1m", "\u{1B}[38:2::1:2:3m", "\u{1B}[38;5m", "\u{1B}[99999999999999999999m"] {
            #expect(shortened("\(sequence)a\u{1B}[31mb\u{1B}[0;32mc") == "\(sequence)a\u{1B}[31mb\u{1B}[0;32mc")
        }
        let off = "\u{1B}[31m\u{1B}[31ma"
        var filter = RenditionFilter(isOn: false)
        #expect(filter.shortened(Array(off.utf8)) == Array(off.utf8))
    }

    @Test func linesAreDrawnWithLinesAndLettersWithLetters() {
        #expect(shortened("\u{1B}(Ba\u{1B}(0q\u{1B}(Bb\u{1B}(Bc") == "a\u{1B}(0q\u{1B}(Bbc")
        #expect(shortened("\u{0E}q\u{0F}b\u{0F}c") == "\u{0E}q\u{0F}bc")
    }

    @Test func everyFrameShowsTheSameCells() {
        var generator = SeededGenerator(state: 11)
        let pieces = [
            "a", "é", "日", " ", "\r", "\n", "\u{08}", "\u{1B}[m", "\u{1B}(B\u{1B}[m", "\u{1B}[0;1m", "\u{1B}[0;1;4;7m",
            "\u{1B}[2m", "\u{1B}[22m", "\u{1B}[24;27m", "\u{1B}[31m", "\u{1B}[92m", "\u{1B}[38;5;200m",
            "\u{1B}[38;2;1;2;3m", "\u{1B}[48;5;17m", "\u{1B}[41m", "\u{1B}[39;49m", "\u{1B}[39m", "\u{1B}[49m",
            "\u{1B}[K", "\u{1B}[J", "\u{1B}[3X", "\u{1B}[2P", "\u{1B}[2@", "\u{1B}[L", "\u{1B}[2;3H", "\u{1B}[4d",
            "\u{1B}[7G", "\u{1B}[A", "\u{1B}[5b",
        ]
        for _ in 0..<300 {
            var filter = RenditionFilter(isOn: true)
            var plain = VirtualTerminal(columns: 12, rows: 5)
            var short = plain
            for _ in 0..<4 {
                let frame = (0..<Int.random(in: 0...40, using: &generator)).map { _ in
                    pieces[Int.random(in: 0..<pieces.count, using: &generator)]
                }
                let bytes = Array(frame.joined().utf8)
                let filtered = filter.shortened(bytes)
                plain.receive(bytes)
                short.receive(filtered)
                #expect(short.cells == plain.cells, "\(frame)")
                #expect(short.unknown.isEmpty)
            }
        }
    }
}
