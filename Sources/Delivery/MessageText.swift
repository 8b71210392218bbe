import Query

/// Texts as receivers get them: what users and agents wrote commands nobody, and nothing is longer than the receiver takes.
enum MessageText {
    /// One line of at most `limit` characters (scalars), the last an ellipsis where more was there. Line ends are blanks, other
    /// controls and what turns the direction of writing `·`.
    static func line(_ text: String, limit: Int) -> String { cut(text, limit) { $0 == "\n" || $0 == "\r" ? " " : nil } }

    /// The same with its lines.
    static func lines(_ text: String, limit: Int) -> String { cut(text, limit) { $0 == "\n" ? $0 : nil } }

    private static func cut(
        _ text: String, _ limit: Int, _ lineEnd: (Unicode.Scalar) -> Unicode.Scalar?
    ) -> String {
        var result = String.UnicodeScalarView()
        var count = 0
        for scalar in text.unicodeScalars {
            if count == limit {
                result.removeLast()
                result.append("…")
                break
            }
            result.append(lineEnd(scalar) ?? (isObeyed(scalar) ? "·" : scalar))
            count += 1
        }
        return String(result)
    }

    private static func isObeyed(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator: true
        default: false
        }
    }

    /// Without the level that stands before it: `WARNING: Error rate …` where the severity is told beside.
    static func withoutLevel(_ summary: String) -> String {
        for level in ["CRITICAL: ", "WARNING: ", "INFO: "] where summary.hasPrefix(level) {
            return String(summary.dropFirst(level.count))
        }
        return summary
    }

    /// RFC 3339 in UTC, with as many digits of the second as there are: `2026-07-01T14:05:00Z`.
    static func time(_ time: Int64) -> String {
        let clock = ClockTime(time)
        var text = "\(clock.date)T\(clock.text(seconds: true))"
        if clock.microsecond > 0 {
            text += "." + String(String(1_000_000 + clock.microsecond).dropFirst())
            while text.hasSuffix("0") { text.removeLast() }
        }
        return text + "Z"
    }

    /// At least two decimals: `0.10`, `42.50`, `0.0375`.
    static func number(_ value: Double) -> String {
        let text = NumberFormat.plain(value)
        guard value.isFinite, value.magnitude < 1e15 else { return text }
        guard let point = text.firstIndex(of: ".") else { return text + ".00" }
        return text.distance(from: point, to: text.endIndex) == 2 ? text + "0" : text
    }

    /// The text if it is an address that may be linked to.
    static func link(_ text: String?) -> String? {
        guard let text, text.utf8.count <= 2048, Address(text) != nil else { return nil }
        return text
    }
}
