import DatabaseTesting
import Foundation
import GRDB
import PtyTesting
import Testing

/// What is not one plain file: databases, compressed files, patterns of names.
@Suite struct SourceKindTests {
    /// A store of Phoenix with so many requests, one a second, of which the last failed.
    private func store(_ requests: Int, in folder: TemporaryFolder) throws -> String {
        let path = folder["phoenix.db"]
        let writer = try PhoenixWriter(path)
        for number in 0..<requests {
            try writer.addRequest(at: Double(number), status: number == requests - 1 ? "ERROR" : "OK")
        }
        try writer.queue.close()
        return path
    }

    private func snapshot(_ paths: String...) throws -> [String: Any] {
        let run = try Agentdash.run(["snapshot", "--window", "all", "--format", "json"] + paths)
        try #require(run.ending == .code(0), "\(run.errors)")
        return try #require(JSONSerialization.jsonObject(with: Data(run.output)) as? [String: Any])
    }

    @Test func aDatabaseGivesItsNumbers() throws {
        let folder = try TemporaryFolder()
        let document = try snapshot(store(12, in: folder))
        #expect(document["requests"] as? Int == 12)
        #expect(document["failures"] as? Int == 1)
    }

    @Test func inspectOfADatabaseNamesTheStoreAndWhereFieldsComeFrom() throws {
        let folder = try TemporaryFolder()
        let run = try Agentdash.run(["inspect", store(3, in: folder)])
        #expect(run.ending == .code(0), "\(run.errors)")
        for text in ["Phoenix", "spans.llm_token_count_prompt", "span_costs.total_cost", "3 records"] {
            #expect(run.text.contains(text), "\(text) in \(run.text)")
        }
    }

    @Test func aDatabaseOfUnknownTablesIsAnErrorThatListsThem() throws {
        let folder = try TemporaryFolder()
        let path = folder["other.db"]
        let writer = try PhoenixWriter(path)
        try writer.execute("DROP TABLE spans; DROP TABLE traces; CREATE TABLE calls(took REAL)")
        try writer.queue.close()
        let run = try Agentdash.run(["snapshot", path])
        #expect(run.ending == .code(2))
        #expect(run.errors.contains("calls"), "\(run.errors)")
    }

    @Test func aCompressedFileGivesTheNumbersOfThePlainOne() throws {
        let folder = try TemporaryFolder()
        let plain = try folder.write(RecordLines.requests(0..<300), to: "a.jsonl")
        let shell = try Agentdash.startShell("gzip -k '\(plain)' && echo PACKED")
        try shell.require("PACKED")
        func numbers(_ document: [String: Any]) -> NSDictionary {
            var document = document
            document["source"] = nil
            return document as NSDictionary
        }
        let packed = try snapshot(plain + ".gz")
        #expect(packed["requests"] as? Int == 300)
        #expect(numbers(packed) == numbers(try snapshot(plain)))
    }

    @Test func aMatchThatComesLaterJoinsThePattern() throws {
        let folder = try TemporaryFolder()
        try folder.write(RecordLines.requests(0..<20), to: "a.jsonl")
        // No shell: the pattern is ours to read, as a quoted one is.
        let session = try Agentdash.start([folder["*.jsonl"]])
        try session.require("n=20")
        try folder.write(RecordLines.requests(100..<130, from: RecordLines.start + 500), to: "b.jsonl")
        try session.require("n=50")
        try folder.write("no match\n", to: "b.text")
        try folder.append(RecordLines.requests(130..<135, from: RecordLines.start + 40_000), to: "b.jsonl")
        try session.require("n=55")
        #expect(!session.shows("rejected"), session.picture)
        session.expectQuit()
    }
}
