/// Where the text of a JSON string stands between its quotes.
struct ScannedText {
    var range: Range<Int>
    var hasEscapes: Bool
}

/// A place in one line of JSON. The bytes are handed to each call, so that a scanner is a plain value.
///
/// Loops look for a character that ends a token and may stop behind the line's end, where another line or the padding
/// stands; whoever consumes a token compares `position` with `end` before trusting it.
struct Scanner {
    var position: Int
    let start: Int
    let end: Int

    init(_ range: Range<Int>) {
        position = range.lowerBound
        start = range.lowerBound
        end = range.upperBound
    }

    /// A rejection at `position`, or at the place given.
    func rejection(_ reason: Rejection.Reason, _ field: Field? = nil, at place: Int? = nil) -> Rejection {
        Rejection(reason: reason, field: field, offset: Swift.min(place ?? position, end) - start)
    }

    @inline(__always)
    mutating func skipBlanks(_ bytes: RawSpan) {
        while bytes.byte(at: position) <= ASCII.space, position < end, Self.isBlank(bytes.byte(at: position)) {
            position &+= 1
        }
    }

    @inline(__always)
    static func isBlank(_ byte: UInt8) -> Bool {
        byte == ASCII.space || byte == ASCII.tab || byte == ASCII.carriageReturn || byte == ASCII.lineFeed
    }

    /// A string: `position` stands on its opening quote and is left after the closing one.
    @inline(__always)
    mutating func text(_ bytes: RawSpan) throws(Rejection) -> ScannedText {
        let first = position &+ 1
        let stop = bytes.firstSpecial(from: first, to: end)
        if stop < end, bytes.byte(at: stop) == ASCII.quote {
            position = stop &+ 1
            return ScannedText(range: first..<stop, hasEscapes: false)
        }
        return try escapedText(bytes, from: first, stop: stop)
    }

    @inline(never)
    private mutating func escapedText(_ bytes: RawSpan, from first: Int, stop: Int) throws(Rejection) -> ScannedText {
        var stop = stop
        while stop < end {
            switch bytes.byte(at: stop) {
            case ASCII.quote:
                position = stop + 1
                return ScannedText(range: first..<stop, hasEscapes: true)
            case ASCII.backslash:
                guard let length = Escapes.length(bytes, at: stop, end: end) else {
                    throw rejection(.unterminatedString, at: first - 1)
                }
                guard length > 0 else { throw rejection(.badEscape, at: stop) }
                stop = bytes.firstSpecial(from: stop + length, to: end)
            case 0:
                throw rejection(.nulByte, at: stop)
            default:
                throw rejection(.controlCharacter, at: stop)
            }
        }
        throw rejection(.unterminatedString, at: first - 1)
    }

    /// The `:` after a key and the blanks around it.
    @inline(__always)
    mutating func colon(_ bytes: RawSpan) throws(Rejection) {
        if bytes.byte(at: position) != ASCII.colon { skipBlanks(bytes) }
        guard position < end else { throw rejection(.truncated) }
        guard bytes.byte(at: position) == ASCII.colon else { throw rejection(.expectedColon) }
        position &+= 1
        try beginValue(bytes)
    }

    /// Passes blanks before a value.
    @inline(__always)
    mutating func beginValue(_ bytes: RawSpan) throws(Rejection) {
        skipBlanks(bytes)
        guard position < end else { throw rejection(.truncated) }
    }

    /// A key and its colon.
    mutating func key(_ bytes: RawSpan) throws(Rejection) -> ScannedText {
        guard position < end else { throw rejection(.truncated) }
        guard bytes.byte(at: position) == ASCII.quote else { throw rejection(.expectedKey) }
        let key = try text(bytes)
        try colon(bytes)
        return key
    }

    /// Enters an object or array whose opening character stands at `position`; false if it is empty, and then passed.
    @inline(__always)
    mutating func enter(_ bytes: RawSpan, closing: UInt8) throws(Rejection) -> Bool {
        position &+= 1
        skipBlanks(bytes)
        guard position < end else { throw rejection(.truncated) }
        guard bytes.byte(at: position) == closing else { return true }
        position &+= 1
        return false
    }

    /// After an element: passes a comma (true) or the closing character (false).
    @inline(__always)
    mutating func another(_ bytes: RawSpan, closing: UInt8) throws(Rejection) -> Bool {
        skipBlanks(bytes)
        guard position < end else { throw rejection(.truncated) }
        let character = bytes.byte(at: position)
        if character == ASCII.comma {
            position &+= 1
            skipBlanks(bytes)
            guard position < end else { throw rejection(.truncated) }
            return true
        }
        guard character == closing else { throw rejection(.expectedComma) }
        position &+= 1
        return false
    }
}
