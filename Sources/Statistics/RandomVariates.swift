/// Variates that are equal to the last bit on every machine: only IEEE arithmetic and square roots, no libm.
extension RandomNumberGenerator {
    /// Uniform in [0, 1), in steps of 2⁻⁵³.
    package mutating func uniform() -> Double {
        Double(next() >> 11) * 0x1p-53
    }

    /// Uniform in [lower, upper).
    package mutating func uniform(_ lower: Double, _ upper: Double) -> Double {
        lower + (upper - lower) * uniform()
    }

    /// Uniform in 0..<bound without bias; 0 for a bound below 2. Source: Lemire 2019.
    package mutating func below(_ bound: UInt64) -> UInt64 {
        guard bound > 1 else { return 0 }
        var product = next().multipliedFullWidth(by: bound)
        if product.low < bound {
            let threshold = (0 &- bound) % bound
            while product.low < threshold { product = next().multipliedFullWidth(by: bound) }
        }
        return product.high
    }

    /// True with this probability.
    package mutating func chance(_ probability: Double) -> Bool {
        uniform() < probability
    }

    /// Exponential with this mean.
    package mutating func exponential(mean: Double) -> Double {
        -mean * PortableLogarithm.natural(1 - uniform())
    }

    /// Normal, by Marsaglia's polar method (the second variate is dropped: no state besides the generator's).
    package mutating func normal(mean: Double = 0, deviation: Double = 1) -> Double {
        while true {
            let x = uniform(-1, 1)
            let y = uniform(-1, 1)
            let square = x * x + y * y
            if square > 0, square < 1 {
                return mean + deviation * x * (-2 * PortableLogarithm.natural(square) / square).squareRoot()
            }
        }
    }
}

/// A logarithm whose every bit is defined by IEEE arithmetic: C libraries may differ in the last one.
enum PortableLogarithm {
    /// ln x for finite x > 0, within some 1e-15; −infinity for 0.
    static func natural(_ x: Double) -> Double {
        guard x > 0 else { return -.infinity }
        var exponent = Double(x.exponent)
        var mantissa = x.significand
        if mantissa > 1.4142135623730951 {
            mantissa /= 2
            exponent += 1
        }
        // ln m = 2 artanh((m − 1)/(m + 1)), |argument| ≤ 0.172: fifteen terms are below 2⁻⁵³.
        let s = (mantissa - 1) / (mantissa + 1)
        let square = s * s
        var sum = 0.0
        for k in stride(from: 29, through: 1, by: -2) {
            sum = sum * square + 1 / Double(k)
        }
        return exponent * 0.6931471805599453 + 2 * s * sum
    }
}
