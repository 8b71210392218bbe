package import Metrics
package import Query

/// Keeps count of objectives at judgement times, and answers what rules ask of them: `burn("success", "1h") > 14.4`,
/// `budget_left("success") < 10%`.
package struct ObjectiveWatch: Sendable {
    package let objectives: [Objective]
    private var counts: [[Int64: ObjectiveCounts]]
    /// What the counts are a sample of.
    private var requests: [[Int64: Int64]]
    /// When each window was counted last, µs since 1970.
    private var counted: [Int64: Int64] = [:]
    /// µs that are held, of each.
    private var held: [Int64]

    /// Longer windows are counted once a minute.
    private static let prompt = Span.hour

    package init(_ objectives: [Objective]) {
        self.objectives = objectives
        counts = objectives.map { _ in [:] }
        requests = objectives.map { _ in [:] }
        held = objectives.map { _ in 0 }
    }

    /// Counts what judgements of `now` need.
    package mutating func step(_ snapshot: Snapshot, at now: Int64) {
        guard !objectives.isEmpty, let first = snapshot.firstTime else { return }
        for i in objectives.indices {
            let since = objectives[i].criterion.flatMap { snapshot.criteria[$0]?.since }
            held[i] = max(0, now - max(first, since ?? first))
        }
        for window in windows {
            if window > Self.prompt, let last = counted[window], now >= last, now - last < Span.minute { continue }
            counted[window] = now
            let interested = objectives.indices.filter { Self.windows(of: objectives[$0]).contains(window) }
            let parts = interested.reduce(into: Tally.Parts()) { $0.formUnion(objectives[$1].parts) }
            let tally = snapshot.totals(lasting: window, endingAt: now, parts: parts, judging: true).tally
            for i in interested {
                if let criterion = objectives[i].criterion {
                    let sum = snapshot.criteria[criterion]?.sum(from: now - window, to: now) ?? CriterionTally()
                    (counts[i][window], requests[i][window]) = (ObjectiveCounts(sum), sum.population)
                } else {
                    counts[i][window] = ObjectiveCounts(tally, objectives[i].kind)
                    requests[i][window] = tally.requests.weighted
                }
            }
        }
    }

    /// What requests are told good from bad by.
    package var criteria: [Criterion] { objectives.compactMap(\.criterion) }

    private static let usual = [5 * Span.minute, Span.hour, 6 * Span.hour, Span.day, 3 * Span.day]

    private static func windows(of objective: Objective) -> Set<Int64> {
        Set(objective.windows.flatMap { [$0.long, $0.short] } + usual + [objective.period])
    }

    private var windows: [Int64] {
        objectives.reduce(into: Set<Int64>()) { $0.formUnion(Self.windows(of: $1)) }.sorted()
    }

    // MARK: Reports

    /// How each objective stands; empty before the first step.
    package var reports: [ObjectiveReport] { objectives.indices.compactMap(report) }

    private func report(_ i: Int) -> ObjectiveReport? {
        let objective = objectives[i]
        guard let period = counts[i][objective.period] else { return nil }
        let burns = objective.windows.compactMap { burn($0, i) }
        let pace = burns.contains { $0.isFiring && $0.window.severity == .p1 } ? Span.hour : 6 * Span.hour
        return ObjectiveReport(
            objective: objective, counts: period, held: min(held[i], objective.period), burns: burns,
            burn: counts[i][pace]?.burn(target: objective.target), requests: requests[i][objective.period] ?? 0)
    }

    private func burn(_ window: BurnWindow, _ i: Int) -> ObjectiveReport.Burn? {
        guard let long = counts[i][window.long], let short = counts[i][window.short] else { return nil }
        let (factor, target) = (window.factor(period: objectives[i].period), objectives[i].target)
        let isFast = long.burns(fasterThan: factor, target: target) && short.burns(fasterThan: factor, target: target)
        let isSure = long.isEvidence(of: factor, target: target)
        return ObjectiveReport.Burn(
            window: window, factor: factor, long: long, short: short, isFiring: isFast && isSure,
            isDoubtful: isFast && !isSure)
    }

    // MARK: Rules

    /// To be appended to the catalogue of a window's metrics; none without objectives.
    package var entries: [Catalogue.Entry] {
        guard !objectives.isEmpty else { return [] }
        let name = Catalogue.Parameter.text(choices: objectives.map(\.name))
        return [
            Catalogue.Entry(
                "burn", .number(.plain), help: "how many times faster than allowed an error budget burns",
                parameters: [name, .duration]),
            Catalogue.Entry(
                "burn_certain", .boolean, help: "whether a window has failures enough to tell how fast a budget burns",
                parameters: [name, .duration]),
            Catalogue.Entry(
                "budget_left", .number(.fraction), help: "share of an error budget that is left", parameters: [name]),
            Catalogue.Entry(
                "exhaustion", .number(.seconds), help: "time until an error budget is spent at the present pace",
                parameters: [name]),
        ]
    }

    /// What stands for a reference to one of the entries; nil for any other, and where nothing was counted.
    package func value(of reference: Reference) -> Value? {
        guard case .text(let name)? = reference.arguments.first,
            let i = objectives.firstIndex(where: { $0.name == name })
        else { return nil }
        let objective = objectives[i]
        switch reference.name {
        case "burn": return duration(reference).flatMap { counts[i][$0]?.burnValue(target: objective.target) }
        case "burn_certain":
            guard let duration = duration(reference),
                let window = objective.windows.first(where: { $0.long == duration }), let long = counts[i][duration]
            else { return nil }
            return .boolean(long.isEvidence(of: window.factor(period: objective.period), target: objective.target))
        case "budget_left": return report(i)?.remaining.map(Value.number)
        case "exhaustion": return report(i)?.exhaustion.map(Value.number)
        default: return nil
        }
    }

    /// µs of the second argument; only windows that are counted have values.
    private func duration(_ reference: Reference) -> Int64? {
        guard reference.arguments.count > 1, case .duration(let seconds) = reference.arguments[1] else { return nil }
        return Int64(exactly: (seconds.nearestDouble * 1e6).rounded())
    }

    /// One rule for each pair of windows, and one for a budget that is spent.
    package var rules: [RuleDefinition] {
        objectives.flatMap { objective in
            let name = QuotedText.quoted(objective.name)
            let burns = objective.windows.map { window in
                let (long, short) = (BurnWindow.text(window.long), BurnWindow.text(window.short))
                let factor = BurnWindow.text(window.factor(period: objective.period))
                return RuleDefinition(
                    name: "slo_\(objective.name)_burn_\(long)", severity: window.severity,
                    when: "burn(\(name), \(long)) > \(factor) and burn(\(name), \(short)) > \(factor)"
                        + " and burn_certain(\(name), \(long))",
                    keepFiringFor: window.short,
                    summary: "SLO \(Self.literal(objective.name)): budget burns more than \(factor)x over \(long)",
                    source: .table("slo.\(objective.name)"))
            }
            return burns + [
                RuleDefinition(
                    name: "slo_\(objective.name)_spent", severity: .p2, when: "budget_left(\(name)) < 0",
                    forDuration: 5 * Span.minute, keepFiringFor: 15 * Span.minute,
                    summary: "SLO \(Self.literal(objective.name)): error budget is spent, freeze prompt experiments",
                    source: .table("slo.\(objective.name)"))
            ]
        }
    }

    /// A name as a template shows it.
    private static func literal(_ name: String) -> String {
        String(name.flatMap { $0 == "{" || $0 == "}" ? [$0, $0] : [$0] })
    }
}
