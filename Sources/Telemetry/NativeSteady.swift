// The steady path: fields in an order seen before, values in their usual form. Each step either takes a whole key or
// a whole value, up to and including what ends it, or takes nothing and leaves it to the careful path, which alone
// rejects.

extension NativeDecoder {
    /// Reads the object whose opening brace stands at the scanner's position.
    mutating func readObject(
        _ buffer: RawSpan, _ scanner: inout Scanner, _ record: inout Record
    ) throws(Rejection) {
        var line = LineState()
        deferred.removeAll()
        let end = scanner.end
        var position = scanner.position
        var previous = KeyTable.lineStart
        while true {
            var (slot, start) = order.next(after: previous, buffer, at: position)
            if slot == KeyTable.lineStart || start > end {
                scanner.position = position
                slot = try nextKey(after: previous, buffer, &scanner)
                start = scanner.position
            }
            if slot == KeyTable.lineEnd {
                scanner.position = start
                break
            }
            previous = slot
            let reader = keys.readers[slot]
            switch reader.form {
            case .measure:
                if let (value, stop) = Self.measure(buffer, at: start, Int(reader.scale), reader.maximum), stop < end {
                    record.measures.values[Int(reader.place)] = value
                    record.measures.present |= 1 &<< UInt32(reader.place)
                    line.seen.formUnion(reader.seen)
                    position = stop
                    continue
                }
            case .answer:
                if let (isYes, stop) = Self.answer(buffer, at: start), stop < end {
                    let bit: UInt16 = 1 &<< UInt16(reader.place)
                    record.answers.known |= bit
                    record.answers.yes = isYes ? record.answers.yes | bit : record.answers.yes & ~bit
                    line.seen.formUnion(reader.seen)
                    position = stop
                    continue
                }
            case .name:
                if let (symbol, stop) = name(buffer, at: start, reader), stop < end {
                    record.setName(reader.place, symbol)
                    line.seen.formUnion(reader.seen)
                    position = stop
                    continue
                }
            case .identifier:
                if let (hash, stop) = Self.identifier(buffer, at: start, end), stop < end {
                    record.identifiers.hashes[Int(reader.place)] = hash
                    if reader.place == Identifiers.Name.trace.rawValue {
                        record.identifiers.traceText = start &+ 1..<stop &- 1
                    } else if reader.place == Identifiers.Name.session.rawValue {
                        record.identifiers.sessionText = start &+ 1..<stop &- 1
                    } else if reader.place == Identifiers.Name.user.rawValue {
                        record.identifiers.userText = start &+ 1..<stop &- 1
                    }
                    line.seen.formUnion(reader.seen)
                    position = stop
                    continue
                }
            case .timestamp, .startTime, .endTime:
                if let (time, stop) = times.read(buffer, at: start), stop < end {
                    switch reader.form {
                    case .startTime: record.measures[.startTime] = time
                    case .endTime: line.endTime = time
                    default: line.timestamp = time
                    }
                    line.seen.formUnion(reader.seen)
                    position = stop
                    continue
                }
            case .other: break
            }
            scanner.position = start
            try readField(slot, buffer, &scanner, &line, &record)
            position = scanner.position
        }
        scanner.skipBlanks(buffer)
        guard scanner.position >= scanner.end else { throw scanner.rejection(.trailingText) }
        try finish(buffer, scanner, &line, &record)
    }

    /// A number from 0 on with up to seven digits before and after the point, none of them lost, times 10^`scale`, which
    /// is 0…9.
    @inline(__always)
    static func measure(
        _ buffer: RawSpan, at start: Int, _ scale: Int, _ maximum: Int64
    ) -> (value: Int64, stop: Int)? {
        let word = buffer.steadyWord(at: start)
        let count = Digits.count(in: word)
        guard count &- 1 < 7, count > 0, count == 1 || word & 0xFF != 0x30 else { return nil }
        var value = Digits.value(of: word, count: count) &* Digits.power(scale)
        var stop = start &+ count
        var next = buffer.steadyByte(at: stop)
        if next == ASCII.point {
            let fraction = buffer.steadyWord(at: stop &+ 1)
            let places = Digits.count(in: fraction)
            guard places &- 1 < 7, places > 0, places <= scale else { return nil }
            value &+= Digits.value(of: fraction, count: places) &* Digits.power(scale &- places)
            stop &+= places &+ 1
            next = buffer.steadyByte(at: stop)
        }
        guard next == ASCII.comma || next == ASCII.closeBrace, value <= maximum else { return nil }
        return (Int64(truncatingIfNeeded: value), stop)
    }

    @inline(__always)
    private static func answer(_ buffer: RawSpan, at start: Int) -> (isYes: Bool, stop: Int)? {
        let word = buffer.steadyWord(at: start)
        if word & 0xFFFF_FFFF == 0x6575_7274 { return (true, start &+ 4) }  // "true"
        if word & 0xFF_FFFF_FFFF == 0x65_736C_6166 { return (false, start &+ 5) }  // "false"
        return nil
    }

    /// A name met before, or null.
    @inline(__always)
    private func name(_ buffer: RawSpan, at start: Int, _ reader: FieldReader) -> (symbol: Symbol, stop: Int)? {
        if buffer.steadyByte(at: start) == ASCII.quote {
            guard let known = memo.find(buffer, at: start &+ 1, reader.place) else { return nil }
            return (Symbol(rawValue: known.meaning), start &+ 1 &+ known.length)
        }
        return buffer.steadyWord(at: start) & 0xFFFF_FFFF == 0x6C6C_756E ? (.absent, start &+ 4) : nil  // "null"
    }

    /// The hash of a text without escapes, not empty, that ends before `end`.
    @inline(__always)
    private static func identifier(_ buffer: RawSpan, at start: Int, _ end: Int) -> (hash: UInt64, stop: Int)? {
        guard buffer.steadyByte(at: start) == ASCII.quote else { return nil }
        let first = start &+ 1
        var offset = first
        var state = IdentifierHash.seed
        while offset < end {
            let word = buffer.steadyWord(at: offset)
            let marks = WordOfBytes.specials(in: word)
            if marks == 0 {
                state = IdentifierHash.add(word, to: state)
                offset &+= 8
                continue
            }
            let stop = offset &+ marks.trailingZeroBitCount &>> 3
            guard buffer.steadyByte(at: stop) == ASCII.quote, stop > first else { return nil }
            // What stands below the lowest mark's byte.
            let tail = word & (((marks & (0 &- marks)) &>> 7) &- 1)
            return (IdentifierHash.finish(state, tail: tail, count: stop &- first), stop &+ 1)
        }
        return nil
    }
}

extension Record {
    /// Keeps the symbol of a dimension, of the error type or of the stop reason.
    @inline(__always)
    fileprivate mutating func setName(_ dimension: UInt8, _ symbol: Symbol) {
        if dimension < Dimension.featureFlag.rawValue {
            values[place: Int(dimension)] = symbol
        } else if dimension == Dimension.errorType.rawValue {
            errorType = symbol
        } else {
            stopReason = symbol
        }
    }
}
