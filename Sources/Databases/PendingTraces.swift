/// Traces that are held back for a moment, or until they are whole.
struct PendingTraces {
    struct Trace {
        /// µs of the clock when something last came.
        var lastChange: Int64
        var isRooted: Bool
    }

    private(set) var traces: [Int64: Trace] = [:]
    /// How many requests had a span without a parent, and how many had none: where roots stay with another system, none
    /// is waited for.
    private var rooted = 0
    private var rootless = 0

    /// Costs and children are written shortly after; beyond, they are corrections.
    static let settling: Int64 = 1_000_000
    /// A trace whose root has not ended: the agent is at work.
    static let waitingForRoot: Int64 = 600_000_000
    /// The same where traces have no root.
    static let waitingForNothing: Int64 = 10_000_000
    /// Held back at once.
    static let limit = 4_096

    mutating func note(_ cursor: Int64, isRooted: Bool, now: Int64) {
        traces[cursor] = Trace(lastChange: now, isRooted: isRooted || (traces[cursor]?.isRooted ?? false))
    }

    mutating func remove(_ cursor: Int64) { traces[cursor] = nil }

    mutating func count(isRooted: Bool) {
        if isRooted { rooted += 1 } else { rootless += 1 }
    }

    func contains(_ cursor: Int64) -> Bool { traces[cursor] != nil }

    /// Whether a trace of this age, whose newest span ended `age` µs ago, is to be held back at all.
    func holds(isRooted: Bool, age: Int64) -> Bool { age < patience(isRooted: isRooted) }

    private func patience(isRooted: Bool) -> Int64 {
        if isRooted { return Self.settling }
        return rooted >= rootless ? Self.waitingForRoot : Self.waitingForNothing
    }

    /// Traces to be handed out now, oldest cursor first: the settled ones, and the oldest of too many.
    func due(now: Int64, all: Bool) -> [Int64] {
        if all { return traces.keys.sorted() }
        var due = traces.filter { now - $0.value.lastChange >= patience(isRooted: $0.value.isRooted) }.map(\.key)
        let excess = traces.count - due.count - Self.limit
        if excess > 0 {
            let settled = Set(due)
            due += traces.keys.filter { !settled.contains($0) }.sorted().prefix(excess)
        }
        return due.sorted()
    }

    func isDue(now: Int64) -> Bool {
        traces.values.contains { now - $0.lastChange >= patience(isRooted: $0.isRooted) }
    }
}
