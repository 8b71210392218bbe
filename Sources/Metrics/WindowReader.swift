package import Query
package import Telemetry

/// A stretch of time that metrics are measured over.
enum WindowStretch: Hashable {
    /// So many µs, which ended so many µs ago.
    case past(lasting: Int64, ago: Int64)
    /// The baseline of a window of so many µs.
    case usual(lasting: Int64)
    /// The same, if it is that of the same hours of the days before.
    case sameHours(lasting: Int64)
    /// Since midnight UTC.
    case today
}

/// What expressions will ask for: each stretch is then summed once, with all that is wanted of it.
package struct WindowPlan: Sendable {
    fileprivate var parts: [WindowStretch: Tally.Parts] = [:]

    package init() {}

    /// Adds what a reference needs in a rule that looks back so many µs.
    package mutating func add(_ reference: Reference, lasting window: Int64) {
        guard let metric = WindowMetric(reference) else { return }
        for stretch in WindowReader.stretches(metric, reference.arguments, lasting: window) {
            parts[stretch, default: []].formUnion(WindowReader.subject(reference)?.parts ?? metric.parts)
        }
    }
}

/// What is worth remembering from one time to the next: what names mean, and which were seen.
package struct WindowMemory: Sendable {
    private var classes: [Symbol: ErrorClass?] = [:]
    /// Error types that the history had.
    fileprivate var knownTypes: Set<Symbol> = []

    package init() {}

    mutating func errorClass(of name: Symbol, _ names: SymbolNames) -> ErrorClass? {
        if let known = classes[name] { return known }
        let found = ErrorTypes.errorClass(of: name, names)
        classes[name] = .some(found)
        return found
    }
}

