import Foundation
import PtyTesting
import Testing

/// `agentdash theme`.
@Suite struct ThemeCommandTests {
    private static let shipped = [
        "midnight", "daylight", "terminal", "high-contrast", "okabe", "mono", "gruvbox-like", "nord-like",
    ]

    /// A folder with the user's own themes: a good one and a broken one.
    private static func home() throws -> TemporaryFolder {
        let folder = try TemporaryFolder()
        try FileManager.default.createDirectory(
            atPath: folder["agentdash/themes"], withIntermediateDirectories: true)
        _ = try folder.write("inherits = \"daylight\"\n[roles]\ndim = \"red\"\n", to: "agentdash/themes/own.toml")
        _ = try folder.write("[roles]\n\ndimm = \"red\"\n", to: "agentdash/themes/broken.toml")
        return folder
    }

    @Test func listNamesBuiltInAndOwn() throws {
        let home = try Self.home()
        let run = try Shell.run("agentdash theme list", environment: ["XDG_CONFIG_HOME": home.path])
        #expect(run.ending == .code(0))
        let rows = run.text.split(separator: "\n")
        #expect(rows.prefix(8).map { String($0.prefix { $0 != " " }) } == Self.shipped)
        #expect(rows.contains { $0.hasPrefix("own ") && $0.hasSuffix("light  yours") })
        #expect(rows.contains { $0.hasPrefix("broken ") && $0.contains("broken.toml:3:1: roles.dimm: ") })
        // No terminal, no colours.
        #expect(!run.output.contains(0x1B))
    }

    @Test func aColourTerminalShowsThem() throws {
        let coloured = try Agentdash.startShell("agentdash theme list; echo end")
        try coloured.require("end")
        try coloured.require("DEGRADED")
        let plain = try Agentdash.startShell("NO_COLOR=1 agentdash theme list; echo end")
        try plain.require("end")
        #expect(!plain.shows("DEGRADED") && plain.shows("nord-like"))
    }

    @Test func showTellsEveryRole() throws {
        for name in Self.shipped {
            let run = try Agentdash.run(["theme", "show", name])
            #expect(run.ending == .code(0))
            for role in ["text", "critical", "series.6", "bar.high", "banner"] {
                #expect(run.text.split(separator: "\n").contains { $0.hasPrefix("\(role) ") }, "\(name) \(role)")
            }
        }
        let run = try Agentdash.run(["theme", "show", "midnight"])
        #expect(run.text.contains("critical   #ff5f5f/#121212 203/233  bright red/black"))
        #expect(try Agentdash.run(["theme", "show", "midnigth"]).errors.contains("midnight"))
    }

    @Test func checkTellsWhatIsWrongAndWhere() throws {
        let home = try Self.home()
        let (good, broken) = (home["agentdash/themes/own.toml"], home["agentdash/themes/broken.toml"])
        let fine = try Agentdash.run(["theme", "check", good])
        #expect(fine.ending == .code(0) && fine.text == "\(good): good (own, light)\n", "\(fine.errors)")
        let bad = try Agentdash.run(["theme", "check", broken, good])
        #expect(bad.ending == .code(2))
        #expect(bad.errors.hasPrefix("\(broken):3:1: roles.dimm: ") && bad.errors.contains("dim"), "\(bad.errors)")
        #expect(bad.text.contains(good))
        let missing = try Agentdash.run(["theme", "check", home["none.toml"]])
        #expect(missing.ending == .code(2) && missing.errors.contains("none.toml"))
        #expect(try Agentdash.run(["theme", "check"]).ending == .code(64))
    }
}
