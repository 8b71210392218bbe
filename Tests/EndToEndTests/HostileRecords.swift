import Foundation

/// Records whose every text tries to command the terminal that shows it.
enum HostileRecords {
    /// Each carries the mark that no sequence of ours has.
    static let sequences = [
        "\u{1B}[31337m", "\u{1B}[?31337h", "\u{1B}[31337;1H", "\u{1B}]52;c;MzEzMzc=\u{07}", "\u{1B}]0;31337\u{07}",
        "\u{1B}]2;31337\u{1B}\\", "\u{1B}P31337q\u{1B}\\", "\u{1B}_31337\u{1B}\\", "\u{1B}c", "\u{9B}31337m",
        "\u{9D}0;31337\u{9C}", "\u{90}31337\u{9C}", "\u{07}\u{08}\u{0C}\u{0D}\u{0A}\u{09}\u{0E}\u{7F}",
        "\u{202E}\u{2066}\u{200F}\u{061C}", "\u{2028}\u{2029}\u{FEFF}\u{E0001}",
    ]

    /// How a text is written in JSON.
    enum Spelling: CaseIterable {
        /// Controls escaped as JSON wants it, all else as it is.
        case plain
        /// Every character as \uXXXX.
        case escaped
        /// Everything as it is, which for controls is no JSON.
        case raw
    }

    /// Every kind of record with `text` in every text field, several of each, spread over a minute.
    static func lines(_ spelling: Spelling) -> [UInt8] {
        var bytes: [UInt8] = []
        for (index, sequence) in sequences.enumerated() {
            // A word before tells values apart once the harm is gone.
            let text = "v\(index % 4)\(sequence)"
            for repetition in 0..<8 {
                let number = index * 8 + repetition
                for fields in kinds(text, number) { bytes += line(fields, spelling) }
            }
        }
        // Not even UTF-8, and C1 as a single byte.
        bytes +=
            Array("{\"latency_ms\":5,\"trace_id\":\"".utf8) + [0x9B, 0x33, 0x31, 0xFF, 0x9D, 0xC0, 0x9B]
            + Array("\"}\n".utf8)
        bytes += [0x1B, 0x5D, 0x30, 0x3B] + Array("31337\u{07}\n".utf8)
        return bytes
    }

    private static func kinds(_ text: String, _ number: Int) -> [[String: Any]] {
        let time = RecordLines.start + Int64(number) * 400
        let trace = "\(text)\(number)"
        var request: [String: Any] = [
            "timestamp": time, "trace_id": trace, "latency_ms": 900 + number, "input_tokens": 100, "output_tokens": 50,
            "output_length": 100, "success": number % 4 != 0, "error_type": text, "stop_reason": text, "flags": [text],
            "feature_flags": [text], "final_output": text, "trace_url": "https://x/\(text)", "shadow_of": "",
            "tool_calls": [["name": text, "latency_ms": 3, "success": number % 3 != 0]], "unknown \(text)": text,
            "spans": [
                ["span_id": text, "operation_name": text, "start_time": time, "end_time": time + 5, "status": text]
            ],
        ]
        let dimensions = [
            "agent", "service", "environment", "region", "host", "provider", "model", "prompt_version", "prompt_hash",
            "agent_version", "index_version", "collection", "task_type", "intent", "user_segment", "customer_tier",
            "device", "locale", "session_id", "conversation_id", "user_id",
        ]
        for name in dimensions { request[name] = text }
        request["variant"] = number % 2 == 0 ? "control" : "canary"
        let others: [[String: Any]] = [
            [
                "type": "feedback", "trace_id": trace, "score": 0, "comment": text, "failure_category": text,
                "message_id": text,
            ],
            ["type": "outcome", "trace_id": trace, "outcome": text],
            ["type": "eval", "trace_id": trace, "eval_score": 0.5, "name": text, "label": text],
            [
                "type": "deploy", "deployed_version": text, "prompt_hash": text, "model": text, "note": text,
                "rollback_command": text,
            ],
            ["type": "fallback", "trace_id": trace, "fallback_action": text, "reason": text, "helped": true],
            ["type": "queue", "queue": text, "queue_depth": 3],
            [
                "type": "snapshot", "window_s": 60, "requests": 3, "errors": [text: 1], "tool_calls": [text: 2],
                "model": text,
            ],
            [
                "type": "span", "trace_id": trace, "span_id": text, "parent_span_id": text, "operation_name": text,
                "start_time": time, "end_time": time + 9, "status": "ERROR", "error_message": text,
                "attributes": [text: text],
            ],
            [text: text],
        ]
        return [request] + others.map { $0.merging(["timestamp": time]) { old, _ in old } }
    }

    private static func line(_ fields: [String: Any], _ spelling: Spelling) -> [UInt8] {
        guard
            let data = try? JSONSerialization.data(
                withJSONObject: fields, options: [.sortedKeys, .withoutEscapingSlashes])
        else { return [] }
        let plain = String(decoding: data, as: UTF8.self)
        switch spelling {
        case .plain: return Array((plain + "\n").utf8)
        case .escaped:
            let escaped = plain.unicodeScalars.map { scalar in
                scalar.isASCII ? String(scalar) : String(scalar).utf16.map { "\\u" + hexadecimal($0) }.joined()
            }
            return Array((escaped.joined() + "\n").utf8)
        case .raw:
            // What JSON escaped is put back, but for what ends a string or a line.
            var raw = plain
            for value in 0..<0x20 where value != 0x0A {
                raw = raw.replacingOccurrences(
                    of: "\\u" + hexadecimal(UInt16(value)), with: String(UnicodeScalar(UInt8(value))))
            }
            for (escape, control) in [("\\b", "\u{08}"), ("\\f", "\u{0C}"), ("\\r", "\u{0D}"), ("\\t", "\u{09}")] {
                raw = raw.replacingOccurrences(of: escape, with: control)
            }
            return Array((raw + "\n").utf8)
        }
    }

    private static func hexadecimal(_ value: UInt16) -> String {
        let digits = String(value, radix: 16)
        return String(repeating: "0", count: 4 - digits.count) + digits
    }
}
