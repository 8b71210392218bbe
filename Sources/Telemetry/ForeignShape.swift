/// Says more about lines that are something else than native records.
enum ForeignShape {
    /// The rejection of a line that does not start with `{`.
    static func rejection(_ bytes: RawSpan, _ scanner: Scanner) -> Rejection {
        let start = scanner.position
        let end = scanner.end
        switch bytes.byte(at: start) {
        case 0: return scanner.rejection(.nulByte)
        case ASCII.openBracket, ASCII.closeBracket: return scanner.rejection(.jsonArray)
        case ASCII.closeBrace: return scanner.rejection(.prettyPrinted)
        case ASCII.quote:
            // `"key": value,` on a line of its own.
            var probe = scanner
            if (try? probe.key(bytes)) != nil { return scanner.rejection(.prettyPrinted) }
        default: break
        }
        // A prefix of a log has its record within the first few hundred bytes.
        for offset in start..<Swift.min(start + 512, end - 1) where bytes.byte(at: offset) == ASCII.openBrace {
            if bytes.byte(at: offset + 1) == ASCII.quote { return scanner.rejection(.textBeforeObject, at: offset) }
        }
        return scanner.rejection(.notAnObject)
    }

    /// A better reason for a rejection where the line shows one.
    @inline(never)
    static func explained(_ rejection: Rejection, _ bytes: RawSpan, _ line: Range<Int>) -> Rejection {
        switch rejection.reason {
        case .truncated:
            // Nothing but the opening brace.
            var scanner = Scanner(line)
            scanner.skipBlanks(bytes)
            scanner.position += 1
            scanner.skipBlanks(bytes)
            guard scanner.position >= scanner.end else { return rejection }
            return Rejection(reason: .prettyPrinted, field: nil, offset: 0)
        case .noRecordField, .expectedNumber, .expectedText, .expectedFlag, .expectedArray, .expectedObject:
            let shapes: [(StaticString, Rejection.Reason)] = [
                ("\"resourceSpans\"", .otlp), ("\"resourceLogs\"", .otlp), ("\"resourceMetrics\"", .otlp),
                ("\"litellm_call_id\"", .litellm), ("\"parentUuid\"", .transcript), ("\"turn_context\"", .transcript),
                ("\"event_msg\"", .transcript), ("\"session_meta\"", .transcript), ("\"observations\"", .langfuse),
                ("\"parentObservationId\"", .langfuse),
            ]
            let window = line.lowerBound..<Swift.min(line.upperBound, line.lowerBound + 1_024)
            for (text, reason) in shapes where contains(text, bytes, window) {
                return Rejection(reason: reason, field: nil, offset: 0)
            }
            return rejection
        default:
            return rejection
        }
    }

    private static func contains(_ text: StaticString, _ bytes: RawSpan, _ range: Range<Int>) -> Bool {
        let length = text.utf8CodeUnitCount
        guard range.count >= length else { return false }
        for offset in range.lowerBound...range.upperBound - length where bytes.byte(at: offset) == ASCII.quote {
            if bytes.equals(text, in: offset..<offset + length) { return true }
        }
        return false
    }
}
