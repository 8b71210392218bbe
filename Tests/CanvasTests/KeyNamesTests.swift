import Canvas
import Testing

struct KeyNamesTests {
    @Test(arguments: [
        ("q", Key.character("q")), ("Q", .character("Q")), ("?", .character("?")), ("é", .character("é")),
        ("space", .character(" ")), (" ", .character(" ")), ("Enter", .enter), ("return", .enter), ("esc", .escape),
        ("shift-tab", .backTab), ("SHIFT-LEFT", .shiftLeft), ("ctrl-right", .controlRight), ("pgup", .pageUp),
        ("PageDown", .pageDown), ("ctrl-r", .control("r")), ("Ctrl-R", .control("r")), ("ctrl-space", .control(" ")),
        ("ctrl-\\", .control("\\")), ("F5", .function(5)), ("f12", .function(12)), ("F", .character("F")),
        ("del", .delete), ("insert", .insert),
    ])
    func `a name is a key`(name: String, key: Key) {
        #expect(Key(name: name) == key)
    }

    @Test(arguments: [
        "", "ab", "ctrl-", "ctrl-h", "ctrl-i", "ctrl-m", "ctrl-[", "ctrl-1", "ctrl-rr", "F0", "F64", "F05", "F-1",
        "F+1", "\u{1B}", "\t", "\u{301}", "\u{202E}", "control-r", "shift-a", "click",
    ])
    func `other texts are none`(name: String) {
        #expect(Key(name: name) == nil)
    }

    @Test func `what a key is called names it again`() {
        let others: [Key] = [.character("a"), .character(" "), .control("z"), .control(" "), .function(63)]
        for key in Key.names.compactMap({ Key(name: $0) }) + others {
            #expect(key.name.flatMap { Key(name: $0) } == key)
        }
        #expect(Set(Key.names).count == Key.names.count)
        #expect(Key.click(x: 0, y: 0).name == nil && Key.wheel(up: true, x: 0, y: 0).name == nil)
    }
}
