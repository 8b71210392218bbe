import Foundation
import PtyTesting
import Testing

/// `agentdash explain`: what requests share, from the command line.
@Suite struct ExplainCommandTests {
    /// A tool fails for those who speak German; it is slow for all.
    private static let story: String = (0..<1200).map { number in
        let (isDe, isRefund) = (number % 5 == 0, number % 3 == 0)
        let fails = isDe && isRefund ? number % 4 != 0 : number % 97 == 0
        var fields: [String: Any] = [
            "trace_id": "t\(number)", "timestamp": RecordLines.start + Int64(number) * 500, "success": !fails,
            "latency_ms": isRefund && number % 2 == 0 ? 6000 : 900, "locale": isDe ? "de" : "en",
            "tool_calls": [["name": isRefund ? "refund_api" : "search", "latency_ms": 80]],
        ]
        if fails { fields["error_type"] = "tool_error" }
        return RecordLines.line(fields)
    }.joined()

    private func explain(_ arguments: String...) throws -> HeadlessRun {
        let folder = try TemporaryFolder()
        return try Agentdash.run(["explain"] + arguments + [try folder.write(Self.story, to: "a.jsonl")])
    }

    @Test func aPairIsNamedWithItsNumbers() throws {
        let run = try explain()
        #expect(run.ending == .code(0))
        #expect(
            run.text.hasPrefix("Why do requests fail?\n72 of 1,200 requests failed (6.0%), 2026-03-09T10:00:00.000Z"))
        #expect(run.text.contains("tool=refund_api and locale=de\n"), "\(run.text)")
        #expect(run.text.contains("\nlocalised (most by "))
    }

    @Test func otherOutcomesAndFiltersAreAskedFor() throws {
        let slow = try explain("--outcome", "slow").text
        #expect(slow.contains("requests took longer than 5.00s") && slow.contains(" tool=refund_api\n"), "\(slow)")
        let french = try explain("--where", "locale = fr").text
        #expect(french.contains("no request says whether it failed"))
        #expect(try explain("--outcome", "canary").text.contains("no request is the canary's or control's"))
        #expect(try explain("--outcome", "sad").ending == .code(64))
        #expect(try explain("--where", "locale >").ending == .code(2))
    }

    @Test func theDocumentSaysTheSame() throws {
        let run = try explain("--format", "json")
        let document = try #require(try JSONSerialization.jsonObject(with: Data(run.text.utf8)) as? [String: Any])
        #expect(document["outcome"] as? String == "failing" && document["cases"] as? Int == 72)
        let row = try #require((document["rows"] as? [[String: Any]])?.first)
        #expect(row["where"] as? String == #"tool = "refund_api" and locale = "de""#)
        let (share, phi) = (row["share_of_cases"] as? Double ?? 0, row["phi"] as? Double ?? 0)
        #expect(share > 0.8 && phi > 0.7)
        // So does the snapshot.
        let folder = try TemporaryFolder()
        let snapshot = try Agentdash.run([
            "snapshot", "--format", "json", try folder.write(Self.story, to: "a.jsonl"),
        ])
        let all = try #require(try JSONSerialization.jsonObject(with: Data(snapshot.text.utf8)) as? [String: Any])
        #expect((all["explanation"] as? [[String: Any]])?.first?["label"] as? String == "tool=refund_api and locale=de")
    }
}
