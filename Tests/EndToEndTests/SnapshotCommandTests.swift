import Foundation
import PtyTesting
import Testing

/// `agentdash snapshot`: the same numbers wherever the records come from.
@Suite struct SnapshotCommandTests {
    private func json(_ arguments: [String], input: HeadlessRun.Input = .nothing) throws -> [String: Any] {
        let run = try Agentdash.run(["snapshot", "--format", "json"] + arguments, input: input)
        try #require(run.ending == .code(0), "\(run.errors)")
        return try #require(JSONSerialization.jsonObject(with: Data(run.output)) as? [String: Any])
    }

    private func number(_ document: [String: Any], _ path: String) -> Double? {
        var value: Any? = document
        for key in path.split(separator: ".") { value = (value as? [String: Any])?[String(key)] }
        return (value as? NSNumber)?.doubleValue
    }

    @Test func aFileGivesItsNumbers() throws {
        let folder = try TemporaryFolder()
        let path = try folder.write(RecordLines.requests(0..<100) + "broken\n", to: "a.jsonl")
        let document = try json([path])
        #expect(number(document, "schema") == 1)
        #expect(number(document, "requests") == 100)
        #expect(number(document, "failures") == 4)
        #expect(number(document, "errors.timeout") == 2)
        #expect(number(document, "records.rejected") == 1)
        #expect(document["as_of"] as? String == "2026-03-09T10:01:39.000Z")
    }

    @Test func standardInputTwoFilesAndOneFileGiveTheSame() throws {
        let folder = try TemporaryFolder()
        let (first, second) = (
            RecordLines.requests(0..<60), RecordLines.requests(60..<100, from: RecordLines.start + 60_000)
        )
        let one = try folder.write(first + second, to: "a.jsonl")
        let two = [try folder.write(first, to: "b.jsonl"), try folder.write(second, to: "c.jsonl")]
        func comparable(_ document: [String: Any]) -> NSDictionary {
            var document = document
            document["source"] = nil
            return document as NSDictionary
        }
        let expected = comparable(try json([one]))
        #expect(comparable(try json(two)) == expected)
        #expect(comparable(try json([], input: .pipe(first + second))) == expected)
        #expect(comparable(try json(["-"], input: .pipe(first + second))) == expected)
        #expect(comparable(try json([two[0], "-"], input: .pipe(second))) == expected)
    }

    @Test func anEmptyFileIsNoData() throws {
        let folder = try TemporaryFolder()
        let path = try folder.write("", to: "empty.jsonl")
        let document = try json([path])
        #expect((document["verdict"] as? [String: Any])?["state"] as? String == "no_data")
        let run = try Agentdash.run(["snapshot", path])
        #expect(run.ending == .code(0))
        #expect(run.text.hasPrefix("NO DATA"))
    }

    @Test func theTextTellsTheSixPanels() throws {
        let run = try Agentdash.run(["snapshot", "-"], input: .pipe(RecordLines.requests(0..<100)))
        #expect(run.ending == .code(0))
        for word in ["HEALTHY", "100: 96 ok, 4 failed", "p95", "96.0%", "timeout 2", "tok/min", "canary"] {
            #expect(run.text.contains(word), "\(word) in \(run.text)")
        }
    }

    @Test func theWindowReachesAsFarAsAsked() throws {
        // Half an hour.
        let records = HeadlessRun.Input.pipe(
            (0..<180).map { RecordLines.request($0, at: RecordLines.start + Int64($0) * 10_000) }.joined())
        #expect(number(try json(["--window", "all"], input: records), "requests") == 180)
        let quarter = try #require(number(try json(["--window", "15m"], input: records), "requests"))
        #expect((85...95).contains(quarter))
    }

    @Test func oneMissingFileAmongOthersIsSaid() throws {
        let folder = try TemporaryFolder()
        let path = try folder.write(RecordLines.requests(0..<5), to: "a.jsonl")
        let run = try Agentdash.run(["snapshot", path, folder["missing.jsonl"]])
        #expect(run.ending == .code(2))
        #expect(run.errors.contains("missing.jsonl: no such file"))
    }
}
