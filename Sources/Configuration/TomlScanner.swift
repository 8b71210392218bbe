/// Walks over a TOML text once, notes where every key stands, and stops at the first thing that can't be TOML.
///
/// It is the parser's guard as well. toml++ 3.4 (inside TOMLKit 0.6.0) trips over its own assertions, undefined
/// behaviour in release builds, on a table header without a name, on dates with anything odd behind them and on exotic
/// white space: what a file looks like while it is being edited. Nothing of that kind is let through; numbers, escapes,
/// dates that don't exist and keys named twice are left to the parser.
struct TomlScanner {
    private(set) var entries: [[String]: KeyPositions.Entry] = [:]
    /// The first mistake, and where it is.
    private(set) var problem: (position: TextPosition, message: String)?
    private let scalars: [Unicode.Scalar]
    private var index = 0
    private var line = 1
    private var column = 1
    /// How many elements each array of tables has so far.
    private var tableCounts: [[String]: Int] = [:]
    private var depth = 0
    /// Levels of tables and arrays: the parser, and whoever walks over its values, does so recursively.
    private static let deepest = 100

    init(_ text: String) {
        scalars = Array(text.unicodeScalars)
        // A byte order mark is no part of the first key, and editors don't count it.
        if scalars.first == "\u{FEFF}" { index = 1 }
        scan()
    }

    private mutating func scan() {
        var section: [String] = []
        while let scalar = current {
            switch scalar {
            case " ", "\t", "\r", "\n": advance()
            case "#": skipLine()
            case "[": section = header()
            default:
                assignment(in: section)
                endLine()
            }
        }
    }

    private mutating func fail(_ message: String, at place: TextPosition? = nil) {
        if problem == nil { problem = (place ?? position, message) }
        index = scalars.count
    }

    private mutating func endLine() {
        skipBlanks()
        switch current {
        case nil, "\n": return
        case "#": skipLine()
        default: fail("expected the end of the line")
        }
    }

    private var current: Unicode.Scalar? { index < scalars.count ? scalars[index] : nil }
    private var position: TextPosition { TextPosition(line: line, column: column) }

    private mutating func advance() {
        guard index < scalars.count else { return }
        if scalars[index] == "\n" {
            line += 1
            column = 1
        } else {
            column += 1
        }
        index += 1
    }

    private mutating func skipLine() {
        while let scalar = current, scalar != "\n" { advance() }
    }

    private mutating func skipBlanks(newlines: Bool = false) {
        while let scalar = current {
            if scalar == " " || scalar == "\t" || isLineEnd(at: index) || (newlines && scalar == "\n") {
                advance()
            } else if newlines, scalar == "#" {
                skipLine()
            } else {
                return
            }
        }
    }

    /// A carriage return alone ends no line, and the parser trips over one before a key.
    private func isLineEnd(at place: Int) -> Bool {
        scalars[place] == "\r" && place + 1 < scalars.count && scalars[place + 1] == "\n"
    }

    /// `[a.b]` or `[[a.b]]`; returns the path that the keys below belong to.
    private mutating func header() -> [String] {
        advance()
        let isArray = current == "["
        if isArray { advance() }
        let keys = keyPath()
        for _ in 0..<(isArray ? 2 : 1) {
            guard current == "]" else {
                fail("expected ']' behind the table's name")
                return []
            }
            advance()
        }
        endLine()
        guard keys.count <= Self.deepest else {
            fail("nested too deeply")
            return []
        }
        var path: [String] = []
        for (number, key) in keys.enumerated() {
            path.append(key.name)
            note(path, key.position)
            if isArray, number == keys.count - 1 {
                let element = tableCounts[path, default: 0]
                tableCounts[path] = element + 1
                path.append(String(element))
                note(path, key.position)
            } else if let count = tableCounts[path] {
                path.append(String(count - 1))
            }
        }
        return path
    }

    /// `a.b = value`.
    private mutating func assignment(in section: [String]) {
        var path = section
        let keys = keyPath()
        guard section.count + keys.count <= Self.deepest else {
            fail("nested too deeply")
            return
        }
        for key in keys {
            path.append(key.name)
            note(path, key.position)
        }
        skipBlanks()
        guard current == "=" else {
            fail("expected '=' behind the key")
            return
        }
        advance()
        value(at: path)
    }

