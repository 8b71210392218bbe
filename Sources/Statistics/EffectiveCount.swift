/// How many equally weighted requests weighted ones are worth: (Σw)² / Σw². Source: Kish 1965.
///
/// Weights are integers in any one unit (1/1024 request), so that adding and taking away are exact.
package struct EffectiveCount: Sendable, Hashable {
    /// Σw.
    package private(set) var sum: Int64 = 0
    /// Σw²; wider, since one weight of 65,536 requests has a square of 2⁵².
    package private(set) var sumOfSquares: Int128 = 0

    package init() {}

    /// Adds one request of this weight.
    package mutating func record(_ weight: Int64) {
        sum &+= weight
        sumOfSquares &+= Int128(weight) &* Int128(weight)
    }

    /// Adds `times` requests of this weight each.
    package mutating func record(_ weight: Int64, times: Int64) {
        sum &+= weight &* times
        sumOfSquares &+= Int128(weight) &* Int128(weight) &* Int128(times)
    }

    /// Adds all that another has seen.
    package mutating func merge(_ other: EffectiveCount) {
        sum &+= other.sum
        sumOfSquares &+= other.sumOfSquares
    }

    /// Takes away what was merged before, exactly.
    package mutating func subtract(_ other: EffectiveCount) {
        sum &-= other.sum
        sumOfSquares &-= other.sumOfSquares
    }

    /// Requests, in no unit; 0 while empty, never more than there were.
    package var value: Double {
        sumOfSquares > 0 ? Double(sum) * Double(sum) / Double(sumOfSquares) : 0
    }
}
