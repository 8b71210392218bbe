// Runs of bytes appended at once, and texts looked at in words: where the time of a flat table goes. "unsafe" is that
// pointers are used; each lives only inside the closure that hands it out, and every count is the buffer's own.

extension [UInt8] {
    /// Appends a run of bytes of another buffer.
    @inline(__always)
    mutating func append(_ bytes: Span<UInt8>, _ range: Range<Int>) {
        unsafe bytes.withUnsafeBufferPointer { buffer in
            unsafe append(contentsOf: UnsafeBufferPointer(rebasing: buffer[range]))
        }
    }

    /// The first `"`, `\` or control character at or after `start`; the array's end if there is none.
    @inline(__always)
    func firstEscape(from start: Int) -> Int {
        unsafe withUnsafeBytes { buffer in
            var position = start
            while position &+ 8 <= buffer.count {
                let word = unsafe buffer.loadUnaligned(fromByteOffset: position, as: UInt64.self).littleEndian
                let ones: UInt64 = 0x0101_0101_0101_0101
                let quote = word ^ (ones &* 0x22)
                let backslash = word ^ (ones &* 0x5C)
                // The high bit of bytes that are one of the three; only the lowest mark is exact.
                let marks =
                    (((quote &- ones) & ~quote) | ((backslash &- ones) & ~backslash)
                        | ((word &- ones &* 0x20) & ~word)) & (ones &* 0x80)
                if marks != 0 { return position &+ marks.trailingZeroBitCount &>> 3 }
                position &+= 8
            }
            while position < buffer.count {
                let byte = unsafe buffer[position]
                if byte < 0x20 || byte == 0x22 || byte == 0x5C { return position }
                position &+= 1
            }
            return position
        }
    }
}
