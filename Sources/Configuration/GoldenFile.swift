import Canvas
package import Monitoring
import Store

/// The tags of an eval set, as `--golden` and `[drift] golden` name a file of them.
///
/// `{"refund": 40, "order_status": 12}`, `["refund", "refund", "order_status"]`, or the cases themselves, of which only their `tag`,
/// `intent` or `task_type` is read.
package enum GoldenFile {
    /// Cases may have their texts in them.
    private static let megabytes = 64
    /// Tags that are told apart.
    private static let mostTags = 10_000
    private static let longestTag = 200
    private static let expected =
        "expected the tags of an eval set: {\"refund\": 40}, [\"refund\"], or [{\"tag\": \"refund\"}] (or intent, task_type)"

    /// The file's tags and how many cases each has.
    ///
    /// - Throws: what is wrong with it and what it should be, named as `path` names it.
    package static func load(_ path: String) throws(ConfigurationError) -> GoldenSet {
        func wrong(_ what: String) -> ConfigurationError { ConfigurationError(file: path, message: what) }
        let text = try BoundedFile.text(at: path, megabytes: megabytes)
        guard let document = StoredJSON.value(GoldenDocument.self, from: text.utf8) else {
            throw wrong("is no JSON that tells tags; \(expected)")
        }
        var counts: [String: Double] = [:]
        for (place, entry) in document.entries.enumerated() {
            guard let tag = entry.tag.map({ String($0.prefix(longestTag)).printable }), !tag.isEmpty else {
                throw wrong("case \(place + 1) has no tag; \(expected)")
            }
            guard entry.count >= 0, entry.count < 1e9 else {
                throw wrong("'\(tag)' has \(entry.count) cases; expected a count of 0 or more")
            }
            counts[tag, default: 0] += entry.count
        }
        guard counts.count <= mostTags else {
            throw wrong("has \(counts.count) tags, more than \(mostTags): are these texts instead of tags?")
        }
        guard let golden = GoldenSet(counts) else { throw wrong("has no case; \(expected)") }
        return golden
    }
}

/// Any of the shapes.
private struct GoldenDocument: Decodable {
    var entries: [Entry] = []

    struct Entry {
        var tag: String?
        var count = 1.0
    }

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if let counts = try? container.decode([String: Double].self) {
            entries = counts.sorted { $0.key < $1.key }.map { Entry(tag: $0.key, count: $0.value) }
        } else {
            entries = try container.decode([Case].self).map { Entry(tag: $0.tag) }
        }
    }

    /// A tag, or an object that has one.
    private struct Case: Decodable {
        var tag: String?

        private enum CodingKeys: String, CodingKey {
            case tag, intent
            case taskType = "task_type"
        }

        init(from decoder: any Decoder) throws {
            if let text = try? decoder.singleValueContainer().decode(String.self) {
                tag = text
                return
            }
            guard let object = try? decoder.container(keyedBy: CodingKeys.self) else { return }
            for key in [CodingKeys.tag, .intent, .taskType] where tag == nil {
                tag = try? object.decode(String.self, forKey: key)
            }
        }
    }
}
