/// Cuts an expression into tokens.
///
/// After `=`, `!=`, `~` and inside `in (…)` a run of word characters is one token even with `-`, `.`, `/` and `:` in it, so
/// that `model = claude-opus-4-6` needs no quotes. Elsewhere those are operators.
struct Lexer {
    /// Longer expressions are refused: nobody writes them, and every later stage may then recurse.
    static let maximumLength = 4096

    private let source: String
    private let characters: [Character]
    private var position = 0
    private var tokens: [Token] = []
    private var inList = false

    static func tokens(of source: String) throws(QueryError) -> [Token] {
        var lexer = Lexer(source)
        return try lexer.run()
    }

    private init(_ source: String) {
        self.source = source
        characters = Array(source.prefix(Self.maximumLength + 1))
    }

    private mutating func run() throws(QueryError) -> [Token] {
        guard characters.count <= Self.maximumLength, source.utf8.count <= 4 * Self.maximumLength else {
            throw QueryError("too long: at most \(Self.maximumLength) characters", at: 0..<0, in: source)
        }
        while let character = current {
            if character.isWhitespace {
                position += 1
            } else if character == "\"" || character == "'" {
                try lexText(quote: character)
            } else if wantsBareText, isWordCharacter(character), character != "-", character != "/" {
                lexBareText()
            } else if isNumberStart(character) {
                try lexNumber()
            } else if character.isLetter || character == "_" {
                lexWord()
            } else {
                try lexOperator(character)
            }
        }
        append(.end, from: position)
        return tokens
    }

    private var current: Character? { character(at: position) }

    private func character(at index: Int) -> Character? {
        index < characters.count ? characters[index] : nil
    }

    private mutating func append(_ kind: Token.Kind, from start: Int) {
        tokens.append(Token(kind: kind, range: start..<position))
    }

    // MARK: Words

    /// Whether a text may stand here without quotes.
    private var wantsBareText: Bool {
        switch tokens.last?.kind {
        case .compare(.equal), .compare(.notEqual), .contains: true
        case .open, .comma: inList
        default: false
        }
    }

    private func isWordCharacter(_ character: Character) -> Bool {
        character.isLetter || character.isNumber || "_.:/@-%$#".contains(character)
    }

    private mutating func lexBareText() {
        let start = position
        while let character = current, isWordCharacter(character) { position += 1 }
        let raw = String(characters[start..<position])
        if let literal = try? Literal.parse(raw) {
            append(.number(literal, raw: raw), from: start)
        } else {
            append(keyword(raw) ?? .word(raw), from: start)
        }
    }

    private mutating func lexWord() {
        let start = position
        while let character = current, character.isLetter || character.isNumber || character == "_" || character == "."
        {
            position += 1
        }
        let raw = String(characters[start..<position])
        let kind = keyword(raw) ?? .word(raw)
        append(kind, from: start)
    }

    private func keyword(_ word: String) -> Token.Kind? {
        switch word.lowercased() {
        case "and": .and
        case "or": .or
        case "not": .not
        case "in": .in
        default: nil
        }
    }

    private mutating func lexText(quote: Character) throws(QueryError) {
        let start = position
        position += 1
        var text = ""
        while let character = current {
            position += 1
            if character == quote {
                append(.text(text), from: start)
                return
            }
            if character == "\\", let next = current, next == quote || next == "\\" {
                text.append(next)
                position += 1
            } else if character == "\\", let scalar = takeScalar() {
                text.unicodeScalars.append(scalar)
            } else {
                text.append(character)
            }
        }
        throw QueryError("this text has no closing \(quote)", at: start..<start + 1, in: source)
    }

    /// Behind a backslash: `u{301}`, for what would melt into its neighbours or can't be seen.
    private mutating func takeScalar() -> Unicode.Scalar? {
        guard current == "u", character(at: position + 1) == "{" else { return nil }
        let digits = characters[(position + 2)...].prefix { $0 != "}" && $0.isHexDigit }
        let end = position + 2 + digits.count
        guard (1...6).contains(digits.count), character(at: end) == "}",
            let scalar = UInt32(String(digits), radix: 16).flatMap(Unicode.Scalar.init)
        else { return nil }
        position = end + 1
        return scalar
    }

    // MARK: Numbers

    private func isNumberStart(_ character: Character) -> Bool {
        if character.isASCII, character.isNumber || character == "$" { return true }
        guard character == ".", let next = self.character(at: position + 1) else { return false }
        return next.isASCII && next.isNumber
    }

    private mutating func lexNumber() throws(QueryError) {
        let start = position
        if current == "$" { position += 1 }
        while let character = current, character.isLetter || character.isNumber || character == "." || character == "%"
        {
            position += 1
        }
        // A slash belongs to the number only before a unit of time: `$50/h`, but `100/requests`.
        if current == "/" {
            let unit = characters[(position + 1)...].prefix { $0.isLetter || $0.isNumber || $0 == "_" }
            if Literal.isPerUnit(String(unit)) { position += 1 + unit.count }
        }
        let raw = String(characters[start..<position])
        do throws(Literal.Failure) {
            append(.number(try Literal.parse(raw), raw: raw), from: start)
        } catch {
            throw QueryError(Self.explain(error, raw), at: start..<position, in: source)
        }
    }

    private static func explain(_ failure: Literal.Failure, _ raw: String) -> String {
        switch failure {
        case .unknownUnit(let unit):
            "unknown unit \"\(unit)\" in \(raw); units are %, ms, s, m, h, d, k, M, $ and $…/h"
        case .tooLarge: "\(raw) has too many digits"
        case .malformed: "\(raw) is not a number"
        }
    }

    // MARK: Operators

    private mutating func lexOperator(_ character: Character) throws(QueryError) {
        let start = position
        let next = self.character(at: position + 1)
        position += 1
        switch character {
        case "(":
            if case .in = tokens.last?.kind { inList = true }
            append(.open, from: start)
        case ")":
            inList = false
            append(.close, from: start)
        case ",": append(.comma, from: start)
        case "+": append(.plus, from: start)
        case "-", "−": append(.minus, from: start)
        case "*": append(.times, from: start)
        case "/": append(.divide, from: start)
        case "~": append(.contains, from: start)
        case ">", "<", "=", "!":
            if next == "=" { position += 1 }
            guard let comparison = Self.comparison(character, equals: next == "=") else {
                throw QueryError("write \"not\"", at: start..<position, in: source)
            }
            append(.compare(comparison), from: start)
        case "≥": append(.compare(.greaterOrEqual), from: start)
        case "≤": append(.compare(.lessOrEqual), from: start)
        case "≠": append(.compare(.notEqual), from: start)
        case "&", "|":
            if next == character { position += 1 }
            throw QueryError("write \"\(character == "&" ? "and" : "or")\"", at: start..<position, in: source)
        default:
            throw QueryError("\(character) has no meaning here", at: start..<position, in: source)
        }
    }

    private static func comparison(_ character: Character, equals: Bool) -> ComparisonOperator? {
        switch (character, equals) {
        case (">", false): .greater
        case (">", true): .greaterOrEqual
        case ("<", false): .less
        case ("<", true): .lessOrEqual
        case ("=", _): .equal
        case ("!", true): .notEqual
        default: nil
        }
    }
}
