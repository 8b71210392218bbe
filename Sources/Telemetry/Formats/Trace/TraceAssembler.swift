/// Collects spans until their trace can be counted as one request.
///
/// A trace is complete when its root is there and for a while of event time nothing came for it. Event time is what two
/// traces have reached, so that one clock that runs ahead completes nothing. What comes for a trace already counted is
/// late: it is counted as such and amends nothing.
struct TraceAssembler {
    struct Limits {
        var traces = 4_096
        var spansPerTrace = 2_048
        /// Memory of all spans held, in bytes.
        var bytes = 64 << 20
        /// µs of event time after the root's end, and after the last span that came.
        var wait: Int64 = 10_000_000
        /// The same where the root's parent is in another process.
        var waitForRemoteParent: Int64 = 60_000_000
        /// The same where no span can stand as root yet: a slow tool may be running.
        var waitForRoot: Int64 = 600_000_000
        /// Traces whose time has come that are kept nevertheless while nobody but the input tells the time: files hold
        /// what exporters sent in any order.
        var lingering = 1_024
    }

    let limits: Limits
    private let spansEnvelope: Bool
    /// Places of traces in `pool`, by hash.
    private var places = HashPlaces()
    private var pool: [HeldTrace] = []
    /// Places of `pool` whose trace is gone.
    private var free: [Int] = []
    /// Traces that were read, whose buffers are used again.
    private var spent: [HeldTrace] = []
    private var deadlines = DeadlineHeap()
    private var ready: [HeldTrace] = []
    private var firstReady = 0
    private var bytes = 0
    private var seenSpans = RecentHashes(capacity: 65_536)
    private var emitted = RecentHashes(capacity: 65_536)
    private var clock = EventHighWater()

    /// Spans that came again, that came after their trace was counted, and that found no room in it.
    private(set) var duplicates = 0
    private(set) var late = 0
    private(set) var dropped = 0

    init(limits: Limits = Limits(), spansEnvelope: Bool = false) {
        self.limits = limits
        self.spansEnvelope = spansEnvelope
    }

    /// Traces waiting.
    var count: Int { places.count }
    var heldBytes: Int { bytes }
    /// Event time, in µs.
    var now: Int64 { clock.time }
    var hasReady: Bool { firstReady < ready.count }

    /// Takes a span; `text` and `session` are asked for only where they are new.
    mutating func add(
        _ span: SpanFact, trace: UInt64, text: () -> [UInt8], session: @autoclosure () -> [UInt8] = []
    ) {
        let key = IdentifierHash.fold(trace ^ 0x9E37_79B9_7F4A_7C15, span.id ^ 0xE703_7ED1_A0B4_28DB)
        let isNew = seenSpans.insert(key)
        clock.see(span.end, of: trace)
        guard let place = places[trace] ?? opened(trace, text) else {
            if isNew { late += 1 } else { duplicates += 1 }
            return
        }
        let outcome = pool[place].take(span, isNew: isNew, limit: limits.spansPerTrace, now: clock.time)
        switch outcome {
        case .added: bytes += MemoryLayout<SpanFact>.stride
        case .duplicate: duplicates += 1
        case .full: dropped += 1
        case .replaced: break
        }
        guard outcome == .added || outcome == .replaced else { return }
        let sessionHash = span.session != 0 ? span.session : span.conversation
        if sessionHash != 0 { pool[place].keepSession(sessionHash, session()) }
        if span.parent == 0 || span.hasRemoteParent { deadlines.push(deadline(pool[place]), trace) }
    }

    /// Takes what is said about a trace as a whole.
    mutating func describe(_ fact: SpanFact, trace: UInt64, text: () -> [UInt8], session: () -> [UInt8]) {
        guard let place = places[trace] ?? opened(trace, text) else {
            late += 1
            return
        }
        if fact.version >= pool[place].whole?.version ?? .min { pool[place].whole = fact }
        pool[place].keepSession(fact.session, session())
    }

    /// Takes a record about a trace that is held; false if none of that hash is.
    mutating func follow(_ record: QueuedRecord, trace: UInt64) -> Bool {
        guard let place = places[trace], pool[place].follow(record) else { return false }
        bytes += MemoryLayout<QueuedRecord>.stride
        return true
    }

    /// Takes a trace that came whole: nothing has to be waited for.
    mutating func addWhole(_ trace: HeldTrace) {
        guard emitted.insert(trace.hash) || trace.hash == 0 else {
            duplicates += trace.spans.count
            return
        }
        ready.append(trace)
    }

