// Values by type and range. A limit far beyond any real record keeps sums over many of them within Int64.

extension NativeDecoder {
    /// 366 days, in µs.
    static var maximumDuration: Int64 { 366 * 86_400 * 1_000_000 }
    /// Tokens, characters, calls.
    static var maximumCount: Int64 { 1_000_000_000_000 }
    /// A million dollars, in nano-dollars.
    static var maximumCost: Int64 { 1_000_000_000_000_000 }

    /// A number times 10^`scale`, which is 0…9, within `range`; nil for null.
    func number(
        _ field: Field, _ buffer: RawSpan, _ scanner: inout Scanner, scale: Int, _ range: ClosedRange<Int64>
    ) throws(Rejection) -> Int64? {
        if let (value, stop) = Self.measure(buffer, at: scanner.position, scale, range.upperBound),
            stop < scanner.end, value >= range.lowerBound
        {
            scanner.position = stop
            return value
        }
        if try scanner.passNull(buffer) { return nil }
        let start = scanner.position
        let number = try scanner.number(buffer, field)
        guard let value = number.scaled(by: scale), value >= range.lowerBound, value <= range.upperBound else {
            let isNegative = number.isNegative && range.lowerBound == 0 && field.rangeText == nil
            throw scanner.rejection(isNegative ? .negative : .outOfRange, field, at: start)
        }
        return value
    }

    /// Milliseconds, as µs.
    @inline(__always)
    func duration(_ field: Field, _ buffer: RawSpan, _ scanner: inout Scanner) throws(Rejection) -> Int64? {
        try number(field, buffer, &scanner, scale: 3, 0...Self.maximumDuration)
    }

    @inline(__always)
    func count(_ field: Field, _ buffer: RawSpan, _ scanner: inout Scanner) throws(Rejection) -> Int64? {
        try number(field, buffer, &scanner, scale: 0, 0...Self.maximumCount)
    }

    /// Dollars, as nano-dollars.
    @inline(__always)
    func dollars(_ field: Field, _ buffer: RawSpan, _ scanner: inout Scanner) throws(Rejection) -> Int64? {
        try number(field, buffer, &scanner, scale: 9, 0...Self.maximumCost)
    }

    /// 1 / `sample_rate` in 1/1024 request.
    func weight(_ buffer: RawSpan, _ scanner: inout Scanner) throws(Rejection) -> Int64 {
        if try scanner.passNull(buffer) { return Record.unitWeight }
        let start = scanner.position
        let rate = try scanner.number(buffer, .sampleRate)
        guard rate.isPositive, let trillionths = rate.scaled(by: 12), trillionths <= 1_000_000_000_000 else {
            throw scanner.rejection(.outOfRange, .sampleRate, at: start)
        }
        guard trillionths > 0 else { return Record.maximumWeight }
        let unit = Record.unitWeight * 1_000_000_000_000
        return min((unit + trillionths / 2) / trillionths, Record.maximumWeight)
    }

    /// A time in its range; nil for null or an empty text.
    @inline(__always)
    mutating func time(_ field: Field, _ buffer: RawSpan, _ scanner: inout Scanner) throws(Rejection) -> Int64? {
        let start = scanner.position
        let time: Int64?
        if buffer.byte(at: start) == ASCII.quote {
            let text = try scanner.text(buffer)
            if text.range.isEmpty { return nil }
            if text.hasEscapes {
                let count = Escapes.remove(buffer, text.range, into: &scratch)
                let plain = scratch
                time = plain.withBytes { times.read($0, 0..<count) }
            } else {
                time = times.read(buffer, text.range)
            }
            guard time != nil else { throw scanner.rejection(.badTime, field, at: start) }
        } else {
            if try scanner.passNull(buffer) { return nil }
            guard buffer.byte(at: start) == ASCII.minus || ASCII.digit(buffer.byte(at: start)) < 10 else {
                throw scanner.wrongType(buffer, .badTime, field)
            }
            time = TimestampReader.time(of: try scanner.number(buffer, field))
        }
        guard let time, time >= 0, time <= TimestampReader.maximum else {
            throw scanner.rejection(.timeOutOfRange, field, at: start)
        }
        return time
    }

    /// A text or number as a symbol; absent for null and the empty text.
    mutating func name(
        _ field: Field, _ dimension: Dimension, _ buffer: RawSpan, _ scanner: inout Scanner
    ) throws(Rejection) -> Symbol {
        let start = scanner.position
        if buffer.byte(at: start) == ASCII.quote,
            let known = memo.find(buffer, at: start &+ 1, dimension.rawValue),
            start &+ 1 &+ known.length <= scanner.end
        {
            scanner.position = start &+ 1 &+ known.length
            return Symbol(rawValue: known.meaning)
        }
        guard let text = try textOrNumber(field, buffer, &scanner) else { return .absent }
        if text.hasEscapes {
            let count = Escapes.remove(buffer, text.range, into: &scratch)
            return scratch.withBytes { symbols.intern($0, 0..<count, dimension) }
        }
        let symbol = symbols.intern(buffer, text.range, dimension)
        // What is folded into `.other` is counted each time.
        if buffer.byte(at: start) == ASCII.quote, symbol != .other {
            memo.note(buffer, text.range, dimension.rawValue, symbol.rawValue)
        }
        return symbol
    }

