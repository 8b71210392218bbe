import Metrics
import Query
import Telemetry

/// What could stand at the cursor of a filter: a field, an operator, a value that is held, a joining word.
struct FilterCompletion {
    let editor: LineEditor
    let rows: RequestRows?

    private static let mostChoices = 40
    private static let joins: Set<String> = ["and", "or", "not", "("]
    private static let operators: [(String, String)] = [
        ("=", "is"), ("!=", "is not"), (">", "over"), ("<", "under"), (">=", "at least"), ("<=", "at most"),
        ("~", "contains"), ("in (", "is one of"),
    ]

    /// Which characters a choice replaces.
    var replaced: Range<Int> {
        var range = editor.wordBeforeCursor
        // A value is quoted anew.
        if range.lowerBound > 0, editor.characters[range.lowerBound - 1] == "\"" {
            range = range.lowerBound - 1..<range.upperBound
        }
        return range
    }

    var choices: [Prompt.Choice] {
        let prefix = String(editor.characters[editor.wordBeforeCursor]).lowercased()
        let before = String(editor.characters[..<replaced.lowerBound])
        let words = Self.words(before)
        let candidates: [Prompt.Choice]
        switch (words.last, words.dropLast().last) {
        case (nil, _): candidates = fields
        case (let last?, _) where Self.joins.contains(last.lowercased()): candidates = fields
        case (let last?, let field?) where Self.isComparison(last): candidates = values(of: field, prefix: prefix)
        case (let last?, _) where RecordField.catalogue.index(of: last) != nil:
            candidates = Self.operators.map { Prompt.Choice(text: $0.0 + " ", help: $0.1) }
        default:
            candidates = [
                Prompt.Choice(text: "and ", help: "both"), Prompt.Choice(text: "or ", help: "one of the two"),
            ]
        }
        return Array(
            candidates.filter { choice in
                let text = choice.text.lowercased()
                return prefix.isEmpty || text.hasPrefix(prefix) || text.hasPrefix("\"" + prefix)
            }.prefix(Self.mostChoices))
    }

    private var fields: [Prompt.Choice] {
        RecordField.catalogue.entries.map { Prompt.Choice(text: $0.name + " ", help: $0.help) }
    }

    private func values(of field: String, prefix: String) -> [Prompt.Choice] {
        guard let rows else { return [] }
        return rows.values(ofField: field, prefix: prefix, limit: Self.mostChoices).map { value in
            let isText = RecordField.catalogue.index(of: field).map { RecordField.allCases[$0].type == .text } ?? true
            return Prompt.Choice(text: isText ? QuotedText.quoted(value) : value, help: "")
        }
    }

    private static func isComparison(_ word: String) -> Bool {
        ["=", "==", "!=", ">", "<", ">=", "<=", "~"].contains(word)
    }

    /// Words and signs; a sign needs no blank around it.
    private static func words(_ text: String) -> [String] {
        var words: [String] = []
        var isQuoted = false
        var isSign = false
        var isOpen = false
        for character in text {
            if character == "\"" { isQuoted.toggle() }
            if character.isWhitespace, !isQuoted {
                isOpen = false
                continue
            }
            let sign = !isQuoted && "=<>!~".contains(character)
            if isOpen, sign == isSign, character != "(" {
                words[words.count - 1].append(character)
            } else {
                words.append(String(character))
            }
            isOpen = character != "("
            isSign = sign
        }
        return words
    }
}