    /// The place of a new trace; nil if it was counted before.
    private mutating func opened(_ trace: UInt64, _ text: () -> [UInt8]) -> Int? {
        guard !emitted.contains(trace) else { return nil }
        if places.count >= limits.traces || bytes >= limits.bytes { makeRoom() }
        if deadlines.count > 8 * limits.traces { tidyDeadlines() }
        var held = spent.popLast() ?? HeldTrace(hash: 0, text: [], spansEnvelope: spansEnvelope)
        held.begin(trace, text())
        bytes += held.memory
        let place = free.popLast() ?? pool.count
        if place < pool.count { pool[place] = held } else { pool.append(held) }
        places.insert(trace, place)
        deadlines.push(clock.time + limits.waitForRoot, trace)
        return place
    }

    /// Takes back a trace that was read.
    mutating func recycle(_ trace: consuming HeldTrace) {
        guard spent.count < 64, trace.spans.capacity <= 64 else { return }
        spent.append(trace)
    }

    /// The traces that wait, in no order.
    private var waiting: [HeldTrace] { pool.indices.compactMap { places[pool[$0].hash] == $0 ? pool[$0] : nil } }

    /// Drops what is left of traces that were completed before their time.
    private mutating func tidyDeadlines() {
        deadlines = DeadlineHeap()
        for held in waiting { deadlines.push(deadline(held), held.hash) }
    }

    private func deadline(_ trace: HeldTrace) -> Int64 {
        if let end = trace.rootEnd { return max(end, trace.lastActivity) + limits.wait }
        if trace.hasRemoteRoot { return trace.lastActivity + limits.waitForRemoteParent }
        return trace.lastActivity + limits.waitForRoot
    }

    /// A line is over: traces that its times made complete are ready.
    mutating func settle() {
        if bytes > limits.bytes { makeRoom() }
        release(upTo: clock.time, sparing: limits.lingering)
    }

    /// Event time has come so far.
    mutating func advance(to time: Int64) {
        clock.advance(to: time)
        release(upTo: clock.time, sparing: 0)
    }

    private mutating func release(upTo time: Int64, sparing count: Int) {
        while places.count > count, let (deadline, trace) = deadlines.first, deadline <= time {
            deadlines.removeFirst()
            guard let place = places[trace] else { continue }
            let actual = self.deadline(pool[place])
            if actual <= time { complete(trace) } else { deadlines.push(actual, trace) }
        }
    }

    private mutating func complete(_ trace: UInt64) {
        guard let place = places[trace] else { return }
        var held = HeldTrace(hash: 0, text: [], spansEnvelope: spansEnvelope)
        swap(&held, &pool[place])
        places.remove(trace)
        free.append(place)
        bytes -= held.memory
        _ = emitted.insert(trace)
        // A trace that was only described is a request of its own.
        if held.spans.isEmpty, let whole = held.whole, whole.end > 0 { held.add(whole) }
        if !held.spans.isEmpty { ready.append(held) }
    }

    /// Completes one in eight before its time: those with a root first, the oldest first.
    private mutating func makeRoom() {
        let oldest =
            waiting
            .map { (isOpen: $0.rootEnd == nil, deadline: deadline($0), hash: $0.hash) }
            .sorted { ($0.isOpen ? 1 : 0, $0.deadline, $0.hash) < ($1.isOpen ? 1 : 0, $1.deadline, $1.hash) }
        for trace in oldest.prefix(max(1, oldest.count / 8)) { complete(trace.hash) }
        var rest = oldest.dropFirst(max(1, oldest.count / 8))
        while bytes > limits.bytes - limits.bytes / 8, let next = rest.popFirst() { complete(next.hash) }
    }

    /// The end of the input: everything held is complete, the earliest end first.
    mutating func finish() {
        let all =
            waiting
            .map { (end: $0.rootEnd ?? $0.lastActivity, hash: $0.hash) }
            .sorted { ($0.end, $0.hash) < ($1.end, $1.hash) }
        for trace in all { complete(trace.hash) }
        deadlines = DeadlineHeap()
    }

    mutating func popReady() -> HeldTrace? {
        guard firstReady < ready.count else { return nil }
        // Taken out, so that nobody else owns its buffers.
        var trace = HeldTrace(hash: 0, text: [], spansEnvelope: spansEnvelope)
        swap(&trace, &ready[firstReady])
        firstReady += 1
        if firstReady == ready.count {
            ready.removeAll(keepingCapacity: ready.count < 1_024)
            firstReady = 0
        }
        return trace
    }
}

extension HeldTrace {
    enum Taken {
        case added, replaced, duplicate, full
    }

    /// A root is taken even where there is no room for more children.
    mutating func take(_ span: SpanFact, isNew: Bool, limit: Int, now: Int64) -> Taken {
        if !isNew, let replaced = replace(span) {
            lastActivity = max(lastActivity, now)
            return replaced ? .replaced : .duplicate
        }
        guard spans.count < limit || span.parent == 0 && spans.count < limit + 16 else { return .full }
        lastActivity = max(lastActivity, now, span.end)
        add(span)
        return .added
    }
}
