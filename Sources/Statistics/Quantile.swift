/// Quantiles of sorted values. The product's definition is the nearest rank: always a value that occurred, the largest at p100.
package enum Quantile {
    /// The 1-based nearest rank max(1, ⌈n·p⌉), in exact integer arithmetic.
    ///
    /// - Parameters:
    ///   - count: how many values; negative counts as 0.
    ///   - permille: 950 for the 95th percentile; kept inside 0...1000.
    /// - Returns: 1...count; 1 where `count` is 0.
    package static func rank(count: Int64, permille: Int) -> Int64 {
        let n = max(0, count)
        let p = Int64(min(1000, max(0, permille)))
        // Whole thousands apart, so that no product overflows.
        return max(1, n / 1000 * p + (n % 1000 * p + 999) / 1000)
    }

    /// The nearest-rank quantile of values in ascending order; nil if there are none.
    package static func nearestRank<Element: Comparable>(_ sorted: [Element], permille: Int) -> Element? {
        guard !sorted.isEmpty else { return nil }
        return sorted[Int(rank(count: Int64(sorted.count), permille: permille)) - 1]
    }

    /// The value at index ⌊n·p⌋, kept inside the array; 0 for an empty one.
    ///
    /// Only for parity with programs that define percentiles this way. Nothing on the screen uses it: it is a rank higher
    /// than `nearestRank` wherever n·p is whole.
    package static func floorIndex(_ sorted: [Double], permille: Int) -> Double {
        guard !sorted.isEmpty else { return 0 }
        let n = sorted.count
        let p = min(1000, max(0, permille))
        return sorted[min(n - 1, n / 1000 * p + n % 1000 * p / 1000)]
    }
}
