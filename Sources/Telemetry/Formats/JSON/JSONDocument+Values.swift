// Values of a document by their place. All are lenient as the formats' writers are careless: numbers may stand in
// quotes, and what is not of the type asked for is absent.

extension JSONDocument {
    /// The bytes of a text or number.
    @inline(__always)
    func range(_ node: Int) -> Range<Int> { Int(nodes[node].start)..<Int(nodes[node].end) }

    @inline(__always)
    func kind(_ node: Int) -> Kind { nodes[node].kind }

    func isText(_ node: Int) -> Bool { kind(node) == .text || kind(node) == .escapedText }

    /// The place behind a value and all that it holds.
    @inline(__always)
    func next(_ node: Int) -> Int { Int(nodes[node].next) }

    /// The value under `key` of an object; the last of equal keys, as in native records. nil for null, and where `node`
    /// is no object.
    func value(_ node: Int?, _ key: StaticString) -> Int? {
        guard let node, kind(node) == .object else { return nil }
        var found: Int?
        var place = node + 1
        while place < next(node) {
            if equals(place, key) { found = place + 1 }
            place = next(place + 1)
        }
        return found.flatMap { kind($0) == .null ? nil : $0 }
    }

    /// Follows keys from object to object.
    func value(_ node: Int?, _ first: StaticString, _ second: StaticString) -> Int? {
        value(value(node, first), second)
    }

    /// Whether a text is exactly this one.
    @inline(__always)
    func equals(_ node: Int, _ text: StaticString) -> Bool {
        let range = range(node)
        return range.count == text.utf8CodeUnitCount && isText(node)
            && bytes.withBytes { $0.equals(text, in: range) }
    }

    func hasPrefix(_ node: Int, _ text: StaticString) -> Bool {
        let range = range(node)
        let length = text.utf8CodeUnitCount
        guard range.count >= length, isText(node) else { return false }
        return bytes.withBytes { $0.equals(text, in: range.lowerBound..<range.lowerBound + length) }
    }

    /// A number, or a text that is one.
    func number(_ node: Int?) -> DecimalNumber? {
        guard let node, kind(node) == .number || kind(node) == .text else { return nil }
        let range = range(node)
        guard !range.isEmpty else { return nil }
        return bytes.withBytes { bytes -> DecimalNumber? in
            // One byte more than the number: what ends it lies within the text.
            var scanner = Scanner(range.lowerBound..<range.upperBound + 1)
            guard let number = try? scanner.number(bytes, nil), scanner.position == range.upperBound else { return nil }
            return number
        }
    }

    /// A number times 10^`scale`, within `range`.
    func number(_ node: Int?, scale: Int, _ range: ClosedRange<Int64>) -> Int64? {
        guard let value = number(node)?.scaled(by: scale), range.contains(value) else { return nil }
        return value
    }

    /// Tokens, calls, characters.
    func count(_ node: Int?) -> Int64? { number(node, scale: 0, 0...NativeDecoder.maximumCount) }

    /// Dollars as nano-dollars.
    func dollars(_ node: Int?) -> Int64? { number(node, scale: 9, 0...NativeDecoder.maximumCost) }

    /// A duration in units of 10^`power` µs, in µs.
    func duration(_ node: Int?, power: Int) -> Int64? { number(node, scale: power, 0...NativeDecoder.maximumDuration) }

    /// A time in units of 10^`power` µs since 1970, in µs. Finer digits are cut off, not rounded, so that the ends of
    /// two clocks that agree do too.
    func time(_ node: Int?, power: Int) -> Int64? {
        if power == -3, let node, let time = nanoseconds(node) { return time }
        guard let number = number(node), !number.isNegative else { return nil }
        guard power < 0 else { return number.scaled(by: power).flatMap { $0 <= TimestampReader.maximum ? $0 : nil } }
        guard let whole = number.scaled(by: 0) else { return nil }
        var value = whole
        for _ in 0..<(-power) { value /= 10 }
        return value <= TimestampReader.maximum ? value : nil
    }

    /// Nanoseconds of this century, whose nineteen digits are read eight at once, in µs; nil for any other value.
    @inline(__always)
    private func nanoseconds(_ node: Int) -> Int64? {
        let range = range(node)
        guard range.count == 19, kind(node) == .text || kind(node) == .number else { return nil }
        return bytes.withBytes { bytes -> Int64? in
            let first = bytes.word(at: range.lowerBound)
            let second = bytes.word(at: range.lowerBound &+ 8)
            let rest = bytes.word(at: range.lowerBound &+ 11)
            guard WordOfBytes.areDigits(first), WordOfBytes.areDigits(second), WordOfBytes.areDigits(rest) else {
                return nil
            }
            let value = WordOfBytes.digits(first) &* 100_000_000 &+ WordOfBytes.digits(second)
            return value <= TimestampReader.maximum ? value : nil
        }
    }

    /// `true` or `false`, also as texts.
    func flag(_ node: Int?) -> Bool? {
        guard let node else { return nil }
        switch kind(node) {
        case .yes: return true
        case .no: return false
        case .text:
            if equals(node, "true") || equals(node, "True") { return true }
            return equals(node, "false") || equals(node, "False") ? false : nil
        default: return nil
        }
    }

    /// A text without its escapes, safe to print; nil for anything else and for the empty text.
    func string(_ node: Int?, limit: Int = SymbolTable.maximumLength) -> String? {
        guard let node, isText(node) || kind(node) == .number, !range(node).isEmpty else { return nil }
        let range = range(node)
        return bytes.withBytes { SafeText.string($0, range, limit: limit) }
    }

    /// The elements of an array; of anything else none.
    func elements(_ node: Int?) -> [Int] {
        var places: [Int] = []
        var cursor = ElementCursor(self, node)
        while let place = cursor.next(self) { places.append(place) }
        return places
    }
}

extension WordOfBytes {
    /// Whether all eight are `0`…`9`.
    @inline(__always)
    static func areDigits(_ word: UInt64) -> Bool {
        let highs: UInt64 = 0xF0F0_F0F0_F0F0_F0F0
        let zeros: UInt64 = 0x3030_3030_3030_3030
        return word & highs == zeros && (word &+ 0x0606_0606_0606_0606) & highs == zeros
    }

    /// The number that eight digits make, by adding neighbours: pairs, fours, all.
    @inline(__always)
    static func digits(_ word: UInt64) -> Int64 {
        var value = word & 0x0F0F_0F0F_0F0F_0F0F
        value = (value &* 10 &+ value &>> 8) & 0x00FF_00FF_00FF_00FF
        value = (value &* 100 &+ value &>> 16) & 0x0000_FFFF_0000_FFFF
        value = (value &* 10_000 &+ value &>> 32) & 0xFFFF_FFFF
        return Int64(truncatingIfNeeded: value)
    }
}
