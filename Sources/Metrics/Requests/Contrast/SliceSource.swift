import Query
import Telemetry

/// Where the held rows have the values that slices are made of, each as a number: what is counted by needs no text.
enum SliceSource: Hashable {
    /// A symbol in a column.
    case symbols(RecordField, place: Int)
    case tools, failedTools, featureFlags, flags, attributes
    /// Hour of the day, UTC.
    case hours
    case statusCodes
    /// Short, medium, long.
    case queryLengths
    /// The first sessions of a user, and later ones.
    case sessions
    /// Whether files came with the question.
    case attachments
    /// Requests that failed.
    case failures

    /// A user is new for so many sessions.
    private static let newSessions: Int64 = 5
    /// In less time the hour of the day only says when it was.
    private static let hoursWorthTelling = 4 * Span.hour
    /// Flags that say how a request failed, not why.
    private static let failureFlags: Flags = [.guardrailBlock, .circuitBreaker, .emptyResponse, .parseError]
    /// Stop reasons that say no more than that it failed.
    private static let failureReasons: Set = [
        "error", "failed", "failure", "timeout", "cancelled", "canceled", "aborted",
    ]

    /// Everything that requests can be told apart by but for what the outcome itself is, what is asked for most first.
    ///
    /// A value that is missing makes no slice: the language has no word for it.
    static func all(for question: OutcomeQuestion) -> [SliceSource] {
        func dimension(_ dimension: Dimension) -> SliceSource? {
            if dimension == .variant, question.outcome == .canary { return nil }
            return RecordField(dimension).map {
                .symbols($0, place: RowPlace.dimensions + Int(dimension.rawValue))
            }
        }
        let first: [Dimension] = [.taskType, .intent, .model, .provider, .userSegment, .locale]
        var sources: [SliceSource] = [.tools]
        sources += first.compactMap(dimension)
        sources += Dimension.ofRequest.filter { !first.contains($0) }.compactMap(dimension)
        sources += [.featureFlags, .queryLengths, .sessions, .attachments, .flags]
        if question.times.upperBound - question.times.lowerBound >= hoursWorthTelling { sources.append(.hours) }
        sources.append(.symbols(.stopReason, place: RowPlace.stopReason))
        // What a request failed with is no reason for it.
        if question.outcome != .failing {
            sources += [.failures, .symbols(.errorType, place: RowPlace.errorType), .failedTools, .statusCodes]
        }
        return sources + [.attributes]
    }

    /// The slice that a number stands for; nil where that is none to tell anybody.
    func slice(_ key: UInt64, _ names: SymbolNames, _ outcome: RequestOutcome) -> RequestSlice? {
        func symbol(_ field: RequestSlice.Field) -> RequestSlice? {
            let symbol = Symbol(rawValue: UInt32(truncatingIfNeeded: key))
            return symbol.isAbsent || symbol == .other ? nil : RequestSlice(field, names[symbol])
        }
        switch self {
        case .symbols(let field, _):
            let slice = symbol(.record(field))
            if field == .stopReason, outcome == .failing, let slice,
                Self.failureReasons.contains(slice.value.lowercased())
            {
                return nil
            }
            return slice
        case .tools: return symbol(.record(.tool))
        case .failedTools: return symbol(.record(.toolFailed))
        case .featureFlags: return symbol(.record(.featureFlag))
        case .flags:
            let flag = Flags(rawValue: 1 << UInt16(truncatingIfNeeded: key))
            if outcome == .failing, Self.failureFlags.contains(flag) { return nil }
            return RequestSlice(.record(.flag), Flags.names[Int(truncatingIfNeeded: key)])
        case .attributes:
            let name = Symbol(rawValue: UInt32(truncatingIfNeeded: key >> 32))
            return name.isAbsent || name == .other ? nil : symbol(.attribute(names[name]))
        case .hours: return RequestSlice(.record(.hour), String(key))
        case .statusCodes: return RequestSlice(.record(.statusCode), String(Int64(bitPattern: key)))
        case .queryLengths:
            return RequestSlice(.record(.queryLength), RecordField.band(ofInputLength: Int64(bitPattern: key)))
        case .sessions: return RequestSlice(.sessionNumber, key == 0 ? "<=" : ">", Self.newSessions)
        case .attachments: return RequestSlice(.attachments, ">", 0)
        case .failures: return RequestSlice(.record(.success), "false")
        }
    }

