package import Metrics
package import Query

/// Everything that is judged: the rules, and what they ask for beside the metrics of a window.
package struct RuleBook: Sendable {
    package let rules: [AlertRule]
    /// As it stands before the first record.
    package let watches: Watches
    /// What packs that are off would be made with.
    private let settings: Settings

    /// What is the same whichever packs are judged.
    private struct Settings: Sendable {
        var own: [RuleDefinition] = []
        var objectives: [Objective] = []
        var budget = Budget()
    }

    /// Whether alerts are about slices: their examples are then looked for among the requests held.
    package var hasSlices: Bool { rules.contains { $0.dimension != nil } }

    /// The five rules that are on by default.
    package static let standard = RuleBook()

    /// These rules and nothing else; they ask for metrics of windows alone.
    package init(rules: [AlertRule]) {
        self.rules = rules
        watches = Watches()
        settings = Settings()
    }

    /// - Parameters:
    ///   - packs: in order; of rules with equal names the last counts.
    ///   - own: rules of the configuration, which replace those of the packs by name.
    ///   - objectives: each with the rules that its burn rates make.
    ///   - budget: with the rules of its limits.
    ///   - latency: how long requests may take, which nothing alerts on by itself.
    ///   - canary: how a canary is compared with its control.
    ///   - drift: what drift is looked for in.
    ///   - silence: µs without a record of live data that are an alert; nil: a state of the source only.
    package init(
        packs: [RulePack] = [.conservative], own: [RuleDefinition] = [], objectives: [Objective] = [],
        budget: Budget = Budget(), latency: [LatencyBudget] = [], silence: Int64? = nil,
        canary: CanarySettings = CanarySettings(), drift: DriftSettings = DriftSettings()
    ) {
        var watches = Watches(objectives, budget, latency: latency, canary: canary.completed(by: latency))
        watches.drift = drift
        var settings = RulePack.Settings()
        settings.hourlyBudget = budget.limits[.hourly]
        if let success = objectives.first(where: { $0.kind == .success }) {
            settings.successObjective = Double(success.target) / 1e6
        }
        let definitions =
            packs.flatMap { $0.definitions(settings) } + watches.rules
            + (silence.map { [RulePack.unresponsive(after: $0)] } ?? []) + own
        let catalogue = watches.catalogue
        rules = RulePack.merged(definitions).map { AlertRule($0, catalogue) }
        // Looking for what is unusual costs something: only where a rule asks for it.
        let names = Set(AnomalyValues.entries.map(\.name))
        if rules.contains(where: { $0.references.contains { names.contains($0.name) } }) { watches.watchAnomalies() }
        self.watches = watches
        self.settings = Settings(own: own, objectives: objectives, budget: budget)
    }

    /// The same where these baselines were kept.
    package func knowing(_ saved: SavedBaselines) -> RuleBook {
        var watches = watches
        watches.drift.saved = saved
        return RuleBook(rules, watches, settings)
    }

    /// The rules that a pack adds where it is judged: none that the configuration replaces.
    package func rules(of pack: RulePack) -> [AlertRule] {
        RuleBook(packs: [pack], own: settings.own, objectives: settings.objectives, budget: settings.budget).rules
            .filter { $0.definition.source.pack == pack.rawValue }
    }

    /// What the rules of any pack may ask for.
    var watchesOfAllPacks: Watches {
        var watches = watches
        if !watches.looksForAnomalies { watches.watchAnomalies() }
        return watches
    }

    /// For a part of the requests only: what may be spent on all is no limit of theirs, and its rules say nothing.
    package var ofPart: RuleBook { RuleBook(rules, watches.withoutBudget, settings) }

    private init(_ rules: [AlertRule], _ watches: Watches, _ settings: Settings) {
        self.rules = rules
        self.watches = watches
        self.settings = settings
    }
}

