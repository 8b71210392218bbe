package import Metrics
import Telemetry

/// Since when something is as it is: from the deploy, or the first slot, from which on it has stayed nearer to what it is now than to
/// what it was.
struct DriftOrigin {
    /// µs since 1970.
    let time: Int64
    /// What was changed then: `v2.4`, `prompt a9f2`.
    let change: String?

    /// Bars are looked at over these times, the next where it began before.
    private static let spans = [2 * Span.hour, Span.day]
    private static let bars = 48
    /// A bar with fewer requests says nothing.
    private static let least = 5.0
    /// A deploy so long before is what began it.
    private static let reach = 15 * Span.minute

    /// nil where it is not known, or was so for as long as is looked at.
    init?(_ movement: DriftMovement, in snapshot: Snapshot, endingAt end: Int64) {
        guard let then = movement.baseline, let now = movement.current, then != now,
            let first = snapshot.timeline.origin
        else { return nil }
        let value = Self.value(movement.subject, snapshot.names)
        for span in Self.spans {
            let span = min(span, end - first)
            guard span > Span.minute else { return nil }
            let bars = snapshot.bars(
                lasting: span, count: Self.bars, endingAt: end, parts: Self.parts(movement.subject))
            guard let start = Self.start(bars, value, between: then, now) else { return nil }
            if start > 0 {
                let time = bars.start + Int64(start) * bars.step
                let mark = snapshot.deploys.last {
                    $0.time <= min(end, time + bars.step) && $0.time >= time - max(Self.reach, 2 * bars.step)
                }
                self.time = mark?.time ?? time
                change = mark?.label
                return
            }
            if span >= end - first { return nil }
        }
        return nil
    }

    /// The bar that it begins with; 0 where it was so from the first on, nil where it is not so at the end.
    private static func start(
        _ bars: Bars, _ value: (Tally) -> (value: Double, count: Double)?, between then: Double, _ now: Double
    ) -> Int? {
        let middle = (then + now) / 2
        let values = bars.values { tally in value(tally).flatMap { $0.count >= least ? $0.value : nil } }
        var start: Int?
        var others = 0
        for (place, value) in values.enumerated().reversed() {
            guard let value else { continue }
            if (value > middle) == (now > then) {
                start = place
                others = 0
            } else {
                others += 1
                // One bar alone is noise.
                if others > 1 { return start }
            }
        }
        // Nothing before tells of another time.
        return start == nil ? nil : others > 0 ? start : 0
    }

    private static func parts(_ subject: DriftMovement.Subject) -> Tally.Parts {
        switch subject {
        case .measure(.latency): .latency
        case .measure(.outputLength), .measure(.toolCalls): .lengths
        case .measure(.sentiment), .measure(.quality): .scores
        case .measure, .injections: []
        case .name(.tools, _): .tools
        case .name(.errors, _): .errors
        case .name: .names
        }
    }

    /// What the subject was in a bar, and of how many requests; nil where slots don't tell.
    private static func value(
        _ subject: DriftMovement.Subject, _ names: SymbolNames
    ) -> (Tally) -> (value: Double, count: Double)? {
        func share(_ part: Int64, _ whole: Int64) -> (Double, Double)? {
            whole > 0 ? (Double(part) / Double(whole), Double(whole) / 1024) : nil
        }
        func named<Value: Row>(
            _ table: NameTable<Value>, _ name: String, _ count: (Value) -> Int64
        ) -> (Double, Double)? {
            var (part, whole) = (Int64(0), Int64(0))
            for (symbol, row) in zip(table.names, table.rows) {
                whole &+= count(row)
                if names.label(symbol) == name { part &+= count(row) }
            }
            return share(part, whole)
        }
        return switch subject {
        case .measure(let kind): { kind.mean($0) }
        case .name(.tools, let name): { tally in named(tally.tools, name) { $0.calls.weighted } }
        case .name(.errors, let name): { tally in named(tally.errors, name) { $0.weighted } }
        case .name(.stopReasons, let name): { tally in named(tally.stopReasons, name) { $0.weighted } }
        case .name(.taskTypes, let name): { tally in named(tally.tasks, name) { $0.requests.weighted } }
        case .name: { _ in nil }
        case .injections: { tally in share(tally.flagged(.injectionAttempt), tally.requests.weighted) }
        }
    }
}

extension DriftMetric.Kind {
    /// The mean in a slot, in the kind's unit, and of how many requests, as many as they are worth; nil where slots don't tell.
    package func mean(_ tally: Tally) -> (value: Double, count: Double)? {
        let worth = min(1, tally.effectiveShare)
        func share(_ part: Int64) -> (value: Double, count: Double)? {
            tally.withTokens > 0
                ? (Double(part) / Double(tally.withTokens), Double(tally.withTokens) / 1024 * worth) : nil
        }
        switch self {
        case .inputTokens: return share(tally.inputTokens)
        case .outputTokens: return share(tally.outputTokens)
        default:
            guard let measure = BehaviourProfile.measures(tally, share: worth)[self], let mean = measure.mean else {
                return nil
            }
            return (mean / unitsPerOne, measure.effective)
        }
    }
}
