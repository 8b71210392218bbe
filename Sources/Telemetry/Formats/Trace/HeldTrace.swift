/// A trace whose spans are still being collected.
struct HeldTrace {
    private(set) var hash: UInt64
    /// The trace's id as it stood in its line.
    private(set) var text: [UInt8]
    private(set) var spans: [SpanFact] = []
    /// Texts of the sessions its spans name: hash and text.
    private(set) var sessions: [(hash: UInt64, text: [UInt8])] = []
    /// Event time when something came last, in µs.
    var lastActivity: Int64 = 0
    /// The latest end of a span without parent.
    private(set) var rootEnd: Int64?
    private(set) var hasRemoteRoot = false
    /// What was said about the request: it comes after it, so that it finds it.
    private(set) var followers: [QueuedRecord] = []
    /// What the writer says about the trace as a whole, beside its spans.
    var whole: SpanFact? {
        get { wholes.first }
        set { wholes = newValue.map { [$0] } ?? [] }
    }
    private var wholes: [SpanFact] = []
    /// Where several spans have no parent, the request lasts from the first's start to the last's end.
    let spansEnvelope: Bool

    private static let maximumSessions = 4
    private static let maximumText = 200
    private static let maximumFollowers = 64

    init(hash: UInt64, text: [UInt8], spansEnvelope: Bool) {
        self.hash = hash
        self.text = text.count <= Self.maximumText ? text : []
        self.spansEnvelope = spansEnvelope
    }

    /// Empties it for another trace; its buffers are kept.
    mutating func begin(_ hash: UInt64, _ text: [UInt8]) {
        self.hash = hash
        self.text = text.count <= Self.maximumText ? text : []
        spans.removeAll(keepingCapacity: true)
        sessions.removeAll(keepingCapacity: true)
        followers.removeAll()
        wholes.removeAll()
        lastActivity = 0
        rootEnd = nil
        hasRemoteRoot = false
        if spans.capacity == 0 { spans.reserveCapacity(8) }
    }

    /// What it holds, roughly.
    var memory: Int {
        400 + spans.count * MemoryLayout<SpanFact>.stride + followers.count * MemoryLayout<QueuedRecord>.stride
    }

    /// False if there is no room.
    mutating func follow(_ record: QueuedRecord) -> Bool {
        guard followers.count < Self.maximumFollowers else { return false }
        followers.append(record)
        return true
    }

    mutating func add(_ span: SpanFact) {
        note(span)
        spans.append(span)
    }

    /// Replaces the span of the same id if this one is newer; nil if there is none of that id.
    mutating func replace(_ span: SpanFact) -> Bool? {
        guard let place = spans.firstIndex(where: { $0.id == span.id }) else { return nil }
        guard span.version > spans[place].version else { return false }
        spans[place] = span
        note(span)
        return true
    }

    mutating func keepSession(_ hash: UInt64, _ text: @autoclosure () -> [UInt8]) {
        guard hash != 0, sessions.count < Self.maximumSessions, !sessions.contains(where: { $0.hash == hash }) else {
            return
        }
        let text = text()
        if text.count <= Self.maximumText { sessions.append((hash, text)) }
    }

    private mutating func note(_ span: SpanFact) {
        if span.parent == 0 { rootEnd = max(rootEnd ?? span.end, span.end) }
        if span.hasRemoteParent { hasRemoteRoot = true }
    }
}
