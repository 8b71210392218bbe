import Monitoring
import Statistics

/// A mail for `sendmail -t`, which finds its receivers in the headers.
enum Mail {
    static func call(_ notification: AlertNotification, _ settings: EmailSettings) -> ProgramCall {
        ProgramCall(
            // -i: a dot on a line of its own is text.
            arguments: [settings.program ?? "sendmail", "-t", "-i"],
            input: Array(message(notification, settings).utf8), patience: 30_000)
    }

    static func message(_ n: AlertNotification, _ settings: EmailSettings) -> String {
        var lines = [
            "From: \(address(settings.from))",
            "To: \(settings.to.map(address).joined(separator: ",\n "))",
            "Subject: \(encoded(MessageText.line(n.headline(withService: true), limit: 200)))",
            "Message-ID: <\(SHA256.hexadecimal(Array("\(n.identity) \(n.episode) \(n.action.rawValue) \(n.time)".utf8)).prefix(32))@agentdash>",
            // What is said about one alert stands in one thread.
            "References: <\(n.key.prefix(32)).\(n.startsAt / 1000)@agentdash>",
            "Auto-Submitted: auto-generated", "X-Agentdash-Rule: \(encoded(MessageText.line(n.rule, limit: 100)))",
            "X-Agentdash-Severity: \(n.severity.rawValue)", "MIME-Version: 1.0",
            "Content-Type: text/plain; charset=utf-8", "Content-Transfer-Encoding: 8bit", "",
        ]
        // Lines of mail have at most 998 bytes.
        lines += body(n).flatMap { folded(MessageText.line($0, limit: 4096)) }
        return lines.map { $0 + "\n" }.joined()
    }

    private static func body(_ n: AlertNotification) -> [String] {
        var lines = [n.summary, "", "Why this is sent: \(n.reason)", "Since: \(MessageText.time(n.startsAt))"]
        if let end = n.endsAt { lines.append("Until: \(MessageText.time(end))") }
        return lines + [""] + n.details
    }

    /// Settings are checked when they are read; what isn't an address here is none of anybody's.
    private static func address(_ text: String) -> String {
        EmailSettings.isAddress(text) ? text : "undisclosed-recipients:;"
    }

    /// A header's text: as it is where it is plain, else in words of RFC 2047's.
    private static func encoded(_ text: String) -> String {
        if text.utf8.allSatisfy({ $0 >= 0x20 && $0 < 0x7F }), !text.contains("=?") { return text }
        var words: [String] = []
        var word = ""
        for scalar in text.unicodeScalars {
            let code = String(scalar).utf8.map { byte in
                let isPlain =
                    byte < 0x80
                    && (Character(Unicode.Scalar(byte)).isLetter || Character(Unicode.Scalar(byte)).isNumber)
                return isPlain
                    ? String(Unicode.Scalar(byte))
                    : "=" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
            }.joined()
            // At most 75 characters a word, and no scalar in two of them.
            if word.utf8.count + code.utf8.count > 60 {
                words.append(word)
                word = ""
            }
            word += code
        }
        return (words + [word]).map { "=?utf-8?Q?\($0)?=" }.joined(separator: "\n ")
    }

    private static func folded(_ line: String) -> [String] {
        var lines: [String] = []
        var part = ""
        for scalar in line.unicodeScalars {
            if part.utf8.count >= 900 {
                lines.append(part)
                part = ""
            }
            part.unicodeScalars.append(scalar)
        }
        return lines + [part]
    }
}
