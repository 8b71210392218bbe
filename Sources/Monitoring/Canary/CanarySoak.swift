import Glibc
package import Metrics
import Statistics
package import Telemetry

/// What has been learned of a canary since it began to take traffic, minute by minute: evidence that may be looked at as often as
/// one likes.
///
/// A minute counts once, when it is over; what comes later is in the totals but proves nothing.
package struct CanarySoak: Sendable {
    package let settings: CanarySettings
    let canarySymbol: Symbol
    let controlSymbol: Symbol
    /// µs since 1970 of the canary's first request.
    package let since: Int64
    /// Start of the first minute that does not count yet, µs since 1970.
    private var next: Int64
    package private(set) var control = ArmRow()
    package private(set) var canary = ArmRow()

    /// That the canary fails more, that it is slow more often, and that it is not by more than the margin.
    private var errors = ConditionalEProcess()
    private var slow = ConditionalEProcess()
    private var notWorse: NonInferiorityEProcess?
    private var notSlower: NonInferiorityEProcess?
    private var tasks: [Symbol: ConditionalEProcess] = [:]
    /// Control's error rate as it was when the canary began; nil until it is known.
    package private(set) var usualRate: Double?
    private var usualSlow: Double?
    /// How many requests of the same users are worth one.
    package private(set) var designEffect = 1.0
    /// Groups of users in which the canary failed; many where users are not known.
    private var failingGroups = Int.max

    /// The most that each kind of evidence ever was, ln.
    package private(set) var peaks = Peaks()
    /// Gates that the canary is surely beyond.
    package private(set) var tripped: Set<CanaryGates.Gate> = []
    /// A task type that surely fails more.
    package private(set) var worseTask: Symbol?
    /// Whether both arms fail as control never did: what fails is not the canary's.
    package private(set) var isProviderWide = false
    /// Percent that the canary takes, and since when, µs since 1970.
    package private(set) var step: Int
    package private(set) var stepSince: Int64
    private var recent: [Recent] = []

    package struct Peaks: Sendable, Hashable {
        package var errors = 0.0
        package var slow = 0.0
        package var notWorse = 0.0
        package var notSlower = 0.0
        package var tasks = 0.0
    }

    /// ln of what each kind of evidence must come to.
    package var bars: Peaks {
        typealias Alpha = CanarySettings.Alpha
        return Peaks(
            errors: log(1 / Alpha.errors), slow: log(1 / Alpha.slow), notWorse: log(1 / Alpha.promotion),
            notSlower: log(1 / Alpha.promotion), tasks: log(Double(Self.mostTasks) / Alpha.tasks))
    }

    /// One minute of what was last.
    private struct Recent: Sendable {
        var control: ArmRow
        var canary: ArmRow
    }

    /// Minutes wait so long for stragglers, µs.
    private static let settling = 30 * Span.second
    /// Task types that are told apart.
    private static let mostTasks = 10
    /// Groups of users in which it must have failed before that counts.
    private static let leastFailingGroups = 4
    /// Minutes over which an outage and a step are seen.
    private static let recentMinutes = 10
    /// Requests of control from which its usual rate is known.
    private static let usualRequests = 200.0

    init(_ settings: CanarySettings, canary: Symbol, control: Symbol, since: Int64, _ snapshot: Snapshot) {
        self.settings = settings
        canarySymbol = canary
        controlSymbol = control
        self.since = since
        next = since.alignedDown(to: Span.minute)
        step = settings.ramp.first ?? 0
        stepSince = since
        let before = snapshot.arms.sum(from: next - Span.hour, to: next)[control] ?? ArmRow()
        learnUsual(before)
    }

    /// Takes in the minutes that are over.
    mutating func advance(_ snapshot: Snapshot, to now: Int64) {
        while next + Span.minute + Self.settling <= now {
            count(snapshot, from: next)
            next += Span.minute
        }
    }

    private mutating func count(_ snapshot: Snapshot, from start: Int64) {
        let end = start + Span.minute
        let rows = snapshot.arms.sum(from: start, to: end)
        let (a, b) = (rows[controlSymbol] ?? ArmRow(), rows[canarySymbol] ?? ArmRow())
        control.add(a)
        canary.add(b)
        recent.append(Recent(control: a, canary: b))
        if recent.count > Self.recentMinutes { recent.removeFirst() }
        if usualRate == nil { learnUsual(control) }
        let errorBlock = Self.errors(b, a)
        let slowBlock = Self.slow(b, a, over: settings.slowLimit)
        errors.observe(errorBlock)
        slow.observe(slowBlock)
        notWorse?.observe(errorBlock)
        notSlower?.observe(slowBlock)
        countTasks(snapshot, from: start, to: end, (a.effectiveShare, b.effectiveShare))
        learnDesignEffect(snapshot, to: end)
        followStep(at: end)
        judge()
    }

    // MARK: Blocks

    /// As many requests as they are worth, so that weights prove nothing.
    private static func worth(_ weighted: Int64, _ share: Double) -> Int64 {
        Int64((Double(weighted) / 1024 * min(1, share)).rounded())
    }

    private static func errors(_ canary: ArmRow, _ control: ArmRow) -> OutcomeBlock {
        let (a, b) = (control.effectiveShare, canary.effectiveShare)
        return OutcomeBlock(
            canaryBad: worth(canary.failed.weighted, b),
            of: worth(canary.failed.weighted &+ canary.succeeded.weighted, b),
            controlBad: worth(control.failed.weighted, a),
            of: worth(control.failed.weighted &+ control.succeeded.weighted, a))
    }

    private static func slow(_ canary: ArmRow, _ control: ArmRow, over limit: Int64) -> OutcomeBlock {
        let (a, b) = (control.effectiveShare, canary.effectiveShare)
        return OutcomeBlock(
            canaryBad: worth(canary.latency.count(above: limit), b), of: worth(canary.latency.count, b),
            controlBad: worth(control.latency.count(above: limit), a), of: worth(control.latency.count, a))
    }

    private mutating func countTasks(
        _ snapshot: Snapshot, from start: Int64, to end: Int64, _ shares: (control: Double, canary: Double)
    ) {
        let table = snapshot.arms.outcomesByTask(from: start, to: end)
        for (name, row) in zip(table.names, table.rows) where name != .other {
            // The first that come: which they are must not depend on how they do.
            guard tasks[name] != nil || tasks.count < Self.mostTasks else { continue }
            let (a, b) = (row[controlSymbol], row[canarySymbol])
            tasks[name, default: ConditionalEProcess()].observe(
                OutcomeBlock(
                    canaryBad: Self.worth(b.failed.weighted, shares.canary),
                    of: Self.worth(b.judged.weighted, shares.canary),
                    controlBad: Self.worth(a.failed.weighted, shares.control),
                    of: Self.worth(a.judged.weighted, shares.control)))
        }
    }

    // MARK: What is usual

    /// Frozen once there is enough of it: a rate that may follow the canary's is no yardstick.
    private mutating func learnUsual(_ row: ArmRow) {
        guard usualRate == nil, row.effectiveJudged >= Self.usualRequests else { return }
        // Never 0: odds need something to be compared with.
        let judged = row.effectiveJudged
        let rate = ((row.errorRate ?? 0) * judged + 0.5) / (judged + 1)
        usualRate = rate
        notWorse = NonInferiorityEProcess(rate: rate, margin: settings.margin)
        let latencies = Double(row.latency.count) / 1024
        guard latencies > 0 else { return }
        let share = (Double(row.latency.count(above: settings.slowLimit)) / 1024 + 0.5) / (latencies + 1)
        usualSlow = share
        notSlower = NonInferiorityEProcess(rate: share, margin: settings.margin)
    }

    /// From how much more groups of users differ than chance lets them; of the larger arm, and the smaller where it tells more.
    private mutating func learnDesignEffect(_ snapshot: Snapshot, to end: Int64) {
        let table = snapshot.arms.userGroups(from: max(since, end - 12 * Span.hour), to: end)
        func effect(_ symbol: Symbol) -> Double? {
            table[symbol].flatMap { groups in
                let judged = Double(groups.heaviness) / 1024
                guard groups.squaredWeights > 0 else { return nil }
                let effective = judged * judged / (Double(groups.squaredWeights) / 1024)
                return DesignEffect.ofGroups(
                    bad: groups.failed.indices.map { Double(groups.failed[$0]) / 1024 },
                    counts: groups.judged.indices.map { Double(groups.judged[$0]) / 1024 },
                    effective: effective)
            }
        }
        designEffect = max(1, effect(controlSymbol) ?? effect(canarySymbol) ?? 1)
        let groups = table[canarySymbol] ?? UserGroups()
        let isKnown = Double(groups.heaviness) > 0.5 * Double(canary.failed.weighted &+ canary.succeeded.weighted)
        failingGroups = isKnown ? groups.failed.indices.count { groups.failed[$0] > 0 } : .max
    }

    // MARK: Steps

    private mutating func followStep(at end: Int64) {
        let (a, b) = recent.reduce(into: (Int64(0), Int64(0))) { sums, minute in
            sums.0 &+= minute.control.requests.weighted
            sums.1 &+= minute.canary.requests.weighted
        }
        // So few say nothing of a share.
        guard a + b >= 200 * 1024, let nearest = settings.step(nearest: Double(b) / Double(a + b)) else { return }
        guard nearest.now != step else { return }
        // Seen over ten minutes, it began about half of them ago; the first is as old as the canary.
        stepSince = stepSince == since && end - since <= Int64(Self.recentMinutes) * Span.minute ? since : end
        step = nearest.now
    }

    // MARK: Judging

    /// 1/DEFF.
    package var power: Double { 1 / designEffect }

    private mutating func judge() {
        peaks.slow = max(peaks.slow, slow.logEvidence(power: power))
        peaks.notWorse = max(peaks.notWorse, notWorse?.logEvidence(power: power) ?? 0)
        peaks.notSlower = max(peaks.notSlower, notSlower?.logEvidence(power: power) ?? 0)
        tripGates()
        isProviderWide = seesOutage
        // What fails for one or two users is theirs.
        if failingGroups >= Self.leastFailingGroups { accuse() }
    }

    private mutating func accuse() {
        peaks.errors = max(peaks.errors, errors.logEvidence(power: power))
        for (name, process) in tasks {
            let evidence = process.logEvidence(power: power)
            peaks.tasks = max(peaks.tasks, evidence)
            if evidence >= bars.tasks, worseTask == nil { worseTask = name }
        }
    }

    /// Whether a bound that holds at all times lies beyond a gate.
    private mutating func tripGates() {
        let judgedCanary = canary.effectiveJudged * power
        let judgedControl = control.effectiveJudged * power
        guard judgedCanary >= CanarySettings.gateRequests, judgedControl >= CanarySettings.gateRequests,
            let rate = canary.errorRate, let controlRate = control.errorRate
        else { return }
        let gates = settings.gates
        let alpha = CanarySettings.Alpha.gate
        // Rates of few are drawn towards a half, so that none has no variance.
        func sample(_ rate: Double, _ n: Double) -> SampleMean? {
            let drawn = (rate * n + 0.5) / (n + 1)
            return SampleMean(mean: rate, variance: drawn * (1 - drawn), count: n)
        }
        if let a = sample(controlRate, judgedControl), let b = sample(rate, judgedCanary) {
            let sequence = AsymptoticSequence(alpha: alpha, tuning: judgedControl + judgedCanary)
            if sequence.lowerBound(canary: b, control: a) > Double(gates.maximumIncrease) / 10_000 {
                tripped.insert(.errorRateIncrease)
            }
        }
        let limit = Double(gates.maximumErrorRate) / 10_000
        if controlRate <= limit, let share = Proportion(rate * judgedCanary, of: judgedCanary) {
            let lower = BetaBinomialSequence(alpha: alpha, tuning: CanarySettings.promotionRequests).interval(share)
                .lower
            if lower > limit { tripped.insert(.errorRate) }
        }
        let least = Double(gates.minimumEvalScore) / 10_000
        if let score = Self.score(canary, power), Self.score(control, power).map({ $0.mean >= least }) ?? true {
            let sequence = AsymptoticSequence(alpha: 2 * alpha, tuning: max(CanarySettings.gateRequests, score.count))
            if score.count >= 30, sequence.interval(score).upper < least { tripped.insert(.evalScore) }
        }
    }

    /// Mean and variance of an arm's eval scores, of as many as they are worth; nil where there are none.
    static func score(_ arm: ArmRow, _ power: Double) -> SampleMean? {
        guard let mean = arm.evalScore.mean, let variance = arm.evalScore.variance else { return nil }
        let n = max(1, Double(arm.evalScore.count) / 1024 * min(1, arm.effectiveShare) * power)
        // Few that are alike are no proof that all are.
        return SampleMean(mean: mean / 1e6, variance: variance / 1e12 + 0.05 / n, count: n)
    }

    /// Both arms fail far more than control used to, and the canary is not the worse one.
    private var seesOutage: Bool {
        guard let usualRate else { return false }
        var (a, b) = (ArmRow(), ArmRow())
        for minute in recent {
            a.add(minute.control)
            b.add(minute.canary)
        }
        guard a.effectiveJudged * power >= 20, let share = a.errorRate,
            let now = Proportion(share * a.effectiveJudged * power, of: a.effectiveJudged * power)
        else { return false }
        return Interval.wilson(now, confidence: 0.99).lower > max(2 * usualRate, usualRate + 0.03)
            && (b.errorRate ?? 0) > usualRate
    }

    // MARK: What is still missing

    /// Requests of the canary (as they come, not as they are worth) until it could be known to be as good; nil where that can't be told.
    package var requestsMissing: Double? {
        guard let notWorse, let rate = control.errorRate, canary.requests.value > 0 else { return nil }
        let share = canary.requests.value / (canary.requests.value + control.requests.value)
        let growth = notWorse.growth(rate: max(rate, 0.001), share: share) * power
        guard growth > 0 else { return nil }
        let evidence = log(1 / CanarySettings.Alpha.promotion) - notWorse.logEvidence(power: power)
        let count = CanarySettings.promotionRequests - canary.effectiveJudged * power
        let worth = min(1, canary.effectiveShare) * power
        return max(0, evidence / growth, count / max(1e-9, worth))
    }

    /// Canary requests an hour, of the last minutes.
    package var requestsPerHour: Double {
        let n = recent.reduce(Int64(0)) { $0 &+ $1.canary.requests.weighted }
        return recent.isEmpty ? 0 : Double(n) / 1024 / Double(recent.count) * 60
    }

    /// ln of how sure it is that users do not fall into the arms as they are sent; nil where that is not known.
    package var splitEvidence: Double? {
        guard let share = settings.share, share > 0, share < 100, canary.newUsers + control.newUsers >= 50 else {
            return nil
        }
        return SplitTest.logEvidence(
            observed: [control.newUsers, canary.newUsers], shares: [100 - share, share], concentration: 1000)
    }

    /// Share of the canary's users that another variant had seen.
    package var movedShare: Double? {
        let users = canary.newUsers + canary.movedUsers
        return users >= 50 ? Double(canary.movedUsers) / Double(users) : nil
    }
}
