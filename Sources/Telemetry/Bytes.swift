// The one place where bytes are loaded. Every load is checked against the span's bounds; "unsafe" is only that
// any bit pattern is taken for an integer, which holds for all of them.

extension RawSpan {
    @inline(__always)
    func byte(at offset: Int) -> UInt8 {
        unsafe unsafeLoad(fromByteOffset: offset, as: UInt8.self)
    }

    /// Eight bytes, the first in the lowest place.
    @inline(__always)
    func word(at offset: Int) -> UInt64 {
        unsafe UInt64(littleEndian: unsafeLoadUnaligned(fromByteOffset: offset, as: UInt64.self))
    }

    /// Copies the bytes of a range to whole words, the first byte in the lowest place of the first; zeros follow the last.
    /// - Returns: the word behind them.
    package func copy(_ range: Range<Int>, to words: inout MutableSpan<UInt64>, at start: Int) -> Int {
        var place = start
        var offset = range.lowerBound
        while offset < range.upperBound {
            let count = range.upperBound &- offset
            if offset &+ 8 <= byteCount {
                words[place] = word(at: offset) & WordOfBytes.mask(count)
            } else {
                var last: UInt64 = 0
                for next in 0..<Swift.min(count, 8) { last |= UInt64(byte(at: offset + next)) << UInt64(8 * next) }
                words[place] = last
            }
            place &+= 1
            offset &+= 8
        }
        return place
    }

    /// The first `"`, `\` or control character at or after `start`, at most `end`.
    /// Looks at eight bytes at once and so reads up to seven bytes beyond `end`.
    @inline(__always)
    func firstSpecial(from start: Int, to end: Int) -> Int {
        var offset = start
        while offset < end {
            let marks = WordOfBytes.specials(in: word(at: offset))
            if marks != 0 { return Swift.min(offset &+ marks.trailingZeroBitCount &>> 3, end) }
            offset &+= 8
        }
        return end
    }

    /// Whether the range holds exactly these ASCII characters. Compares eight at once, of both only what is theirs.
    @inline(__always)
    func equals(_ text: StaticString, in range: Range<Int>) -> Bool {
        let length = range.count
        guard length == text.utf8CodeUnitCount, text.hasPointerRepresentation else { return false }
        let characters = unsafe UnsafeRawPointer(text.utf8Start)
        var offset = 0
        while offset &+ 8 <= length {
            let word = unsafe characters.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
            if UInt64(littleEndian: word) != self.word(at: range.lowerBound &+ offset) { return false }
            offset &+= 8
        }
        while offset < length {
            let character = unsafe characters.load(fromByteOffset: offset, as: UInt8.self)
            if byte(at: range.lowerBound &+ offset) != character { return false }
            offset &+= 1
        }
        return true
    }
}

extension [UInt8] {
    /// Hands the array out as bytes. "unsafe" is only that other types may have holes; a `UInt8` has none.
    @inline(__always)
    func withBytes<Result>(_ body: (RawSpan) -> Result) -> Result {
        let bytes = unsafe span.bytes
        return body(bytes)
    }

    /// Copies bytes to the end of the array. "unsafe" is only the pointer, which lives as long as the span.
    mutating func append(_ bytes: RawSpan, _ range: Range<Int>) {
        unsafe bytes.extracting(range).withUnsafeBytes { unsafe append(contentsOf: $0) }
    }
}

/// Eight bytes looked at together.
enum WordOfBytes {
    private static var ones: UInt64 { 0x0101_0101_0101_0101 }
    private static var highs: UInt64 { 0x8080_8080_8080_8080 }

    /// The high bit of bytes that are `"`, `\` or below space. Only the lowest mark is exact: a borrow may set higher
    /// ones.
    @inline(__always)
    static func specials(in word: UInt64) -> UInt64 {
        let quote = word ^ (ones &* 0x22)
        let backslash = word ^ (ones &* 0x5C)
        // The characters looked for are ASCII: bytes above are no marks, whatever the differences say.
        return ((quote &- ones) | (backslash &- ones) | (word &- ones &* 0x20)) & ~word & highs
    }

    /// The high bit of bytes that are `"`. Only the lowest mark is exact.
    @inline(__always)
    static func quotes(in word: UInt64) -> UInt64 {
        let quote = word ^ (ones &* 0x22)
        return (quote &- ones) & ~quote & highs
    }

    /// A mask of the first `count` bytes; all for 8 and above, none for 0 and below.
    @inline(__always)
    static func mask(_ count: Int) -> UInt64 {
        if count >= 8 { return ~0 }
        if count <= 0 { return 0 }
        return (1 &<< UInt64(truncatingIfNeeded: count &* 8)) &- 1
    }
}

/// Characters of JSON, by name.
enum ASCII {
    static var tab: UInt8 { 0x09 }
    static var lineFeed: UInt8 { 0x0A }
    static var carriageReturn: UInt8 { 0x0D }
    static var space: UInt8 { 0x20 }
    static var quote: UInt8 { 0x22 }
    static var plus: UInt8 { 0x2B }
    static var comma: UInt8 { 0x2C }
    static var minus: UInt8 { 0x2D }
    static var point: UInt8 { 0x2E }
    static var zero: UInt8 { 0x30 }
    static var colon: UInt8 { 0x3A }
    static var upperE: UInt8 { 0x45 }
    static var openBracket: UInt8 { 0x5B }
    static var backslash: UInt8 { 0x5C }
    static var closeBracket: UInt8 { 0x5D }
    static var lowerE: UInt8 { 0x65 }
    static var openBrace: UInt8 { 0x7B }
    static var closeBrace: UInt8 { 0x7D }

    /// 0…9, or something above for any other character.
    @inline(__always)
    static func digit(_ character: UInt8) -> UInt8 { character &- zero }
}
