import Canvas
import Glibc
import Testing

@testable import Terminal

/// What is decided without any terminal.
struct DecisionTests {
    @Test func depthFollowsTheTerminalAndTheUser() {
        func depth(_ colours: Int, colourTerm: String = "", noColour: String = "", type: String = "xterm")
            -> ColourDepth
        {
            TerminalEnvironment(type: type, colourTerm: colourTerm, noColour: noColour)
                .depth(colours: colours, takesTrueColour: true)
        }
        #expect(
            [-1, 0, 2, 8, 15, 16, 88, 256, 1 << 24].map { depth($0) }
                == [.mono, .mono, .mono, .eight, .eight, .sixteen, .sixteen, .indexed256, .truecolor])
        #expect(depth(256, colourTerm: "truecolor") == .truecolor)
        #expect(depth(256, colourTerm: "24bit") == .truecolor)
        #expect(depth(256, colourTerm: "yes") == .indexed256)
        #expect(depth(8, colourTerm: "truecolor") == .eight)
        #expect(depth(1 << 24, noColour: "0") == .mono)
        #expect(depth(256, type: "dumb") == .mono)
    }

    @Test func utf8IsReadFromTheNameOfTheLocale() {
        for (locale, expected) in [
            ("de_DE.UTF-8", true), ("C.utf8", true), ("de_DE.UTF-8@euro", true), ("de_DE", false), ("C", false),
            ("", false),
            ("de_DE.ISO-8859-1", false), (".", false),
        ] {
            #expect(TerminalEnvironment(type: "", locale: locale).namesUTF8 == expected, "\(locale)")
        }
    }

    @Test func delaysAreTakenOutOfCapabilities() {
        #expect(TerminalType.withoutDelays("\u{1B}[?1l$<5/>x$<2*>") == "\u{1B}[?1lx")
        #expect(TerminalType.withoutDelays("a$<5") == "a$<5")
    }

    @Test func slotsBecomeTrueColours() {
        var filter = TrueColourFilter()
        #expect(filter.number(red: 1, green: 2, blue: 3) == 16)
        #expect(filter.number(red: 9, green: 9, blue: 9) == 17)
        #expect(filter.number(red: 1, green: 2, blue: 3) == 16)
        func rewritten(_ text: String) -> String { String(decoding: filter.rewrite(Array(text.utf8)), as: UTF8.self) }
        #expect(rewritten("a\u{1B}[38;5;16mb") == "a\u{1B}[38;2;1;2;3mb")
        #expect(rewritten("\u{1B}[1;38;5;16;48;5;17m") == "\u{1B}[1;38;2;1;2;3;48;2;9;9;9m")
        // What is xterm's by number goes by it, but for the few numbers that colour schemes take.
        #expect(filter.number(red: 138, green: 138, blue: 138) == 18)
        #expect(filter.number(red: 0, green: 0, blue: 95) == 19)
        #expect(rewritten("\u{1B}[38;5;18;48;5;19m") == "\u{1B}[38;5;245;48;2;0;0;95m")
        // Other colours, other sequences, text and broken ends stay as they are.
        for same in [
            "\u{1B}[38;5;99m", "\u{1B}[31m", "\u{1B}[m", "\u{1B}[16;5H", "38;5;16m", "\u{1B}[38;5;16", "\u{1B}",
            "\u{1B}[", "日",
        ] {
            #expect(rewritten(same) == same)
        }
    }

    @Test func moreColoursThanSlotsTakeTheNearest() {
        var filter = TrueColourFilter()
        for level in 0..<240 { _ = filter.number(red: UInt8(level), green: 0, blue: 0) }
        #expect(filter.number(red: 255, green: 0, blue: 0) == 255)
        #expect(filter.number(red: 100, green: 1, blue: 0) == 116)
    }

    @Test func anyBytesPassTheFilterUnharmed() {
        var filter = TrueColourFilter()
        _ = filter.number(red: 1, green: 2, blue: 3)
        var generator = SeededGenerator(state: 7)
        let alphabet = Array("\u{1B}[;0158m3H日".utf8)
        for _ in 0..<2000 {
            let bytes = (0..<Int.random(in: 0...24, using: &generator)).map { _ in
                alphabet[Int.random(in: 0..<alphabet.count, using: &generator)]
            }
            let rewritten = filter.rewrite(bytes)
            // What was written is not written again, and nothing else changes.
            #expect(filter.rewrite(rewritten) == rewritten)
            if !String(decoding: bytes, as: UTF8.self).contains("8;5;") { #expect(rewritten == bytes) }
        }
    }

    @Test func glyphsAreDrawnInTheColumnsTheyWereGiven() {
        // Columns by the C library: two for the range of CJK, none for marks, one for the rest.
        var encoder = GlyphEncoder(isUTF8: true, mostScalars: 5) { scalar in
            switch scalar.value {
            case 0x4E00...0x9FFF, 0x1F300...0x1F64F: 2
            case 0x300...0x36F, 0x200D, 0xFE0F: 0
            default: 1
            }
        }
        func encoded(_ glyph: Character, wide: Bool = false) -> GlyphEncoder.Encoded {
            encoder.encode(glyph, isWide: wide)
        }
        #expect(encoded("日", wide: true) == .init(scalars: ["日"]))
        #expect(encoded("日") == .init(scalars: ["·"]))
        #expect(encoded("A", wide: true) == .init(scalars: ["A"], blankAfter: true))
        #expect(encoded("❤\u{FE0F}", wide: true) == .init(scalars: ["❤"], blankAfter: true))
        #expect(encoded("👩\u{200D}💻", wide: true) == .init(scalars: ["👩"]))
        #expect(encoded("🇩🇪", wide: true) == .init(scalars: ["·"], blankAfter: true))
        #expect(encoded("e\u{301}") == .init(scalars: ["e", "\u{301}"]))
        #expect(encoded("e\u{301}\u{302}\u{303}\u{304}\u{305}").scalars.count == 5)
        for bad: Character in ["\u{1B}", "\u{9B}", "\r\n", "\u{7F}", "\u{202E}", "\u{301}", "\u{2028}", "\u{FFFF}"] {
            #expect(encoded(bad) == .init(scalars: ["·"]))
        }
    }

    @Test func outsideUTF8EveryOtherGlyphIsAQuestionMark() {
        var encoder = GlyphEncoder(isUTF8: false, mostScalars: 5) { _ in 1 }
        #expect(encoder.encode("é", isWide: false) == .init(scalars: ["?"]))
        #expect(encoder.encode("日", isWide: true) == .init(scalars: ["?"], blankAfter: true))
        #expect(encoder.encode("\u{1B}", isWide: false) == .init(scalars: ["?"]))
        #expect(encoder.encode("a", isWide: false) == .init(scalars: ["a"]))
    }

    @Test func signalsAreKeptUntilTaken() {
        var pending = PendingSignals()
        for signal in [SIGWINCH, SIGINT, SIGTERM, SIGTSTP, SIGUSR1] { pending.insert(signal) }
        #expect(pending.termination == SIGINT)
        #expect(pending.windowChanged && pending.stop && !pending.continued && !pending.hangup)
        pending.insert(SIGHUP)
        #expect(pending.hangup && pending.termination == SIGINT)
    }

    /// A service takes SIGHUP for changed settings: it must not hide that the service is to end.
    @Test func aHangupHidesNoTermination() {
        var pending = PendingSignals()
        pending.insert(SIGHUP)
        #expect(pending.termination == SIGHUP)
        pending.insert(SIGTERM)
        #expect(pending.hangup && pending.termination == SIGTERM)
    }

    @Test func keysAreDecodedFromWhateverCursesReads() {
        var queue: [RawKey] = []
        var decoder = KeyDecoder()
        func keys(_ raw: [RawKey]) -> [Key] {
            queue = raw
            var keys: [Key] = []
            while let key = decoder.next({ queue.isEmpty ? .none : queue.removeFirst() }) { keys.append(key) }
            return keys
        }
        #expect(keys([.scalar(0x1B)]) == [.escape])
        #expect(keys([.scalar(0x1B), .scalar(0x71)]) == [.escape, .character("q")])
        #expect(keys([.scalar(0x1B), .scalar(0x1B)]) == [.escape, .escape])
        #expect(keys([.scalar(0x1B), .scalar(0x5B), .scalar(0x49), .scalar(0x71)]) == [.character("q")])
        #expect(
            keys([.scalar(0x1B), .scalar(0x4F), .scalar(0x71), .code(-5), .scalar(0x61)]) == [
                .character("1"), .character("a"),
            ])
        #expect(keys([.scalar(0xD800), .scalar(0x11_0000), .scalar(0x85), .scalar(3)]) == [.control("c")])
    }
}

/// Splitmix64.
struct SeededGenerator: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
