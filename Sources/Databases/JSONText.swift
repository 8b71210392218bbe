/// Numbers and texts as JSON.
enum JSONText {
    /// Escapes what stands in `bytes` from `start` on. Most texts have nothing to escape, and are only looked at.
    static func escape(_ bytes: inout [UInt8], from start: Int) {
        let position = bytes.firstEscape(from: start)
        if position < bytes.count { escapeRest(&bytes, from: position) }
    }

    @inline(never)
    private static func escapeRest(_ bytes: inout [UInt8], from start: Int) {
        let rest = Array(bytes[start...])
        bytes.removeSubrange(start...)
        for byte in rest {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"):
                bytes.append(UInt8(ascii: "\\"))
                bytes.append(byte)
            case 0..<0x20:
                bytes.append(contentsOf: "\\u00".utf8)
                bytes.append(hexadecimal(byte >> 4))
                bytes.append(hexadecimal(byte & 15))
            default: bytes.append(byte)
            }
        }
    }

    /// The character of 0…15.
    static func hexadecimal(_ digit: UInt8) -> UInt8 { digit < 10 ? digit + 0x30 : digit + 0x57 }

    static func append(_ value: Int64, to bytes: inout [UInt8]) {
        let text = NumberText(value)
        bytes.append(text.characters.span, text.first..<NumberText.size)
    }

    /// `value` / 10^`scale`, exactly; `scale` is 3 or 9.
    static func append(_ value: Int64, scale: Int, to bytes: inout [UInt8]) {
        let text = scale == 3 ? NumberText(thousandths: value) : NumberText(billionths: value)
        bytes.append(text.characters.span, text.first..<NumberText.size)
    }

    /// - Returns: false if the number is beyond what any field keeps, and nothing was written.
    static func append(_ value: Double, to bytes: inout [UInt8]) -> Bool {
        guard let text = NumberText(value) else { return false }
        bytes.append(text.characters.span, text.first..<NumberText.size)
        return true
    }

    /// Whether the whole text is a number as JSON writes it.
    static func isNumber(_ text: ArraySlice<UInt8>) -> Bool {
        var rest = text
        if rest.first == UInt8(ascii: "-") { rest.removeFirst() }
        func digits() -> Int {
            let count = rest.prefix { $0 &- 0x30 < 10 }.count
            rest.removeFirst(count)
            return count
        }
        let isZero = rest.first == UInt8(ascii: "0")
        let whole = digits()
        guard whole > 0, !isZero || whole == 1 else { return false }
        if rest.first == UInt8(ascii: ".") {
            rest.removeFirst()
            if digits() == 0 { return false }
        }
        if let letter = rest.first, letter | 0x20 == UInt8(ascii: "e") {
            rest.removeFirst()
            if let sign = rest.first, sign == UInt8(ascii: "-") || sign == UInt8(ascii: "+") { rest.removeFirst() }
            if digits() == 0 { return false }
        }
        return rest.isEmpty
    }
}

/// A number in decimal characters, without an allocation: those from `first` on.
struct NumberText {
    static let size = 32
    private(set) var characters = InlineArray<32, UInt8>(repeating: 0x30)
    private(set) var first = 32

    init(_ value: Int64) {
        putDigits(value.magnitude)
        if value < 0 { put(UInt8(ascii: "-")) }
    }

    init(thousandths value: Int64) {
        let (whole, part) = value.magnitude.quotientAndRemainder(dividingBy: 1_000)
        if part > 0 { putFraction(part, places: 3) }
        putDigits(whole)
        if value < 0 { put(UInt8(ascii: "-")) }
    }

    init(billionths value: Int64) {
        let (whole, part) = value.magnitude.quotientAndRemainder(dividingBy: 1_000_000_000)
        if part > 0 {
            // Few places are the rule.
            let (thousandths, rest) = part.quotientAndRemainder(dividingBy: 1_000_000)
            if rest == 0 {
                putFraction(thousandths, places: 3)
            } else {
                putFraction(part, places: 9)
            }
        }
        putDigits(whole)
        if value < 0 { put(UInt8(ascii: "-")) }
    }

    /// A finite number with up to nine places, which is what any field keeps; nil beyond Int64.
    init?(_ value: Double) {
        let scaled = (value * 1e9).rounded()
        if scaled.magnitude < 9e18 {
            self.init(billionths: Int64(scaled))
        } else if value.magnitude < 9e18 {
            self.init(Int64(value))
        } else {
            return nil
        }
    }

    @inline(__always)
    private mutating func put(_ character: UInt8) {
        first &-= 1
        characters[first] = character
    }

    @inline(__always)
    private mutating func putDigits(_ value: UInt64) {
        var rest = value
        repeat {
            let (quotient, digit) = rest.quotientAndRemainder(dividingBy: 10)
            put(0x30 &+ UInt8(truncatingIfNeeded: digit))
            rest = quotient
        } while rest > 0
    }

    /// A point and the places of `part` without the zeros at their end; `part` is above 0.
    @inline(__always)
    private mutating func putFraction(_ part: UInt64, places: Int) {
        var rest = part
        var left = places
        while rest % 10 == 0 {
            rest /= 10
            left &-= 1
        }
        while left > 0 {
            let (quotient, digit) = rest.quotientAndRemainder(dividingBy: 10)
            put(0x30 &+ UInt8(truncatingIfNeeded: digit))
            rest = quotient
            left &-= 1
        }
        put(UInt8(ascii: "."))
    }
}
