/// A session of a coding agent while its turns are put together.
struct TranscriptSession {
    /// Hash and text of its id.
    let hash: UInt64
    let text: [UInt8]
    var turn: Turn?
    /// The main conversation and that of its helpers, whose lines stand between each other.
    var streams = [Stream(), Stream()]
    var hasMainChain = false
    /// Event time of its last line, in µs.
    var lastTime: Int64 = 0

    /// Calls whose results have not come: which tool of the turn, and since when.
    private var pendingTools: [UInt64: (place: Int?, time: Int64?)] = [:]
    private static let maximumPending = 256
    private static let maximumText = 200

    /// The model's message that is being written.
    struct Stream {
        var message: UInt64 = 0
        /// When the model was asked: the last word of the user or of a tool.
        var asked: Int64?
        var end: Int64?
        var hasTool = false
    }

    /// A message of which more lines may come, and what of it is counted already.
    private struct Written {
        var message: UInt64
        var side: Int
        var usage = TokenUsage()
        var cost: Int64?
    }

    /// The newest last.
    private var written: [Written] = []
    private static let maximumWritten = 32

    init(hash: UInt64, text: [UInt8]) {
        self.hash = hash
        self.text = text.count <= Self.maximumText ? text : []
    }

    mutating func see(_ time: Int64?) {
        if let time { lastTime = max(lastTime, time) }
    }

    /// The user speaks.
    mutating func begin(at time: Int64?, id: UInt64, isFramed: Bool) {
        pendingTools.removeAll(keepingCapacity: true)
        written.removeAll { $0.side == 0 }
        streams = [Stream(), Stream()]
        streams[0].asked = time
        streams[1].asked = time
        var turn = Turn()
        turn.start = time
        turn.id = id
        turn.isFramed = isFramed
        self.turn = turn
    }

    /// The model's call is over: its time becomes a span of the turn.
    mutating func closeMessage(_ side: Int, operation: Symbol) {
        guard streams[side].message != 0 else { return }
        var part = SpanPart()
        part.kind = .model
        part.operation = operation
        part.failed = false
        if let asked = streams[side].asked, let end = streams[side].end, end >= asked {
            part.start = asked
            part.duration = min(end - asked, NativeDecoder.maximumDuration)
        }
        turn?.addSpan(part)
        streams[side].message = 0
    }

    /// Whether lines of this message may still come.
    func isWriting(_ message: UInt64, _ side: Int) -> Bool {
        written.contains { $0.message == message && $0.side == side }
    }

    mutating func beginMessage(_ message: UInt64, _ side: Int) {
        streams[side].message = message
        streams[side].hasTool = false
        if written.count >= Self.maximumWritten { written.removeFirst() }
        written.append(Written(message: message, side: side))
    }

    /// Counts what a message says beyond what it said before. Its lines repeat their usage, or let it grow.
    mutating func count(_ usage: TokenUsage, _ cost: Int64?, of message: UInt64) {
        guard let place = written.lastIndex(where: { $0.message == message }) else { return }
        func grow(_ field: WritableKeyPath<TokenUsage, Int64?>) {
            guard let new = usage[keyPath: field] else { return }
            let old = written[place].usage[keyPath: field]
            guard new > old ?? -1 else { return }
            written[place].usage[keyPath: field] = new
            turn?.add(new - (old ?? 0), to: field)
        }
        for field in [\TokenUsage.input, \.output, \.cached, \.cacheWrite, \.reasoning] { grow(field) }
        if let cost, cost > written[place].cost ?? -1 {
            turn?.add(cost: cost - (written[place].cost ?? 0))
            written[place].cost = cost
        }
    }

    mutating func callTool(_ name: Symbol, id: UInt64, at time: Int64?) {
        guard id == 0 || pendingTools[id] == nil else { return }
        var call = ToolCall()
        call.name = name
        let place = turn?.addTool(call) ?? nil
        if id != 0, pendingTools.count < Self.maximumPending { pendingTools[id] = (place, time) }
    }

    /// A tool's result; false if its call is not known.
    mutating func finishTool(_ id: UInt64, success: Bool?, at time: Int64?) -> Bool {
        guard let pending = pendingTools.removeValue(forKey: id) else { return false }
        var part = SpanPart()
        part.kind = .tool
        if let place = pending.place, let tools = turn?.tools, place < tools.count {
            var call = tools[place]
            call.success = success
            if let begun = pending.time, let time, time >= begun {
                call.latency = min(time - begun, NativeDecoder.maximumDuration)
            }
            turn?.tools[place] = call
            part.tool = call.name
            part.start = pending.time
            part.duration = call.latency
        }
        part.failed = success.map { !$0 }
        turn?.addSpan(part)
        return true
    }

    /// The turn, if it is one to count; the session then has none.
    mutating func takeTurn(operation: Symbol) -> Turn? {
        for side in streams.indices { closeMessage(side, operation: operation) }
        defer { turn = nil }
        guard let turn, turn.isRequest else { return nil }
        return turn
    }
}
