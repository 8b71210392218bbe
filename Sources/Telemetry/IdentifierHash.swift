/// The hash that identifiers (`trace_id`, `session_id`, …) are kept as: equal texts, equal hashes.
///
/// After wyhash (Wang Yi): each eight bytes are folded in by one 64 × 64 → 128-bit product, the rest together with the
/// length. Unseeded, so that hashes can be kept and compared between runs; for n identifiers the chance of any clash is
/// about n² / 2^65.
package enum IdentifierHash {
    /// The state before the first word.
    static var seed: UInt64 { 0xA076_1D64_78BD_642F }

    /// Takes in eight bytes.
    @inline(__always)
    static func add(_ word: UInt64, to state: UInt64) -> UInt64 { fold(state ^ word, 0xE703_7ED1_A0B4_28DB) }

    /// The hash, never 0, of `count` bytes, of which the last 0 to 7 are `tail`.
    @inline(__always)
    static func finish(_ state: UInt64, tail: UInt64, count: Int) -> UInt64 {
        let hash = fold(state ^ tail, 0x8EBC_6AF0_9C88_C6E3 ^ UInt64(truncatingIfNeeded: count))
        return hash == 0 ? 1 : hash
    }

    /// Hash of the bytes in `range`, never 0. Up to 7 bytes behind the range must be readable.
    package static func hash(_ bytes: RawSpan, _ range: Range<Int>) -> UInt64 {
        var state = seed
        var offset = range.lowerBound
        while range.upperBound &- offset >= 8 {
            state = add(bytes.word(at: offset), to: state)
            offset &+= 8
        }
        let left = range.upperBound &- offset
        let tail = left > 0 ? bytes.word(at: offset) & WordOfBytes.mask(left) : 0
        return finish(state, tail: tail, count: range.count)
    }

    /// Hash of a text, the same as of its UTF-8 in a record.
    package static func hash(_ text: String) -> UInt64 {
        var padded = Array(text.utf8)
        let count = padded.count
        padded.append(contentsOf: repeatElement(0, count: 8))
        return padded.withBytes { hash($0, 0..<count) }
    }

    @inline(__always)
    static func fold(_ a: UInt64, _ b: UInt64) -> UInt64 {
        let product = a.multipliedFullWidth(by: b)
        return product.high ^ product.low
    }
}
