import Canvas
import Query

/// Draws a prompt over the last lines of the screen: choices, the text, and under it where it is wrong.
struct PromptView {
    let prompt: Prompt

    private static let mostChoices = 8

    func draw(on screen: inout Screen) {
        let width = screen.size.width
        guard width > 2, screen.size.height > 1 else { return }
        let last = screen.size.height - 1
        let y = last - (prompt.complaint == nil ? 0 : min(2, last))
        drawText(y: y, on: &screen)
        if let complaint = prompt.complaint { drawComplaint(complaint, below: y, on: &screen) }
        drawChoices(above: y, on: &screen)
    }

    /// What stands before the text.
    private func lead(_ width: Int) -> String {
        switch prompt.kind {
        case .filter: return "/"
        case .palette: return ":"
        case .silence:
            let time = prompt.chosen.map { prompt.choices[$0].text } ?? ""
            return time == "end" ? "end it " : "for \(time), because "
        case .baseline: return prompt.chosen == nil ? "keep this window as " : "compare with "
        }
    }

    /// What is decided about, over the choices: nothing is said to the wrong one.
    private var subject: String? {
        switch prompt.kind {
        case .filter, .palette: nil
        case .baseline: "what drift is measured against; a name keeps this window as one"
        case .silence(let subject): "silence \(subject.title)"
        }
    }

    /// The longest that fits is shown.
    private var hints: [String] {
        switch prompt.kind {
        case .filter: ["Enter applies  Tab completes  Esc leaves "]
        case .palette: ["Enter does it  Esc leaves "]
        case .baseline: ["Enter does it  Tab: which one  Esc leaves ", "Tab  Enter  Esc "]
        case .silence:
            ["Enter does it  Tab: how long  Esc leaves ", "Tab: how long  Enter  Esc ", "Tab Enter Esc "]
        }
    }

    /// How many characters are out of sight at the left.
    private func hidden(_ width: Int) -> Int {
        max(0, prompt.editor.cursor - max(0, width - 5 - DisplayWidth.width(of: lead(width))))
    }

    private func drawText(y: Int, on screen: inout Screen) {
        let width = screen.size.width
        screen.fill(Rect(x: 0, y: y, width: width, height: 1))
        let lead = lead(width)
        let start = 1 + screen.put(lead, x: 1, y: y, style: Style(.accent, bold: true), width: width - 2)
        let hidden = hidden(width)
        let (before, after) = (
            prompt.editor.characters[hidden..<prompt.editor.cursor], prompt.editor.characters[prompt.editor.cursor...]
        )
        var x = start + screen.put(String(before), x: start, y: y, width: max(0, width - 2 - start))
        let under = after.first.map(String.init) ?? " "
        x += screen.put(under, x: x, y: y, style: Style(.text, reverse: true), width: max(1, width - x))
        x += screen.put(String(after.dropFirst()), x: x, y: y, width: max(0, width - x - 1))
        if let hint = hints.first(where: { x + $0.count + 2 < width }) {
            screen.put(rightAligned: hint, x: 0, y: y, width: width, style: Style(.dim))
        }
    }

    /// A caret under the characters that are wrong, and what is wrong with them.
    private func drawComplaint(_ complaint: QueryError, below y: Int, on screen: inout Screen) {
        let width = screen.size.width
        for row in y + 1..<screen.size.height { screen.fill(Rect(x: 0, y: row, width: width, height: 1)) }
        let start = 2 + complaint.range.lowerBound - hidden(width)
        let length = max(1, min(complaint.range.count, width - start - 1))
        if start >= 0, start < width {
            screen.put(String(repeating: "^", count: length), x: start, y: y + 1, style: Style(.critical, bold: true))
        }
        screen.put(
            DisplayWidth.truncate(complaint.message, to: width - 3, ellipsis: screen.glyphs[.ellipsis]), x: 2, y: y + 2,
            style: Style(.critical))
    }

    private func drawChoices(above y: Int, on screen: inout Screen) {
        let count = max(0, min(prompt.choices.count, Self.mostChoices, y - 2 - (subject == nil ? 0 : 1)))
        guard count > 0 || subject != nil && y > 0 else { return }
        // As far down the list as the chosen one.
        let first = max(0, min((prompt.chosen ?? 0) - count + 1, prompt.choices.count - count))
        let names = prompt.choices.map { DisplayWidth.width(of: $0.text) }.max() ?? 0
        let name = min(names, 32)
        let width = min(
            screen.size.width - 2, max(30, name + 3 + 46, subject.map { DisplayWidth.width(of: $0) + 2 } ?? 0))
        if let subject {
            let place = Rect(x: 1, y: y - count - 1, width: width, height: 1)
            screen.fill(place, style: Style(.banner, bold: true))
            screen.put(
                DisplayWidth.truncate(subject, to: width - 2, ellipsis: screen.glyphs[.ellipsis]), x: 2, y: place.y,
                style: Style(.banner, bold: true))
        }
        for (row, choice) in prompt.choices[first..<first + count].enumerated() {
            let place = Rect(x: 1, y: y - count + row, width: width, height: 1)
            let style = first + row == prompt.chosen ? Style(.selection, bold: true) : Style(.banner)
            screen.fill(place, style: style)
            screen.put(
                DisplayWidth.truncate(choice.text, to: name, ellipsis: screen.glyphs[.ellipsis]), x: 2, y: place.y,
                style: style, width: name)
            let help = DisplayWidth.truncate(
                choice.help, to: max(0, width - name - 5), ellipsis: screen.glyphs[.ellipsis])
            screen.put(help, x: 4 + name, y: place.y, style: style, width: max(0, width - name - 4))
        }
    }
}
