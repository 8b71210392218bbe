import Canvas
import Configuration
import Testing

struct KeySettingsTests {
    private static let actions = ["help", "freeze", "quit", "zoomFocused", "theme"]

    private func parse(_ toml: String) throws -> KeySettings {
        try KeySettings.parse(TomlDocument(text: toml, file: "agentdash.toml"), actions: Self.actions)
    }

    @Test func `actions get the keys that the file states`() throws {
        let settings = try parse(
            """
            [keys]
            freeze = "space"
            help = ["?", "F1", "ctrl-g"]
            quit = []
            """)
        #expect(
            settings.keys == [
                "freeze": [.character(" ")], "help": [.character("?"), .function(1), .control("g")], "quit": [],
            ])
    }

    @Test func `without the table nothing changes, and other tables are not its business`() throws {
        #expect(try parse("").keys.isEmpty)
        #expect(try parse("[theme]\nname = 'okabe'\n[[rule]]\nname = 'x'\n[alerts]\nx = 1").keys.isEmpty)
    }

    @Test(arguments: [
        ("[keys]\nhlep = 'x'", "2:1: keys.hlep: unknown action 'hlep'; did you mean 'help'?"),
        (
            "[keys]\nfly = 'x'",
            "2:1: keys.fly: unknown action 'fly'; expected one of help, freeze, quit, zoomFocused, theme"
        ),
        ("[keys]\nquit = 'spcae'", "2:8: keys.quit: 'spcae' is no key; did you mean 'space'?"),
        (
            "[keys]\nquit = 'zz'",
            "2:8: keys.quit: 'zz' is no key; expected a character, space, enter, esc, tab, up, shift-left, pageup, "
                + "ctrl-r or F5"
        ),
        ("[keys]\nquit = ['x', 'ctrl-i']", "2:14: keys.quit.1: 'ctrl-i' can't be told from 'tab' on a terminal"),
        ("[keys]\nhelp = 'x'\nquit = ['y', 'x']", "3:14: keys.quit.1: 'x' is 'help' already: one key does one thing"),
        (
            "[keys]\nhelp = 'return'\nquit = 'Enter'",
            "3:8: keys.quit: 'enter' is 'help' already: one key does one thing"
        ),
        ("[keys]\nquit = ['x', 'x']", "2:14: keys.quit.1: 'x' stands twice: one key does one thing"),
        ("[keys]\nquit = 3", "2:8: keys.quit: expected a key or an array of keys, found an integer"),
        ("[keys]\nquit = [3]", "2:9: keys.quit.0: expected a string, found an integer"),
        ("keys = 'x'", "1:8: keys: expected a table, found a string"),
        ("[keys]\nquit = \"a\\u001b[31m\"", "2:8: keys.quit: 'a·[31m' is no key; expected"),
    ])
    func `a mistake is named with its place`(toml: String, message: String) {
        #expect {
            _ = try parse(toml)
        } throws: { error in
            "\(error)".hasPrefix("agentdash.toml:" + message)
        }
    }
}
