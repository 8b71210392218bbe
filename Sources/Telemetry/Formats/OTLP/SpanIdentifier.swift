/// An id of a trace or span in the one way it is hashed: hexadecimal in lower case. Writers that dump protocol buffers
/// naively write base64.
struct SpanIdentifier {
    private(set) var hash: UInt64 = 0
    private var storage = InlineArray<48, UInt8>(repeating: 0)
    private var count = 0

    /// The id; empty if there is none, or it is nothing but zeros.
    init(_ document: borrowing JSONDocument, _ node: Int?, bytes length: Int) {
        guard let node, document.kind(node) == .text else { return }
        var range = document.range(node)
        if range.count == 2 * length + 2, document.hasPrefix(node, "0x") { range = range.dropFirst(2) }
        guard !range.isEmpty else { return }
        if range.count == (length + 2) / 3 * 4, range.count != 2 * length, decode(document, range, length) {
            // Done.
        } else if range.count <= 40 {
            for offset in range { append(Self.lowercased(document.bytes[offset])) }
        } else {
            hash = document.bytes.withBytes { IdentifierHash.hash($0, range) }
            return
        }
        var isZero = true
        for place in 0..<count where storage[place] != ASCII.zero { isZero = false }
        if isZero {
            count = 0
        } else {
            hash = unsafe IdentifierHash.hash(storage.span.bytes, 0..<count)
        }
    }

    /// Letters and digits, at most 40; empty for an id that is longer.
    var text: [UInt8] { (0..<count).map { storage[$0] } }

    private static func lowercased(_ byte: UInt8) -> UInt8 {
        byte >= UInt8(ascii: "A") && byte <= UInt8(ascii: "F") ? byte | 0x20 : byte
    }

    private mutating func append(_ byte: UInt8) {
        guard count < 40 else { return }
        storage[count] = byte
        count += 1
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
                count = 0
                return false
            }
            bits = bits << 6 | value
            held += 6
            if held >= 8, decoded < length {
                held -= 8
                let byte = UInt8(truncatingIfNeeded: bits >> UInt32(held))
                append(Self.digit(byte >> 4))
                append(Self.digit(byte & 15))
                decoded += 1
            }
        }
        if decoded == length { return true }
        count = 0
        return false
    }

    private static func digit(_ value: UInt8) -> UInt8 { value < 10 ? ASCII.zero + value : 0x57 + value }
}
