import Telemetry

/// Native records on their way from one read transaction to the engine: the lines that `NativeDecoder` reads, one
/// after the other in one buffer.
///
/// Rows become native lines so that every rule about values (ranges, unknown fields, bounded names, harmful text)
/// holds for databases exactly as for files, and is written down once.
struct LineBatch {
    struct Entry {
        var line: Range<Int>
        var isHistory = false
        /// What to do to the decoded record where a native line can't say it.
        var correction: UsageDelta?
        /// The entry corrects what was said before.
        var isCorrection = false
    }

    var bytes: [UInt8] = []
    private(set) var entries: [Entry] = []
    private var next = 0
    private var lineStart = 0
    private var isSealed = false

    var isEmpty: Bool { next >= entries.count }
    var count: Int { entries.count }

    /// Empties the batch, keeping its buffers.
    mutating func removeAll() {
        bytes.removeAll(keepingCapacity: true)
        entries.removeAll(keepingCapacity: true)
        next = 0
        isSealed = false
    }

    /// The next entry, which is then taken.
    mutating func take() -> Entry? {
        guard next < entries.count else { return nil }
        next += 1
        return entries[next - 1]
    }

    /// After the last line: the bytes that the decoder wants to be able to read behind it.
    mutating func seal() {
        guard !isSealed else { return }
        isSealed = true
        bytes.append(contentsOf: repeatElement(UInt8(ascii: "\""), count: NativeDecoder.padding))
    }

    // MARK: Writing a line

    mutating func beginLine() {
        if isSealed { removeAll() }
        lineStart = bytes.count
        bytes.append(UInt8(ascii: "{"))
    }

    mutating func endLine(isHistory: Bool = false, isCorrection: Bool = false, correction: UsageDelta? = nil) {
        bytes.append(UInt8(ascii: "}"))
        entries.append(
            Entry(
                line: lineStart..<bytes.count, isHistory: isHistory, correction: correction,
                isCorrection: isCorrection))
    }

    /// `"key":` with a comma before it if need be. The key has nothing in it to escape.
    mutating func key(_ key: String) {
        if bytes.last != UInt8(ascii: "{"), bytes.last != UInt8(ascii: "[") { bytes.append(UInt8(ascii: ",")) }
        bytes.append(UInt8(ascii: "\""))
        bytes.append(contentsOf: key.utf8)
        bytes.append(UInt8(ascii: "\""))
        bytes.append(UInt8(ascii: ":"))
    }

    /// Text that is JSON already.
    mutating func raw(_ text: String) { bytes.append(contentsOf: text.utf8) }

    /// Appends a value directly.
    mutating func withBytes<Result>(_ body: (inout [UInt8]) -> Result) -> Result { body(&bytes) }

    mutating func text(_ key: String, _ text: String) {
        self.key(key)
        bytes.append(UInt8(ascii: "\""))
        let start = bytes.count
        bytes.append(contentsOf: text.utf8)
        JSONText.escape(&bytes, from: start)
        bytes.append(UInt8(ascii: "\""))
    }

    /// A text that stands in another buffer.
    mutating func text(_ key: String, _ arena: [UInt8], _ range: Range<Int>) {
        guard !range.isEmpty else { return }
        self.key(key)
        quoted(arena, range)
    }

    mutating func quoted(_ arena: [UInt8], _ range: Range<Int>) {
        bytes.append(UInt8(ascii: "\""))
        let start = bytes.count
        bytes.append(contentsOf: arena[range])
        JSONText.escape(&bytes, from: start)
        bytes.append(UInt8(ascii: "\""))
    }

    mutating func integer(_ key: String, _ value: Int64?) {
        guard let value else { return }
        self.key(key)
        JSONText.append(value, to: &bytes)
    }

    mutating func flag(_ key: String, _ value: Bool?) {
        guard let value else { return }
        self.key(key)
        raw(value ? "true" : "false")
    }

    /// µs, written as ms.
    mutating func milliseconds(_ key: String, _ microseconds: Int64?) {
        guard let microseconds else { return }
        self.key(key)
        JSONText.append(microseconds, scale: 3, to: &bytes)
    }

    /// Nano-dollars, written as dollars.
    mutating func dollars(_ key: String, _ nanoDollars: Int64?) {
        guard let nanoDollars else { return }
        self.key(key)
        JSONText.append(nanoDollars, scale: 9, to: &bytes)
    }
}

