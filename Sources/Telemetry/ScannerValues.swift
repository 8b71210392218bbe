extension Scanner {
    /// Passes `null` if it stands here.
    @inline(__always)
    mutating func passNull(_ bytes: RawSpan) throws(Rejection) -> Bool {
        guard bytes.byte(at: position) == UInt8(ascii: "n") else { return false }
        try literal(bytes, 0x6C6C_756E, length: 4)  // "null"
        return true
    }

    /// `true`, `false`, or nil for `null`.
    @inline(__always)
    mutating func flag(_ bytes: RawSpan, _ field: Field) throws(Rejection) -> Bool? {
        switch bytes.byte(at: position) {
        case UInt8(ascii: "t"):
            try literal(bytes, 0x6575_7274, length: 4)  // "true"
            return true
        case UInt8(ascii: "f"):
            try literal(bytes, 0x65_736C_6166, length: 5)  // "false"
            return false
        case UInt8(ascii: "n"):
            try literal(bytes, 0x6C6C_756E, length: 4)
            return nil
        default:
            throw wrongType(bytes, .expectedFlag, field)
        }
    }

    @inline(__always)
    private mutating func literal(_ bytes: RawSpan, _ text: UInt64, length: Int) throws(Rejection) {
        guard bytes.word(at: position) & WordOfBytes.mask(length) == text, position &+ length <= end else {
            throw end - position < length ? rejection(.truncated) : rejection(.expectedValue)
        }
        position &+= length
    }

    /// The rejection for a value of another type than `field` has; a value that is no JSON at all is named as such.
    @inline(never)
    func wrongType(_ bytes: RawSpan, _ reason: Rejection.Reason, _ field: Field?) -> Rejection {
        guard position < end else { return rejection(.truncated) }
        var probe = self
        do throws(Rejection) {
            try probe.skipValue(bytes)
        } catch {
            return error
        }
        return rejection(reason, field)
    }

    /// A number.
    @inline(__always)
    mutating func number(_ bytes: RawSpan, _ field: Field?) throws(Rejection) -> DecimalNumber {
        var number = DecimalNumber()
        var offset = position
        var character = bytes.byte(at: offset)
        if character == ASCII.minus {
            number.isNegative = true
            offset &+= 1
            character = bytes.byte(at: offset)
        }
        let first = offset
        guard ASCII.digit(character) < 10 else { throw notANumber(bytes, field) }
        offset = number.take(bytes, from: first, before: end)
        character = bytes.byte(at: offset)
        if offset &- first > 1, bytes.byte(at: first) == ASCII.zero { throw rejection(.badNumber) }
        if character == ASCII.point {
            let point = offset
            number.isFraction = true
            offset = number.take(bytes, from: point &+ 1, before: end)
            guard offset &- point > 1 else { throw rejection(offset < end ? .badNumber : .truncated) }
            character = bytes.byte(at: offset)
        }
        if character | 0x20 == ASCII.lowerE { offset = try exponent(bytes, from: offset &+ 1, of: &number) }
        guard offset < end else { throw rejection(.truncated) }
        position = offset
        return number
    }

    @inline(never)
    private func exponent(_ bytes: RawSpan, from start: Int, of number: inout DecimalNumber) throws(Rejection) -> Int {
        var offset = start
        let sign = bytes.byte(at: offset)
        if sign == ASCII.plus || sign == ASCII.minus { offset &+= 1 }
        var exponent = 0
        let first = offset
        while ASCII.digit(bytes.byte(at: offset)) < 10 {
            // Beyond this every number is 0 or out of range, whatever its mantissa can be in one line of memory.
            if exponent < 1_000_000_000_000 { exponent = exponent * 10 + Int(ASCII.digit(bytes.byte(at: offset))) }
            offset &+= 1
        }
        guard offset > first else { throw rejection(offset < end ? .badNumber : .truncated) }
        number.exponent += sign == ASCII.minus ? -exponent : exponent
        return offset
    }

    @inline(never)
    private func notANumber(_ bytes: RawSpan, _ field: Field?) -> Rejection {
        guard position < end else { return rejection(.truncated) }
        let isNegative = bytes.byte(at: position) == ASCII.minus
        let character = bytes.byte(at: isNegative ? position + 1 : position)
        if character == UInt8(ascii: "N") || character == UInt8(ascii: "I") { return rejection(.notFinite) }
        if isNegative { return rejection(position + 1 < end ? .badNumber : .truncated) }
        return field == nil ? rejection(.expectedValue) : wrongType(bytes, .expectedNumber, field)
    }

    /// Passes any value, checking that it is JSON.
    @inline(never)
    mutating func skipValue(_ bytes: RawSpan) throws(Rejection) {
        if let stop = usualEnd(bytes) {
            position = stop
            return
        }
        // Bit d tells whether the container at depth d is an object; no recursion, so that no line exhausts the stack.
        var objects: UInt128 = 0
        var depth = 0
        while true {
            guard position < end else { throw rejection(.truncated) }
            let character = bytes.byte(at: position)
            if character == ASCII.openBrace || character == ASCII.openBracket {
                let isObject = character == ASCII.openBrace
                guard depth < 127 else { throw rejection(.tooDeep) }
                if try enter(bytes, closing: isObject ? ASCII.closeBrace : ASCII.closeBracket) {
                    depth += 1
                    let bit = UInt128(1) << UInt128(depth)
                    objects = isObject ? objects | bit : objects & ~bit
                    if isObject { _ = try key(bytes) }
                    continue
                }
            } else {
                try skipScalar(bytes, character)
            }
            while true {
                if depth == 0 { return }
                let isObject = objects >> UInt128(depth) & 1 == 1
                if try another(bytes, closing: isObject ? ASCII.closeBrace : ASCII.closeBracket) {
                    if isObject { _ = try key(bytes) }
                    break
                }
                depth -= 1
            }
        }
    }

    @inline(__always)
    private mutating func skipScalar(_ bytes: RawSpan, _ character: UInt8) throws(Rejection) {
        switch character {
        case ASCII.quote: _ = try text(bytes)
        case UInt8(ascii: "t"): try literal(bytes, 0x6575_7274, length: 4)
        case UInt8(ascii: "f"): try literal(bytes, 0x65_736C_6166, length: 5)
        case UInt8(ascii: "n"): try literal(bytes, 0x6C6C_756E, length: 4)
        case 0: throw rejection(.nulByte)
        default: _ = try number(bytes, nil)
        }
    }
}
