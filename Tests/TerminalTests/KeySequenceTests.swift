import Canvas
import Testing

@testable import Terminal

/// Sequences that terminfo's entry of the terminal at hand does not tell.
struct KeySequenceTests {
    /// The keys that a decoder makes of these bytes when curses knows none of their sequences.
    private func keys(_ text: String) -> [Key] {
        var queue = text.unicodeScalars.map { RawKey.scalar($0.value) }
        var decoder = KeyDecoder()
        var keys: [Key] = []
        while let key = decoder.next({ queue.isEmpty ? .none : queue.removeFirst() }) { keys.append(key) }
        return keys
    }

    @Test(arguments: [
        ("\u{1B}[A", Key.up), ("\u{1B}[1;2A", .shiftUp), ("\u{1B}[1;2B", .shiftDown), ("\u{1B}[1;2D", .shiftLeft),
        ("\u{1B}[1;5C", .controlRight), ("\u{1B}[1;5D", .controlLeft), ("\u{1B}[H", .home), ("\u{1B}[F", .end),
        ("\u{1B}[1~", .home), ("\u{1B}[4~", .end), ("\u{1B}[7~", .home), ("\u{1B}[8~", .end), ("\u{1B}[2~", .insert),
        ("\u{1B}[3~", .delete), ("\u{1B}[5~", .pageUp), ("\u{1B}[6~", .pageDown), ("\u{1B}[Z", .backTab),
        ("\u{1B}[[A", .function(1)), ("\u{1B}[[E", .function(5)), ("\u{1B}[15~", .function(5)),
        ("\u{1B}[24~", .function(12)), ("\u{1B}OP", .function(1)), ("\u{1B}OH", .home), ("\u{1B}OA", .up),
        ("\u{1B}[a", .shiftUp), ("\u{1B}[d", .shiftLeft), ("\u{1B}Oc", .controlRight), ("\u{1B}OM", .enter),
        ("\u{1B}Oy", .character("9")), ("\u{1B}Ok", .character("+")),
        ("\u{1B}[<0;240;70M", .click(x: 239, y: 69)), ("\u{1B}[<4;1;1M", .click(x: 0, y: 0)),
        ("\u{1B}[<64;3;2M", .wheel(up: true, x: 2, y: 1)), ("\u{1B}[<65;3;2M", .wheel(up: false, x: 2, y: 1)),
    ])
    func aSequenceIsItsKey(bytes: String, key: Key) {
        #expect(keys(bytes) == [key], "\(bytes.debugDescription)")
        #expect(keys(bytes + "j") == [key, .character("j")])
    }

    @Test(arguments: [
        "\u{1B}[I", "\u{1B}[200~", "\u{1B}[113;5u", "\u{1B}[?1;2q", "\u{1B}[1;3A", "\u{1B}[5;2~", "\u{1B}[2;2A",
        "\u{1B}[1;2;3A", "\u{1B}[:;:A", "\u{1B}[99~", "\u{1B}[99999999999999999999~", "\u{1B}[<0;5;7m",
        "\u{1B}[<35;5;7M", "\u{1B}[<0;0;7M", "\u{1B}[<0;5M", "\u{1B}[<M", "\u{1B}[<2;5;7M", "\u{1B}O1", "\u{1B}Oé",
    ])
    func whatIsNoKeyIsSwallowedWhole(bytes: String) {
        #expect(keys(bytes + "j") == [.character("j")], "\(bytes.debugDescription)")
    }

    @Test func namesOfTheUserDefinedPartAreKeys() {
        #expect(KeySequence.key(capability: "kLFT5") == .controlLeft)
        #expect(KeySequence.key(capability: "kUP") == .shiftUp)
        #expect(KeySequence.key(capability: "kHOM3") == nil)
    }
}

struct ClipboardTests {
    @Test func base64IsAsEverywhere() {
        for (text, encoded) in [
            ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("é?~", "w6k/fg=="),
        ] {
            #expect(Clipboard.base64(Array(text.utf8)) == Array(encoded.utf8))
        }
    }

    @Test func onlyWhatPastesAsItLooksIsLeft() {
        #expect(Clipboard.stripped("a\u{1B}[31mb\r\n\tc\u{7F}\u{9B}\u{202E}d\u{2028}\u{FEFF}e") == "a[31mb\n\tcde")
        #expect(Clipboard.stripped("👩\u{200D}💻é日") == "👩\u{200D}💻é日")
    }

    @Test func theLargestIsSentAndNothingAbove() {
        let most = 56_244
        let largest = Clipboard.sequence([UInt8](repeating: 120, count: most), isInScreen: false)
        #expect(largest?.count == 74_992 + 8)
        #expect(Clipboard.sequence([UInt8](repeating: 120, count: most + 1), isInScreen: false) == nil)
    }

    /// screen hands on what stands within its control strings, which its own terminator must not end early.
    @Test(arguments: [1, 100, 1_000, 10_000]) func screenIsGivenPiecesThatAddUp(size: Int) throws {
        let text = (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        let plain = try #require(Clipboard.sequence(text, isInScreen: false))
        let wrapped = try #require(Clipboard.sequence(text, isInScreen: true))
        let pieces = String(decoding: wrapped, as: UTF8.self).components(separator: "\u{1B}\\")
        #expect(pieces.last == "" && pieces.count > 1)
        #expect(pieces.dropLast().allSatisfy { $0.hasPrefix("\u{1B}P") && $0.utf8.count <= 242 })
        #expect(
            pieces.map { $0.hasPrefix("\u{1B}P") ? String($0.dropFirst(2)) : $0 }.joined().utf8.elementsEqual(plain))
    }
}

extension String {
    fileprivate func components(separator: String) -> [String] {
        var result: [String] = []
        var rest = self[...]
        while let found = rest.firstRange(of: separator) {
            result.append(String(rest[..<found.lowerBound]))
            rest = rest[found.upperBound...]
        }
        return result + [String(rest)]
    }
}