/// What is measured over windows of its own while rules are judged: objectives, a budget, and what is usual.
package struct Watches: Sendable {
    private var detector: AnomalyDetector?
    private var objectives: ObjectiveWatch
    private var budget: BudgetWatch
    /// The canary beside its control; nil where only rules are replayed.
    package private(set) var canary: CanaryWatch?
    /// How long requests may take, as the settings say it.
    package private(set) var latencyBudgets: [LatencyBudget]
    /// What drift is looked for in, as the settings say it.
    package fileprivate(set) var drift = DriftSettings()

    package init(
        _ objectives: [Objective] = [], _ budget: Budget = Budget(), latency: [LatencyBudget] = [],
        canary: CanarySettings? = CanarySettings()
    ) {
        self.objectives = ObjectiveWatch(objectives)
        self.budget = BudgetWatch(budget)
        latencyBudgets = latency
        self.canary = canary.map { CanaryWatch($0) }
    }

    /// From now on, too, what is not as it used to be.
    mutating func watchAnomalies() { detector = AnomalyDetector() }

    /// Goes on with what another book asks for: what both ask for alike is kept as it stands.
    package mutating func adopt(_ other: Watches) {
        if other.detector == nil { detector = nil } else if detector == nil { detector = other.detector }
        if other.objectives.objectives != objectives.objectives { objectives = other.objectives }
        if other.budget.budget != budget.budget { budget = other.budget }
        latencyBudgets = other.latencyBudgets
        drift = other.drift
        if other.canary?.settings != canary?.settings { canary = other.canary }
    }

    var withoutBudget: Watches {
        var watches = self
        watches.budget = BudgetWatch(Budget())
        return watches
    }

    /// The names that rules may use.
    package var catalogue: Catalogue {
        WindowMetric.catalogue.appending(AnomalyValues.entries + objectives.entries + BudgetWatch.entries)
    }

    /// What the objectives and the budget ask for.
    var rules: [RuleDefinition] { objectives.rules + (budget.budget.isEmpty ? [] : budget.rules) }

    /// Whether anything asks what is unusual.
    package var looksForAnomalies: Bool { detector != nil }

    /// What is now is as it should be: what is usual is learned anew.
    package mutating func rebaseline() { detector?.rebaseline() }

    /// The same before the first record.
    var restarted: Watches {
        var watches = Watches(objectives.objectives, budget.budget, canary: nil)
        if detector != nil { watches.watchAnomalies() }
        return watches
    }

    /// Takes in a whole hour of a past of which no minutes are held.
    mutating func learn(hourFrom start: Int64, of snapshot: Snapshot) {
        detector?.step(hourFrom: start, of: snapshot)
    }

    /// Counts what needs no minutes.
    mutating func recount(_ snapshot: Snapshot, at now: Int64) {
        if !objectives.objectives.isEmpty { objectives.step(snapshot, at: now) }
        if !budget.budget.isEmpty { budget.step(snapshot, at: now) }
    }

    /// Looks at a judgement's snapshot, before its rules are judged.
    package mutating func step(_ snapshot: Snapshot, at now: Int64) {
        detector?.step(snapshot, at: now)
        recount(snapshot, at: now)
        canary?.step(snapshot, at: now)
    }

    /// The value of a name that is no metric of a window; nil where it is not known.
    package func value(of reference: Reference) -> Value? {
        if let value = objectives.value(of: reference) ?? budget.value(of: reference) { return value }
        return detector.flatMap { AnomalyValues($0).value(of: reference) }
    }

    /// The same at an earlier time, from what is held of it. What was unusual depends on all that came before, and is not
    /// made up for.
    func asOf(_ past: Snapshot, at time: Int64) -> Watches {
        var watches = Watches(
            objectives.objectives, budget.budget, latency: latencyBudgets, canary: canary?.settings)
        watches.drift = drift
        watches.step(past, at: time)
        return watches
    }

    /// What requests are told good from bad by while they are counted.
    package var criteria: [Criterion] { objectives.criteria }

    /// How many objectives there are.
    package var objectiveCount: Int { objectives.objectives.count }

    /// How the objectives stood at the last judgement.
    package var objectiveReports: [ObjectiveReport] { objectives.reports }
    /// How the budgets did.
    package var budgetReports: [BudgetReport] { budget.reports }
    /// What was not as usual.
    package var anomalies: [Anomaly] { detector?.anomalies ?? [] }
}
