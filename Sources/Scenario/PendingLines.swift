/// Lines written before their time has come, in the order of their times (equal times: in the order written).
///
/// They lie in buckets of one chunk each, so that a chunk touches only its own lines however late others are.
struct PendingLines: Sendable {
    private struct Line: Sendable {
        let time: Int
        let bytes: [UInt8]
    }

    private let start: Int
    private let end: Int
    private let chunk: Int
    private var buckets: [Int: [Line]] = [:]

    /// Keeps lines from `start` until before `end`; a chunk is `chunk` long (all in milliseconds).
    init(start: Int, end: Int, chunk: Int) {
        self.start = start
        self.end = end
        self.chunk = chunk
    }

    /// Whether a line of this time would be kept.
    func covers(_ time: Int) -> Bool {
        time >= start && time < end
    }

    /// Adds a line of the given time; lines before the story's start or after its end are dropped.
    mutating func add(_ line: LineWriter, at time: Int) {
        guard covers(time) else { return }
        buckets[(time - start) / chunk, default: []].append(Line(time: time, bytes: line.bytes))
    }

    /// Takes all lines of the chunk with this number. Nothing earlier may be added afterwards.
    mutating func take(chunk number: Int) -> [UInt8] {
        guard let lines = buckets.removeValue(forKey: number) else { return [] }
        let order = lines.indices.sorted { (lines[$0].time, $0) < (lines[$1].time, $1) }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(lines.reduce(0) { $0 + $1.bytes.count })
        for index in order {
            bytes += lines[index].bytes
        }
        return bytes
    }
}
