import FoundationEssentials

/// What a program written without a scanner of its own would do: one `JSONDecoder`, a `Codable` type, line by line.
enum FoundationDecoding {
    private struct Request: Decodable {
        var traceID: String
        var timestamp: String
        var sessionID: String?
        var userID: String?
        var model: String?
        var agentVersion: String?
        var variant: String?
        var taskType: String?
        var latency: Double
        var timeToFirstToken: Double?
        var inputTokens: Int?
        var outputTokens: Int?
        var cachedInputTokens: Int?
        var cost: Double?
        var success: Bool?
        var errorType: String?

        enum CodingKeys: String, CodingKey {
            case traceID = "trace_id"
            case timestamp
            case sessionID = "session_id"
            case userID = "user_id"
            case model
            case agentVersion = "agent_version"
            case variant
            case taskType = "task_type"
            case latency = "latency_ms"
            case timeToFirstToken = "ttft_ms"
            case inputTokens = "input_tokens"
            case outputTokens = "output_tokens"
            case cachedInputTokens = "cached_input_tokens"
            case cost = "cost_usd"
            case success
            case errorType = "error_type"
        }
    }

    /// Decodes the lines that begin in the first `limit` bytes.
    static func records(in bytes: borrowing PaddedBytes, limit: Int) throws(BenchmarkFailure) -> Int {
        let decoder = JSONDecoder()
        var records = 0
        var failures = 0
        let padded = bytes.padded
        bytes.forEachLine { line in
            guard line.lowerBound < limit else { return }
            do {
                let request = try decoder.decode(Request.self, from: Data(padded[line]))
                records += request.latency >= 0 ? 1 : 0
            } catch {
                failures += 1
            }
        }
        guard failures == 0 else { throw BenchmarkFailure("JSONDecoder rejected \(failures) records") }
        return records
    }
}
