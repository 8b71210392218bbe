package import Metrics
package import Query

/// A rule as it is told to people.
package struct WatchedRule: Sendable, Hashable {
    package let rule: AlertRule
    /// Values of its dimension that are not looked at, for there are more than `AlertRule.sliceLimit`.
    package let unwatched: Int

    package var name: String { rule.name }
    package var severity: Severity { rule.severity }
    /// As it was written.
    package var condition: String { rule.definition.when }
    /// µs.
    package var window: Int64 { rule.window }

    /// What is to be said of it beside its state: why it is broken, or what it leaves out.
    package var note: String? {
        if let problem = rule.problem { return problem.description }
        guard unwatched > 0, let slice = rule.definition.slice else { return nil }
        return "\(unwatched) more value\(unwatched == 1 ? "" : "s") of \(slice) not looked at"
    }
}

/// Evaluates rules at judgement times and keeps every alert's life. What it does depends on snapshots and times alone.
package struct Judge: Sendable {
    /// Judgements happen at multiples of this, µs.
    package static let interval = 10 * Span.second
    private static let eventLimit = 1000

    private var lives: [RuleLife]
    private let plan: WindowPlan
    private var memory = WindowMemory()
    private var trouble = Trouble()
    /// When the first judgement was, µs since 1970.
    private var beganAt: Int64?
    /// Since when pages and tickets have fired without a pause, µs since 1970.
    package var troubleSince: Int64? { trouble.since }
    /// When the last page or ticket ended, µs since 1970.
    package var recoveredAt: Int64? { trouble.recoveredAt }
    /// Every change of phase, oldest first, at most 1,000.
    package private(set) var events: [AlertEvent] = []
    /// How many there were, those included that are not held any more.
    package private(set) var eventCount = 0
    /// How far back any rule looks for what it may say without a new record, µs.
    package let reach: Int64
    /// Whether a rule asks how long nothing has come: then every moment of a live silence counts.
    package let watchesSilence: Bool

    package init(rules: [AlertRule]) {
        lives = rules.map { RuleLife($0) }
        plan = rules.reduce(into: WindowPlan()) { plan, rule in
            for reference in rule.references { plan.add(reference, lasting: rule.window) }
        }
        reach = rules.map(\.reach).max() ?? 0
        watchesSilence = rules.contains(where: \.watchesSilence)
    }

    /// Judges other rules from now on. An alert lives on where a rule of its name looks at the same slices: only its thresholds
    /// and times are others.
    package mutating func adopt(_ rules: [AlertRule]) {
        var next = Judge(rules: rules)
        for i in next.lives.indices {
            let rule = next.lives[i].rule
            guard let life = lives.first(where: { $0.rule.name == rule.name }) else { continue }
            next.lives[i].takeOver(life)
        }
        (next.memory, next.trouble, next.beganAt, next.events) = (memory, trouble, beganAt, events)
        // Alerts may have gone with their rules.
        next.eventCount = eventCount + 1
        self = next
    }

    /// What is watched, in the order of the rules; broken ones among them.
    package var watched: [WatchedRule] { lives.map { WatchedRule(rule: $0.rule, unwatched: $0.unwatched) } }

    /// Whether nothing is under way: without new records the next judgement would change nothing.
    package var isQuiet: Bool { lives.allSatisfy(\.isSettled) }

    /// Whether `alerts` is not empty.
    package var hasAlerts: Bool { lives.contains(where: \.hasAlerts) }

    /// Judges every rule as of `now`.
    /// - Parameter lookup: values of entries that were appended to the catalogue, as of `now`; nil where not known.
    package mutating func step(
        _ snapshot: Snapshot, at now: Int64, lookup: (Reference) -> Value? = { _ in nil }
    ) {
        if beganAt == nil { beganAt = now }
        var reader = WindowReader(snapshot, at: now, plan: plan, memory: memory)
        for i in lives.indices {
            let rule = lives[i].rule
            var changes: [(label: String, from: AlertPhase?, to: AlertPhase?, value: Double?)] = []
            lives[i].step(&reader, at: now, lookup) { label, from, to, before in
                changes.append((label, from, to, before.state.value))
            }
            for change in changes {
                let alert = lives[i].alert(change.label)
                let labels = rule.labels(change.label)
                note(
                    AlertEvent(
                        time: now, rule: rule.name, severity: rule.severity, from: change.from, to: change.to,
                        value: alert?.state.value ?? change.value, alert: alert, labels: labels))
            }
        }
        memory = reader.memory
        trouble.note(lives.lazy.filter { $0.rule.severity != .p3 }.flatMap(\.troubles), at: now)
    }

    private mutating func note(_ event: AlertEvent) {
        events.append(event)
        eventCount += 1
        if events.count > Self.eventLimit { events.removeFirst() }
    }

    /// Every alert that is under way or was resolved within the hour: firing ones first, by severity and age. A broken rule
    /// has one in phase `error`.
    package var alerts: [Alert] {
        let alerts = Alert.ranked(
            lives.flatMap { life in
                if let problem = life.rule.problem {
                    return [
                        Alert(
                            life.rule, label: "", state: .broken(since: beganAt ?? 0, problem.description), decided: nil
                        )
                    ]
                }
                return life.labels.compactMap(life.alert)
            })
        return trouble.marked(alerts)
    }
}
