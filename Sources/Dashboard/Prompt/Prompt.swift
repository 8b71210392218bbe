import Canvas
import Query

/// A line in which something is typed: a filter, the name of an action, why an alert is silenced.
struct Prompt: Sendable, Hashable {
    enum Kind: Sendable, Hashable {
        case filter, palette
        case silence(AlertSubject)
        case baseline
    }

    let kind: Kind
    var editor: LineEditor
    /// What is wrong with the text, and at which characters.
    var complaint: QueryError?
    /// What could stand at the cursor, the likeliest first.
    var choices: [Choice] = []
    /// Which choice Tab or the arrows have reached.
    var chosen: Int?
    /// How far back in what was typed before; nil: in the new text.
    var recalled: Int?
    /// The new text, while older ones are looked at.
    var draft = ""
    /// The silence that its first choice ends.
    var ends: String?

    struct Choice: Sendable, Hashable {
        /// What is put into the text.
        var text: String
        /// What it is, in a few words.
        var help: String
    }

    init(_ kind: Kind, text: String = "") {
        self.kind = kind
        editor = LineEditor(text)
    }

    /// The next choice, round and round.
    mutating func choose(_ offset: Int) {
        guard !choices.isEmpty else { return }
        let start = chosen ?? (offset > 0 ? -1 : 0)
        chosen = ((start + offset) % choices.count + choices.count) % choices.count
    }

    /// An older text, or a newer one.
    mutating func recall(_ offset: Int, from history: [String]) {
        if recalled == nil { draft = editor.text }
        let next = (recalled ?? history.count) + offset
        guard next >= 0 else { return }
        recalled = next < history.count ? next : nil
        editor = LineEditor(next < history.count ? history[next] : draft)
        complaint = nil
    }
}
