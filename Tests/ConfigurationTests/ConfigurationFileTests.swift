import Canvas
import Configuration
import Foundation
import Testing

struct ConfigurationFileTests {
    private func withHome(_ body: (URL, [String: String]) throws -> Void) throws {
        let home = FileManager.default.temporaryDirectory.appending(path: "configuration-\(UUID().uuidString)")
        try FileManager.default.createDirectory(
            at: home.appending(path: ".config/agentdash/themes"), withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: home) }
        try body(home.appending(path: ".config/agentdash"), ["HOME": home.path])
    }

    @Test func `the folder follows the environment`() {
        func folder(_ environment: [String: String]) -> String? {
            ConfigurationFile.folder(environment: environment)
        }
        #expect(folder(["XDG_CONFIG_HOME": "/c", "HOME": "/h"]) == "/c/agentdash")
        #expect(folder(["XDG_CONFIG_HOME": "c", "HOME": "/h"]) == "/h/.config/agentdash")
        #expect(folder([:]) == nil)
    }

    @Test func `a named file must be there, the usual one may be`() throws {
        try withHome { folder, environment in
            #expect(try ConfigurationFile.load(nil, environment: environment) == nil)
            try Data("[theme]\nname = 'okabe'".utf8).write(to: folder.appending(path: "agentdash.toml"))
            let usual = try #require(try ConfigurationFile.load(nil, environment: environment))
            #expect(try ThemeSettings(usual).name == "okabe")
            let other = folder.appending(path: "other.toml").path
            #expect {
                _ = try ConfigurationFile.load(other, environment: environment)
            } throws: {
                "\($0)" == "\(other): can't be opened: no such file"
            }
            try Data("[theme".utf8).write(to: URL(fileURLWithPath: other))
            #expect {
                _ = try ConfigurationFile.load(other, environment: environment)
            } throws: {
                "\($0)".hasPrefix("\(other):1:")
            }
        }
    }

    @Test func `a theme that is not there is told of the line that names it`() throws {
        let document = try TomlDocument(text: "[theme]\nname = 'okbe'", file: "agentdash.toml")
        let settings = try ThemeSettings(document)
        let name = try #require(settings.name)
        do throws(ConfigurationError) {
            _ = try WatchedTheme(name, in: ThemeSearch(folder: nil))
            Issue.record("found")
        } catch {
            #expect(
                settings.located(error).description
                    == "agentdash.toml:2:8: theme.name: unknown theme 'okbe'; did you mean 'okabe'?")
        }
        for (toml, message) in [
            ("[theme]\nnmae = ''", "2:1: theme.nmae: unknown key 'nmae'; did you mean 'name'?"),
            ("[theme]\nname = 3", "2:8: theme.name: expected a string, found an integer"),
            ("theme = 'okabe'", "1:9: theme: expected a table, found a string"),
        ] {
            #expect {
                _ = try ThemeSettings(TomlDocument(text: toml, file: "a.toml"))
            } throws: {
                "\($0)" == "a.toml:" + message
            }
        }
    }
}

struct WatchedThemeTests {
    private static let second: Int64 = 1_000_000

    private func withFile(_ body: (URL, inout WatchedTheme) throws -> Void) throws {
        let file = FileManager.default.temporaryDirectory.appending(path: "theme-\(UUID().uuidString).toml")
        try Data("name = 'one'".utf8).write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        var theme = try WatchedTheme(file.path, in: ThemeSearch(folder: nil))
        #expect(theme.palette.name == "one")
        try body(file, &theme)
    }

    @Test func `a changed file is read again, an unchanged one is not`() throws {
        try withFile { file, theme in
            #expect(theme.look(now: 0) == nil)
            try Data("name = 'second'".utf8).write(to: file)
            guard case .palette(let palette) = theme.look(now: Self.second) else {
                Issue.record("not read again")
                return
            }
            #expect(palette.name == "second" && theme.palette == palette)
            #expect(theme.look(now: 2 * Self.second) == nil)
        }
    }

    @Test func `it is looked at once a second at most`() throws {
        try withFile { file, theme in
            #expect(theme.look(now: 5) == nil)
            try Data("name = 'second'".utf8).write(to: file)
            #expect(theme.look(now: 6) == nil)
            #expect(theme.look(now: 4 + Self.second) == nil)
            #expect(theme.look(now: 5 + Self.second) != nil)
        }
    }

    @Test func `an error is told once, with its place, and the palette before stays`() throws {
        try withFile { file, theme in
            try Data("name = 'two'\n[roles]\ndmi = ''".utf8).write(to: file)
            guard case .problem(let error) = theme.look(now: 0) else {
                Issue.record("not told")
                return
            }
            #expect(error.description == "\(file.path):3:1: roles.dmi: unknown role 'dmi'; did you mean 'dim'?")
            #expect(error.brief == "\(file.lastPathComponent):3:1: roles.dmi: unknown role 'dmi'; did you mean 'dim'?")
            #expect(theme.palette.name == "one")
            #expect(theme.look(now: Self.second) == nil)
            try Data("name = 'three'".utf8).write(to: file)
            #expect(theme.look(now: 2 * Self.second) != nil)
            #expect(theme.palette.name == "three")
        }
    }

    @Test func `a file that is gone is waited for`() throws {
        try withFile { file, theme in
            try FileManager.default.removeItem(at: file)
            #expect(theme.look(now: 0) == nil)
            try Data("name = 'back'".utf8).write(to: file)
            #expect(theme.look(now: Self.second) != nil)
            #expect(theme.palette.name == "back")
        }
    }

    @Test func `another theme is watched from then on, one that is not there changes nothing`() throws {
        try withFile { file, theme in
            #expect(throws: ConfigurationError.self) { try theme.choose("nobody's") }
            #expect(theme.palette.name == "one")
            try theme.choose("okabe")
            try Data("name = 'second'".utf8).write(to: file)
            #expect(theme.look(now: 0) == nil)
            #expect(theme.palette.name == "okabe")
        }
    }
}
