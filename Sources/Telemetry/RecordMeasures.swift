/// The numbers of a record, in the order in which it keeps them; `RecordFields.swift` has their units.
public enum Measure: UInt8, Sendable, CaseIterable {
    case startTime, latency, timeToFirstToken
    case inputTokens, outputTokens, cachedInputTokens, cacheWriteTokens, reasoningTokens
    case cost, toolCost, computeCost
    case statusCode, steps, toolCallCount, redundantToolCalls, outputLength, inputLength, attachments
    case sessionNumber, sentiment, quality, evalScore, queueDepth
}

/// What a record says yes or no to.
public enum Answer: UInt8, Sendable, CaseIterable {
    case success, completed, hasFinalOutput, corrected, escalated, abandoned, rephrased, copied, followedUp
    case accepted, ratedPositive, fallbackHelped
}

/// What a record refers to by a hash.
public enum Identifier: UInt8, Sendable, CaseIterable {
    case trace, session, span, conversation, user, shadowOf
}

/// The numbers of a record. A bit says which are there, so that emptying them is one store.
@usableFromInline
struct Measures: Sendable {
    @usableFromInline typealias Name = Measure

    @usableFromInline var present: UInt32 = 0
    @usableFromInline var values = InlineArray<23, Int64>(repeating: 0)

    @usableFromInline init() {}

    @inlinable
    subscript(name: Name) -> Int64? {
        @inline(__always) get {
            let place = Int(name.rawValue)
            return (present &>> UInt32(place)) & 1 == 0 ? nil : values[place]
        }
        @inline(__always) set {
            let place = Int(name.rawValue)
            guard let newValue else {
                present &= ~(1 &<< UInt32(place))
                return
            }
            values[place] = newValue
            present |= 1 &<< UInt32(place)
        }
    }
}

/// What a record says yes or no to.
@usableFromInline
struct Answers: Sendable {
    @usableFromInline typealias Name = Answer

    @usableFromInline var known: UInt16 = 0
    /// A subset of `known`.
    @usableFromInline var yes: UInt16 = 0

    @usableFromInline init() {}

    @inlinable
    subscript(name: Name) -> Bool? {
        @inline(__always) get {
            let bit: UInt16 = 1 &<< UInt16(name.rawValue)
            return known & bit == 0 ? nil : yes & bit != 0
        }
        @inline(__always) set {
            let bit: UInt16 = 1 &<< UInt16(name.rawValue)
            known = newValue == nil ? known & ~bit : known | bit
            yes = newValue == true ? yes | bit : yes & ~bit
        }
    }
}

/// The hashes of what a record refers to; 0 is absent.
@usableFromInline
struct Identifiers: Sendable {
    @usableFromInline typealias Name = Identifier

    @usableFromInline var hashes = InlineArray<6, UInt64>(repeating: 0)
    @usableFromInline var traceText: Range<Int> = 0..<0
    @usableFromInline var sessionText: Range<Int> = 0..<0
    @usableFromInline var userText: Range<Int> = 0..<0

    @usableFromInline init() {}

    @inlinable
    subscript(name: Name) -> UInt64 {
        @inline(__always) get { hashes[Int(name.rawValue)] }
        @inline(__always) set { hashes[Int(name.rawValue)] = newValue }
    }
}
