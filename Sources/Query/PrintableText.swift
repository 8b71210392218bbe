/// Keeps what users and agents wrote from being obeyed by a terminal.
enum PrintableText {
    /// The text with controls, format characters (bidi, zero width) and line separators as `·`.
    static func sanitized(_ text: String) -> String {
        if text.utf8.allSatisfy({ $0 >= 0x20 && $0 < 0x7f }) { return text }
        var result = ""
        result.unicodeScalars.reserveCapacity(text.unicodeScalars.count)
        for scalar in text.unicodeScalars {
            result.unicodeScalars.append(isObeyed(scalar) ? "·" : scalar)
        }
        return result
    }

    /// One character; what is wholly made of controls stays one column.
    static func sanitized(_ character: Character) -> String {
        character.unicodeScalars.contains(where: isObeyed) ? "·" : String(character)
    }

    private static func isObeyed(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator: true
        default: false
        }
    }
}
