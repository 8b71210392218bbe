// Values that are not read, passed over as they are usually written: with one blank at most behind a comma or colon and
// none elsewhere. Anything else, and all that is no JSON, is left to `skipValue`'s careful way.

extension Scanner {
    /// Where the value that stands at `position` ends; nil if that takes the careful way.
    func usualEnd(_ bytes: RawSpan) -> Int? {
        var offset = position
        // The lowest bit tells whether the innermost container is an object.
        var objects: UInt64 = 0
        var depth = 0
        while offset < end {
            let character = bytes.steadyByte(at: offset)
            switch character {
            case ASCII.quote:
                guard let stop = textEnd(bytes, from: offset &+ 1) else { return nil }
                offset = stop
            case ASCII.openBrace, ASCII.openBracket:
                let isObject = character == ASCII.openBrace
                offset &+= 1
                // `}` and `]` stand two behind their openings.
                if bytes.steadyByte(at: offset) == character &+ 2 {
                    offset &+= 1
                    break
                }
                guard depth < 64 else { return nil }
                depth &+= 1
                objects = objects &<< 1 | (isObject ? 1 : 0)
                if isObject {
                    guard let stop = keyEnd(bytes, from: offset) else { return nil }
                    offset = stop
                }
                continue
            case UInt8(ascii: "t"), UInt8(ascii: "n"):
                let word = bytes.steadyWord(at: offset) & 0xFFFF_FFFF
                guard word == 0x6575_7274 || word == 0x6C6C_756E else { return nil }  // "true", "null"
                offset &+= 4
            case UInt8(ascii: "f"):
                guard bytes.steadyWord(at: offset) & 0xFF_FFFF_FFFF == 0x65_736C_6166 else { return nil }  // "false"
                offset &+= 5
            default:
                guard let stop = numberEnd(bytes, from: offset) else { return nil }
                offset = stop
            }
            guard let next = closed(bytes, from: offset, &objects, &depth) else { return nil }
            offset = next
            if depth == 0 { return offset <= end ? offset : nil }
        }
        return nil
    }

    /// Passes what closes after a value, then a comma and the next key; stays where nothing is open any more.
    @inline(__always)
    private func closed(_ bytes: RawSpan, from start: Int, _ objects: inout UInt64, _ depth: inout Int) -> Int? {
        var offset = start
        while depth > 0, offset < end {
            let isObject = objects & 1 == 1
            let character = bytes.steadyByte(at: offset)
            if character == ASCII.comma {
                offset &+= bytes.steadyByte(at: offset &+ 1) == ASCII.space ? 2 : 1
                return isObject ? keyEnd(bytes, from: offset) : offset
            }
            guard character == (isObject ? ASCII.closeBrace : ASCII.closeBracket) else { return nil }
            offset &+= 1
            objects &>>= 1
            depth &-= 1
        }
        return depth == 0 ? offset : nil
    }

    /// Where the value of the key that stands at `start` begins.
    @inline(__always)
    private func keyEnd(_ bytes: RawSpan, from start: Int) -> Int? {
        guard start < end, bytes.steadyByte(at: start) == ASCII.quote, let stop = textEnd(bytes, from: start &+ 1),
            bytes.steadyByte(at: stop) == ASCII.colon
        else { return nil }
        return bytes.steadyByte(at: stop &+ 1) == ASCII.space ? stop &+ 2 : stop &+ 1
    }

    /// Behind the closing quote of the text that begins at `start`.
    @inline(__always)
    private func textEnd(_ bytes: RawSpan, from start: Int) -> Int? {
        var offset = start
        while offset < end {
            let marks = WordOfBytes.specials(in: bytes.steadyWord(at: offset))
            if marks == 0 {
                offset &+= 8
                continue
            }
            offset &+= marks.trailingZeroBitCount &>> 3
            guard offset < end else { return nil }
            if bytes.steadyByte(at: offset) == ASCII.quote { return offset &+ 1 }
            guard bytes.steadyByte(at: offset) == ASCII.backslash,
                let length = Escapes.length(bytes, at: offset, end: end), length > 0
            else { return nil }
            offset &+= length
        }
        return nil
    }

    /// Behind a number without an exponent.
    @inline(__always)
    private func numberEnd(_ bytes: RawSpan, from start: Int) -> Int? {
        let first = bytes.steadyByte(at: start) == ASCII.minus ? start &+ 1 : start
        var stop = digitsEnd(bytes, from: first)
        guard stop > first, stop < end, stop == first &+ 1 || bytes.steadyByte(at: first) != ASCII.zero else {
            return nil
        }
        if bytes.steadyByte(at: stop) == ASCII.point {
            let point = stop
            stop = digitsEnd(bytes, from: point &+ 1)
            guard stop > point &+ 1, stop < end else { return nil }
        }
        return bytes.steadyByte(at: stop) | 0x20 == ASCII.lowerE ? nil : stop
    }

    @inline(__always)
    private func digitsEnd(_ bytes: RawSpan, from start: Int) -> Int {
        var offset = start
        while offset < end {
            let count = Digits.count(in: bytes.steadyWord(at: offset))
            offset &+= count
            if count < 8 { break }
        }
        return offset
    }
}
