import Foundation

/// Native records as lines, made without chance.
enum RecordLines {
    /// 2026-03-09T10:00:00Z, ms since 1970: recorded data.
    static let start: Int64 = 1_773_050_400_000

    /// ms since 1970.
    static var now: Int64 { Int64(Date().timeIntervalSince1970 * 1000) }

    /// One line with its end.
    static func line(_ fields: [String: Any]) -> String {
        guard let data = try? JSONSerialization.data(withJSONObject: fields, options: [.sortedKeys]) else { return "" }
        return String(decoding: data, as: UTF8.self) + "\n"
    }

    /// Request number `number`; every 25th fails, and latency, tokens and length wander.
    static func request(_ number: Int, at time: Int64) -> String {
        var fields: [String: Any] = [
            "trace_id": "t\(number)", "timestamp": time, "latency_ms": 600 + number * 37 % 1900,
            "model": number % 3 == 0 ? "claude-haiku-4-5" : "claude-sonnet-4-6",
            "input_tokens": 900 + number * 13 % 700,
            "output_tokens": 100 + number * 7 % 200, "output_length": 400 + number * 29 % 500,
            "success": number % 25 != 0, "sentiment": Double(number % 7) / 10, "task_type": "refund",
            "tool_calls": [["name": "lookup", "latency_ms": 80, "success": true]],
            "variant": number % 2 == 0 ? "control" : "canary", "agent_version": number % 2 == 0 ? "v1" : "v2",
            "user_rated_positive": number % 5 != 0,
        ]
        if number % 25 == 0 { fields["error_type"] = number % 50 == 0 ? "timeout" : "guardrail_block" }
        return line(fields)
    }

    /// Requests with these numbers, one a second, beginning at `time`.
    static func requests(_ numbers: Range<Int>, from time: Int64 = start) -> String {
        numbers.map { request($0, at: time + Int64($0 - numbers.lowerBound) * 1000) }.joined()
    }
}
