import Foundation
import PtyTesting
import Testing

/// The settings file, and themes that change while they are looked at.
@Suite struct SettingsTests {
    private static let trueColour = ["COLORTERM": "truecolor"]

    /// Starts with records from a pipe, which stays open.
    private func start(_ arguments: [String], _ environment: [String: String] = [:]) throws -> PtySession {
        let session = try Agentdash.start(
            arguments, environment: Self.trueColour.merging(environment) { $1 }, input: .pipe)
        session.feed(RecordLines.requests(0..<20))
        try session.require("n=20")
        return session
    }

    /// Keeps records coming until `isDone`: a file is looked at when something else wakes the screen.
    private func feed(_ session: PtySession, until isDone: (PtySession) -> Bool) -> Bool {
        (0..<100).contains { number in
            session.feed(RecordLines.request(100 + number, at: RecordLines.start + 20_000 + Int64(number) * 100))
            return session.wait(seconds: 1) { _ in isDone(session) }
        }
    }

    @Test func aChangedThemeIsDrawnAndABrokenOneIsToldOf() throws {
        let folder = try TemporaryFolder()
        let path = try folder.write("[roles]\ntext = \"#123456\"\n", to: "mine.toml")
        let session = try start(["--theme", path])
        #expect(session.screen.renditions.contains { $0.contains("38;2;18;52;86") })

        try folder.write("[roles]\ntext = \"#654321\"\n", to: "mine.toml")
        #expect(feed(session) { $0.screen.renditions.contains { $0.contains("38;2;101;67;33") } }, session.picture)
        // The frame may still be on its way: its last line comes after its colours.
        try session.require("theme mine read again")

        try folder.write("[roles]\ntxet = \"#ffffff\"\n", to: "mine.toml")
        #expect(feed(session) { $0.shows("mine.toml:2:1: roles.txet:") }, session.picture)
        // Drawn anew, it is still the theme before.
        let told = session.output.count
        session.send("\u{0C}")
        #expect(session.wait { String(decoding: $0.output[told...], as: UTF8.self).contains("Latency") })
        try session.require("1 Latency")
        #expect(!session.screen.renditions.contains { $0.contains("38;2;255;255;255") })

        // As an editor saves: another file takes the place.
        try folder.write("[roles]\ntext = \"#0a0b0c\"\n", to: "new.toml")
        try FileManager.default.removeItem(atPath: path)
        try folder.rename("new.toml", to: "mine.toml")
        #expect(feed(session) { $0.screen.renditions.contains { $0.contains("38;2;10;11;12") } }, session.picture)
        session.expectQuit()
    }

    @Test func theFileNamesTheThemeAndAnArgumentOverrulesIt() throws {
        let folder = try TemporaryFolder()
        try folder.write("[roles]\ntext = \"#123456\"\n", to: "mine.toml")
        let path = try folder.write("[theme]\nname = \"\(folder["mine.toml"])\"\n", to: "a.toml")
        let session = try start(["--config", path])
        #expect(session.screen.renditions.contains { $0.contains("38;2;18;52;86") })
        session.expectQuit()
        let other = try start(["--config", path, "--theme", "okabe"])
        #expect(!other.screen.renditions.contains { $0.contains("38;2;18;52;86") })
        other.expectQuit()
    }

    @Test(arguments: ["XDG_CONFIG_HOME", "HOME"]) func theUsualPlaceIsRead(variable: String) throws {
        let folder = try TemporaryFolder()
        let home = variable == "HOME" ? folder[".config/agentdash"] : folder["agentdash"]
        try FileManager.default.createDirectory(atPath: home + "/themes", withIntermediateDirectories: true)
        try Data("[theme]\nname = 'mine'\n".utf8).write(to: URL(fileURLWithPath: home + "/agentdash.toml"))
        try Data("[roles]\ntext = '#123456'\n".utf8).write(to: URL(fileURLWithPath: home + "/themes/mine.toml"))
        let session = try start([], [variable: folder.path])
        #expect(session.screen.renditions.contains { $0.contains("38;2;18;52;86") })
        session.expectQuit()
    }

    @Test(arguments: [
        ("[theme]\nname = 'okbe'\n", "a.toml:2:8: theme.name: unknown theme 'okbe'; did you mean 'okabe'?"),
        ("[theme]\nnmae = 'x'\n", "a.toml:2:1: theme.nmae: unknown key 'nmae'; did you mean 'name'?"),
        ("[theme\n", "a.toml:1:7: "),
    ])
    func aMistakeIsNamedBeforeAnythingIsDrawn(text: String, message: String) throws {
        let folder = try TemporaryFolder()
        let run = try Agentdash.run(["--config", try folder.write(text, to: "a.toml"), "-"])
        #expect(run.ending == .code(2))
        #expect(run.errors.contains(message), "\(run.errors)")
    }

    @Test func aCheckTellsWhatIsWrongWithEachPart() throws {
        let folder = try TemporaryFolder()
        let path = try folder.write(
            "[canary]\nmargin = 5\n[budget]\ndaily_usd = 'much'\n[drift]\nmetrics = ['foo']\n[canry]\n", to: "a.toml")
        let run = try Agentdash.run(["config", "check", "--config", path])
        #expect(run.ending == .code(2))
        #expect(run.errors.contains("a.toml:2:10: canary.margin: "), "\(run.errors)")
        #expect(run.errors.contains("a.toml:4:13: budget.daily_usd: "), "\(run.errors)")
        #expect(run.errors.contains("unknown table 'canry'"), "\(run.errors)")
        #expect(run.errors.contains("a.toml:6:12: drift.metrics.0: "), "\(run.errors)")
    }

    @Test func aRouteThatIsNotThereIsToldOfAlsoWhereThereIsNone() throws {
        let folder = try TemporaryFolder()
        let path = try folder.write(
            "[[rule]]\nname = 'x'\nwhen = 'error_rate > 10%'\nroute = ['onkall']\n", to: "a.toml")
        let run = try Agentdash.run(["config", "check", "--config", path])
        #expect(run.ending == .code(1) && run.errors.contains("there is no [route.onkall]"), "\(run.errors)")
    }

    @Test func aNamedFileMustBeThere() throws {
        let run = try Agentdash.run(["--config", "/nonexistent/a.toml", "-"])
        #expect(run.ending == .code(2))
        #expect(run.errors == "agentdash: /nonexistent/a.toml: can't be opened: no such file\n")
    }
}
