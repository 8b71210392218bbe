import Canvas
import Metrics
import Monitoring
import Query

/// Typing: a filter, the name of an action, why an alert is silenced.
extension Model {
    mutating func startFilter() {
        guard SizeClass(size) != .line else { return }
        var prompt = Prompt(.filter, text: filter?.source ?? "")
        prompt.choices = filterChoices(prompt)
        self.prompt = prompt
    }

    mutating func startPalette() {
        guard SizeClass(size) != .line else { return }
        var prompt = Prompt(.palette)
        prompt.choices = paletteChoices(prompt)
        prompt.chosen = 0
        self.prompt = prompt
    }

    /// Takes a key into the prompt; nil where the key is meant for the rest of the program.
    mutating func typed(_ key: Key) -> [Effect]? {
        guard var prompt else { return nil }
        switch key {
        case .escape, .control("c"), .control("g"):
            self.prompt = nil
            return []
        case .enter:
            switch prompt.kind {
            case .filter: return applyFilter(prompt)
            case .palette: return runCommand(prompt)
            case .silence(let subject): return applySilence(prompt, of: subject)
            case .baseline: return applyBaseline(prompt)
            }
        case .tab: complete(&prompt, 1)
        case .backTab: complete(&prompt, -1)
        case .up, .down:
            let offset = key == .up ? -1 : 1
            if prompt.kind != .filter {
                prompt.choose(offset)
            } else {
                prompt.recall(offset, from: history.filters)
                prompt.choices = []
                prompt.chosen = nil
            }
        case .control("l"), .control("z"): return nil
        default:
            guard prompt.editor.edit(key) else { return [] }
            prompt.complaint = nil
            prompt.recalled = nil
            switch prompt.kind {
            case .filter:
                prompt.chosen = nil
                prompt.choices = filterChoices(prompt)
            case .palette:
                prompt.choices = paletteChoices(prompt)
                // What Enter would do is marked.
                prompt.chosen = prompt.choices.isEmpty ? nil : 0
            // The choice is of a time, the text says why.
            case .silence: break
            // A name is of something new; without one a choice is made.
            case .baseline: prompt.chosen = prompt.editor.text.isEmpty ? 0 : nil
            }
        }
        self.prompt = prompt
        return []
    }

    /// Puts the next choice in the place of the word at the cursor.
    private func complete(_ prompt: inout Prompt, _ offset: Int) {
        guard prompt.kind == .filter else { return prompt.choose(offset) }
        // The first time the word is replaced; from then on the choice before.
        let replaced: Range<Int>
        if let chosen = prompt.chosen, prompt.choices.indices.contains(chosen) {
            let length = prompt.choices[chosen].text.count
            replaced = max(0, prompt.editor.cursor - length)..<prompt.editor.cursor
        } else {
            replaced = FilterCompletion(editor: prompt.editor, rows: nil).replaced
        }
        if prompt.choices.isEmpty { prompt.choices = filterChoices(prompt) }
        prompt.choose(offset)
        guard let chosen = prompt.chosen, prompt.choices.indices.contains(chosen) else { return }
        prompt.editor.replace(replaced, with: prompt.choices[chosen].text)
        prompt.complaint = nil
        // What is the only one is meant: go on behind it.
        if prompt.choices.count == 1 {
            prompt.chosen = nil
            prompt.choices = filterChoices(prompt)
        }
    }

    private func filterChoices(_ prompt: Prompt) -> [Prompt.Choice] {
        FilterCompletion(editor: prompt.editor, rows: latest?.snapshot.rows).choices
    }

    private func paletteChoices(_ prompt: Prompt) -> [Prompt.Choice] {
        ranked(prompt).map { Prompt.Choice(text: $0.name, help: $0.help) }
    }

    private func ranked(_ prompt: Prompt) -> [Command] {
        Command.all(keys, themes: themes, baselines: baselines).enumerated().compactMap { place, command in
            command.rank(for: prompt.editor.text).map { ($0, place, command) }
        }
        .sorted { ($0.0, $0.1) < ($1.0, $1.1) }.map(\.2)
    }

    private mutating func runCommand(_ prompt: Prompt) -> [Effect] {
        let commands = ranked(prompt)
        guard let command = prompt.chosen.flatMap({ commands.indices.contains($0) ? commands[$0] : nil }) else {
            var prompt = prompt
            let text = prompt.editor.text
            prompt.complaint = QueryError("no action is called that", at: 0..<text.count, in: text)
            self.prompt = prompt
            return []
        }
        self.prompt = nil
        switch command.deed {
        case .action(let action): return perform(action)
        case .window(let window): self.window = window
        case .theme(let name): return use(theme: name)
        case .slices(let dimension): push(.slices(dimension))
        case .baseline(let baseline): compare(with: baseline)
        case .forget(let name): return forgetBaseline(name)
        case .explain(let outcome): push(.explain(outcome))
        }
        return []
    }

    // MARK: Filter

    private mutating func applyFilter(_ prompt: Prompt) -> [Effect] {
        let text = prompt.editor.text
        guard text.contains(where: { !$0.isWhitespace }) else {
            self.prompt = nil
            return setFilter(nil)
        }
        do {
            let filter = try RecordFilter(text)
            self.prompt = nil
            history.add(text)
            return setFilter(filter)
        } catch {
            var prompt = prompt
            prompt.complaint = error
            prompt.chosen = nil
            prompt.choices = []
            self.prompt = prompt
            return []
        }
    }

    /// Shows every number under a filter, or under none.
    mutating func setFilter(_ new: RecordFilter?) -> [Effect] {
        guard new != filter else { return [] }
        filter = new
        if new == nil, let pause, let latest { self.pause = Pause(held: latest, filter: nil, time: pause.time) }
        return [.filter(new)]
    }

    /// What the row with the focus has in common, in addition to what is filtered already.
    mutating func addToFilter() -> [Effect] {
        let ofPanel = page == .overview ? focus.requests.condition : nil
        guard let condition = target?.condition ?? target?.requests?.condition ?? ofPanel else {
            notice = "nothing here to filter by"
            return []
        }
        do {
            let added = try RecordFilter(condition)
            return setFilter(try filter?.and(added) ?? added)
        } catch {
            notice = error.message
            return []
        }
    }
}
