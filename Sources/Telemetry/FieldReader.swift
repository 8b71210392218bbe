/// How the steady path reads a field, looked up once a slot: what can't be read that way is read by its `Field`.
struct FieldReader {
    /// What the value is in its usual form.
    enum Form: UInt8 {
        /// A number from 0 on, kept as one of `Measures`.
        case measure
        /// `true` or `false`, kept as one of `Answers`.
        case answer
        /// A text kept as a symbol: of a dimension, or the error type or the stop reason.
        case name
        /// A text kept as a hash.
        case identifier
        /// A time in RFC 3339.
        case timestamp, startTime, endTime
        /// Anything else.
        case other
    }

    var form: Form = .other
    /// The raw value of a `Measures.Name`, `Answers.Name`, `Dimension` or `Identifiers.Name`.
    var place: UInt8 = 0
    /// Power of ten between the unit written and the one kept.
    var scale: UInt8 = 0
    /// What a value of the usual form says about the kind of record.
    var seen: Seen = []
    /// The most that is kept.
    var maximum: Int64 = 0

    init(_ field: Field) {
        switch field {
        case .latency, .duration: measure(.latency, 3, NativeDecoder.maximumDuration, .request)
        case .timeToFirstToken: measure(.timeToFirstToken, 3, NativeDecoder.maximumDuration)
        case .inputTokens: count(.inputTokens, .request)
        case .outputTokens: count(.outputTokens, .request)
        case .cachedInputTokens: count(.cachedInputTokens)
        case .cacheWriteTokens: count(.cacheWriteTokens)
        case .reasoningTokens: count(.reasoningTokens)
        case .steps: count(.steps)
        case .redundantToolCalls: count(.redundantToolCalls)
        case .outputLength: count(.outputLength)
        case .inputLength: count(.inputLength)
        case .attachments: count(.attachments)
        case .sessionNumber: count(.sessionNumber)
        case .queueDepth: count(.queueDepth, .queueDepth)
        case .statusCode: measure(.statusCode, 0, 999, .request)
        case .cost: measure(.cost, 9, NativeDecoder.maximumCost, .request)
        case .toolCost: measure(.toolCost, 9, NativeDecoder.maximumCost)
        case .computeCost: measure(.computeCost, 9, NativeDecoder.maximumCost)
        case .sentiment: measure(.sentiment, 6, 1_000_000)
        case .quality: measure(.quality, 6, 1_000_000)
        case .evalScore: measure(.evalScore, 6, 1_000_000, .evalScore)
        case .success: answer(.success, [.request, .success])
        case .completed: answer(.completed, .request)
        case .userCorrected: answer(.corrected)
        case .escalatedToHuman: answer(.escalated)
        case .userRatedPositive: answer(.ratedPositive)
        case .traceID: identifier(.trace, .trace)
        case .spanID: identifier(.span, .span)
        case .sessionID: identifier(.session)
        case .conversationID: identifier(.conversation)
        case .userID: identifier(.user)
        case .shadowOf: identifier(.shadowOf)
        case .errorType: name(.errorType, .request)
        case .stopReason: name(.stopReason)
        case .timestamp: form = .timestamp
        case .startTime:
            form = .startTime
            seen = .start
        case .endTime: form = .endTime
        default: if let dimension = field.dimension { name(dimension) }
        }
    }

    private mutating func measure(_ name: Measures.Name, _ scale: UInt8, _ maximum: Int64, _ seen: Seen = []) {
        (form, place, self.scale, self.maximum, self.seen) = (.measure, name.rawValue, scale, maximum, seen)
    }

    private mutating func count(_ name: Measures.Name, _ seen: Seen = []) {
        measure(name, 0, NativeDecoder.maximumCount, seen)
    }

    private mutating func answer(_ name: Answers.Name, _ seen: Seen = []) {
        (form, place, self.seen) = (.answer, name.rawValue, seen)
    }

    private mutating func identifier(_ name: Identifiers.Name, _ seen: Seen = []) {
        (form, place, self.seen) = (.identifier, name.rawValue, seen)
    }

    private mutating func name(_ dimension: Dimension, _ seen: Seen = []) {
        (form, place, self.seen) = (.name, dimension.rawValue, seen)
    }
}
