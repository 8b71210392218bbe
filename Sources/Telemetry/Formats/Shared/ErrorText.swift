/// What kind of error a message tells of, where no field does.
enum ErrorText {
    /// The message's `"type"`, if it holds a provider's answer in JSON; else the words before the first detail, so that
    /// messages that differ only in their details are one kind. At most 64 bytes.
    static func kind(of message: String) -> String {
        if let inner = providerType(in: message) { return inner }
        let head = message.prefix { !"{[(:\n\"'".contains($0) }
        var words = head.split(separator: " ").prefix(6).joined(separator: " ")
        while words.utf8.count > 64 { words.removeLast() }
        if words.isEmpty { words = "error" }
        return words
    }

    /// `{"type":"error","error":{"type":"overloaded_error",…}}`: the last type that is not just `error`.
    private static func providerType(in message: String) -> String? {
        var found: String?
        var rest = message[...]
        while let range = rest.firstRange(of: "\"type\":") {
            rest = rest[range.upperBound...].drop { $0 == " " }
            guard rest.first == "\"" else { continue }
            let word = rest.dropFirst().prefix { $0 != "\"" }
            if word != "error", word.utf8.count <= 64, word.allSatisfy({ $0.isLetter || $0.isNumber || $0 == "_" }) {
                found = String(word)
            }
        }
        return found
    }

    /// A three-digit status within the message's first words.
    static func statusCode(in message: String) -> Int64? {
        for word in message.prefix(200).split(whereSeparator: { !$0.isNumber && !$0.isLetter }) {
            if word.utf8.count == 3, let code = Int64(word), (400...599).contains(code) { return code }
        }
        return nil
    }
}
