package import Metrics
import Query
import Telemetry

/// How often a rule would have fired over the history that is held: what thresholds are tuned by.
///
/// The older the past, the more coarsely it is held, and so is it replayed: a day (of slices 50 minutes) in steps of a minute or
/// of a twelfth of the window; a week before that (of slices a day) in steps of an hour or of a twelfth, with windows of at
/// least an hour. A condition that is true at one step counts as having been so for the step's length. What objectives, budgets
/// and the detector of anomalies had to say is worked out anew: see `WatchHistory`.
package struct FiringPreview: Sendable, Hashable {
    /// Times it would have begun to fire in the last 24 hours.
    package private(set) var inDay = 0
    /// The same in the last 7 days, that day included.
    package private(set) var inWeek = 0
    /// When it began to fire, µs since 1970, oldest first.
    package private(set) var times: [Int64] = []
    /// Since when there is history to replay, µs since 1970; nil: there is none.
    package private(set) var start: Int64?
    /// Until when: a whole minute, µs since 1970.
    package private(set) var end: Int64 = 0
    /// Length of the steps of the near past, and of those before, µs.
    package private(set) var fineStep: Int64
    package private(set) var coarseStep: Int64
    /// How often what the condition asks for was known; 0: the counts say nothing.
    package private(set) var judged = 0
    /// What the condition asks for and no history is held of.
    package private(set) var unheld: [String]

    /// Most windows overlap so many steps: what lasts long changes slowly, and costs more to sum.
    private static let stepsInWindow: Int64 = 12

    /// Replays a rule up to the snapshot's time: at most some 1,600 judgements, whatever the history.
    /// - Parameter history: what stands for the names that are no metrics of a window; nil: there are none.
    package init(_ rule: AlertRule, over snapshot: Snapshot, _ history: WatchHistory? = nil) {
        func step(_ unit: Int64) -> Int64 { max(unit, (rule.window / Self.stepsInWindow).alignedDown(to: unit)) }
        (fineStep, coarseStep) = (step(Span.minute), step(Span.hour))
        let references = rule.condition?.references ?? []
        unheld = references.compactMap { reference in
            switch WindowMetric(reference) {
            case .silence: "\(reference.text): it is of live data"
            case nil where history == nil: reference.text
            default: nil
            }
        }
        guard let now = snapshot.now, let origin = snapshot.timeline.origin, rule.condition != nil, unheld.isEmpty
        else {
            return
        }
        // A queue may be known of for less long than requests are.
        let first = min(now, references.compactMap(snapshot.queueOrigin).reduce(origin, max))
        let isSliced = rule.dimension != nil
        let isOfMinutes = references.contains { WindowMetric($0) == nil && $0.isOfMinutes }
        let near = isSliced ? 50 * Span.minute : Span.day
        let far = isSliced || isOfMinutes ? Span.day : 7 * Span.day
        end = now.alignedDown(to: Span.minute)
        start = max(first, end - far)
        var replay = Replay(snapshot, history)
        // The far past ends where an hour does; the near one begins there.
        var border = max(first, end - near)
        if first < border {
            let coarse = rule.replayed(window: max(rule.window, Span.hour), step: coarseStep)
            border = border.alignedDown(to: Span.hour)
            var time = (max(first, end - far) + Span.hour - 1).alignedDown(to: Span.hour)
            while time <= border {
                replay.judge(coarse, at: time)
                time += coarseStep
            }
            border = max(border, end - near)
        }
        let fine = rule.replayed(window: rule.window, step: fineStep)
        var time = end - (end - border) / fineStep * fineStep
        while time <= end {
            replay.judge(fine, at: time)
            time += fineStep
        }
        times = replay.times
        judged = replay.judged
        inDay = times.count { $0 > end - Span.day }
        inWeek = times.count { $0 > end - 7 * Span.day }
    }

    /// Whether the counts say anything.
    package var isKnown: Bool { unheld.isEmpty && start.map { end > $0 } == true && judged > 0 }

    /// `3× in 24h, 9× in 7d`; where less is held, how much: `3× in 5h held`; why it says nothing, where it does not.
    package var text: String {
        if let name = unheld.first { return "no history of \(name)" }
        guard let start, end > start else { return "no history yet" }
        guard judged > 0 else { return "never known" }
        return text(inDay: inDay, inWeek: inWeek)
    }

    /// The same of counts that several rules came to over as long.
    package func text(inDay: Int, inWeek: Int) -> String {
        guard let start else { return "no history yet" }
        func times(_ count: Int, _ span: String) -> String { "\(count)\u{d7} in \(span)" }
        let held = end - start
        let age = NumberFormat.age(Double(held) / 1e6)
        if held < Span.day { return times(inDay, age) }
        return times(inDay, "24h") + (held > Span.day ? ", " + times(inWeek, held < 7 * Span.day ? age : "7d") : "")
    }

    /// `9× in 7d`: over all that is held; nil where it is not known.
    package var brief: String? { isKnown ? brief(inDay: inDay, inWeek: inWeek) : nil }

    /// The same of counts that several rules came to over as long.
    package func brief(inDay: Int, inWeek: Int) -> String {
        guard let start else { return "no history yet" }
        let held = end - start
        let span = held < 7 * Span.day ? NumberFormat.age(Double(held) / 1e6) : "7d"
        return "\(held < Span.day ? inDay : inWeek)\u{d7} in \(span)"
    }

    /// One rule on its way through the past.
    private struct Replay {
        let snapshot: Snapshot
        let history: WatchHistory?
        var life: RuleLife?
        var memory = WindowMemory()
        var times: [Int64] = []
        var judged = 0

        init(_ snapshot: Snapshot, _ history: WatchHistory?) {
            self.snapshot = snapshot
            self.history = history
        }

        mutating func judge(_ rule: AlertRule, at time: Int64) {
            var life = self.life ?? RuleLife(rule)
            life.rule = rule
            var reader = WindowReader(snapshot, at: time, memory: memory)
            life.step(&reader, at: time, { history?.value(of: $0, at: time) }) { _, from, to, _ in
                if to == .firing, from != .recovering, from != .nodata { times.append(time) }
            }
            // Too few requests are false for want of them, not for what was measured.
            let isMeasured = reader.effectiveRequests(lasting: rule.window) >= rule.minimumRequests
            if isMeasured, rule.dimension != nil || life.alerts[""]?.state.missingSince == nil { judged += 1 }
            memory = reader.memory
            self.life = life
        }
    }
}

extension AlertRule {
    /// The same rule, looked at every `step` µs: it then must hold for as many steps as the time that it must hold takes.
    fileprivate func replayed(window: Int64, step: Int64) -> AlertRule {
        let duration = max(Int64(definition.forCount - 1) * Judge.interval, definition.forDuration)
        var rule = self
        rule.definition.window = window
        rule.definition.forCount = Int(duration / step) + 1
        rule.definition.forDuration = 0
        return rule
    }
}
