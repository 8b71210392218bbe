// The rows of flat tables are written through a pointer: that is where the time of a million rows goes. "unsafe" is
// that pointers are used; each lives only inside the closure that hands it out, every write is checked against the room
// there is, and every read stays within its buffer.

/// Writes one line into room that somebody else has made. What doesn't fit is left out and makes it full: the line is
/// then to be written anew, with more room.
@safe
struct RowWriter {
    private let room: UnsafeMutableBufferPointer<UInt8>
    /// Bytes written.
    private(set) var count = 0
    private(set) var isFull = false

    /// - Parameter room: outlives the writer.
    init(_ room: UnsafeMutableBufferPointer<UInt8>) { unsafe self.room = room }

    /// Takes back what was written after `count` was this.
    mutating func rewind(to count: Int) { self.count = count }

    @inline(__always)
    mutating func put(_ byte: UInt8) {
        guard unsafe count < room.count else { return isFull = true }
        unsafe room[count] = byte
        count &+= 1
    }

    @inline(__always)
    mutating func replace(at index: Int, by byte: UInt8) {
        if index < count { unsafe room[index] = byte }
    }

    @inline(__always)
    mutating func put(_ bytes: UnsafeBufferPointer<UInt8>) {
        guard unsafe room.count &- count >= bytes.count else { return isFull = true }
        guard let target = unsafe room.baseAddress, let source = bytes.baseAddress else { return }
        unsafe target.advanced(by: count).update(from: source, count: bytes.count)
        count &+= bytes.count
    }

    @inline(__always)
    mutating func put(_ bytes: Span<UInt8>, _ range: Range<Int>) {
        unsafe bytes.withUnsafeBufferPointer { unsafe put(UnsafeBufferPointer(rebasing: $0[range])) }
    }

    @inline(__always)
    mutating func put(_ number: NumberText) { put(number.characters.span, number.first..<NumberText.size) }

    mutating func put(_ text: StaticString) {
        text.withUTF8Buffer { unsafe put($0) }
    }

    /// A text in quotes, its escapes written.
    @inline(__always)
    mutating func putQuoted(_ text: UnsafeBufferPointer<UInt8>) {
        put(UInt8(ascii: "\""))
        if unsafe Self.firstEscape(text, from: 0) == text.count {
            unsafe put(text)
        } else {
            unsafe putEscaped(text)
        }
        put(UInt8(ascii: "\""))
    }

    @inline(never)
    private mutating func putEscaped(_ text: UnsafeBufferPointer<UInt8>) {
        for index in 0..<text.count {
            let byte = unsafe text[index]
            if byte < 0x20 {
                put("\\u00")
                put(JSONText.hexadecimal(byte >> 4))
                put(JSONText.hexadecimal(byte & 15))
            } else {
                if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") { put(UInt8(ascii: "\\")) }
                put(byte)
            }
        }
    }

    /// The first `"`, `\` or control character at or after `start`; the buffer's end if there is none.
    @inline(__always)
    static func firstEscape(_ buffer: UnsafeBufferPointer<UInt8>, from start: Int) -> Int {
        let raw = UnsafeRawBufferPointer(buffer)
        let ones: UInt64 = 0x0101_0101_0101_0101
        var position = start
        while position &+ 8 <= raw.count {
            let word = unsafe UInt64(littleEndian: raw.loadUnaligned(fromByteOffset: position, as: UInt64.self))
            let quote = word ^ (ones &* 0x22)
            let backslash = word ^ (ones &* 0x5C)
            // The high bit of bytes that are one of the three; only the lowest mark is exact.
            let marks =
                (((quote &- ones) & ~quote) | ((backslash &- ones) & ~backslash)
                    | ((word &- ones &* 0x20) & ~word)) & (ones &* 0x80)
            if marks != 0 { return position &+ marks.trailingZeroBitCount &>> 3 }
            position &+= 8
        }
        while position < raw.count {
            let byte = unsafe raw[position]
            if byte < 0x20 || byte == 0x22 || byte == 0x5C { return position }
            position &+= 1
        }
        return position
    }
}

extension [UInt8] {
    /// The first `"`, `\` or control character at or after `start`; the array's end if there is none.
    func firstEscape(from start: Int) -> Int {
        unsafe withUnsafeBufferPointer { unsafe RowWriter.firstEscape($0, from: start) }
    }

    /// Appends a run of bytes of another buffer.
    @inline(__always)
    mutating func append(_ bytes: Span<UInt8>, _ range: Range<Int>) {
        unsafe bytes.withUnsafeBufferPointer { buffer in
            unsafe append(contentsOf: UnsafeBufferPointer(rebasing: buffer[range]))
        }
    }
}
