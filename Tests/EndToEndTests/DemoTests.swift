import Foundation
import PtyTesting
import Testing

@Suite struct DemoTests {
    @Test func theFirstScreenHasSixPanelsWithNumbers() throws {
        let session = try Agentdash.start(["demo"])
        #expect(
            session.wait(seconds: 10) { session in
                ["1 Latency", "2 Tokens & cost", "3 Success", "4 Drift", "5 Alerts", "6 Canary", "REPLAY 60x"]
                    .allSatisfy {
                        session.shows($0)
                    }
            }, session.picture)
        let text = session.screen.rows.joined(separator: "\n")
        for number in [
            #/p95 +\d+\.\d+s/#, #/\dk tok\/min/#, #/\d+\.\d% ok/#, #/output len +[-+]?\d/#, #/\$\d+\.\d+\/h/#,
        ] {
            #expect(text.contains(number), session.picture)
        }
        session.expectQuit()
    }

    @Test func theStoryRunsToItsEndAndRecovers() throws {
        let session = try Agentdash.start(["demo", "--speed", "100000x"])
        try session.require("END OF INPUT", seconds: 40)
        try session.require("✓ HEALTHY")
        session.send("5")
        try session.require("Esc back")
        try session.require("resolved")
        #expect(session.screen.bells <= 1)
        session.expectQuit()
    }

    @Test func thePrintedStoryIsTheDemoData() throws {
        let run = try Agentdash.run(["demo", "--print"])
        #expect(run.ending == .code(0))
        #expect(run.output.count > 1_000_000)
        guard let kept = Agentdash.demoData("demo.jsonl") else { return }
        #expect(Data(run.output) == kept)
    }

    @Test func theLabIsAStoryToo() throws {
        let run = try Agentdash.run(["demo", "--print", "--scenario", "lab"])
        #expect(run.ending == .code(0))
        if let kept = Agentdash.demoData("lab.jsonl") { #expect(Data(run.output) == kept) }
        let session = try Agentdash.start(["demo", "--scenario", "lab", "--speed", "600x"])
        try session.require("demo: lab")
        try session.require("REPLAY 600x")
        session.expectQuit()
    }

    @Test func aReaderThatEndsEarlyEndsThePrinting() throws {
        let session = try Agentdash.startShell("agentdash demo --print | head -n 1 > /dev/null; echo DONE")
        try session.require("DONE")
    }

    @Test func aReplayShowsItsSpeedAndMoves() throws {
        let folder = try TemporaryFolder()
        let path = try folder.write(RecordLines.requests(0..<600), to: "a.jsonl")
        let session = try Agentdash.start(["--replay", "60x", path])
        try session.require("REPLAY 60x 2026-03-09")
        // Ten minutes pass in ten seconds.
        try session.require("END OF INPUT", seconds: 40)
        try session.require("n=600")
        try session.require("10:09:59Z")
        session.expectQuit()
    }
}

@Suite struct ThemeTests {
    @Test func everyThemeIsReachedAndDrawn() throws {
        let session = try Agentdash.start(input: .pipe)
        session.feed(RecordLines.requests(0..<20))
        try session.require("n=20")
        var names: [String] = []
        repeat {
            session.send("t")
            try #require(
                session.wait { session in
                    session.screen.rows.contains { $0.hasPrefix(" theme ") && $0 != " theme \(names.last ?? "")" }
                }, session.picture)
            names.append(String(session.screen.rows.last?.dropFirst(7) ?? ""))
            try session.require("n=20")
        } while names.last != names.first || names.count == 1
        #expect(Set(names).count >= 8 && names.contains("midnight") && names.contains("mono"), "\(names)")
        #expect(session.screen.unknown.isEmpty)
        session.expectQuit()
    }

    @Test func aThemeFileIsUsed() throws {
        let folder = try TemporaryFolder()
        let path = try folder.write("[roles]\ntext = \"#123456\"\n", to: "mine.toml")
        let session = try Agentdash.start(["--theme", path], environment: ["COLORTERM": "truecolor"], input: .pipe)
        session.feed(RecordLines.requests(0..<20))
        try session.require("n=20")
        #expect(session.screen.renditions.contains { $0.contains("38;2;18;52;86") })
        session.expectQuit()
    }

    @Test func anErrorInAThemeFileNamesLineAndColumn() throws {
        let folder = try TemporaryFolder()
        let path = try folder.write("[roles]\ntext = \"#123456\"\ndim = = 3\n", to: "broken.toml")
        let run = try Agentdash.run(["--theme", path, "-"])
        #expect(run.ending == .code(2))
        #expect(run.errors.contains(#/broken\.toml:3:\d+: /#), "\(run.errors)")
    }
}
