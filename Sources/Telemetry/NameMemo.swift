/// Names met lately, found by their first bytes without looking for their end first: what a record's names cost
/// doesn't depend on how long they are or in which order they come.
struct NameMemo {
    private struct Entry {
        /// The name and its closing quote; zeros behind them.
        var first: UInt64 = 0
        var second: UInt64 = 0
        var third: UInt64 = 0
        var fourth: UInt64 = 0
        var thirdMask: UInt64 = 0
        var fourthMask: UInt64 = 0
        /// Of the name and its closing quote; 0 is free.
        var length: UInt32 = 0
        var dimension: UInt32 = 0
        var symbol: Symbol = .absent
    }

    /// A name and its closing quote fit into four words.
    static let maximumLength = 31

    private var even = ByteIndexed(repeating: Entry())
    private var odd = ByteIndexed(repeating: Entry())

    /// The symbol of the name that starts at `start`, and its length with the closing quote; nil if it is not known.
    /// Looks at 32 bytes.
    @inline(__always)
    func find(_ bytes: RawSpan, at start: Int, _ dimension: UInt8) -> (symbol: Symbol, length: Int)? {
        let (first, second) = Self.head(bytes, at: start)
        let place = Self.place(first, second)
        let third = bytes.steadyWord(at: start &+ 16)
        let fourth = bytes.steadyWord(at: start &+ 24)
        if let found = Self.match(even[place], first, second, third, fourth, dimension) { return found }
        return Self.match(odd[place], first, second, third, fourth, dimension)
    }

    /// Remembers a name without escapes whose closing quote stands at the end of the range.
    mutating func note(_ bytes: RawSpan, _ range: Range<Int>, _ dimension: UInt8, _ symbol: Symbol) {
        guard range.count <= Self.maximumLength, !range.isEmpty, symbol != .other else { return }
        var entry = Entry()
        (entry.first, entry.second) = Self.head(bytes, at: range.lowerBound)
        entry.length = UInt32(range.count + 1)
        entry.thirdMask = WordOfBytes.mask(range.count - 15)
        entry.fourthMask = WordOfBytes.mask(range.count - 23)
        entry.third = bytes.steadyWord(at: range.lowerBound + 16) & entry.thirdMask
        entry.fourth = bytes.steadyWord(at: range.lowerBound + 24) & entry.fourthMask
        entry.dimension = UInt32(dimension)
        entry.symbol = symbol
        let place = Self.place(entry.first, entry.second)
        odd[place] = even[place]
        even[place] = entry
    }

    @inline(__always)
    private static func match(
        _ entry: Entry, _ first: UInt64, _ second: UInt64, _ third: UInt64, _ fourth: UInt64, _ dimension: UInt8
    ) -> (symbol: Symbol, length: Int)? {
        let difference =
            (entry.first ^ first) | (entry.second ^ second) | (third & entry.thirdMask ^ entry.third)
            | (fourth & entry.fourthMask ^ entry.fourth) | UInt64(entry.dimension ^ UInt32(dimension))
        guard difference == 0, entry.length != 0 else { return nil }
        return (entry.symbol, Int(entry.length))
    }

    /// The first 16 bytes up to the first quote; zeros behind it.
    @inline(__always)
    private static func head(_ bytes: RawSpan, at start: Int) -> (UInt64, UInt64) {
        let first = bytes.steadyWord(at: start)
        let second = bytes.steadyWord(at: start &+ 8)
        let ends = WordOfBytes.quotes(in: first)
        let laterEnds = WordOfBytes.quotes(in: second)
        let isLonger: UInt64 = ends == 0 ? ~0 : 0
        return (first & (ends ^ (ends &- 1)), second & (laterEnds ^ (laterEnds &- 1)) & isLonger)
    }

    @inline(__always)
    private static func place(_ first: UInt64, _ second: UInt64) -> UInt8 {
        let hash = (first ^ (second &<< 25 | second &>> 39)) &* 0x9E37_79B9_7F4A_7C15
        return UInt8(truncatingIfNeeded: hash &>> 56)
    }
}
