import Glibc

/// Requests by two questions: whether they lie in a slice, and whether they have an outcome that is asked about.
///
/// Requests may be weighted, as samples are. Shares, risks and φ are of the weighted numbers; how sure they are follows from
/// how many requests there really were.
package struct TwoByTwoTable: Sendable, Hashable {
    /// Requests of one kind.
    private struct Cell: Hashable {
        /// Σw, in requests.
        var sum: Double
        /// Σw².
        var squares: Double

        init(_ sum: Double, _ squares: Double) {
            (self.sum, self.squares) = (max(0, sum), max(0, squares))
        }

        init(_ count: EffectiveCount, unit: Double) {
            self.init(Double(count.sum) / unit, Double(count.sumOfSquares) / (unit * unit))
        }

        static func + (a: Cell, b: Cell) -> Cell { Cell(a.sum + b.sum, a.squares + b.squares) }
    }

    // With the outcome and without, in the slice; the same outside.
    private let a: Cell
    private let b: Cell
    private let c: Cell
    private let d: Cell

    /// Requests that each stand for themselves: in the slice with the outcome and without, outside with and without.
    package init(_ a: Double, _ b: Double, _ c: Double, _ d: Double) {
        (self.a, self.b, self.c, self.d) = (Cell(a, a), Cell(b, b), Cell(c, c), Cell(d, d))
    }

    /// - Parameters:
    ///   - cases: requests with the outcome in the slice, and all of them.
    ///   - others: the same of those without it.
    ///   - unit: what a request weighs that stands for itself alone.
    package init(
        cases: (inside: EffectiveCount, all: EffectiveCount), others: (inside: EffectiveCount, all: EffectiveCount),
        unit: Double = 1024
    ) {
        var (casesOutside, othersOutside) = (cases.all, others.all)
        casesOutside.subtract(cases.inside)
        othersOutside.subtract(others.inside)
        a = Cell(cases.inside, unit: unit)
        b = Cell(others.inside, unit: unit)
        c = Cell(casesOutside, unit: unit)
        d = Cell(othersOutside, unit: unit)
    }

    // MARK: What it says

    /// Requests in the slice, and with the outcome, anywhere.
    package var inside: Double { a.sum + b.sum }
    package var cases: Double { a.sum + c.sum }
    /// Requests in the slice that have the outcome.
    package var casesInside: Double { a.sum }
    private var others: Double { b.sum + d.sum }
    private var outside: Double { c.sum + d.sum }

    /// How many of those with the outcome lie in the slice, and of those without; nil where there are none.
    package var shareOfCases: Double? { Self.share(a.sum, of: cases) }
    package var shareOfOthers: Double? { Self.share(b.sum, of: others) }
    /// How many in the slice have the outcome, and outside; nil where there are none.
    package var rateInside: Double? { Self.share(a.sum, of: inside) }
    package var rateOutside: Double? { Self.share(c.sum, of: outside) }

    /// How many times as often as anywhere the outcome is met in the slice; nil where that is not known.
    package var lift: Double? {
        guard cases > 0, let rateInside else { return nil }
        return rateInside / (cases / (inside + outside))
    }

    /// Cases that there would not be if it were in the slice as it is outside; below 0 where the slice is better.
    package var excess: Double? { rateOutside.map { a.sum - inside * $0 } }

    /// The correlation of lying in the slice with having the outcome, −1...1; 0 where there is none to speak of.
    package var phi: Double {
        let product = inside * outside * cases * others
        return product > 0 ? (a.sum * d.sum - b.sum * c.sum) / product.squareRoot() : 0
    }

    /// Share in the slice over share outside; infinite where there is no case outside, nil where nothing is known.
    package var relativeRisk: Double? {
        guard let rateInside, let rateOutside, rateInside > 0 || rateOutside > 0 else { return nil }
        return rateInside / rateOutside
    }

    private static func share(_ part: Double, of whole: Double) -> Double? { whole > 0 ? part / whole : nil }

    // MARK: How sure it is

    /// The relative risk with half a request more in every cell (Haldane), so that none is empty, and its log-normal interval.
    ///
    /// Weighted requests: the variance is linearised, Σw² of each cell in place of its count. Source: Katz et al. 1978.
    package func relativeRiskInterval(confidence: Double) -> Interval {
        let half = (cases: Self.half(a + c), others: Self.half(b + d))
        let (a, b, c, d) = (a + half.cases, b + half.others, c + half.cases, d + half.others)
        func variance(_ cases: Cell, _ others: Cell) -> Double {
            let all = cases.sum + others.sum
            let ratio = others.sum / (cases.sum * all)
            return cases.squares * ratio * ratio + others.squares / (all * all)
        }
        let logarithm = log(a.sum / (a.sum + b.sum)) - log(c.sum / (c.sum + d.sum))
        let deviation = (variance(a, b) + variance(c, d)).squareRoot()
        let z = NormalDistribution.twoSidedZ(confidence: confidence)
        return Interval(exp(logarithm - z * deviation), exp(logarithm + z * deviation))
    }

    /// Half a request of the weight that those of one outcome have.
    private static func half(_ cells: Cell) -> Cell {
        let weight = cells.sum > 0 ? cells.squares / cells.sum : 1
        return Cell(weight / 2, weight * weight / 2)
    }

    /// How likely chance alone puts as many cases in the slice or more: Fisher's exact test.
    ///
    /// Of weighted requests each outcome is put at the number of equal requests that its share in the slice is as sure as.
    package var pValue: Double {
        let cases = Self.effective(a, c)
        let others = Self.effective(b, d)
        // To the safe side.
        return Self.fisher(
            a: cases.inside.rounded(.down), b: others.inside.rounded(.up), c: cases.outside.rounded(.up),
            d: others.outside.rounded(.down))
    }

    /// The same over several strata at once, each with its own share of cases: whether the slice matters among requests that are
    /// alike otherwise. The normal approximation, with a continuity correction; 1 where nothing is known.
    ///
    /// Source: Mantel & Haenszel 1959.
    package static func commonPValue(_ strata: [TwoByTwoTable]) -> Double {
        var (difference, variance) = (0.0, 0.0)
        for stratum in strata {
            let cases = effective(stratum.a, stratum.c)
            let others = effective(stratum.b, stratum.d)
            let inside = cases.inside + others.inside
            let all = inside + cases.outside + others.outside
            let column = cases.inside + cases.outside
            guard all > 1 else { continue }
            difference += cases.inside - inside * column / all
            variance += inside * (all - inside) * column * (all - column) / (all * all * (all - 1))
        }
        guard variance > 0 else { return 1 }
        return 1 - NormalDistribution.cumulative((difference - 0.5) / variance.squareRoot())
    }

    private static func effective(_ inside: Cell, _ outside: Cell) -> (inside: Double, outside: Double) {
        let all = inside + outside
        guard all.sum > 0, all.squares > 0 else { return (0, 0) }
        if all.squares == all.sum, inside.squares == inside.sum { return (inside.sum, outside.sum) }
        let share = inside.sum / all.sum
        // p(1 − p)/n is the variance of a share; Kish's count where it is 0.
        let variance =
            (inside.squares * (1 - share) * (1 - share) + outside.squares * share * share) / (all.sum * all.sum)
        let n = variance > 0 ? share * (1 - share) / variance : all.sum * all.sum / all.squares
        return (share * n, (1 - share) * n)
    }

    /// P(X ≥ a) of the hypergeometric distribution with these margins. Terms are made one from the other, from `a` away from
    /// the mode, until they no longer count.
    private static func fisher(a: Double, b: Double, c: Double, d: Double) -> Double {
        let (row, column, all) = (a + b, a + c, a + b + c + d)
        guard all > 0, a > 0 else { return 1 }
        func probability(_ k: Double) -> Double {
            let numerator =
                LogFactorial.of(row) + LogFactorial.of(all - row) + LogFactorial.of(column)
                + LogFactorial.of(all - column)
            let cells =
                LogFactorial.of(k) + LogFactorial.of(row - k) + LogFactorial.of(column - k)
                + LogFactorial.of(all - row - column + k)
            return exp(numerator - LogFactorial.of(all) - cells)
        }
        let isAbove = a >= row * column / all
        var k = isAbove ? a : a - 1
        var term = probability(k)
        var sum = term
        while term > sum * 1e-17, term > 0 {
            if isAbove {
                term *= (column - k) * (row - k) / ((k + 1) * (all - row - column + k + 1))
                k += 1
            } else {
                term *= k * (all - row - column + k) / ((column - k + 1) * (row - k + 1))
                k -= 1
            }
            sum += term
        }
        return min(1, max(0, isAbove ? sum : 1 - sum))
    }
}
