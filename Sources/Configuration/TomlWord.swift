/// Values without quotes: numbers, dates, true and false.
enum TomlWord {
    /// Whether the parser can be trusted with the text, trailing blanks included: a date or time that is one to its last
    /// letter, `true`, `false`, `inf`, `nan`, or something that begins as a number and holds nothing but letters of one.
    static func isPlausible(_ text: String) -> Bool {
        var bytes = Array(text.utf8)[...]
        while let last = bytes.last, last == space || last == UInt8(ascii: "\t") { bytes.removeLast() }
        switch String(decoding: bytes, as: UTF8.self) {
        case "true", "false", "inf", "+inf", "-inf", "nan", "+nan", "-nan": return true
        default: break
        }
        if isDateOrTime(bytes) { return true }
        guard let first = bytes.first else { return false }
        let isSigned = first == UInt8(ascii: "+") || first == UInt8(ascii: "-")
        guard let start = isSigned ? bytes.dropFirst().first : first, isDigit(start) else { return false }
        // A second hyphen or a colon would make a date of it, and one was not.
        return bytes.allSatisfy { isNumberLetter($0) } && !looksLikeDate(bytes)
    }

    private static let space = UInt8(ascii: " ")

    private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }

    private static func isNumberLetter(_ byte: UInt8) -> Bool {
        isDigit(byte) || "abcdefABCDEFxo_.+-".utf8.contains(byte)
    }

    private static func looksLikeDate(_ bytes: ArraySlice<UInt8>) -> Bool {
        bytes.count >= 5 && bytes.prefix(4).allSatisfy(isDigit) && bytes.dropFirst(4).first == UInt8(ascii: "-")
    }

    private static func isDateOrTime(_ bytes: ArraySlice<UInt8>) -> Bool {
        var rest = bytes
        let hasDate = take(&rest, "0000-00-00")
        if hasDate {
            if rest.isEmpty { return true }
            guard let separator = rest.popFirst(), "Tt ".utf8.contains(separator) else { return false }
        }
        guard take(&rest, "00:00:00") || take(&rest, "00:00") else { return false }
        if rest.first == UInt8(ascii: ".") {
            let digits = rest.dropFirst().prefix(while: isDigit)
            guard !digits.isEmpty else { return false }
            rest = rest.dropFirst(1 + digits.count)
        }
        if rest.isEmpty { return true }
        guard hasDate else { return false }
        if rest.count == 1, let last = rest.first, "Zz".utf8.contains(last) { return true }
        return (take(&rest, "+00:00") || take(&rest, "-00:00")) && rest.isEmpty
    }

    /// Takes what has the pattern's shape, where `0` stands for any digit.
    private static func take(_ bytes: inout ArraySlice<UInt8>, _ pattern: String) -> Bool {
        let shape = pattern.utf8
        guard bytes.count >= shape.count else { return false }
        for (byte, wanted) in zip(bytes, shape) {
            guard wanted == UInt8(ascii: "0") ? isDigit(byte) : byte == wanted else { return false }
        }
        bytes = bytes.dropFirst(shape.count)
        return true
    }
}