    /// The hash of a text or number and where it stands; 0 for null and the empty text.
    @inline(__always)
    mutating func identifier(
        _ field: Field, _ buffer: RawSpan, _ scanner: inout Scanner
    ) throws(Rejection) -> (hash: UInt64, text: Range<Int>) {
        guard let text = try textOrNumber(field, buffer, &scanner) else { return (0, 0..<0) }
        if text.hasEscapes {
            let count = Escapes.remove(buffer, text.range, into: &scratch)
            return (scratch.withBytes { IdentifierHash.hash($0, 0..<count) }, text.range)
        }
        return (IdentifierHash.hash(buffer, text.range), text.range)
    }

    /// The characters of a text or a number; nil for null and the empty text. Versions and ids are written either way.
    @inline(__always)
    private func textOrNumber(
        _ field: Field, _ buffer: RawSpan, _ scanner: inout Scanner
    ) throws(Rejection) -> ScannedText? {
        let start = scanner.position
        if buffer.byte(at: start) == ASCII.quote {
            let text = try scanner.text(buffer)
            return text.range.isEmpty ? nil : text
        }
        if try scanner.passNull(buffer) { return nil }
        guard buffer.byte(at: start) == ASCII.minus || ASCII.digit(buffer.byte(at: start)) < 10 else {
            throw scanner.wrongType(buffer, .expectedText, field)
        }
        _ = try scanner.number(buffer, field)
        return ScannedText(range: start..<scanner.position, hasEscapes: false)
    }

    /// A text made safe and cut to `limit` bytes; nil for null.
    func string(
        _ field: Field, _ buffer: RawSpan, _ scanner: inout Scanner, limit: Int
    ) throws(Rejection) -> String? {
        guard let text = try textOrNumber(field, buffer, &scanner) else { return nil }
        return SafeText.string(buffer, text.range, limit: limit)
    }

    /// Bytes of a text that is kept as an attribute: longer ones are prose, not a category.
    static var maximumAttributeText: Int { 64 }

    /// Keeps a scalar as an attribute of the record, and passes everything else.
    mutating func attribute(
        _ slot: UInt8, _ buffer: RawSpan, _ scanner: inout Scanner, _ record: inout Record
    ) throws(Rejection) {
        let start = scanner.position
        try scanner.skipValue(buffer)
        var range = start..<scanner.position
        switch buffer.byte(at: start) {
        case ASCII.openBrace, ASCII.openBracket, UInt8(ascii: "n"): range = 0..<0
        case ASCII.quote: range = start + 1..<scanner.position - 1
        default: break
        }
        let name = keys.attributeName(slot, symbols)
        let value = range.count <= Self.maximumAttributeText ? attributeValue(slot, buffer, range) : .absent
        if let index = record.attributes.firstIndex(where: { $0.name == name }) {
            if value.isAbsent { record.attributes.remove(at: index) } else { record.attributes[index].value = value }
        } else if !value.isAbsent, record.attributes.count < Record.maximumAttributes {
            record.attributes.append(Attribute(name: name, value: value))
        }
    }

    private mutating func attributeValue(_ slot: UInt8, _ buffer: RawSpan, _ range: Range<Int>) -> Symbol {
        if range.isEmpty { return .absent }
        let isText = buffer.byte(at: range.upperBound) == ASCII.quote
        let dimension = Dimension.attribute.rawValue
        if isText, let known = memo.find(buffer, at: range.lowerBound, dimension), known.length == range.count + 1 {
            return Symbol(rawValue: known.meaning)
        }
        guard buffer.firstSpecial(from: range.lowerBound, to: range.upperBound) < range.upperBound else {
            var symbol = symbols.lookup(buffer, range, .attribute)
            if symbol == nil, keys.spendValue(slot) { symbol = symbols.intern(buffer, range, .attribute) }
            if isText, let symbol, symbol != .other { memo.note(buffer, range, dimension, symbol.rawValue) }
            return symbol ?? .other
        }
        let count = Escapes.remove(buffer, range, into: &scratch)
        if let known = scratch.withBytes({ symbols.lookup($0, 0..<count, .attribute) }) { return known }
        guard keys.spendValue(slot) else { return .other }
        return scratch.withBytes { symbols.intern($0, 0..<count, .attribute) }
    }
}