    private mutating func keyPath() -> [(name: String, position: TextPosition)] {
        var keys: [(name: String, position: TextPosition)] = []
        while true {
            skipBlanks()
            let start = position
            var name = ""
            if current == "\"" || current == "'" {
                name = quoted()
            } else {
                while let scalar = current, isBare(scalar) {
                    name.unicodeScalars.append(scalar)
                    advance()
                }
                if name.isEmpty {
                    fail("expected a key")
                    return keys
                }
            }
            keys.append((name, start))
            skipBlanks()
            guard current == "." else { return keys }
            advance()
        }
    }

    private func isBare(_ scalar: Unicode.Scalar) -> Bool {
        scalar == "_" || scalar == "-" || ("0"..."9").contains(scalar)
            || ("a"..."z").contains(scalar) || ("A"..."Z").contains(scalar)
    }

    private mutating func value(at path: [String]) {
        skipBlanks()
        note(path, position, isValue: true)
        switch current {
        case "\"", "'": _ = quoted()
        case "[": array(at: path)
        case "{": inlineTable(at: path)
        default:
            let start = position
            var word = ""
            while let scalar = current, !",]}#\r\n".unicodeScalars.contains(scalar) {
                word.unicodeScalars.append(scalar)
                advance()
            }
            if !TomlWord.isPlausible(word) {
                fail("expected a value: a string in quotes, a number, true, false, a date, [ or {", at: start)
            }
        }
    }

    private mutating func array(at path: [String]) {
        guard enter() else { return }
        defer { depth -= 1 }
        for element in 0... {
            skipBlanks(newlines: true)
            if current == "]" { break }
            let here = path + [String(element)]
            note(here, position)
            value(at: here)
            skipBlanks(newlines: true)
            if current == "]" { break }
            guard current == "," else {
                fail("expected ',' or ']'")
                return
            }
            advance()
        }
        advance()
    }

    private mutating func inlineTable(at path: [String]) {
        guard enter() else { return }
        defer { depth -= 1 }
        skipBlanks()
        while current != "}" {
            assignment(in: path)
            skipBlanks()
            if current == "}" { break }
            guard current == "," else {
                fail("expected ',' or '}'")
                return
            }
            advance()
            skipBlanks()
        }
        advance()
    }

    /// Gets past an opening bracket; false where they are nested beyond sense.
    private mutating func enter() -> Bool {
        guard depth < Self.deepest else {
            fail("nested too deeply")
            return false
        }
        depth += 1
        advance()
        return true
    }

    /// Any of the four kinds of strings, with its escapes resolved.
    private mutating func quoted() -> String {
        guard let quote = current else { return "" }
        let start = position
        advance()
        var closing = 1
        if current == quote {
            advance()
            guard current == quote else { return "" }
            advance()
            closing = 3
        }
        var text = ""
        while let scalar = current {
            if scalar == quote, closing == 1 || (isQuote(quote, at: index + 1) && isQuote(quote, at: index + 2)) {
                for _ in 0..<closing { advance() }
                // A multi-line string may end in up to two quotes of its own.
                while closing == 3, current == quote { advance() }
                return text
            }
            if scalar == "\n", closing == 1 { break }
            advance()
            if scalar == "\\", quote == "\"" {
                guard let resolved = escape() else { continue }
                // The parser hands strings over as C strings, which end there.
                if resolved == "\0" {
                    fail("a string can't hold a NUL character", at: start)
                    return text
                }
                text.unicodeScalars.append(resolved)
            } else {
                text.unicodeScalars.append(scalar)
            }
        }
        fail("the string isn't closed", at: start)
        return text
    }

    private func isQuote(_ quote: Unicode.Scalar, at place: Int) -> Bool {
        place < scalars.count && scalars[place] == quote
    }

    private mutating func escape() -> Unicode.Scalar? {
        guard let scalar = current else { return nil }
        advance()
        switch scalar {
        case "b": return "\u{8}"
        case "t": return "\t"
        case "n": return "\n"
        case "f": return "\u{C}"
        case "r": return "\r"
        case "u", "U":
            var code: UInt32 = 0
            for _ in 0..<(scalar == "u" ? 4 : 8) {
                guard let digit = current.flatMap({ Character($0).hexDigitValue }) else { return nil }
                code = code << 4 | UInt32(digit)
                advance()
            }
            return Unicode.Scalar(code)
        default: return scalar
        }
    }

    private mutating func note(_ path: [String], _ place: TextPosition, isValue: Bool = false) {
        if isValue {
            entries[path]?.value = place
        } else if entries[path] == nil {
            // The first mention: a dotted key names its tables again and again.
            entries[path] = KeyPositions.Entry(key: place)
        }
    }
}
