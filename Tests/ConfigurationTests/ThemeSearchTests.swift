import Canvas
import Configuration
import Foundation
import Testing

struct ThemeSearchTests {
    /// Runs `body` with a folder of its own for themes.
    private func withFolder(_ body: (URL, ThemeSearch) throws -> Void) throws {
        let home = FileManager.default.temporaryDirectory.appending(path: "themes-\(UUID().uuidString)")
        let search = ThemeSearch(environment: ["XDG_CONFIG_HOME": home.path])
        let folder = home.appending(path: "agentdash/themes")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: home) }
        #expect(search.folder == folder.path)
        try body(folder, search)
    }

    @Test func `a path is read, a name is sought among the user's and then the shipped`() throws {
        try withFolder { folder, search in
            #expect(try search.find("okabe").path == nil)
            let own = folder.appending(path: "okabe.toml")
            try Data("name = 'my okabe'".utf8).write(to: own)
            #expect(try search.find("okabe").palette.name == "my okabe")
            #expect(try search.find("okabe").path == own.path)
            #expect(try search.find(own.path).palette.name == "my okabe")
            #expect(try search.load(own.path).palette.name == "my okabe")
            #expect(try search.find("nord-like").palette.name == "nord-like")
        }
    }

    @Test func `the user's themes are listed behind the shipped`() throws {
        try withFolder { folder, search in
            for name in ["b.toml", "a.toml", "okabe.toml", "notes.txt", ".hidden.toml", "bad name.toml"] {
                try Data().write(to: folder.appending(path: name))
            }
            #expect(search.names == ThemeFile.shippedNames + ["a", "b"])
        }
        #expect(ThemeSearch(folder: "/nonexistent").names == ThemeFile.shippedNames)
        #expect(ThemeSearch(folder: nil).names == ThemeFile.shippedNames)
    }

    @Test func `what isn't there, isn't a file or isn't text is said so`() throws {
        try withFolder { folder, search in
            try Data([0xFF, 0xFE, 0x00]).write(to: folder.appending(path: "binary.toml"))
            try FileManager.default.createDirectory(
                at: folder.appending(path: "folder.toml"), withIntermediateDirectories: false)
            for (name, message) in [
                ("midnigt", "midnigt: unknown theme 'midnigt'; did you mean 'midnight'?"),
                ("binary", "\(folder.path)/binary.toml: is not UTF-8 text"),
                ("folder", "\(folder.path)/folder.toml: is not a regular file"),
                ("./missing.toml", "./missing.toml: can't be opened: no such file"),
                ("/dev/zero", "/dev/zero: is not a regular file"),
            ] {
                #expect {
                    _ = try search.find(name)
                } throws: {
                    "\($0)" == message
                }
            }
        }
    }

    @Test func `a name never leaves the folder`() throws {
        try withFolder { folder, search in
            try Data("name = 'out'".utf8).write(to: folder.deletingLastPathComponent().appending(path: "out.toml"))
            for name in ["..", "", "okabe\u{0}", "...", String(repeating: "a", count: 5000)] {
                #expect(throws: ConfigurationError.self) { try search.find(name) }
            }
        }
    }

    @Test func `the folder follows the environment`() {
        #expect(ThemeSearch(environment: ["XDG_CONFIG_HOME": "/c", "HOME": "/h"]).folder == "/c/agentdash/themes")
        #expect(
            ThemeSearch(environment: ["XDG_CONFIG_HOME": "c", "HOME": "/h"]).folder == "/h/.config/agentdash/themes")
        #expect(ThemeSearch(environment: [:]).folder == nil)
    }
}
