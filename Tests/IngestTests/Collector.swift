import Ingest

/// Stands for the engine: reads sources and keeps their lines as text.
final class Collector {
    let set: SourceSet
    private(set) var lines: [[String]]
    private(set) var outcomes: [ReadOutcome?]
    /// Reads done so far.
    private(set) var reads = 0
    private var buffers: [Box]
    private let capacity: Int
    /// Lines of sources whose place another has taken.
    private(set) var departed: [String] = []
    private var seen: [Source]

    /// An array can't hold what can't be copied.
    private final class Box {
        var buffer: LineBuffer
        init(capacity: Int) { buffer = LineBuffer(capacity: capacity) }
    }

    init(
        _ locations: [SourceLocation], follow: Bool = true, backlog: BacklogPolicy? = nil,
        usesNotification: Bool = true,
        standardInput: Int32 = 0, toolFolders: [String]? = nil, patience: SourceSet.Patience = .init(),
        capacity: Int = 4096
    ) {
        set = SourceSet(
            locations, follow: follow, backlog: backlog, usesNotification: usesNotification,
            standardInput: standardInput, toolFolders: toolFolders, patience: patience)
        self.capacity = capacity
        (lines, outcomes, buffers, seen) = ([], [], [], [])
        noteSources()
    }

    /// Makes room for sources that have joined.
    fileprivate func noteSources() {
        for (index, source) in set.sources.enumerated() {
            if index == seen.count {
                lines.append([])
                outcomes.append(nil)
                buffers.append(Box(capacity: capacity))
                seen.append(source)
            } else if seen[index] !== source {
                departed += lines[index]
                (lines[index], outcomes[index], buffers[index]) = ([], nil, Box(capacity: capacity))
                seen[index] = source
            }
        }
    }

    var lineCount: Int { lines.reduce(departed.count) { $0 + $1.count } }

    /// Every line of every source, one source after the other.
    var allLines: [String] { departed + lines.flatMap { $0 } }

    convenience init(path: String, follow: Bool = true, usesNotification: Bool = true, capacity: Int = 4096) {
        self.init([.file(path)], follow: follow, usesNotification: usesNotification, capacity: capacity)
    }

    /// One read of one source, and its lines.
    @discardableResult
    func readOnce(_ index: Int = 0) -> ReadOutcome {
        reads += 1
        let box = buffers[index]
        let outcome = set.sources[index].read(into: &box.buffer)
        outcomes[index] = outcome
        lines[index] += drain(&box.buffer)
        if outcome == .ended {
            lines[index] += describe(box.buffer.takeRemainder(), in: box.buffer).map { [$0] } ?? []
        }
        return outcome
    }

    /// Reads a source until it has no more for now.
    @discardableResult
    func readAll(_ index: Int = 0) -> ReadOutcome {
        while true {
            let outcome = readOnce(index)
            guard case .bytes = outcome else { return outcome }
        }
    }

    /// Waits and reads until `isDone`, until a wait of ten seconds brought nothing, or for two minutes: a test that
    /// waits in vain fails and says what is missing.
    func run(until isDone: (Collector) -> Bool) {
        let end = SuspendingClock.now.advanced(by: .seconds(120))
        while !isDone(self), SuspendingClock.now < end {
            let result = set.wait(milliseconds: 10_000)
            noteSources()
            guard !result.ready.isEmpty else { return }
            for index in result.ready { readOnce(index) }
        }
    }
}

extension Collector {
    /// Reads what comes within two looks at the folders that no event asked for.
    func settle() {
        let end = SuspendingClock.now.advanced(by: .milliseconds(2100))
        while SuspendingClock.now < end {
            let result = set.wait(milliseconds: 100)
            noteSources()
            for index in result.ready { readOnce(index) }
        }
    }
}

/// All lines that a buffer has, as text.
func drain(_ buffer: inout LineBuffer) -> [String] {
    var lines: [String] = []
    while true {
        let next = buffer.nextLine()
        guard let line = describe(next, in: buffer) else { return lines }
        lines.append(line)
    }
}

/// A line's text; for an oversized one `oversized N`.
func describe(_ next: NextLine, in buffer: borrowing LineBuffer) -> String? {
    switch next {
    case .line(let range): String(decoding: buffer.padded[range], as: UTF8.self)
    case .oversized(let count): "oversized \(count)"
    case .none: nil
    }
}

/// Seeded numbers (SplitMix64), so that a failing case can be run again.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64
    init(seed: UInt64) { state = seed }
    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
