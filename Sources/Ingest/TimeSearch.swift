/// Finds times in a file of lines that are roughly in order of time, by reading a few of them.
struct TimeSearch {
    /// Bytes of the file, as of when it was opened.
    let size: Int64
    let timeOfLine: (_ bytes: RawSpan, _ line: Range<Int>) -> Int64?

    /// Records may be so much later in the file than their times say, µs.
    static let disorder: Int64 = 10 * 60_000_000
    /// How far the newest time may always be from the others, µs.
    static let support: Int64 = 5 * 60_000_000
    /// Bytes looked at for the times around one place, for the newest time, and in the longest line.
    private static let probeBytes: Int64 = 4 << 20
    private static let endBytes: [Int64] = [64 << 10, 1 << 20, 32 << 20]
    /// Times taken at one place, and at the end.
    private static let probeTimes = 5
    private static let endTimes = 1000
    /// With fewer at the end a larger part is looked at.
    private static let fewTimes = 20
    /// Places at which the order is tried.
    private static let orderSamples: Int64 = 32
    /// Bytes that are near enough: what lies between is read.
    private var precision: Int64 { max(1 << 10, min(64 << 10, size / 1000)) }

    /// What a look at one place found.
    struct Probe {
        /// Where the first line at or behind the place begins.
        var lineStart: Int64
        /// The middle one of the first lines' times.
        var time: Int64
    }

    /// The newest of the last times that isn't far from the others: up to a tenth of them may be wrong.
    func newest(_ file: borrowing Descriptor) -> Int64? {
        var times: [Int64] = []
        for length in TimeSearch.endBytes where times.count < TimeSearch.fewTimes {
            times = look(at: max(0, size - length), in: file, bytes: length, most: TimeSearch.endTimes, fromEnd: true)
                .times.sorted()
            if length >= size { break }
        }
        guard let last = times.last else { return nil }
        let high = times[times.count * 9 / 10]
        let spread = high.subtractingReportingOverflow(times[times.count / 10]).partialValue
        let limit = high.addingReportingOverflow(spread).partialValue.addingReportingOverflow(TimeSearch.support)
        guard !limit.overflow else { return last }
        return times.last { $0 <= limit.partialValue }
    }

    /// Whether times rise through the file, as far as samples tell.
    func isInOrder(_ file: borrowing Descriptor) -> Bool {
        var newest = Int64.min
        var unknown = 0
        for sample in 0..<TimeSearch.orderSamples {
            // In two steps: a product of the two could be too large.
            guard let probe = probe(at: size / TimeSearch.orderSamples * sample, in: file) else {
                unknown += 1
                continue
            }
            guard newest == .min || probe.time >= newest - TimeSearch.disorder else { return false }
            newest = max(newest, probe.time)
        }
        return unknown <= TimeSearch.orderSamples / 4
    }

    /// The beginning of a line behind which everything newer than `time` lies.
    func offset(of time: Int64, in file: borrowing Descriptor) -> Int64 {
        let time = time.subtractingReportingOverflow(TimeSearch.disorder).partialValue
        guard let first = probe(at: 0, in: file), first.time < time else { return 0 }
        var older = Int64(0)
        var newer = size
        while newer - older > precision {
            let middle = older + (newer - older) / 2
            // What can't be dated counts as newer: then more is read, not less.
            if let probe = probe(at: middle, in: file), probe.time < time, probe.lineStart < newer {
                older = max(probe.lineStart, middle)
            } else {
                newer = middle
            }
        }
        // Where it stands now is the beginning of a line, or still the file's.
        return older
    }

    /// The times at the first lines at or behind `place`; nil if none has one.
    func probe(at place: Int64, in file: borrowing Descriptor) -> Probe? {
        let found = look(
            at: place, in: file, bytes: TimeSearch.probeBytes, most: TimeSearch.probeTimes, fromEnd: false)
        guard let start = found.start, !found.times.isEmpty else { return nil }
        return Probe(lineStart: start, time: found.times.sorted()[found.times.count / 2])
    }

    private func look(
        at place: Int64, in file: borrowing Descriptor, bytes: Int64, most: Int, fromEnd: Bool
    ) -> (start: Int64?, times: [Int64]) {
        var buffer = LineBuffer(capacity: 64 << 10, maximumLine: Int(TimeSearch.probeBytes))
        // One byte earlier: if that ends a line, what follows is a line's beginning.
        var position = max(0, place - 1)
        buffer.beginFile(at: position)
        var isFirst = place > 0
        var start: Int64?
        var times: [Int64] = []
        let end = min(size, place.addingReportingOverflow(bytes).partialValue)
        while position < end {
            guard case .count(let count) = buffer.stage(from: file, at: position, upTo: size), count > 0 else { break }
            buffer.commit(count)
            position += Int64(count)
            while true {
                let next = buffer.nextLine()
                guard next != .none else { break }
                if isFirst {
                    isFirst = false
                    continue
                }
                start = start ?? buffer.lineOffset
                // A view of bytes that are there.
                guard case .line(let line) = next,
                    let time = unsafe timeOfLine(buffer.padded.span.bytes, line)
                else { continue }
                times.append(time)
                if times.count == most {
                    guard fromEnd else { return (start, times) }
                    // The last ones count: half are let go at a time.
                    times.removeFirst(most / 2)
                }
            }
        }
        return (start, times)
    }
}
