// Keys that are not the expected ones, and those of the objects inside a record.

extension NativeDecoder {
    /// Passes what stands before the next key of a record, the key and its colon; or the closing brace.
    @inline(never)
    mutating func nextKey(
        after previous: UInt8, _ buffer: RawSpan, _ scanner: inout Scanner
    ) throws(Rejection) -> UInt8 {
        let start = scanner.position
        if let (slot, stop) = knownKey(buffer, at: start, scanner.end, isFirst: previous == KeyTable.lineStart) {
            scanner.position = stop
            order.note(slot, after: previous, buffer, start..<stop)
            return slot
        }
        guard let key = try carefulKey(after: previous, buffer, &scanner) else {
            order.note(KeyTable.lineEnd, after: previous, buffer, start..<scanner.position)
            return KeyTable.lineEnd
        }
        let slot = slot(buffer, key)
        if !key.hasEscapes { memo.note(buffer, key.range, TextMemo.keys, UInt32(slot)) }
        order.note(slot, after: previous, buffer, start..<scanner.position)
        return slot
    }

    /// The same in an object inside a record, where unknown keys are not kept. `previous` is `lineStart` where the
    /// opening brace stands at the scanner's position.
    mutating func nextInnerKey(
        after previous: UInt8, _ buffer: RawSpan, _ scanner: inout Scanner
    ) throws(Rejection) -> UInt8 {
        let (slot, stop) = innerOrder.next(after: previous, buffer, at: scanner.position)
        if slot != KeyTable.lineStart, stop < scanner.end {
            scanner.position = stop
            // The expected key may have had fewer blanks behind it.
            if slot != KeyTable.lineEnd { try scanner.beginValue(buffer) }
            return slot
        }
        return try unexpectedInnerKey(after: previous, buffer, &scanner)
    }

    @inline(never)
    private mutating func unexpectedInnerKey(
        after previous: UInt8, _ buffer: RawSpan, _ scanner: inout Scanner
    ) throws(Rejection) -> UInt8 {
        let start = scanner.position
        var slot = KeyTable.lineEnd
        if let key = try carefulKey(after: previous, buffer, &scanner) {
            if key.hasEscapes {
                let count = Escapes.remove(buffer, key.range, into: &scratch)
                slot = scratch.withBytes { keys.find($0, 0..<count) } ?? KeyTable.ignored
            } else {
                slot = keys.find(buffer, key.range) ?? KeyTable.ignored
            }
        }
        innerOrder.note(slot, after: previous, buffer, start..<scanner.position)
        return slot
    }

    /// The first key of the object that is the value of `field`; `lineEnd` for null and an empty one.
    mutating func firstInnerKey(
        _ field: Field, _ buffer: RawSpan, _ scanner: inout Scanner
    ) throws(Rejection) -> UInt8 {
        if buffer.byte(at: scanner.position) == ASCII.openBrace {
            return try nextInnerKey(after: KeyTable.lineStart, buffer, &scanner)
        }
        if try scanner.passNull(buffer) { return KeyTable.lineEnd }
        throw scanner.wrongType(buffer, .expectedObject, field)
    }

    /// Passes a comma or the opening brace, blanks, a key and its colon; nil at the closing brace.
    private func carefulKey(
        after previous: UInt8, _ buffer: RawSpan, _ scanner: inout Scanner
    ) throws(Rejection) -> ScannedText? {
        let goesOn =
            previous == KeyTable.lineStart
            ? try scanner.enter(buffer, closing: ASCII.closeBrace)
            : try scanner.another(buffer, closing: ASCII.closeBrace)
        return goesOn ? try scanner.key(buffer) : nil
    }

    /// The slot of a key met lately that follows with one blank at most before and after it, and where its value
    /// starts; nil where anything else stands.
    @inline(__always)
    private func knownKey(
        _ buffer: RawSpan, at start: Int, _ end: Int, isFirst: Bool
    ) -> (slot: UInt8, stop: Int)? {
        guard start < end, buffer.steadyByte(at: start) == (isFirst ? ASCII.openBrace : ASCII.comma) else { return nil }
        let first = start &+ (buffer.steadyByte(at: start &+ 1) == ASCII.space ? 3 : 2)
        guard buffer.steadyByte(at: first &- 1) == ASCII.quote,
            let known = memo.find(buffer, at: first, TextMemo.keys)
        else { return nil }
        let colon = first &+ known.length
        let stop = colon &+ (buffer.steadyByte(at: colon &+ 1) == ASCII.space ? 2 : 1)
        guard stop < end, buffer.steadyByte(at: colon) == ASCII.colon, buffer.steadyByte(at: stop) > ASCII.space else {
            return nil
        }
        return (UInt8(truncatingIfNeeded: known.meaning), stop)
    }

    /// The slot of a key, made if it is a new attribute's.
    mutating func slot(_ buffer: RawSpan, _ key: ScannedText) -> UInt8 {
        guard key.hasEscapes else {
            return keys.find(buffer, key.range) ?? keys.learn(buffer, key.range, symbols)
        }
        let count = Escapes.remove(buffer, key.range, into: &scratch)
        let plain = scratch
        return plain.withBytes { keys.find($0, 0..<count) ?? keys.learn($0, 0..<count, symbols) }
    }

    /// The field that a key or word names.
    mutating func field(_ buffer: RawSpan, _ key: ScannedText) -> Field {
        let slot: UInt8?
        if key.hasEscapes {
            let count = Escapes.remove(buffer, key.range, into: &scratch)
            slot = scratch.withBytes { keys.find($0, 0..<count) }
        } else {
            slot = keys.find(buffer, key.range)
        }
        return slot.map { keys.field($0) } ?? .ignored
    }
}
