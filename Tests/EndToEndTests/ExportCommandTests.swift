import Foundation
import PtyTesting
import Testing

/// The outputs of `agentdash snapshot` for other programs, and of `agentdash --once`.
@Suite struct ExportCommandTests {
    private static let requests = HeadlessRun.Input.pipe(RecordLines.requests(0..<100))

    @Test(arguments: ["text", "line", "json", "csv", "html", "prometheus", "records"])
    func everyFormatTellsOfAPipe(format: String) throws {
        let run = try Agentdash.run(["snapshot", "--format", format], input: Self.requests)
        #expect(run.ending == .code(0) && run.errors.isEmpty, "\(run.errors)")
        #expect(run.output.last == UInt8(ascii: "\n"))
        let part = [
            "text": "100: 96 ok, 4 failed", "line": "✓ HEALTHY ", "json": "\"requests\": 100,",
            "csv": ",requests,,,,100,",
            "html": "<title>✓ HEALTHY since ", "prometheus": "agentdash_requests_total 100\n",
            "records": "\"requests\":60,",
        ]
        #expect(run.text.contains(try #require(part[format])), "\(run.text)")
    }

    @Test(arguments: ["text", "line", "json", "csv", "html", "prometheus", "records"])
    func everyFormatTakesNothingAndNoise(format: String) throws {
        let empty = try Agentdash.run(["snapshot", "--format", format], input: .pipe(""))
        #expect(empty.ending == .code(0) && empty.errors.isEmpty)
        let noise = try Agentdash.run(
            ["snapshot", "--format", format], input: .pipe("\u{1}\u{0}\u{1b}[31m\nnoise\n\n"))
        #expect(noise.ending == .code(2))
        #expect(noise.errors.contains("nothing in the input was a record"))
        #expect(!noise.output.contains(0x1B) && !noise.output.contains(0))
    }

    @Test(arguments: ["60s", "5m"]) func recordsReadBackGiveTheSameNumbers(every: String) throws {
        let demo = try #require(Agentdash.demoData("demo.jsonl"))
        let folder = try TemporaryFolder()
        let original = try folder.write(String(decoding: demo, as: UTF8.self), to: "demo.jsonl")
        let run = try Agentdash.run(["snapshot", "--format", "records", "--every", every, original])
        try #require(run.ending == .code(0), "\(run.errors)")
        let records = try folder.write(run.text, to: "records.jsonl")
        func numbers(_ path: String) throws -> [String: NSObject] {
            let run = try Agentdash.run(["snapshot", "--window", "all", "--format", "json", path])
            let document = try #require(JSONSerialization.jsonObject(with: Data(run.output)) as? [String: Any])
            var numbers: [String: NSObject] = [:]
            for key in [
                "requests", "successes", "failures", "error_rate", "errors", "error_classes", "latency_ms", "as_of",
                "covered_s", "request_rate_per_s",
            ] {
                numbers[key] = try #require(document[key] as? NSObject, "\(key)")
            }
            let (tokens, cost) = (document["tokens"] as? [String: Any], document["cost_usd"] as? [String: Any])
            for key in ["input", "output", "per_minute"] { numbers["tokens.\(key)"] = tokens?[key] as? NSObject }
            for key in ["total", "per_hour", "per_request"] { numbers["cost.\(key)"] = cost?[key] as? NSObject }
            return numbers
        }
        #expect(try numbers(records) == numbers(original))
    }

    /// A minute is told as soon as it is over, while the pipe is open.
    @Test func recordsComeWhileAPipeIsOpen() throws {
        let folder = try TemporaryFolder()
        let lines = try folder.write(
            (0..<200).map { RecordLines.request($0, at: RecordLines.start + Int64($0) * 1000) }.joined(), to: "a.jsonl")
        let session = try Agentdash.startShell(
            "(cat '\(lines)'; sleep 60) | agentdash snapshot --format records | head -n 4; echo over")
        // The beginning and three minutes; head then ends what writes no more.
        try session.require("\"timestamp\":\"2026-03-09T10:02:59.999Z\"", seconds: 30)
    }