/// Numbers and texts as JSON.
enum JSONText {
    /// Escapes what stands in `bytes` from `start` on. Most texts have nothing to escape, and are only looked at.
    @inline(__always)
    static func escape(_ bytes: inout [UInt8], from start: Int) {
        let position = bytes.firstEscape(from: start)
        if position < bytes.count { escapeRest(&bytes, from: position) }
    }

    @inline(never)
    private static func escapeRest(_ bytes: inout [UInt8], from start: Int) {
        let rest = Array(bytes[start...])
        bytes.removeSubrange(start...)
        let digits = Array("0123456789abcdef".utf8)
        for byte in rest {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"):
                bytes.append(UInt8(ascii: "\\"))
                bytes.append(byte)
            case 0..<0x20:
                bytes.append(contentsOf: "\\u00".utf8)
                bytes.append(digits[Int(byte >> 4)])
                bytes.append(digits[Int(byte & 15)])
            default: bytes.append(byte)
            }
        }
    }

    @inline(__always)
    static func append(_ value: Int64, to bytes: inout [UInt8]) {
        if value < 0 { bytes.append(UInt8(ascii: "-")) }
        append(value.magnitude, to: &bytes)
    }

    /// `value` / 10^`scale`, exactly; `scale` is 3 or 9.
    static func append(_ value: Int64, scale: Int, to bytes: inout [UInt8]) {
        if value < 0 { bytes.append(UInt8(ascii: "-")) }
        var whole = value.magnitude
        var part: UInt64
        var scale = scale
        if scale == 9 {
            (whole, part) = whole.quotientAndRemainder(dividingBy: 1_000_000_000)
            // Few places are the rule.
            let (thousandths, rest) = part.quotientAndRemainder(dividingBy: 1_000_000)
            if rest == 0 { (part, scale) = (thousandths, 3) }
        } else {
            (whole, part) = whole.quotientAndRemainder(dividingBy: 1_000)
        }
        append(whole, to: &bytes)
        guard part > 0 else { return }
        var text = InlineArray<10, UInt8>(repeating: UInt8(ascii: "."))
        var end = 1
        for index in stride(from: scale, through: 1, by: -1) {
            let (quotient, digit) = part.quotientAndRemainder(dividingBy: 10)
            if end == 1, digit != 0 { end = index &+ 1 }
            text[index] = 0x30 &+ UInt8(truncatingIfNeeded: digit)
            part = quotient
        }
        bytes.append(text.span, 0..<end)
    }

    /// A real number with up to nine places, which is what any field keeps; nothing for one beyond 9e9.
    /// - Returns: false if nothing was written.
    static func append(_ value: Double, to bytes: inout [UInt8]) -> Bool {
        let scaled = (value * 1e9).rounded()
        if scaled.magnitude < 9e18 {
            append(Int64(scaled), scale: 9, to: &bytes)
            return true
        }
        guard value.magnitude < 9e18 else { return false }
        append(Int64(value), to: &bytes)
        return true
    }

    /// Whether the whole text is a number as JSON writes it.
    static func isNumber(_ text: ArraySlice<UInt8>) -> Bool {
        var rest = text
        if rest.first == UInt8(ascii: "-") { rest.removeFirst() }
        func digits() -> Int {
            let count = rest.prefix { $0 &- 0x30 < 10 }.count
            rest.removeFirst(count)
            return count
        }
        let isZero = rest.first == UInt8(ascii: "0")
        let whole = digits()
        guard whole > 0, !isZero || whole == 1 else { return false }
        if rest.first == UInt8(ascii: ".") {
            rest.removeFirst()
            if digits() == 0 { return false }
        }
        if let letter = rest.first, letter | 0x20 == UInt8(ascii: "e") {
            rest.removeFirst()
            if let sign = rest.first, sign == UInt8(ascii: "-") || sign == UInt8(ascii: "+") { rest.removeFirst() }
            if digits() == 0 { return false }
        }
        return rest.isEmpty
    }

    @inline(__always)
    private static func append(_ value: UInt64, to bytes: inout [UInt8]) {
        var digits = InlineArray<20, UInt8>(repeating: 0x30)
        var first = 20
        var rest = value
        repeat {
            first &-= 1
            let (quotient, digit) = rest.quotientAndRemainder(dividingBy: 10)
            digits[first] = 0x30 &+ UInt8(truncatingIfNeeded: digit)
            rest = quotient
        } while rest > 0
        bytes.append(digits.span, first..<20)
    }
}
