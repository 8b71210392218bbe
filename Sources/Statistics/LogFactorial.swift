import Glibc

enum LogFactorial {
    /// ln n! of n ≥ 0, also between whole numbers; by the form of lgamma without global state.
    static func of(_ n: Double) -> Double {
        var sign: Int32 = 0
        return unsafe lgamma_r(n + 1, &sign)
    }
}
