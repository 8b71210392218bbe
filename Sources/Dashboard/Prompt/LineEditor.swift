import Canvas

/// One line of text being typed, with the keys that shells have taught everybody.
struct LineEditor: Sendable, Hashable {
    private(set) var characters: [Character] = []
    /// Before which character the next one goes.
    private(set) var cursor = 0

    /// As long as an expression may be.
    private static let limit = 4096

    init(_ text: String = "") {
        characters = Array(text.prefix(Self.limit))
        cursor = characters.count
    }

    var text: String { String(characters) }

    /// Takes a key in; false if it is none for editing.
    mutating func edit(_ key: Key) -> Bool {
        switch key {
        case .character(let character): insert([character])
        case .backspace: if cursor > 0 { remove(cursor - 1..<cursor) }
        case .delete, .control("d"): if cursor < characters.count { remove(cursor..<cursor + 1) }
        case .left, .control("b"): cursor = max(0, cursor - 1)
        case .right, .control("f"): cursor = min(characters.count, cursor + 1)
        case .home, .control("a"): cursor = 0
        case .end, .control("e"): cursor = characters.count
        case .control("u"): remove(0..<cursor)
        case .control("k"): remove(cursor..<characters.count)
        case .control("w"): remove(startOfWord..<cursor)
        default: return false
        }
        return true
    }

    private mutating func insert(_ new: [Character]) {
        guard characters.count + new.count <= Self.limit else { return }
        characters.insert(contentsOf: new, at: cursor)
        cursor += new.count
    }

    private mutating func remove(_ range: Range<Int>) {
        characters.removeSubrange(range)
        cursor = range.lowerBound
    }

    private var startOfWord: Int {
        var start = cursor
        while start > 0, characters[start - 1] == " " { start -= 1 }
        while start > 0, characters[start - 1] != " " { start -= 1 }
        return start
    }

    /// The name or value that ends at the cursor: what a completion would replace.
    var wordBeforeCursor: Range<Int> {
        var start = cursor
        while start > 0, !" ()=<>!~,\"".contains(characters[start - 1]) { start -= 1 }
        return start..<cursor
    }

    /// Puts a text in the place of some characters, the cursor after it.
    mutating func replace(_ range: Range<Int>, with text: String) {
        let range = range.clamped(to: 0..<characters.count)
        guard characters.count - range.count + text.count <= Self.limit else { return }
        characters.replaceSubrange(range, with: Array(text))
        cursor = range.lowerBound + text.count
    }
}
