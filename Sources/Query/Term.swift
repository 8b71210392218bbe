/// An expression after checking: every name is a reference, every constant is in the unit it is compared in.
///
/// Open to the package so that record expressions can be turned into column predicates.
package indirect enum Term: Sendable, Hashable {
    case constant(Value)
    /// Index into `Expression.references`.
    case reference(Int)
    case absolute(Term)
    case negated(Term)
    case arithmetic(ArithmeticOperator, Term, Term)
    /// Of numbers in the unit given; nil for texts and booleans, which know `=` and `!=` only.
    case compare(ComparisonOperator, Term, Term, Unit?)
    /// Whether a text contains another, ASCII letters in either case.
    case contains(Term, String)
    case membership(Term, [Value])
    case not(Term)
    /// Two or more.
    case all([Term])
    case any([Term])
}

extension Term {
    /// Whether the condition holds for a value of each reference, nil where it is missing; nil where that would have decided.
    package func holds(_ values: [Value?]) -> Bool? { Evaluator(values: values).condition(self) }
}

/// A term with what the checker knows about it.
struct Checked {
    var term: Term
    var type: ValueType
    var range: Range<Int>
    /// The constant it is, in the unit it was written in.
    var literal: Literal?
    /// The entry it plainly names, if only within `abs()`.
    var entry: Int?
    /// Between which values that entry lies, in its unit.
    var bounds: ClosedRange<Double>?
    /// The unit its name says.
    var spokenUnit: Unit?
    /// A ratio of two things: no unit of its own, so comparable with plain numbers and fractions alike.
    var isComputed = false

    /// A number without a unit.
    var isBare: Bool { literal?.unit == Unit.plain }

    /// The unit of a number; nil for texts and booleans.
    var unit: Unit? {
        if case .number(let unit) = type { return unit }
        return nil
    }

    static func constant(_ literal: Literal, _ range: Range<Int>) -> Checked {
        Checked(term: .constant(.ratio(literal.value)), type: .number(literal.unit), range: range, literal: literal)
    }
}
