import Query
import Telemetry

/// A filter as it is worked out over columns: comparisons of one field with constants a column at a time, what is left row
/// by row.
indirect enum FilterPlan: Sendable {
    /// Whether a number lies between two others.
    case between(FilterField, ClosedRange<Int64>)
    /// Whether a number is known, and no more: nothing known passes.
    case never(FilterField)
    case answer(FilterField, Bool)
    /// Of one field of text; `leaf` counts these, `reference` is its place among the expression's references.
    case text(FilterField, Term, reference: Int, leaf: Int)
    case rows(Term)
    case not(FilterPlan)
    case all([FilterPlan])
    case any([FilterPlan])

    /// - Parameter leaves: how many texts there were before, and are then.
    init(_ term: Term, _ fields: [FilterField], leaves: inout Int) {
        switch term {
        case .not(let inner): self = .not(FilterPlan(inner, fields, leaves: &leaves))
        case .all(let terms): self = .all(terms.map { FilterPlan($0, fields, leaves: &leaves) })
        case .any(let terms): self = .any(terms.map { FilterPlan($0, fields, leaves: &leaves) })
        case .reference(let index) where fields[index].field.type == .boolean:
            self = .answer(fields[index], true)
        case .compare(.notEqual, let left, let right, let unit):
            // Known where the other is.
            self = .not(FilterPlan(.compare(.equal, left, right, unit), fields, leaves: &leaves))
        case .compare(let comparison, .reference(let index), .constant(let value), _):
            self = Self.comparison(comparison, index, value, term, fields, &leaves)
        case .compare(let comparison, .constant(let value), .reference(let index), _):
            self = Self.comparison(comparison.mirrored, index, value, term, fields, &leaves)
        case .contains(.reference(let index), _):
            self = Self.text(index, term, fields, &leaves)
        case .membership(.reference(let index), let values):
            if fields[index].isText {
                self = Self.text(index, term, fields, &leaves)
            } else {
                self = .any(
                    values.map {
                        Self.comparison(.equal, index, $0, .membership(.reference(index), [$0]), fields, &leaves)
                    })
            }
        default: self = .rows(term)
        }
    }

    private static func text(
        _ index: Int, _ term: Term, _ fields: [FilterField], _ leaves: inout Int
    ) -> FilterPlan {
        leaves += 1
        return .text(fields[index], term, reference: index, leaf: leaves - 1)
    }

    private static func comparison(
        _ comparison: ComparisonOperator, _ index: Int, _ value: Value, _ term: Term, _ fields: [FilterField],
        _ leaves: inout Int
    ) -> FilterPlan {
        let field = fields[index]
        switch value {
        case .text: return text(index, term, fields, &leaves)
        case .boolean(let isYes): return .answer(field, isYes)
        case .ratio(let ratio):
            guard let denominator = field.denominator else { return .rows(term) }
            return range(comparison, ratio, denominator).map { .between(field, $0) } ?? .never(field)
        case .number: return .rows(term)
        }
    }

    /// The whole numbers x for which x/denominator stands so to a ratio; nil if there are none.
    static func range(_ comparison: ComparisonOperator, _ ratio: Ratio, _ denominator: Int64) -> ClosedRange<Int64>? {
        let scaled = Int128(ratio.numerator) * Int128(denominator)
        let (quotient, remainder) = scaled.quotientAndRemainder(dividingBy: Int128(ratio.denominator))
        let floor = remainder < 0 ? quotient - 1 : quotient
        let ceiling = remainder > 0 ? quotient + 1 : quotient
        let low: Int128
        let high: Int128
        switch comparison {
        case .greater: (low, high) = (floor + 1, Int128(Int64.max))
        case .greaterOrEqual: (low, high) = (ceiling, Int128(Int64.max))
        case .less: (low, high) = (Int128(Int64.min), ceiling - 1)
        case .lessOrEqual: (low, high) = (Int128(Int64.min), floor)
        case .equal, .notEqual: (low, high) = (ceiling, floor)
        }
        guard low <= high, low <= Int128(Int64.max), high >= Int128(Int64.min) else { return nil }
        return Int64(clamping: low)...Int64(clamping: high)
    }
}

extension FilterField {
    /// How many of a row's whole numbers make one of the field's unit; nil where it is no number.
    var denominator: Int64? {
        switch source {
        case .measure(_, let denominator): denominator
        case .cost: 1_000_000_000
        case .tokens, .hour: 1
        default: nil
        }
    }
}
