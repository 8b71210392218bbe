/// Why a line is no record: a reason, the field it concerns and where in the line.
package struct Rejection: Error, Sendable, Hashable {
    /// A code that is stable and can be counted by.
    package enum Reason: UInt8, Sendable, Hashable, CaseIterable {
        // Not one JSON object.
        case notAnObject, jsonArray, textBeforeObject, prettyPrinted, nulByte
        case expectedKey, expectedColon, expectedComma, expectedValue
        case badNumber, notFinite, badEscape, controlCharacter, unterminatedString
        case truncated, trailingText, tooDeep
        // JSON, but not a record.
        case expectedNumber, expectedText, expectedFlag, expectedArray, expectedObject
        case badTime, timeOutOfRange, endBeforeStart
        case negative, outOfRange, unknownWord, tooManyBuckets, missingField
        case noRecordField
        case otlp, litellm, transcript, langfuse
        // Other formats.
        case tooManyValues, otherFormat, unfinishedDocument, consoleExporter, noSpan
    }

    /// What is wrong.
    package let reason: Reason
    let field: Field?
    /// Bytes from the start of the line.
    package let offset: Int

    init(reason: Reason, field: Field?, offset: Int) {
        self.reason = reason
        self.field = field
        self.offset = offset
    }

    /// The key of the field concerned.
    package var fieldName: String? { field?.rawValue }
}

extension Rejection: CustomStringConvertible {
    /// The reason in plain words.
    package var description: String {
        let name = field?.rawValue ?? "a field"
        let column = "at column \(offset + 1)"
        return switch reason {
        case .notAnObject: "not JSON: a record starts with '{'"
        case .jsonArray: "a JSON array: records are one object a line (jq -c '.[]' splits it)"
        case .textBeforeObject: "not JSON: text before the '{' \(column) (a log prefix?)"
        case .prettyPrinted: "a piece of JSON over several lines: a record is one line (jq -c . joins it)"
        case .nulByte: "NUL byte \(column) (a hole in a truncated file?)"
        case .expectedKey: "not JSON: expected a key in quotes \(column)"
        case .expectedColon: "not JSON: expected ':' \(column)"
        case .expectedComma: "not JSON: expected ',' or an end \(column)"
        case .expectedValue: "not JSON: expected a value \(column)"
        case .badNumber: "not JSON: not a number \(column)"
        case .notFinite: "not JSON: NaN and Infinity are no numbers there (\(column))"
        case .badEscape: "not JSON: unknown escape in a string \(column)"
        case .controlCharacter: "not JSON: control character in a string \(column)"
        case .unterminatedString: "unterminated string \(column) (line cut off?)"
        case .truncated: "the line ends inside the record (cut off?)"
        case .trailingText: "text after the record's end \(column)"
        case .tooDeep: "nested too deep \(column)"
        case .expectedNumber: "\(name) is not a number (\(column))"
        case .expectedText: "\(name) is not a text (\(column))"
        case .expectedFlag: "\(name) is not true, false or null (\(column))"
        case .expectedArray: "\(name) is not an array (\(column))"
        case .expectedObject: "\(name) is not an object (\(column))"
        case .badTime: "\(name) is not a time (\(column)): RFC 3339 or a number since 1970"
        case .timeOutOfRange: "\(name) is not between 1970 and 9999 (\(column))"
        case .endBeforeStart: "end_time is before start_time"
        case .negative: "\(name) is negative (\(column))"
        case .outOfRange: "\(field?.rangeText ?? "number out of range in \(name)") (\(column))"
        case .unknownWord: "\(name) has an unknown value (\(column))"
        case .tooManyBuckets: "\(name) has too many buckets"
        case .missingField: "\(name) is missing from a record of this type"
        case .noRecordField:
            "no field of a record found (latency_ms, input_tokens, success, …; --map names foreign keys)"
        case .otlp: "looks like OpenTelemetry's JSON (OTLP), not a native record"
        case .litellm: "looks like a LiteLLM log line, not a native record"
        case .transcript: "looks like a coding agent's transcript, not a native record"
        case .langfuse: "looks like Langfuse's export, not a native record"
        case .tooManyValues: "more values than a record can have \(column)"
        case .otherFormat: "not of the format that was asked for (--from)"
        case .unfinishedDocument:
            "JSON over several lines that never ends or is broken \(column) (jq -c . joins what is whole)"
        case .consoleExporter:
            "output of OpenTelemetry's console exporter: write OTLP/JSON lines instead (its file exporter)"
        case .noSpan: "OpenTelemetry's JSON without an id or a time"
        }
    }
}

extension Field {
    /// What to say of a value out of range, for fields whose range is a matter of meaning and not of size.
    var rangeText: String? {
        switch self {
        case .sentiment, .sentimentMean: "\(rawValue) is not between -1 and 1"
        case .quality, .qualityMean, .evalScore: "\(rawValue) is not between 0 and 1"
        case .sampleRate: "sample_rate is not above 0 and at most 1"
        case .rating: "rating is not between 1 and 5"
        case .score: "score is not 0 or 1"
        case .percent: "percent is not between 0 and 100"
        case .window: "window_s is not above 0 and at most 366 days"
        default: nil
        }
    }
}

/// What became of a line.
package enum DecodeResult: Sendable, Hashable {
    case record
    /// Nothing but blanks.
    case blank
    case rejected(Rejection)
}
