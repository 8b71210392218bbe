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

    /// Adds a line that was written elsewhere.
    mutating func add(_ line: Span<UInt8>, _ range: Range<Int>, isHistory: Bool) {
        if isSealed { removeAll() }
        let start = bytes.count
        bytes.append(line, range)
        entries.append(Entry(line: start..<bytes.count, isHistory: isHistory))
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
