/// Where each key of a TOML text stands, and its value: the parser tells positions of syntax errors only.
///
/// A path holds a key for each table passed and an index from 0 for each array, inline or of tables: `["rules", "0",
/// "when"]`. Made for texts that have been parsed already; in any other it finds what it can and never fails.
package struct KeyPositions: Sendable {
    package struct Entry: Sendable, Hashable {
        package var key: TextPosition
        /// Nil for tables made by a header or a dotted key.
        package var value: TextPosition?
    }

    private var entries: [[String]: Entry] = [:]

    package init(toml: String) {
        var scanner = KeyScanner(toml)
        scanner.scan()
        entries = scanner.entries
    }

    /// The key or value at `path`; nil when the text doesn't hold it.
    package subscript(path: [String]) -> Entry? { entries[path] }
}

/// Walks over a TOML text once and notes every key.
private struct KeyScanner {
    private(set) var entries: [[String]: KeyPositions.Entry] = [:]
    private let scalars: [Unicode.Scalar]
    private var index = 0
    private var line = 1
    private var column = 1
    /// How many elements each array of tables has so far.
    private var tableCounts: [[String]: Int] = [:]
    private var depth = 0

    init(_ text: String) {
        scalars = Array(text.unicodeScalars)
        // A byte order mark is no part of the first key, and editors don't count it.
        if scalars.first == "\u{FEFF}" { index = 1 }
    }

    mutating func scan() {
        var section: [String] = []
        while let scalar = current {
            switch scalar {
            case " ", "\t", "\r", "\n": advance()
            case "#": skipLine()
            case "[": section = header()
            default: assignment(in: section)
            }
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
            if scalar == " " || scalar == "\t" || scalar == "\r" || (newlines && scalar == "\n") {
                advance()
            } else if newlines, scalar == "#" {
                skipLine()
            } else {
                return
            }
        }
    }

    /// `[a.b]` or `[[a.b]]`; returns the path that the keys below belong to.
    private mutating func header() -> [String] {
        advance()
        let isArray = current == "["
        if isArray { advance() }
        let keys = keyPath()
        skipLine()
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

    /// `a.b = value`. Always gets past at least one scalar.
    private mutating func assignment(in section: [String]) {
        let start = index
        var path = section
        for key in keyPath() {
            path.append(key.name)
            note(path, key.position)
        }
        skipBlanks()
        if current == "=" {
            advance()
            value(at: path)
        }
        if index == start { advance() }
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
                if name.isEmpty { return keys }
            }
            keys.append((name, start))
            skipBlanks()
            guard current == "." else { return keys }
            advance()
        }
    }

    private func isBare(_ scalar: Unicode.Scalar) -> Bool {
        scalar == "_" || scalar == "-" || scalar.value >= 0x80 || ("0"..."9").contains(scalar)
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
            while let scalar = current, !",]}#\n".unicodeScalars.contains(scalar) { advance() }
        }
    }

    private mutating func array(at path: [String]) {
        guard enter() else { return }
        defer { depth -= 1 }
        var element = 0
        while true {
            skipBlanks(newlines: true)
            switch current {
            case nil: return
            case "]":
                advance()
                return
            case ",":
                advance()
                element += 1
            default:
                let start = index
                let here = path + [String(element)]
                note(here, position)
                value(at: here)
                if index == start { advance() }
            }
        }
    }

    private mutating func inlineTable(at path: [String]) {
        guard enter() else { return }
        defer { depth -= 1 }
        while true {
            skipBlanks(newlines: true)
            switch current {
            case nil: return
            case "}":
                advance()
                return
            case ",": advance()
            default: assignment(in: path)
            }
        }
    }

    /// Gets past an opening bracket; false, and to the end of the text, where they are nested beyond sense.
    private mutating func enter() -> Bool {
        guard depth < 100 else {
            index = scalars.count
            return false
        }
        depth += 1
        advance()
        return true
    }

    /// Any of the four kinds of strings, with its escapes resolved.
    private mutating func quoted() -> String {
        guard let quote = current else { return "" }
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
            if scalar == "\n", closing == 1 { return text }
            advance()
            if scalar == "\\", quote == "\"" {
                if let resolved = escape() { text.unicodeScalars.append(resolved) }
            } else {
                text.unicodeScalars.append(scalar)
            }
        }
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
