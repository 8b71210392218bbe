/// Which keys of foreign JSON are which of our fields: `latency_ms=duration.ms,timestamp=ts:ms`.
///
/// A path goes from object to object (`usage.prompt_tokens`), into arrays by number (`choices.0.finish_reason`), and
/// also finds keys that have dots themselves. A unit behind a colon says what the number is in; without one a duration
/// is in the unit its key names, else in ours.
package struct FieldMap: Sendable, Hashable {
    struct Rule: Sendable, Hashable {
        var field: Field
        var path: [String]
        var unit: FieldUnit?
        var isGuess = false

        var key: String { path.joined(separator: ".") }
        /// The key is our own name of the field: its value must be as in a native record.
        var isOwn: Bool { path.count == 1 && path[0] == field.rawValue && !isGuess }
    }

    private(set) var rules: [Rule] = []

    /// Reads `FIELD=PATH[:UNIT]`, several of them with commas between.
    package init(parsing text: String) throws(FieldMapError) {
        for part in text.split(separator: ",") {
            guard let sign = part.firstIndex(of: "=") else {
                throw FieldMapError(
                    message: "‘\(SafeText.printable(String(part)))’ is not FIELD=PATH (such as latency_ms=duration.ms)")
            }
            try add(String(part[..<sign]), String(part[part.index(after: sign)...]))
        }
        guard !rules.isEmpty else { throw FieldMapError(message: "an empty map: expected FIELD=PATH") }
    }

    /// The same as pairs, from a configuration.
    package init(_ pairs: [(field: String, path: String)]) throws(FieldMapError) {
        for pair in pairs { try add(pair.field, pair.path) }
    }

    private mutating func add(_ name: String, _ path: String) throws(FieldMapError) {
        let name = Self.trimmed(name)
        guard let field = Field(rawValue: name), FieldType(field) != nil else {
            throw FieldMapError(
                message:
                    "‘\(SafeText.printable(name))’ is not a field that can be mapped (latency_ms, input_tokens, model, …)"
            )
        }
        var path = Self.trimmed(path)
        var unit: FieldUnit?
        if let colon = path.lastIndex(of: ":"),
            let known = FieldUnit(rawValue: String(path[path.index(after: colon)...]))
        {
            unit = known
            path = String(path[..<colon])
        }
        let parts = path.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        guard !path.isEmpty, path.utf8.count <= 200, !parts.contains("") else {
            throw FieldMapError(message: "‘\(SafeText.printable(path))’ is not a path to the field \(name)")
        }
        rules.removeAll { $0.field == field }
        rules.append(Rule(field: field, path: parts, unit: unit))
    }

    private static func trimmed(_ text: String) -> String {
        String(text.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
    }
}

/// Why a map is none.
package struct FieldMapError: Error, Sendable, Hashable, CustomStringConvertible {
    /// What is wrong and what was expected.
    package let message: String
    package var description: String { message }
}

/// What a number is in, as the power of ten that makes it µs, nano-dollars or millionths.
enum FieldUnit: String, Sendable, Hashable {
    case seconds = "s"
    case milliseconds = "ms"
    case microseconds = "us"
    case nanoseconds = "ns"
    case dollars = "usd"
    case cents
    case percent

    var power: Int {
        switch self {
        case .seconds: 6
        case .milliseconds: 3
        case .microseconds: 0
        case .nanoseconds: -3
        case .dollars: 9
        case .cents: 7
        case .percent: 4
        }
    }
}

/// What kind of value a field has; nil for fields that can't come from one key.
enum FieldType {
    case duration, time, count, dollars, fraction, signedFraction, statusCode, flag, success, name(Dimension)
    case identifier, errorType, stopReason, sampleRate

    init?(_ field: Field) {
        switch field {
        case .latency, .duration, .timeToFirstToken: self = .duration
        case .timestamp, .startTime, .endTime: self = .time
        case .inputTokens, .outputTokens, .cachedInputTokens, .cacheWriteTokens, .reasoningTokens, .steps, .toolCalls,
            .redundantToolCalls, .outputLength, .inputLength, .attachments, .sessionNumber:
            self = .count
        case .cost, .toolCost, .computeCost: self = .dollars
        case .quality, .evalScore: self = .fraction
        case .sentiment: self = .signedFraction
        case .statusCode: self = .statusCode
        case .completed, .userCorrected, .escalatedToHuman, .userRatedPositive: self = .flag
        case .success: self = .success
        case .errorType: self = .errorType
        case .stopReason: self = .stopReason
        case .traceID, .spanID, .sessionID, .conversationID, .userID, .shadowOf: self = .identifier
        case .sampleRate: self = .sampleRate
        default:
            guard let dimension = field.dimension else { return nil }
            self = .name(dimension)
        }
    }
}