    /// Numbers of a chunk's column, kept from one to the next.
    typealias Buffer = [Int64]

    /// Calls `body` with each of `rows` that has a value, and the number of the value; several times where it has several.
    @inline(__always)
    func forEachKey(
        in chunk: RowChunk, _ rows: borrowing RowBits, _ buffer: inout Buffer, _ body: (Int, UInt64) -> Void
    ) {
        switch self {
        case .symbols(_, let place): Self.forEachCell(place, chunk, rows, &buffer) { body($0, UInt64(bitPattern: $1)) }
        case .statusCodes:
            Self.forEachCell(Int(Measure.statusCode.rawValue), chunk, rows, &buffer) {
                body($0, UInt64(bitPattern: $1))
            }
        case .queryLengths:
            // The least length of the band.
            Self.forEachCell(Int(Measure.inputLength.rawValue), chunk, rows, &buffer) {
                body($0, UInt64(bitPattern: RecordField.bandStart(ofInputLength: $1)))
            }
        case .sessions:
            Self.forEachCell(Int(Measure.sessionNumber.rawValue), chunk, rows, &buffer) {
                body($0, $1 <= Self.newSessions ? 0 : 1)
            }
        case .attachments:
            Self.forEachCell(Int(Measure.attachments.rawValue), chunk, rows, &buffer) { if $1 > 0 { body($0, 1) } }
        case .failures:
            Self.forEachCell(RowPlace.answers, chunk, rows, &buffer) {
                if RowChunk.answer(.success, $1) == false { body($0, 0) }
            }
        case .hours:
            rows.forEach { row in
                let time = chunk.time(row)
                body(row, UInt64(bitPattern: (time - time.alignedDown(to: Span.day)) / Span.hour))
            }
        case .flags:
            Self.forEachCell(RowPlace.flags, chunk, rows, &buffer) { row, cell in
                for bit in Flags.names.indices where cell >> Int64(bit) & 1 == 1 { body(row, UInt64(bit)) }
            }
        case .tools, .failedTools:
            Self.forEachCell(RowPlace.tools, chunk, rows, &buffer) { row, cell in
                for tool in chunk.lists.tools[RowPlace.range(cell)] where self == .tools || tool.hasFailed {
                    body(row, UInt64(tool.name.rawValue))
                }
            }
        case .featureFlags:
            Self.forEachCell(RowPlace.featureFlags, chunk, rows, &buffer) { row, cell in
                for flag in chunk.lists.featureFlags[RowPlace.range(cell)] { body(row, UInt64(flag.rawValue)) }
            }
        case .attributes:
            Self.forEachCell(RowPlace.attributes, chunk, rows, &buffer) { row, cell in
                for attribute in chunk.lists.attributes[RowPlace.range(cell)] {
                    body(row, UInt64(attribute.name.rawValue) << 32 | UInt64(attribute.value.rawValue))
                }
            }
        }
    }

    @inline(__always)
    private static func forEachCell(
        _ place: Int, _ chunk: RowChunk, _ rows: borrowing RowBits, _ buffer: inout Buffer,
        _ body: (Int, Int64) -> Void
    ) {
        guard let column = chunk.column(place) else { return }
        if buffer.count != chunk.count { buffer = Buffer(repeating: 0, count: chunk.count) }
        column.unpack(into: &buffer)
        var known = column.known(count: chunk.count)
        known.formIntersection(rows)
        let cells = buffer.span
        for (i, word) in known.words.enumerated() {
            var left = word
            while left != 0 {
                let row = i << 6 + left.trailingZeroBitCount
                body(row, cells[row])
                left &= left - 1
            }
        }
    }
}