    @Test func aStepThatDividesNothingIsAUsageError() throws {
        for step in ["7s", "0s", "90s", "x", "-60s", "25h", "60"] {
            let run = try Agentdash.run(
                ["snapshot", "--format", "records", "--every=\(step)", "-"], input: Self.requests)
            #expect(run.ending == .code(64) && run.output.isEmpty, "\(step)")
        }
    }

    @Test func aThemeThatIsNoneIsSaidBeforeReading() throws {
        let run = try Agentdash.run(["snapshot", "--format", "html", "--theme", "nobody", "-"], input: Self.requests)
        #expect(run.ending == .code(2) && run.output.isEmpty)
        #expect(run.errors.contains("nobody"))
    }

    @Test(arguments: ["text", "html", "records"]) func outputThatCantBeWrittenIsSaid(format: String) throws {
        let folder = try TemporaryFolder()
        let path = try folder.write(RecordLines.requests(0..<100), to: "a.jsonl")
        let run = try Shell.run("agentdash snapshot --format \(format) '\(path)' > /dev/full")
        #expect(run.ending == .code(2))
        #expect(run.errors == "agentdash: standard output: No space left on device\n")
    }

    // MARK: The screen as text

    @Test func onceIsTheScreenAsText() throws {
        let run = try Agentdash.run(["--once"], input: Self.requests)
        #expect(run.ending == .code(0) && run.errors.isEmpty, "\(run.errors)")
        let rows = run.text.split(separator: "\n", omittingEmptySubsequences: false)
        #expect(rows.count == 25 && rows.allSatisfy { $0.count <= 80 })
        for text in ["HEALTHY", "1 Latency", "6 Canary", "╭"] { #expect(run.text.contains(text), "\(text)") }
        #expect(!run.output.contains(0x1B))
    }

    @Test func onceHasTheSizeThatIsAskedFor() throws {
        let run = try Agentdash.run(["--once", "--size", "120x40", "-"], input: Self.requests)
        #expect(run.text.split(separator: "\n", omittingEmptySubsequences: false).count == 41)
        #expect(run.text.split(separator: "\n").map(\.count).max().map { (110...120).contains($0) } == true)
        let plain = try Shell.run(
            "agentdash --once -", environment: ["COLUMNS": "60", "LINES": "15", "LANG": "C"], input: Self.requests)
        #expect(plain.text.split(separator: "\n", omittingEmptySubsequences: false).count == 16)
        #expect(plain.output.allSatisfy { $0 < 0x7F })
        for arguments in [
            ["--once", "--size", "0x9"], ["--once", "--size", "80"], ["--size", "80x24"],
            ["--once", "--replay", "60x"],
        ] {
            #expect(try Agentdash.run(arguments + ["-"], input: Self.requests).ending == .code(64), "\(arguments)")
        }
    }

    @Test func theSettingsSayHowLongRequestsMayTakeAndTheArgumentMore() throws {
        let folder = try TemporaryFolder()
        let path = try folder.write("[[latency]]\ntier = 'batch'\n", to: "agentdash.toml")
        func top(_ arguments: [String]) throws -> Substring {
            try Agentdash.run(["--once"] + arguments, input: Self.requests).text.split(separator: "\n")[2]
        }
        #expect(try top([]).contains("─ chat ─"))
        #expect(try top(["--config", path]).contains("─ batch ─"))
        #expect(try top(["--config", path, "--tier", "document"]).contains("─ document ─"))
        let page = try Agentdash.run(["snapshot", "--format", "html", "--config", path], input: Self.requests)
        #expect(page.text.contains("<h3>Latency budgets</h3>"))
    }

    @Test func onceOfNothingIsAScreenToo() throws {
        let run = try Agentdash.run(["--once"], input: .pipe(""))
        #expect(run.ending == .code(0))
        #expect(run.text.contains("NO DATA"))
    }
}

/// The program in a shell: redirections, other environments.
enum Shell {
    static func run(
        _ command: String, environment: [String: String] = [:], input: HeadlessRun.Input = .nothing
    ) throws -> HeadlessRun {
        let program = try BuiltProgram.path("agentdash")
        return try HeadlessRun(
            "/bin/sh", ["-c", "agentdash() { '\(program)' \"$@\"; }; \(command)"],
            environment: Agentdash.environment.merging(environment) { $1 }, input: input)
    }
}
