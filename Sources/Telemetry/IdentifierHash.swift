/// The hash that identifiers (`trace_id`, `session_id`, …) are kept as: equal texts, equal hashes.
///
/// After wyhash (Wang Yi): words are folded by 64 × 64 → 128-bit products. Unseeded, so that hashes can be kept and
/// compared between runs; for n identifiers the chance of any clash is about n² / 2^65.
package enum IdentifierHash {
    private static let secret: (UInt64, UInt64, UInt64) = (
        0xA076_1D64_78BD_642F, 0xE703_7ED1_A0B4_28DB, 0x8EBC_6AF0_9C88_C6E3
    )

    /// Hash of the bytes in `range`, never 0. Up to 7 bytes behind the range must be readable.
    package static func hash(_ bytes: RawSpan, _ range: Range<Int>) -> UInt64 {
        var state = secret.0
        var offset = range.lowerBound
        while range.upperBound &- offset >= 16 {
            state = fold(bytes.word(at: offset) ^ secret.1, bytes.word(at: offset &+ 8) ^ state)
            offset &+= 16
        }
        let left = range.upperBound &- offset
        let low = left > 0 ? bytes.word(at: offset) & WordOfBytes.mask(left) : 0
        let high = left > 8 ? bytes.word(at: offset &+ 8) & WordOfBytes.mask(left &- 8) : 0
        state = fold(low ^ secret.1, high ^ state)
        let hash = fold(secret.1 ^ UInt64(truncatingIfNeeded: range.count), state ^ secret.2)
        return hash == 0 ? 1 : hash
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
