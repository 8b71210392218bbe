/// An id of a trace or span in the one way it is hashed: hexadecimal in lower case. Writers that dump protocol buffers
/// naively write base64.
struct SpanIdentifier {
    private(set) var hash: UInt64 = 0
    /// Where it stands in the document, if it is written as it is hashed.
    private var range = 0..<0
    /// The id as it is hashed, if it is written otherwise.
    private var rewritten: [UInt8] = []

    /// The id; empty if there is none, or it is nothing but zeros.
    @inline(__always)
    init(_ document: borrowing JSONDocument, _ node: Int?, bytes length: Int) {
        guard let node, document.kind(node) == .text else { return }
        let range = document.range(node)
        if range.count == 2 * length {
            // Lower-case letters and digits have bit 5; upper-case letters don't.
            let bits: UInt64 = 0x2020_2020_2020_2020
            let zeros: UInt64 = 0x3030_3030_3030_3030
            let (isLower, isZero) = document.bytes.withBytes { bytes in
                var (all, any) = (bits, UInt64(0))
                for offset in stride(from: range.lowerBound, to: range.upperBound, by: 8) {
                    let word = bytes.word(at: offset)
                    all &= word
                    any |= word ^ zeros
                }
                return (all & bits == bits, any == 0)
            }
            if isZero { return }
            if isLower {
                self.range = range
                hash = document.bytes.withBytes { IdentifierHash.hash($0, range) }
                return
            }
        }
        rewrite(document, node, range, length)
    }

    @inline(never)
    private mutating func rewrite(_ document: borrowing JSONDocument, _ node: Int, _ written: Range<Int>, _ length: Int)
    {
        var range = written
        if range.count == 2 * length + 2, document.hasPrefix(node, "0x") { range = range.dropFirst(2) }
        guard !range.isEmpty else { return }
        if range.count == (length + 2) / 3 * 4, range.count != 2 * length, decode(document, range, length) {
            // Done.
        } else if range.count <= 40 {
            rewritten = document.bytes[range].map(Self.lowercased)
        } else {
            hash = document.bytes.withBytes { IdentifierHash.hash($0, range) }
            return
        }
        if rewritten.allSatisfy({ $0 == ASCII.zero }) {
            rewritten = []
            return
        }
        var padded = rewritten
        padded.append(contentsOf: repeatElement(0, count: 8))
        hash = padded.withBytes { IdentifierHash.hash($0, 0..<rewritten.count) }
    }

    /// Letters and digits, at most 40; empty for an id that is longer.
    func text(_ document: borrowing JSONDocument) -> [UInt8] {
        range.isEmpty ? rewritten : Array(document.bytes[range])
    }

    private static func lowercased(_ byte: UInt8) -> UInt8 {
        byte >= UInt8(ascii: "A") && byte <= UInt8(ascii: "F") ? byte | 0x20 : byte
    }

    /// Base64 of exactly `length` bytes.
    private mutating func decode(_ document: borrowing JSONDocument, _ range: Range<Int>, _ length: Int) -> Bool {
        var bits: UInt32 = 0
        var held = 0
        var decoded = 0
        for offset in range {
            let byte = document.bytes[offset]
            let value: UInt32
            switch byte {
            case UInt8(ascii: "A")...UInt8(ascii: "Z"): value = UInt32(byte - UInt8(ascii: "A"))
            case UInt8(ascii: "a")...UInt8(ascii: "z"): value = UInt32(byte - UInt8(ascii: "a")) + 26
            case UInt8(ascii: "0")...UInt8(ascii: "9"): value = UInt32(byte - UInt8(ascii: "0")) + 52
            case UInt8(ascii: "+"), UInt8(ascii: "-"): value = 62
            case UInt8(ascii: "/"), UInt8(ascii: "_"): value = 63
            case UInt8(ascii: "="): continue
            default:
                rewritten = []
                return false
            }
            bits = bits << 6 | value
            held += 6
            if held >= 8, decoded < length {
                held -= 8
                let byte = UInt8(truncatingIfNeeded: bits >> UInt32(held))
                rewritten.append(Self.digit(byte >> 4))
                rewritten.append(Self.digit(byte & 15))
                decoded += 1
            }
        }
        if decoded == length { return true }
        rewritten = []
        return false
    }

    private static func digit(_ value: UInt8) -> UInt8 { value < 10 ? ASCII.zero + value : 0x57 + value }
}
