import Statistics

/// Sum and sum of squares of a whole number over weighted requests: mean and variance, exactly and in any order.
package struct Moments: Sendable, Hashable {
    /// Requests that have the number, in 1/1024 request.
    package var weight: Int64 = 0
    /// In 1/1024 of the number's unit.
    package var sum: Int64 = 0
    /// In 1/1024 of its square.
    package var squares: Int128 = 0

    package init() {}

    package mutating func record(_ value: Int64, weight: Int64) {
        self.weight &+= weight
        sum &+= value.weighted(by: weight)
        squares &+= Int128(value) &* Int128(value) &* Int128(weight)
    }

    package mutating func add(_ other: Moments) {
        weight &+= other.weight
        sum &+= other.sum
        squares &+= other.squares
    }

    /// In the number's unit; nil where nothing was counted.
    package var mean: Double? { weight > 0 ? Double(sum) / Double(weight) : nil }

    /// Of the population, in the unit's square, at least 0; nil where nothing was counted.
    package var variance: Double? {
        mean.map { mean in max(0, Double(squares) / Double(weight) - mean * mean) }
    }

    func pack(into numbers: inout PackedNumbers) {
        numbers.append(weighted: weight)
        numbers.append(weighted: sum)
        numbers.append(UInt64(truncatingIfNeeded: squares))
        numbers.append(UInt64(truncatingIfNeeded: squares >> 64))
    }

    init(from numbers: inout PackedNumbersReader) {
        weight = numbers.weighted()
        sum = numbers.weighted()
        let low = numbers.unsigned()
        squares = Int128(Int64(bitPattern: numbers.unsigned())) << 64 | Int128(low)
    }
}