/// Answers what expressions ask of a snapshot as of one time. What several rules ask for is worked out once.
package struct WindowReader {
    private let snapshot: Snapshot
    private let end: Int64
    private let plan: WindowPlan
    /// Passed on from one time to the next.
    package private(set) var memory: WindowMemory
    private var sums: [WindowStretch: (totals: WindowTotals?, parts: Tally.Parts)] = [:]
    private var slices: [SliceKey: [SliceTotals]] = [:]

    private struct SliceKey: Hashable {
        let dimension: Dimension
        let window: Int64
    }

    /// Fewer requests are nothing to compare with.
    package static let fewestCompared: Int64 = 20
    /// Error types are new only to a history of at least this length, µs, and of so many failures: what is not among them is
    /// rarer than 3% of all (with 95% confidence).
    private static let leastHistory = Span.hour
    private static let leastFailures: Int64 = 100

    /// - Parameter end: µs since 1970; what came at or after it is not seen.
    package init(
        _ snapshot: Snapshot, at end: Int64, plan: WindowPlan = WindowPlan(), memory: WindowMemory = WindowMemory()
    ) {
        self.snapshot = snapshot
        self.end = end
        self.plan = plan
        self.memory = memory
    }

    // MARK: What is asked for

    /// The value of an entry of `WindowMetric.catalogue` for a rule that looks back so many µs; nil where nothing is known.
    package mutating func value(of reference: Reference, lasting window: Int64) -> Value? {
        guard let metric = WindowMetric(reference) else { return nil }
        guard metric.looksAtMetric else { return value(of: metric, reference.arguments, lasting: window) }
        if metric == .atLeast { return least(reference, lasting: window) }
        guard case .metric(let subject)? = reference.arguments.first,
            let stretch = Self.stretches(
                metric, reference.arguments, lasting: window
            ).first
        else { return nil }
        let value = measured(subject, stretch)
        guard metric == .change, let value else { return value }
        return measured(subject, .past(lasting: window, ago: 0))?.change(from: value)
    }

    private mutating func least(_ reference: Reference, lasting window: Int64) -> Value? {
        guard let subject = Self.subject(reference), case .metric(let call)? = reference.arguments.first else {
            return nil
        }
        return totals(.past(lasting: window, ago: 0), subject.parts)?.least(subject, call.arguments).map(Value.number)
    }

    private mutating func value(of metric: WindowMetric, _ arguments: [Argument], lasting window: Int64) -> Value? {
        switch metric {
        case .silence:
            guard snapshot.source.isLive else { return nil }
            return snapshot.newestTime.flatMap { .share(max(0, end - $0), of: 1_000_000) }
        case .queueDepth: return queueDepth(arguments)
        case .newErrorTypes: return newErrorTypes(lasting: window)
        case .spendToday: return totals(.today, [])?.spend
        case .spend:
            guard let stretch = Self.stretches(metric, arguments, lasting: window).first else { return nil }
            return totals(stretch, [])?.spend
        case .qualityLast:
            guard case .count(let count)? = arguments.first,
                let (sum, weight) = snapshot.latestQuality.sum(ofLast: Int(clamping: count), before: end)
            else { return nil }
            return .share(sum, of: weight &* 1_000_000)
        case .outputLengthDrift, .toolCallsDrift, .sentimentDrift:
            guard let now = totals(.past(lasting: window, ago: 0), metric.parts),
                let then = totals(.usual(lasting: window), metric.parts)
            else { return nil }
            return WindowValues.drift(metric, now.tally, then.tally)
        default:
            return totals(.past(lasting: window, ago: 0), metric.parts)?.value(
                of: metric, arguments, snapshot.names, &memory)
        }
    }

    /// As many requests in a window as equally weighted ones would be.
    package mutating func effectiveRequests(lasting window: Int64) -> Int64 {
        totals(.past(lasting: window, ago: 0), [])?.tally.effectiveCount ?? 0
    }

    /// The values of a dimension in a window, those with the most requests first. Requests without a value are in none.
    package mutating func slices(_ dimension: Dimension, lasting window: Int64) -> [SliceTotals] {
        let key = SliceKey(dimension: dimension, window: window)
        if let known = slices[key] { return known }
        let (table, start) = snapshot.slices.sum(dimension, from: end - window, to: end)
        let from = max(start, snapshot.firstTime ?? start)
        let seconds = Double(max(Span.second, end - from)) / 1e6
        let share = totals(.past(lasting: window, ago: 0), [])?.tally.effectiveShare ?? 1
        let found = table.ranked { $0.counts.requests.weighted }.filter { $0.name != .other && !$0.name.isAbsent }
            .map { name, row in
                let requests = row.counts.requests
                let effective = min(Double(requests.raw), (requests.value * share).rounded(.down))
                return SliceTotals(
                    name: snapshot.names.label(name), row: row, seconds: seconds,
                    effectiveCount: Int64(max(0, effective)), effectiveShare: share)
            }
        slices[key] = found
        return found
    }

    // MARK: Stretches

    /// What a metric looks at, first what it names.
    fileprivate static func stretches(
        _ metric: WindowMetric, _ arguments: [Argument], lasting window: Int64
    ) -> [WindowStretch] {
        let now = WindowStretch.past(lasting: window, ago: 0)
        var duration: Int64?
        for case .duration(let seconds) in arguments { duration = seconds.microseconds }
        switch metric {
        case .over, .spend: return duration.map { [.past(lasting: $0, ago: 0)] } ?? []
        case .before: return duration.map { [.past(lasting: window, ago: $0)] } ?? []
        case .change: return duration.map { [.past(lasting: window, ago: $0), now] } ?? []
        case .usual: return [.usual(lasting: window)]
        case .sameHour: return [.sameHours(lasting: window)]
        case .spendToday: return [.today]
        case .queueDepth, .silence, .qualityLast: return []
        case _ where metric.isDrift: return [now, .usual(lasting: window)]
        default: return [now]
        }
    }

    /// The metric that a reference looks at.
    fileprivate static func subject(_ reference: Reference) -> WindowMetric? {
        for case .metric(let subject) in reference.arguments { return WindowMetric(subject) }
        return nil
    }

    private mutating func measured(_ subject: Reference, _ stretch: WindowStretch) -> Value? {
        guard let metric = WindowMetric(subject), metric.isOfAnyTime, let totals = totals(stretch, metric.parts) else {
            return nil
        }
        // Of the present, the rule says how many it demands.
        if case .past(_, ago: 0) = stretch {} else if totals.tally.effectiveCount < Self.fewestCompared { return nil }
        return totals.value(of: metric, subject.arguments, snapshot.names, &memory)
    }

    /// Sums with at least these parts.
    private mutating func totals(_ stretch: WindowStretch, _ parts: Tally.Parts) -> WindowTotals? {
        if let known = sums[stretch], known.parts.isSuperset(of: parts) { return known.totals }
        let all = parts.union(plan.parts[stretch] ?? [])
        let totals = sum(stretch, all)
        sums[stretch] = (totals, all)
        return totals
    }

    private func sum(_ stretch: WindowStretch, _ parts: Tally.Parts) -> WindowTotals? {
        switch stretch {
        case .past(let lasting, 0):
            return snapshot.totals(lasting: lasting, endingAt: end, parts: parts, judging: true)
        case .past(let lasting, let ago):
            return snapshot.totalsHeld(lasting: lasting, endingAt: end - ago, parts: parts)
        case .today:
            let midnight = end.alignedDown(to: Span.day)
            // Of a day that has just begun, the last moment of the one before.
            return midnight < end
                ? snapshot.totals(lasting: end - midnight, endingAt: end, parts: parts, judging: true) : nil
        case .usual(let lasting): return baseline(lasting, parts)?.totals
        case .sameHours(let lasting):
            guard let (kind, totals) = baseline(lasting, parts), case .sameHours = kind else { return nil }
            return totals
        }
    }

    private func baseline(_ lasting: Int64, _ parts: Tally.Parts) -> (kind: Baseline, totals: WindowTotals)? {
        let (kind, tally) = snapshot.baseline(for: lasting, endingAt: end, parts: parts)
        guard let seconds = snapshot.seconds(of: kind, for: lasting, endingAt: end) else { return nil }
        return (kind, WindowTotals(tally: tally, from: end - lasting, to: end, seconds: max(1, seconds)))
    }

    // MARK: Single metrics

    private func queueDepth(_ arguments: [Argument]) -> Value? {
        let queues = snapshot.queues(before: end)
        guard case .text(let name)? = arguments.first else {
            return queues.isEmpty ? nil : .count(queues.values.reduce(0) { $0.addingClamped($1) })
        }
        return queues.first { snapshot.names[$0.key] == name }.map { .count($0.value) }
    }

    private mutating func newErrorTypes(lasting window: Int64) -> Value? {
        guard let now = totals(.past(lasting: window, ago: 0), .errors), let origin = snapshot.timeline.origin,
            now.from - origin >= Self.leastHistory
        else { return nil }
        let named = now.tally.errors.names.filter { !$0.isAbsent && $0 != .other }
        var unknown = named.filter { !memory.knownTypes.contains($0) }
        guard !unknown.isEmpty else { return .count(0) }
        let before = snapshot.timeline.sum(from: origin, to: now.from, parts: .errors).tally.errors
        // Where names were folded nobody knows which.
        if before[.other] != nil { return nil }
        guard before.rows.reduce(0, { $0 + $1.raw }) >= Self.leastFailures else { return nil }
        memory.knownTypes.formUnion(before.names)
        unknown.removeAll { memory.knownTypes.contains($0) }
        return .count(Int64(unknown.count))
    }
}

