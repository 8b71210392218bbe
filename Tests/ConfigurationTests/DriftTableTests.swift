import Configuration
import Foundation
import Monitoring
import Testing

struct DriftTableTests {
    private func parse(_ toml: String, golden: String? = nil) throws -> DriftSettings {
        try DriftTable.parse(TomlDocument(text: toml, file: "agentdash.toml"), golden: golden)
    }

    @Test func `every key says what it says`() throws {
        let settings = try parse(
            """
            [drift]
            metrics = ["latency", "output_length", "tools"]
            baseline = "previous-version"
            [drift.thresholds]
            latency = 0.5
            mix = 0.2
            """)
        var wanted = DriftSettings()
        wanted.metrics = [.outputLength, .latency]
        wanted.mixes = [.tools]
        wanted.baseline = .previousVersion
        wanted.thresholds = [.latency: 0.5]
        wanted.mixThreshold = 0.2
        #expect(settings == wanted)
        #expect(try parse("[drift]\nbaseline = \"good week\"").baseline == .saved("good week"))
        #expect(try parse("") == DriftSettings())
    }

    static let mistakes: [(String, String)] = [
        (
            "[drift]\nmetric = [\"latency\"]",
            "agentdash.toml:2:1: drift.metric: unknown key 'metric'; did you mean 'metrics'?"
        ),
        (
            "[drift]\nmetrics = [\"latency\", \"outputlength\"]",
            "agentdash.toml:2:23: drift.metrics.1: unknown metric 'outputlength'; did you mean 'output_length'?"
        ),
        ("[drift]\nbaseline = 7", "drift.baseline: expected a string, found"),
        ("[drift]\nbaseline = \"\"", "drift.baseline: expected \"7d\", \"previous-version\", or the name"),
        (
            "[drift.thresholds]\nlatency = 25",
            "drift.thresholds.latency: expected a fraction between 0 and 1, as 0.15; 0.25"
        ),
        ("[drift.thresholds]\nlatency = 0", "drift.thresholds.latency: expected a fraction"),
        ("[drift.thresholds]\nlatancy = 0.5", "unknown key 'latancy'; did you mean 'latency'?"),
        ("[drift]\ngolden = \"/nowhere/tags.json\"", "drift.golden: /nowhere/tags.json: can't be opened: no such file"),
    ]

    @Test(arguments: mistakes.indices)
    func `a mistake is pointed at with what was expected`(index: Int) {
        let (toml, message) = Self.mistakes[index]
        #expect {
            _ = try parse(toml)
        } throws: { error in
            "\(error)".contains(message)
        }
    }
}

/// Files of an eval set's tags, as people and programs write them, and as they should not.
struct GoldenFileTests {
    private func load(_ text: String) throws -> GoldenSet {
        try load(Data(text.utf8))
    }

    private func load(_ data: Data) throws -> GoldenSet {
        let url = FileManager.default.temporaryDirectory.appending(path: "tags-\(UUID().uuidString).json")
        try data.write(to: url)
        defer { try? FileManager.default.removeItem(at: url) }
        return try GoldenFile.load(url.path)
    }

    @Test func `counts, tags and cases say the same`() throws {
        let wanted: [String: Double] = ["refund": 2, "order_status": 1]
        #expect(try load(#"{"refund": 2, "order_status": 1}"#).counts == wanted)
        #expect(try load(#"["refund", "order_status", "refund"]"#).counts == wanted)
        #expect(
            try load(
                #"[{"tag":"refund","input":"…"},{"intent":"refund","expected":{"a":[1]}},{"task_type":"order_status"}]"#
            ).counts == wanted)
        #expect(try load(#"[{"tag":"refund"},"refund",{"id":7,"tag":null,"intent":"order_status"}]"#).counts == wanted)
        // A tag with none is covered by none.
        #expect(try load(#"{"refund": 2, "order_status": 1, "chat": 0}"#).counts["chat"] == 0)
    }

    static let hostile: [(String, String)] = [
        ("", "is no JSON that tells tags"), ("{", "is no JSON that tells tags"), ("null", "is no JSON that tells tags"),
        ("7", "is no JSON that tells tags"), ("\"refund\"", "is no JSON that tells tags"),
        (#"{"refund": "many"}"#, "is no JSON that tells tags"),
        (#"{"refund": {"n": 3}}"#, "is no JSON that tells tags"),
        ("[]", "has no case"), ("{}", "has no case"), (#"{"refund": 0}"#, "has no case"),
        (#"[{"input": "no tag"}]"#, "case 1 has no tag"), (#"["refund", 7]"#, "case 2 has no tag"),
        (#"["refund", ""]"#, "case 2 has no tag"), (#"["refund", []]"#, "case 2 has no tag"),
        (#"{"refund": -3}"#, "'refund' has -3.0 cases; expected a count of 0 or more"),
        (#"{"refund": 1e300}"#, "'refund' has"),
        (String(repeating: "[", count: 100_000), "is no JSON that tells tags"),
        ("[" + (0..<10_001).map { "\"t\($0)\"" }.joined(separator: ",") + "]", "has 10001 tags, more than 10000"),
    ]

    @Test(arguments: hostile.indices)
    func `what is no list of tags is refused, with the file and the remedy`(index: Int) {
        let (text, message) = Self.hostile[index]
        #expect {
            _ = try load(text)
        } throws: { error in
            "\(error)".contains("tags-") && "\(error)".contains(message)
        }
    }

    @Test func `names in it are as harmless as those of records`() throws {
        let set = try load("[\"a\\u001b[2Jb\\u202e\", \"\(String(repeating: "x", count: 5000))\"]")
        #expect(set.counts.keys.allSatisfy { $0.count <= 200 })
        #expect(set.counts["a·[2Jb·"] == 1)
    }

    @Test func `bytes that are no text and folders are named as what they are`() {
        #expect { _ = try load(Data([0x5B, 0xFF, 0xFE, 0x5D])) } throws: { "\($0)".contains("is not UTF-8 text") }
        #expect { _ = try GoldenFile.load("/") } throws: { "\($0)".contains("/: is not a regular file") }
    }

    @Test func `a file named in the settings lies beside them`() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "drift-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try Data(#"{"refund": 3}"#.utf8).write(to: folder.appending(path: "tags.json"))
        let file = folder.appending(path: "agentdash.toml").path
        let document = try TomlDocument(text: "[drift]\ngolden = \"tags.json\"", file: file)
        #expect(try DriftTable.parse(document).golden?.counts == ["refund": 3])
        // What the command line names counts alone.
        let broken = try TomlDocument(text: "[drift]\ngolden = \"gone.json\"", file: file)
        let other = try DriftTable.parse(broken, golden: folder.appending(path: "tags.json").path)
        #expect(other.golden?.counts == ["refund": 3])
    }
}
