/// What stood between two values the last time: `,"model":`, or `, "model": ` from an emitter that likes blanks.
/// Where the same bytes stand again, the same key is meant.
struct KeySuccessor {
    /// The bytes, zeros behind them, and what of the line's bytes counts.
    private var first: UInt64 = 1
    private var second: UInt64 = 0
    private var third: UInt64 = 0
    private var fourth: UInt64 = 0
    private var firstMask: UInt64 = 0
    private var secondMask: UInt64 = 0
    private var thirdMask: UInt64 = 0
    private var fourthMask: UInt64 = 0
    private(set) var length = 0
    private(set) var slot: UInt8 = 0

    /// The most bytes that can be remembered.
    static let maximumLength = 32

    /// One that never matches.
    init() {}

    /// - Parameter range: at most `maximumLength` bytes, and at least one.
    init(_ bytes: RawSpan, _ range: Range<Int>, slot: UInt8) {
        length = range.count
        self.slot = slot
        firstMask = WordOfBytes.mask(length)
        secondMask = WordOfBytes.mask(length - 8)
        thirdMask = WordOfBytes.mask(length - 16)
        fourthMask = WordOfBytes.mask(length - 24)
        first = bytes.word(at: range.lowerBound) & firstMask
        second = bytes.word(at: range.lowerBound + 8) & secondMask
        third = bytes.word(at: range.lowerBound + 16) & thirdMask
        fourth = bytes.word(at: range.lowerBound + 24) & fourthMask
    }

    var isKnown: Bool { length > 0 }

    /// Whether the bytes stand at `offset`. Looks at 32 bytes.
    @inline(__always)
    func matches(_ bytes: RawSpan, at offset: Int) -> Bool {
        let start =
            (bytes.steadyWord(at: offset) & firstMask ^ first)
            | (bytes.steadyWord(at: offset &+ 8) & secondMask ^ second)
        if length <= 16 { return start == 0 }
        return start | (bytes.steadyWord(at: offset &+ 16) & thirdMask ^ third)
            | (bytes.steadyWord(at: offset &+ 24) & fourthMask ^ fourth) == 0
    }
}
