/// Reads tokens into syntax by recursive descent. From loose to tight: `or`, `and`, `not`, comparisons, `+ -`, `* /`, `-x`.
struct Parser {
    /// Deeper nesting and longer sums are refused, so that no later stage can exhaust the stack.
    private static let maximumDepth = 50
    private static let maximumOperators = 200

    private let source: String
    private let tokens: [Token]
    private var position = 0
    private var depth = 0
    private var operators = 0

    static func parse(_ source: String) throws(QueryError) -> Syntax {
        var parser = Parser(source: source, tokens: try Lexer.tokens(of: source))
        if case .end = parser.token.kind {
            throw QueryError("an expression is expected, such as error_rate > 10%", at: 0..<0, in: source)
        }
        let syntax = try parser.alternatives()
        guard case .end = parser.token.kind else { throw parser.unexpected("\"and\" or \"or\"") }
        return syntax
    }

    /// A name or a call alone, as messages have them in braces.
    static func parseValue(_ source: String) throws(QueryError) -> Syntax {
        var parser = Parser(source: source, tokens: try Lexer.tokens(of: source))
        let syntax = try parser.primary()
        guard case .end = parser.token.kind else { throw parser.unexpected("\"}\"") }
        return syntax
    }

    private init(source: String, tokens: [Token]) {
        self.source = source
        self.tokens = tokens
    }

    // The lexer's last token is `.end`, and nothing moves beyond it.
    private var token: Token { tokens[position] }

    private mutating func advance() {
        if position + 1 < tokens.count { position += 1 }
    }

    private mutating func take(_ kind: Token.Kind) -> Bool {
        guard token.kind == kind else { return false }
        advance()
        return true
    }

    private func unexpected(_ wanted: String) -> QueryError {
        if case .end = token.kind { return QueryError("\(wanted) is expected here", at: token.range, in: source) }
        let text = String(Array(source)[token.range])
        return QueryError("\(wanted) is expected, not \(text)", at: token.range, in: source)
    }

    private mutating func nested<T>(_ parse: (inout Parser) throws(QueryError) -> T) throws(QueryError) -> T {
        guard depth < Self.maximumDepth else {
            throw QueryError("too deeply nested", at: token.range, in: source)
        }
        depth += 1
        defer { depth -= 1 }
        return try parse(&self)
    }

    // MARK: Conditions

    private mutating func alternatives() throws(QueryError) -> Syntax {
        var parts = [try conjunction()]
        while take(.or) { parts.append(try conjunction()) }
        return parts.count == 1 ? parts[0] : .any(parts)
    }

    private mutating func conjunction() throws(QueryError) -> Syntax {
        var parts = [try negation()]
        while take(.and) { parts.append(try negation()) }
        return parts.count == 1 ? parts[0] : .all(parts)
    }

    private mutating func negation() throws(QueryError) -> Syntax {
        let start = token.range.lowerBound
        guard take(.not) else { return try comparison() }
        let inner = try nested { (parser: inout Parser) throws(QueryError) in try parser.negation() }
        return .not(inner, start..<inner.range.upperBound)
    }

    private mutating func comparison() throws(QueryError) -> Syntax {
        let left = try sum()
        let result: Syntax
        switch token.kind {
        case .compare(let comparison):
            advance()
            result = .compare(comparison, left, try sum())
        case .contains:
            advance()
            result = .contains(left, try sum())
        case .in:
            advance()
            return try membership(left, negated: false)
        case .not:
            advance()
            guard take(.in) else { throw unexpected("\"in\"") }
            return try membership(left, negated: true)
        default: return left
        }
        if case .compare = token.kind {
            throw QueryError("comparisons do not chain; join two of them with \"and\"", at: token.range, in: source)
        }
        return result
    }

    private mutating func membership(_ left: Syntax, negated: Bool) throws(QueryError) -> Syntax {
        guard take(.open) else { throw unexpected("\"(\"") }
        let (items, end) = try list()
        if items.isEmpty { throw QueryError("the list is empty", at: end - 1..<end, in: source) }
        return .membership(left, items, negated: negated, left.range.lowerBound..<end)
    }

    /// Items up to and with the closing parenthesis, and where it ends.
    private mutating func list() throws(QueryError) -> (items: [Syntax], end: Int) {
        var items: [Syntax] = []
        if case .close = token.kind {
        } else {
            repeat {
                items.append(try nested { (parser: inout Parser) throws(QueryError) in try parser.sum() })
            } while take(.comma)
        }
        let end = token.range.upperBound
        guard take(.close) else { throw unexpected("\",\" or \")\"") }
        return (items, end)
    }

    // MARK: Numbers

    private mutating func sum() throws(QueryError) -> Syntax {
        try chain(
            [.plus: .add, .minus: .subtract], of: { (parser: inout Parser) throws(QueryError) in try parser.product() })
    }

    private mutating func product() throws(QueryError) -> Syntax {
        try chain(
            [.times: .multiply, .divide: .divide],
            of: { (parser: inout Parser) throws(QueryError) in try parser.prefixed() })
    }

    private mutating func chain(
        _ operators: [Token.Kind: ArithmeticOperator], of operand: (inout Parser) throws(QueryError) -> Syntax
    ) throws(QueryError) -> Syntax {
        var result = try operand(&self)
        while let operation = operators[token.kind] {
            self.operators += 1
            guard self.operators <= Self.maximumOperators else {
                throw QueryError("too many operators", at: token.range, in: source)
            }
            advance()
            result = .arithmetic(operation, result, try operand(&self))
        }
        return result
    }

    private mutating func prefixed() throws(QueryError) -> Syntax {
        let start = token.range.lowerBound
        guard take(.minus) else { return try primary() }
        let inner = try nested { (parser: inout Parser) throws(QueryError) in try parser.prefixed() }
        return .negate(inner, start..<inner.range.upperBound)
    }

    private mutating func primary() throws(QueryError) -> Syntax {
        let range = token.range
        switch token.kind {
        case .number(let literal, let raw):
            advance()
            return .number(literal, raw: raw, range)
        case .text(let text):
            advance()
            return .text(text, range)
        case .word(let name):
            advance()
            guard take(.open) else { return .word(name, range) }
            let (arguments, end) = try list()
            return .call(name, nameRange: range, arguments, range.lowerBound..<end)
        case .open:
            advance()
            let inner = try nested { (parser: inout Parser) throws(QueryError) in try parser.alternatives() }
            guard take(.close) else { throw unexpected("\")\"") }
            return inner
        default:
            throw unexpected("a name or a number")
        }
    }
}
