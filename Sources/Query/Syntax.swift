/// An expression as it was written, before any name has a meaning.
indirect enum Syntax: Sendable {
    case number(Literal, raw: String, Range<Int>)
    /// In quotes.
    case text(String, Range<Int>)
    /// A name, or an unquoted text: only the other side of a comparison tells.
    case word(String, Range<Int>)
    case call(String, nameRange: Range<Int>, [Syntax], Range<Int>)
    case negate(Syntax, Range<Int>)
    case arithmetic(ArithmeticOperator, Syntax, Syntax)
    case compare(ComparisonOperator, Syntax, Syntax)
    case contains(Syntax, Syntax)
    case membership(Syntax, [Syntax], negated: Bool, Range<Int>)
    case not(Syntax, Range<Int>)
    /// Two or more.
    case all([Syntax])
    case any([Syntax])

    /// The characters it was read from.
    var range: Range<Int> {
        switch self {
        case .number(_, _, let range), .text(_, let range), .word(_, let range), .call(_, _, _, let range),
            .negate(_, let range), .membership(_, _, _, let range), .not(_, let range):
            range
        case .arithmetic(_, let left, let right), .compare(_, let left, let right), .contains(let left, let right):
            left.range.lowerBound..<right.range.upperBound
        case .all(let parts), .any(let parts):
            (parts.first?.range.lowerBound ?? 0)..<(parts.last?.range.upperBound ?? 0)
        }
    }
}