extension Snapshot {
    /// The numbers of a window that ended long ago, over the whole slots that hold it; nil where the data begin later.
    fileprivate func totalsHeld(lasting duration: Int64, endingAt end: Int64, parts: Tally.Parts) -> WindowTotals? {
        guard let now, let origin = timeline.origin else { return nil }
        let step = timeline.slotLength(from: end - duration, endingAt: now)
        let from = (end - duration).alignedDown(to: step)
        let to = min(now, (end + step - 1).alignedDown(to: step))
        guard origin <= end - duration, from < to else { return nil }
        let tally = timeline.sum(from: from, to: to, parts: parts).tally
        guard tally.effectiveCount >= WindowReader.fewestCompared else { return nil }
        let start = max(from, firstTime ?? from)
        return WindowTotals(tally: tally, from: start, to: to, seconds: Double(max(Span.second, to - start)) / 1e6)
    }
}

extension Ratio {
    /// Seconds in µs.
    package var microseconds: Int64 {
        Int64(clamping: Int128(numerator) * 1_000_000 / Int128(denominator))
    }
}

extension Int64 {
    fileprivate func addingClamped(_ other: Int64) -> Int64 {
        let (sum, overflow) = addingReportingOverflow(other)
        return overflow ? (other < 0 ? .min : .max) : sum
    }
}
