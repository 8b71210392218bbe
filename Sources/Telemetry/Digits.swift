/// Decimal digits, eight at once.
enum Digits {
    /// How many of the word's first bytes are digits.
    @inline(__always)
    static func count(in word: UInt64) -> Int {
        let digits = word ^ 0x3030_3030_3030_3030
        // Bytes above 9 get their high bit set; what a carry does beyond the first of them doesn't matter.
        let others = ((digits &+ 0x7676_7676_7676_7676) | digits) & 0x8080_8080_8080_8080
        return others.trailingZeroBitCount &>> 3
    }

    /// The number that the first `count` bytes are, which are digits; `count` is 1…8.
    ///
    /// Neighbours are added up pairwise: 2, 4, 8 digits. Method: Daniel Lemire, "Quickly parsing eight digits".
    @inline(__always)
    static func value(of word: UInt64, count: Int) -> UInt64 {
        let digits = (word ^ 0x3030_3030_3030_3030) &<< UInt64(truncatingIfNeeded: 64 &- count &* 8)
        let pairs = digits &* 10 &+ (digits &>> 8)
        let low = (pairs & 0x0000_00FF_0000_00FF) &* 0x000F_4240_0000_0064
        let high = ((pairs &>> 16) & 0x0000_00FF_0000_00FF) &* 0x0000_2710_0000_0001
        return (low &+ high) &>> 32
    }

    /// 10^`exponent` for 0…9.
    @inline(__always)
    static func power(_ exponent: Int) -> UInt64 { powers[exponent & 15] }

    private static let powers: InlineArray<16, UInt64> = [
        1, 10, 100, 1_000, 10_000, 100_000, 1_000_000, 10_000_000, 100_000_000, 1_000_000_000, 0, 0, 0, 0, 0, 0,
    ]
}
