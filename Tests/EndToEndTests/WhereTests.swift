import PtyTesting
import Testing

/// `--where`: only what passes is counted.
@Suite struct WhereTests {
    private func file(_ folder: TemporaryFolder) throws -> String {
        let lines = (0..<100).map { i in
            #"{"timestamp":\#(1_700_000_000 + i),"latency_ms":\#(i * 100),"success":\#(i % 4 > 0),"model":"m\#(i % 2)"}"#
        }
        return try folder.write(lines.joined(separator: "\n") + "\n", to: "a.jsonl")
    }

    @Test func aSnapshotCountsOnlyWhatPasses() throws {
        let folder = try TemporaryFolder()
        let run = try Agentdash.run([
            "snapshot", "--window", "all", "--where", "model = m1 and latency >= 5s", try file(folder),
        ])
        #expect(run.ending == .code(0) && run.errors.isEmpty)
        #expect(run.text.contains("requests  25: 25 ok, 0 failed"), "\(run.text)")
        #expect(run.text.contains("100 read"))
    }

    @Test func whatIsWrongIsPointedAt() throws {
        let folder = try TemporaryFolder()
        let run = try Agentdash.run(["snapshot", "--where", "latency > 5 and modl = x", try file(folder)])
        #expect(run.ending == .code(2) && run.output.isEmpty)
        let wanted = """
            agentdash: --where: latency is a time; did you mean 5s?
            latency > 5 and modl = x
                      ^

            """
        #expect(run.errors == wanted)
        let screen = try Agentdash.run(["--where", "modl = \u{1b}[2Jx", try file(folder)])
        #expect(screen.ending == .code(2) && !screen.errors.contains("\u{1b}"))
    }
}
