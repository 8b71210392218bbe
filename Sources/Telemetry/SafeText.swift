/// Text that can be shown on a terminal: valid UTF-8 without anything that moves the cursor, starts an escape
/// sequence or turns the direction of writing.
package enum SafeText {
    /// The text of a JSON string that stands between its quotes in `range`, as `Record.traceText` says: without escapes,
    /// safe to print, at most `limit` bytes of UTF-8.
    package static func string(_ bytes: RawSpan, _ range: Range<Int>, limit: Int) -> String {
        var plain: [UInt8] = []
        let count = Escapes.remove(bytes, range, into: &plain)
        return String(decoding: plain.withBytes { repaired($0, 0..<count, limit: limit) }, as: UTF8.self)
    }

    /// Whether the text can be kept as it is.
    static func isSafe(_ bytes: RawSpan, _ range: Range<Int>) -> Bool {
        var offset = range.lowerBound
        while offset < range.upperBound {
            let byte = bytes.byte(at: offset)
            if byte >= 0x20, byte < 0x7F {
                offset += 1
                continue
            }
            let (value, length) = UTF8Bytes.scalar(bytes, at: offset, end: range.upperBound)
            guard let value, !isHarmful(value) else { return false }
            offset += length
        }
        return true
    }

    /// The text with `·` for every harmful character and U+FFFD for what is not UTF-8, cut at a scalar's boundary to
    /// at most `limit` bytes.
    static func repaired(_ bytes: RawSpan, _ range: Range<Int>, limit: Int) -> [UInt8] {
        var output: [UInt8] = []
        var offset = range.lowerBound
        while offset < range.upperBound {
            let before = output.count
            let (value, length) = UTF8Bytes.scalar(bytes, at: offset, end: range.upperBound)
            UTF8Bytes.append(value.map { isHarmful($0) ? 0xB7 : $0 } ?? 0xFFFD, to: &output)
            if output.count > limit {
                output.removeSubrange(before...)
                break
            }
            offset += length
        }
        return output
    }

    /// At most `limit` bytes of the range, ending where a scalar ends.
    package static func cut(_ bytes: RawSpan, _ range: Range<Int>, limit: Int) -> Range<Int> {
        guard range.count > limit else { return range }
        var end = range.lowerBound + limit
        var steps = 0
        while steps < 3, end > range.lowerBound, bytes.byte(at: end) & 0xC0 == 0x80 {
            end -= 1
            steps += 1
        }
        return range.lowerBound..<end
    }

    private static func isHarmful(_ value: UInt32) -> Bool {
        switch value {
        case 0x00...0x1F, 0x7F...0x9F: true  // C0, DEL, C1 (a lone CSI among them)
        case 0x061C, 0x200E...0x200F, 0x202A...0x202E, 0x2066...0x2069: true  // direction
        case 0x2028...0x2029, 0xFEFF, 0xFFF9...0xFFFB, 0xE0000...0xE007F: true  // separators, marks, tags
        default: false
        }
    }
}
