/// One word of an expression, with the characters it was read from.
struct Token: Sendable, Hashable {
    enum Kind: Sendable, Hashable {
        /// The text as written stands beside it: `prompt_version = 3` means the text "3".
        case number(Literal, raw: String)
        /// In quotes.
        case text(String)
        /// A name, or an unquoted text such as `claude-opus-4-6`.
        case word(String)
        case and, or, not, `in`
        case compare(ComparisonOperator)
        case contains
        case plus, minus, times, divide
        case open, close, comma
        case end
    }

    let kind: Kind
    let range: Range<Int>
}

/// How two values are compared.
package enum ComparisonOperator: String, Sendable, Hashable, CaseIterable {
    case greater = ">"
    case greaterOrEqual = ">="
    case less = "<"
    case lessOrEqual = "<="
    case equal = "="
    case notEqual = "!="

    /// The operator that is true exactly where this one is false.
    var inverse: ComparisonOperator {
        switch self {
        case .greater: .lessOrEqual
        case .greaterOrEqual: .less
        case .less: .greaterOrEqual
        case .lessOrEqual: .greater
        case .equal: .notEqual
        case .notEqual: .equal
        }
    }

    /// The operator with its sides exchanged.
    package var mirrored: ComparisonOperator {
        switch self {
        case .greater: .less
        case .greaterOrEqual: .lessOrEqual
        case .less: .greater
        case .lessOrEqual: .greaterOrEqual
        case .equal, .notEqual: self
        }
    }

    func holds(_ ordering: Ordering) -> Bool {
        switch self {
        case .greater: ordering == .greater
        case .greaterOrEqual: ordering != .less
        case .less: ordering == .less
        case .lessOrEqual: ordering != .greater
        case .equal: ordering == .equal
        case .notEqual: ordering != .equal
        }
    }
}

/// The four of arithmetic.
package enum ArithmeticOperator: String, Sendable, Hashable {
    case add = "+"
    case subtract = "-"
    case multiply = "*"
    case divide = "/"
}
