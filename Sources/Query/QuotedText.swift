/// A text as an expression may hold it, whatever is in it.
package enum QuotedText {
    /// The text in quotes: read by the language it is the same again. What would melt into its neighbours on the screen or
    /// can't be seen is written as its code.
    package static func quoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            if scalar == "\"" || scalar == "\\" {
                result += "\\\(Character(scalar))"
            } else if standsAlone(scalar) {
                result.unicodeScalars.append(scalar)
            } else {
                result += "\\u{\(String(scalar.value, radix: 16))}"
            }
        }
        return result + "\""
    }

    /// Whether a quote before or behind it stays a character of its own, and it can be seen.
    private static func standsAlone(_ scalar: Unicode.Scalar) -> Bool {
        if scalar.isASCII { return scalar.value >= 0x20 && scalar.value < 0x7f }
        let alone = String(Character(scalar))
        return PrintableText.sanitized(alone) == alone && ("\"" + alone + "\"").count == 3
    }
}
