/// Keys and names met lately, found by their first bytes without looking for their end first: what they cost doesn't
/// depend on how long they are or in which order they come.
struct TextMemo {
    private struct Entry {
        /// The text and its closing quote; zeros behind them.
        var first: UInt64 = 0
        var second: UInt64 = 0
        var third: UInt64 = 0
        var fourth: UInt64 = 0
        var thirdMask: UInt64 = 0
        var fourthMask: UInt64 = 0
        /// Of the text and its closing quote; 0 is free.
        var length: UInt32 = 0
        var space: UInt32 = 0
        var meaning: UInt32 = 0
    }

    /// A text and its closing quote fit into four words.
    static var maximumLength: Int { 31 }
    /// The space of keys, which mean their slot; other spaces are dimensions, whose names mean their symbol.
    static var keys: UInt8 { 255 }

    private var even = ByteIndexed(repeating: Entry())
    private var odd = ByteIndexed(repeating: Entry())

    /// What the text that starts at `start` means, and its length with the closing quote; nil if it is not known.
    /// Looks at 32 bytes.
    @inline(__always)
    func find(_ bytes: RawSpan, at start: Int, _ space: UInt8) -> (meaning: UInt32, length: Int)? {
        let (first, second) = Self.head(bytes, at: start)
        let place = Self.place(first, second)
        let third = bytes.steadyWord(at: start &+ 16)
        let fourth = bytes.steadyWord(at: start &+ 24)
        if let found = Self.match(even[place], first, second, third, fourth, space) { return found }
        return Self.match(odd[place], first, second, third, fourth, space)
    }

    /// Remembers a text without escapes whose closing quote stands at the end of the range.
    mutating func note(_ bytes: RawSpan, _ range: Range<Int>, _ space: UInt8, _ meaning: UInt32) {
        guard range.count <= Self.maximumLength, !range.isEmpty else { return }
        var entry = Entry()
        (entry.first, entry.second) = Self.head(bytes, at: range.lowerBound)
        entry.length = UInt32(range.count + 1)
        entry.thirdMask = WordOfBytes.mask(range.count - 15)
        entry.fourthMask = WordOfBytes.mask(range.count - 23)
        entry.third = bytes.steadyWord(at: range.lowerBound + 16) & entry.thirdMask
        entry.fourth = bytes.steadyWord(at: range.lowerBound + 24) & entry.fourthMask
        entry.space = UInt32(space)
        entry.meaning = meaning
        let place = Self.place(entry.first, entry.second)
        odd[place] = even[place]
        even[place] = entry
    }

    @inline(__always)
    private static func match(
        _ entry: Entry, _ first: UInt64, _ second: UInt64, _ third: UInt64, _ fourth: UInt64, _ space: UInt8
    ) -> (meaning: UInt32, length: Int)? {
        let difference =
            (entry.first ^ first) | (entry.second ^ second) | (third & entry.thirdMask ^ entry.third)
            | (fourth & entry.fourthMask ^ entry.fourth) | UInt64(entry.space ^ UInt32(space))
        guard difference == 0, entry.length != 0 else { return nil }
        return (entry.meaning, Int(entry.length))
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
