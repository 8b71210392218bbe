import Glibc

/// How large the Kolmogorov–Smirnov statistic D gets by chance.
package enum KolmogorovDistribution {
    /// P(D ≥ `statistic`) of one sample of `count` values, 0...1; 1 of none.
    ///
    /// Exact where that is cheap, as SciPy's `kstwo` chooses: twice the one-sided tail where both ends can't be reached at
    /// once, Marsaglia, Tsang and Wang's matrix for small samples; else Pelz and Good's expansion, right to 1e-9 from 140
    /// values on. Source: Simard & L'Ecuyer 2011.
    package static func tail(_ statistic: Double, count: Int) -> Double {
        guard count > 0, statistic > 0 else { return 1 }
        guard statistic < 1 else { return 0 }
        let n = Double(count)
        let square = n * statistic * statistic
        if square >= 370 { return 0 }
        let tail =
            if square >= (count <= 140 ? 4 : 2.2) {
                count <= mostSummed ? 2 * oneSidedTail(statistic, count) : 2 * exp(-2 * square)
            } else if count <= 140 {
                1 - matrixPower(statistic, count)
            } else {
                1 - expansion(statistic * n.squareRoot(), n)
            }
        return min(1, max(0, tail))
    }

    /// The p-value of D between two samples, by the size that both together are worth, nm/(n + m); nil while either is empty.
    package static func twoSampleTail(_ statistic: Double, _ n: Double, _ m: Double) -> Double? {
        guard n > 0, m > 0, n.isFinite, m.isFinite else { return nil }
        return tail(statistic, count: Int(min(1e9, max(1, (n * m / (n + m)).rounded(.toNearestOrEven)))))
    }

    /// Longer sums tell nothing that the limit does not.
    private static let mostSummed = 20_000

    /// P(D⁺ ≥ d), Birnbaum and Tingey's sum.
    private static func oneSidedTail(_ d: Double, _ count: Int) -> Double {
        let n = Double(count)
        let whole = LogFactorial.of(n)
        var sum = 0.0
        for j in 0...Int(n * (1 - d)) {
            let j = Double(j)
            let rest = 1 - d - j / n
            guard rest > 0 else { break }
            sum += exp(
                whole - LogFactorial.of(j) - LogFactorial.of(n - j) + (j - 1) * log(d + j / n) + (n - j) * log(rest))
        }
        return d * sum
    }

    /// P(D ≤ d): the middle of the n-th power of a matrix of 2·⌈nd⌉ − 1 rows.
    private static func matrixPower(_ d: Double, _ count: Int) -> Double {
        let n = Double(count)
        let k = Int(n * d) + 1
        let size = 2 * k - 1
        let h = Double(k) - n * d
        var step = [Double](repeating: 0, count: size * size)
        for i in 0..<size {
            for j in 0..<min(size, i + 2) { step[i * size + j] = 1 }
        }
        for i in 0..<size {
            step[i * size] -= pow(h, Double(i + 1))
            step[(size - 1) * size + i] -= pow(h, Double(size - i))
        }
        step[(size - 1) * size] += 2 * h - 1 > 0 ? pow(2 * h - 1, Double(size)) : 0
        for i in 0..<size {
            for j in 0..<min(size, i + 2) where i - j + 1 > 0 {
                step[i * size + j] /= exp(LogFactorial.of(Double(i - j + 1)))
            }
        }
        let (power, exponent) = Self.power(step, size, count)
        var result = power[(k - 1) * size + k - 1]
        var scale = Double(exponent)
        // n!/nⁿ, a factor at a time, so that nothing runs out of range.
        for i in 1...count {
            result *= Double(i) / n
            if result < 1e-140 {
                result *= 1e140
                scale -= 140
            }
        }
        return result * pow(10, scale)
    }

    /// - Returns: the power over 10 to the exponent.
    private static func power(_ matrix: [Double], _ size: Int, _ n: Int) -> ([Double], exponent: Int) {
        guard n > 1 else { return (matrix, 0) }
        let (half, exponent) = power(matrix, size, n / 2)
        var result = product(half, half, size)
        var scale = 2 * exponent
        if n % 2 == 1 { result = product(matrix, result, size) }
        if result[size / 2 * size + size / 2] > 1e140 {
            for i in result.indices { result[i] *= 1e-140 }
            scale += 140
        }
        return (result, scale)
    }

    private static func product(_ a: [Double], _ b: [Double], _ size: Int) -> [Double] {
        var c = [Double](repeating: 0, count: size * size)
        for i in 0..<size {
            for k in 0..<size where a[i * size + k] != 0 {
                let factor = a[i * size + k]
                for j in 0..<size { c[i * size + j] += factor * b[k * size + j] }
            }
        }
        return c
    }

    /// P(√n·D ≤ z) by Pelz and Good 1976: four terms in powers of n^−½.
    private static func expansion(_ z: Double, _ n: Double) -> Double {
        let square = Double.pi * Double.pi
        let (z2, z4, z6) = (z * z, pow(z, 4), pow(z, 6))
        guard -square / 8 / z2 > -700 else { return 0 }
        let q = exp(-square / 8 / z2)
        var sums = [0.0, 0, 0, 0]
        let last = Int((16 * z / Double.pi).rounded(.up))
        for k in stride(from: last, to: 0, by: -1) {
            let m2 = pow(Double(2 * k - 1), 2)
            let (m4, m6) = (m2 * m2, m2 * m2 * m2)
            let terms = [
                1,
                -z2 + square / 4 * m2,
                6 * z6 + 2 * z4 + (2 * z4 - 5 * z2) * square / 4 * m2 + pow(square, 2) * (1 - 2 * z2) / 16 * m4,
                -30 * z6 - 90 * pow(z, 8) + square * (135 * z4 - 96 * z6) / 4 * m2
                    + pow(square, 2) * (-60 * z2 + 212 * z4) / 16 * m4 + pow(square, 3) * (5 - 30 * z2) / 64 * m6,
            ]
            let factor = pow(q, Double(8 * k))
            for i in sums.indices { sums[i] = sums[i] * factor + terms[i] }
        }
        let root = (2 * Double.pi).squareRoot()
        let divisors = [z, 6 * z4, 72 * pow(z, 7), 6480 * pow(z, 10)]
        for i in sums.indices { sums[i] *= q * root / divisors[i] }
        var (second, third) = (0.0, 0.0)
        for k in 1...max(1, last) {
            let k2 = Double(k * k)
            let weight = exp(-square / 2 / z2 * k2)
            second += k2 * weight
            third += (3 * z2 - square * k2) * k2 * weight
        }
        sums[2] -= second * square * root / (36 * pow(z, 3))
        sums[3] += third * square * root / (216 * z6)
        return sums[0] + sums[1] / n.squareRoot() + sums[2] / n + sums[3] / (n * n.squareRoot())
    }
}
