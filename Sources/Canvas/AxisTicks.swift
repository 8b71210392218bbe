/// Round numbers for an axis.
package enum AxisTicks {
    /// At most `count` (and 100) values inside the range, a multiple of 1, 2 or 5 times a power of ten apart.
    ///
    /// Exact multiples, so that 0.3 is 0.3 and not 0.30000000000000004. Empty for ranges that aren't finite.
    package static func values(in range: ClosedRange<Double>, atMost count: Int) -> [Double] {
        let extent = range.upperBound - range.lowerBound
        guard extent > 1e-280, extent < 1e280, count > 0 else { return [] }
        // Two decades below any step that can be wanted.
        var exponent = 0
        while exponent > -290, step(1, exponent) > extent / 1000 { exponent -= 1 }
        while exponent < 290, step(1, exponent) < extent / 1000 { exponent += 1 }
        for exponent in exponent...(exponent + 5) {
            for factor in [1.0, 2, 5] {
                if let ticks = multiples(of: factor, exponent, in: range, atMost: min(count, 100)) { return ticks }
            }
        }
        return []
    }

    /// At most `count` (and 100) times inside the range, in seconds since 1970 UTC, at full 1, 2, 5, 10, 15, 30
    /// seconds, minutes, hours or days. `offset` is the local time's distance from UTC in seconds.
    package static func times(in range: ClosedRange<Int64>, atMost count: Int, offset: Int64 = 0) -> [Int64] {
        // A thousand years around 1970: what no clock says has no axis.
        let limit: Int64 = 40_000_000_000
        guard count > 0, range.lowerBound > -limit, range.upperBound < limit, offset.magnitude < 200_000 else {
            return []
        }
        let most = Int64(min(count, 100))
        let from = range.lowerBound + offset
        let to = range.upperBound + offset
        for step in timeSteps {
            let first = ceilDivide(from, step)
            let last = -ceilDivide(-to, step)
            if last - first + 1 > most { continue }
            guard first <= last else { return [] }
            return (first...last).map { $0 * step - offset }
        }
        return []
    }

    /// The multiples of `factor` · 10^`exponent` in the range; nil when there are too many.
    private static func multiples(
        of factor: Double, _ exponent: Int, in range: ClosedRange<Double>, atMost count: Int
    ) -> [Double]? {
        let step = step(factor, exponent)
        // A hair of tolerance keeps ends that are round themselves.
        let first = (range.lowerBound / step - 1e-9).rounded(.up)
        let last = (range.upperBound / step + 1e-9).rounded(.down)
        guard first.magnitude < 1e15, last.magnitude < 1e15, last - first < Double(count) else { return nil }
        guard first <= last else { return [] }
        return (Int(first)...Int(last)).map { self.step(Double($0) * factor, exponent) }
    }

    /// `factor` · 10^`exponent`. Divides for negative exponents: powers of ten are exact and their inverses are not.
    private static func step(_ factor: Double, _ exponent: Int) -> Double {
        var power = 1.0
        for _ in 0..<exponent.magnitude { power *= 10 }
        return exponent < 0 ? factor / power : factor * power
    }

    private static func ceilDivide(_ value: Int64, _ step: Int64) -> Int64 {
        value / step + (value % step > 0 ? 1 : 0)
    }

    private static let timeSteps: [Int64] = [
        1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10_800, 21_600, 43_200, 86_400, 172_800,
        604_800, 1_209_600, 2_592_000, 7_776_000, 31_536_000, 315_360_000, 3_153_600_000,
    ]
}
