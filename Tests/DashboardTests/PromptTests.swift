import Canvas
import Metrics
import Testing

@testable import Dashboard

/// Typing filters and names of actions.
struct PromptTests {
    private var model: Model {
        var model = Model(size: Size(width: 100, height: 30), themes: ["midnight", "mono"], theme: "midnight")
        model.latest = Situations.healthy
        return model
    }

    @discardableResult
    private func type(_ text: String, on model: inout Model) -> [Effect] {
        var effects: [Effect] = []
        for character in text { effects += model.update(.key(.character(character))) }
        return effects
    }

    @discardableResult
    private func press(_ keys: Key..., on model: inout Model) -> [Effect] {
        var effects: [Effect] = []
        for key in keys { effects += model.update(.key(key)) }
        return effects
    }

    @Test func `a line is edited with the keys of shells`() {
        var editor = LineEditor("model = gpt")
        for key in [Key.control("a"), .character("x"), .right, .delete, .end, .control("w")] {
            let isTaken = editor.edit(key)
            #expect(isTaken)
        }
        #expect(editor.text == "xmdel = " && editor.cursor == 8)
        _ = editor.edit(.control("u"))
        #expect(editor.text.isEmpty)
        let isTaken = editor.edit(.function(3))
        #expect(!isTaken)
        for _ in 0..<5000 { _ = editor.edit(.character("a")) }
        #expect(editor.text.count == 4096)
    }

    @Test func `a filter that is applied is shown until it is cleared, twice Esc`() throws {
        var model = model
        var effects: [Effect] = []
        press(.character("/"), on: &model)
        type("latency > 5s", on: &model)
        let filter = try RecordFilter("latency > 5s")
        effects = press(.enter, on: &model)
        #expect(effects == [.filter(filter)])
        #expect(model.prompt == nil && model.filter == filter)
        #expect(model.view(glyphs: .unicode).rows[2].contains("latency > 5s"))
        effects = press(.escape, on: &model)
        #expect(effects.isEmpty && model.notice == "Esc again clears the filter")
        // Another key in between: not meant.
        press(.tab, on: &model)
        effects = press(.escape, on: &model)
        #expect(effects.isEmpty)
        effects = press(.escape, on: &model)
        #expect(effects == [.filter(nil)])
        #expect(model.filter == nil && !model.view(glyphs: .unicode).rows[2].contains("latency > 5s"))
    }

    @Test func `an error is told with a caret under the characters, and typing goes on`() {
        var model = model
        var effects: [Effect] = []
        press(.character("/"), on: &model)
        type("latency > $5", on: &model)
        effects = press(.enter, on: &model)
        #expect(effects.isEmpty)
        let rows = model.view(glyphs: .unicode).rows
        #expect(rows[27].hasPrefix(" /latency > $5"))
        #expect(rows[28].hasPrefix("            ^^"))
        #expect(rows[29].contains("time"))
        press(.backspace, .backspace, on: &model)
        type("5s", on: &model)
        effects = press(.enter, on: &model)
        #expect(effects.count == 1)
    }

    @Test func `keys that are typed do nothing else`() {
        var model = model
        var effects: [Effect] = []
        press(.character("/"), on: &model)
        effects = type("q w t 1 ?", on: &model)
        #expect(effects.isEmpty)
        #expect(model.page == .overview && model.window == .minutes15 && model.prompt?.editor.text == "q w t 1 ?")
        press(.escape, on: &model)
        #expect(model.prompt == nil && model.filter == nil)
    }

    @Test func `what was typed before comes back`() {
        var model = model
        for text in ["latency > 1s", "latency > 2s"] {
            press(.character("/"), .control("u"), on: &model)
            type(text, on: &model)
            press(.enter, on: &model)
        }
        press(.character("/"), .control("u"), on: &model)
        type("new", on: &model)
        press(.up, on: &model)
        #expect(model.prompt?.editor.text == "latency > 2s")
        press(.up, .up, on: &model)
        #expect(model.prompt?.editor.text == "latency > 1s")
        press(.down, .down, on: &model)
        #expect(model.prompt?.editor.text == "new")
    }

    @Test func `Tab completes fields, and then what can follow them`() throws {
        var model = model
        press(.character("/"), on: &model)
        type("task_t", on: &model)
        press(.tab, on: &model)
        #expect(model.prompt?.editor.text == "task_type ")
        let after = try #require(model.prompt).choices.map(\.text)
        #expect(after.contains("= ") && after.contains("~ "))
        type("= ref", on: &model)
        press(.tab, on: &model)
        #expect(model.prompt?.editor.text == "task_type = \"refund\"")
        type(" ", on: &model)
        #expect(model.prompt?.choices.map(\.text) == ["and ", "or "])
    }

    @Test func `every action can be found by its name`() {
        var model = model
        var effects: [Effect] = []
        for action in Action.allCases {
            guard let command = Command.all(model.keys, themes: []).first(where: { $0.deed == .action(action) }) else {
                continue
            }
            press(.character(":"), on: &model)
            type(command.name, on: &model)
            #expect(model.prompt?.choices.first?.text == command.name)
            press(.escape, on: &model)
        }
        press(.character(":"), on: &model)
        type("win1h", on: &model)
        press(.enter, on: &model)
        #expect(model.window == .hour1 && model.prompt == nil)
        press(.character(":"), on: &model)
        type("mono", on: &model)
        effects = press(.enter, on: &model)
        #expect(effects == [.theme("mono")])
        press(.character(":"), on: &model)
        type("qqqq", on: &model)
        effects = press(.enter, on: &model)
        #expect(effects.isEmpty && model.prompt?.complaint != nil)
    }
}
