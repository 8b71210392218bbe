import Glibc

/// The chi-square distribution with a whole number of degrees of freedom.
package enum ChiSquareDistribution {
    /// More degrees of freedom than any histogram here has bins; larger ones are read as this.
    private static let maximumDegrees = 10_000

    /// P(X ≤ x): 0 for x ≤ 0 or no degrees of freedom.
    ///
    /// The regularised lower incomplete gamma function of dof/2 and x/2: its series left of the mode, else its
    /// continued fraction (Numerical Recipes 6.2, Lentz's method).
    package static func cumulative(_ x: Double, degreesOfFreedom: Int) -> Double {
        guard x > 0, degreesOfFreedom > 0 else { return 0 }
        guard x.isFinite else { return 1 }
        let degrees = min(degreesOfFreedom, maximumDegrees)
        let a = Double(degrees) / 2
        let scale = exp(-x / 2 + a * log(x / 2) - logGammaOfHalf(degrees))
        return x / 2 < a + 1 ? series(a, x / 2) * scale : 1 - continuedFraction(a, x / 2) * scale
    }

    /// The x with P(X ≤ x) = `probability`, to about 1e-12 relative; 0 at and below 0, infinity at and above 1.
    package static func quantile(_ probability: Double, degreesOfFreedom: Int) -> Double {
        guard probability > 0, degreesOfFreedom > 0 else { return 0 }
        guard probability < 1 else { return .infinity }
        var lower = 0.0
        var upper = Double(min(degreesOfFreedom, maximumDegrees))
        while cumulative(upper, degreesOfFreedom: degreesOfFreedom) < probability, upper < 1e9 {
            lower = upper
            upper *= 2
        }
        // Bisection needs no care near the ends; it stops where no number lies between.
        for _ in 0..<200 {
            let middle = (lower + upper) / 2
            if middle <= lower || middle >= upper { break }
            if cumulative(middle, degreesOfFreedom: degreesOfFreedom) < probability {
                lower = middle
            } else {
                upper = middle
            }
        }
        return (lower + upper) / 2
    }

    /// ln Γ(degrees/2) by the recurrence Γ(a + 1) = a·Γ(a): exact starts at ½ and 1, and no global state as in `lgamma`.
    private static func logGammaOfHalf(_ degrees: Int) -> Double {
        var a = degrees.isMultiple(of: 2) ? 1.0 : 0.5
        var sum = degrees.isMultiple(of: 2) ? 0.0 : 0.5 * log(Double.pi)
        while a < Double(degrees) / 2 {
            sum += log(a)
            a += 1
        }
        return sum
    }

    private static func series(_ a: Double, _ x: Double) -> Double {
        var term = 1 / a
        var sum = term
        var n = a
        for _ in 0..<20_000 {
            n += 1
            term *= x / n
            sum += term
            if term < sum * 1e-16 { break }
        }
        return sum
    }

    private static func continuedFraction(_ a: Double, _ x: Double) -> Double {
        let tiny = 1e-300
        var b = x + 1 - a
        var c = 1 / tiny
        var d = 1 / b
        var h = d
        for i in 1..<20_000 {
            let an = -Double(i) * (Double(i) - a)
            b += 2
            d = an * d + b
            if abs(d) < tiny { d = tiny }
            c = b + an / c
            if abs(c) < tiny { c = tiny }
            d = 1 / d
            let delta = d * c
            h *= delta
            if abs(delta - 1) < 1e-16 { break }
        }
        return h
    }
}
