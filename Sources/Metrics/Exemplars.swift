package import Telemetry

/// A request worth showing: what a page names so that the reader can open it.
package struct Exemplar: Sendable, Hashable {
    /// End, µs.
    package var time: Int64
    package var traceID: String
    package var sessionID: String
    package var traceURL: String
    package var errorType: Symbol
    package var model: Symbol
    package var task: Symbol
    package var variant: Symbol
    /// Version of the prompt, else its hash.
    package var promptVersion: Symbol
    /// µs.
    package var latency: Int64?
}

extension Exemplar {
    /// A request that is held.
    package init(_ held: HeldRequest) {
        let values = held.record.values
        self.init(
            time: held.record.time, traceID: held.traceID, sessionID: held.sessionID, traceURL: held.traceURL,
            errorType: held.record.errorType, model: values[.model], task: values[.taskType], variant: values[.variant],
            promptVersion: values[.promptVersion].isAbsent ? values[.promptHash] : values[.promptVersion],
            latency: held.record.latency)
    }
}

/// The newest failures and the slowest request of each recent minute. Text lives in fixed room, so keeping one allocates nothing.
package struct Exemplars: Sendable {
    private var failures = [Entry](repeating: Entry(), count: 128)
    private var failureCount = 0
    private var slowest = [Entry](repeating: Entry(), count: 64)

    init() {}

    mutating func note(_ record: borrowing Record, bytes: RawSpan) {
        if record.success == false {
            let next = failureCount % failures.count
            // What is filled in behind must not take a newer one's place.
            if failures[next].time <= record.time {
                failures[next].fill(record, bytes)
                failureCount += 1
            }
        }
        guard let latency = record.latency else { return }
        let minute = record.time.alignedDown(to: Span.minute)
        let index = Int(truncatingIfNeeded: (minute / Span.minute) & 63)
        // A late record of an hour before must not take a newer minute's place.
        guard slowest[index].isBeaten(by: latency, inMinute: minute) else { return }
        slowest[index].fill(record, bytes)
    }

    /// Failures with an end in `range`, newest first.
    package func failures(in range: ClosedRange<Int64>, limit: Int) -> [Exemplar] {
        // By their places: an entry is large.
        failures.indices.prefix(failureCount).filter { range.contains(failures[$0].time) }
            .sorted { failures[$0].time > failures[$1].time }.prefix(limit).map { failures[$0].exemplar }
    }

    /// The slowest request with an end in `range`.
    package func slowest(in range: ClosedRange<Int64>) -> Exemplar? {
        slowest.filter { $0.latency != nil && range.contains($0.time) }.max { ($0.latency ?? 0) < ($1.latency ?? 0) }?
            .exemplar
    }

    private struct Entry: Sendable {
        var time: Int64 = .min
        var latency: Int64?
        var errorType = Symbol.absent
        var model = Symbol.absent
        var task = Symbol.absent
        var variant = Symbol.absent
        var promptVersion = Symbol.absent
        var trace = ShortText()
        var session = ShortText()
        var url = ShortText()

        func isBeaten(by latency: Int64, inMinute minute: Int64) -> Bool {
            guard let held = self.latency, time >= minute else { return true }
            return time < minute + Span.minute && latency > held
        }

        mutating func fill(_ record: borrowing Record, _ bytes: RawSpan) {
            time = record.time
            latency = record.latency
            errorType = record.errorType
            model = record.values[.model]
            task = record.values[.taskType]
            variant = record.values[.variant]
            promptVersion = record.values[.promptVersion]
            if promptVersion.isAbsent { promptVersion = record.values[.promptHash] }
            trace.fill(bytes, record.traceText)
            session.fill(bytes, record.sessionText)
            url.fill(bytes, record.traceURLText)
        }

        var exemplar: Exemplar {
            Exemplar(
                time: time, traceID: trace.text, sessionID: session.text, traceURL: url.text, errorType: errorType,
                model: model, task: task, variant: variant, promptVersion: promptVersion, latency: latency)
        }
    }
}

/// Up to 128 bytes of text in place.
private struct ShortText: Sendable {
    private var bytes = InlineArray<128, UInt8>(repeating: 0)
    private var count: UInt8 = 0

    mutating func fill(_ source: RawSpan, _ range: Range<Int>) {
        let range = range.clamped(to: 0..<source.byteCount)
        count = UInt8(min(128, range.count))
        for i in 0..<Int(count) {
            bytes[i] = source.unsafeLoadByte(range.lowerBound + i)
        }
    }

    /// Cleaned of everything that is not text.
    var text: String {
        var array: [UInt8] = []
        for i in 0..<Int(count) { array.append(bytes[i]) }
        // A view of bytes that are there; any bit pattern is a byte.
        return unsafe SafeText.string(array.span.bytes, 0..<array.count, limit: array.count)
    }
}

extension RawSpan {
    /// A byte at a checked offset.
    fileprivate func unsafeLoadByte(_ offset: Int) -> UInt8 {
        // Any bit pattern is a byte; the offset is bounds-checked.
        unsafe unsafeLoad(fromByteOffset: offset, as: UInt8.self)
    }
}
