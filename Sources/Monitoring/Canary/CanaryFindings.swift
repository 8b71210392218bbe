import Glibc
import Metrics
import Statistics
package import Telemetry

/// What was ever shown of a canary: evidence that holds at every time at once is not taken back.
package struct CanaryFindings: Sendable, Hashable {
    /// The most that each kind of evidence ever was, ln.
    package var peaks = Peaks()
    /// That it fails more, and is slow more often, by as much as matters.
    package var failsMore = false
    package var isSlowMoreOften = false
    /// Gates that it is surely beyond.
    package var tripped: Set<CanaryGates.Gate> = []
    /// The task type that was first shown to fail more.
    package var worseTask: Symbol?
    /// When any of these was first shown, µs since 1970.
    package var accusedAt: Int64?

    package var accuse: Bool { failsMore || isSlowMoreOften || !tripped.isEmpty || worseTask != nil }

    package struct Peaks: Sendable, Hashable {
        package var errors = 0.0
        package var slow = 0.0
        package var notWorse = 0.0
        package var notSlower = 0.0
        package var tasks = 0.0
        /// That control fails more, of an A/B test.
        package var better = 0.0
    }
}

extension CanarySoak {
    package var peaks: CanaryFindings.Peaks { findings.peaks }
    /// How many requests of the same users are worth one.
    package var designEffect: Double { likeness.designEffect }
    /// 1/DEFF, as it is known now: all evidence so far is weighted by it.
    package var power: Double { 1 / designEffect }

    /// ln of what each kind of evidence must come to.
    package var bars: CanaryFindings.Peaks {
        typealias Alpha = CanarySettings.Alpha
        return CanaryFindings.Peaks(
            errors: log(1 / Alpha.errors), slow: log(1 / Alpha.slow), notWorse: log(1 / Alpha.promotion),
            notSlower: log(1 / Alpha.promotion), tasks: log(Double(Self.mostTasks) / Alpha.tasks),
            better: log(1 / Alpha.errors))
    }

    /// Groups of users in which the canary must have failed before that counts: what fails for one or two users is theirs.
    private static let leastFailingGroups = 4

    /// - Parameter end: of the minute that was taken in last, µs since 1970.
    mutating func judge(at end: Int64) {
        defer { if findings.accuse, findings.accusedAt == nil { findings.accusedAt = end } }
        findings.peaks.slow = max(peaks.slow, slow.logEvidence(power: power))
        findings.peaks.notWorse = max(peaks.notWorse, notWorse.logEvidence(power: power))
        findings.peaks.notSlower = max(peaks.notSlower, notSlower.logEvidence(power: power))
        findings.peaks.better = max(peaks.better, better.logEvidence(power: power))
        isProviderWide = seesOutage
        guard !likeness.isOpen else { return }
        let least = settings.leastIncrease
        if slow.logEvidence(power: power) >= bars.slow, let (a, b) = slowShares, b - a >= least.slow {
            findings.isSlowMoreOften = true
        }
        if likeness.failingGroups >= Self.leastFailingGroups { accuse(least.errors) }
        // While both fail alike their rates say more of when each had its traffic.
        if !isProviderWide { tripGates() }
    }

    private mutating func accuse(_ least: Double) {
        let evidence = errors.logEvidence(power: power)
        findings.peaks.errors = max(peaks.errors, evidence)
        let (a, b) = (control.errorRate ?? 0, canary.errorRate ?? 0)
        // Where hardly anything fails, half as much again matters too.
        if evidence >= bars.errors, b - a >= least || b >= 1.5 * a { findings.failsMore = true }
        for (name, process) in tasks {
            let evidence = process.logEvidence(power: power)
            findings.peaks.tasks = max(peaks.tasks, evidence)
            if evidence >= bars.tasks, findings.worseTask == nil { findings.worseTask = name }
        }
    }

    /// Shares of both arms' requests over the limit; nil where latencies are not known.
    package var slowShares: (control: Double, canary: Double)? {
        guard control.latency.count > 0, canary.latency.count > 0 else { return nil }
        let limit = settings.slowLimit
        return (
            Double(control.latency.count(above: limit)) / Double(control.latency.count),
            Double(canary.latency.count(above: limit)) / Double(canary.latency.count)
        )
    }

    // MARK: Gates

    /// Whether a bound that holds at all times lies beyond a gate, of the requests of this step.
    private mutating func tripGates() {
        let (a, b) = (controlOfStep, canaryOfStep)
        let (judgedControl, judgedCanary) = (a.effectiveJudged * power, b.effectiveJudged * power)
        guard min(judgedCanary, judgedControl) >= CanarySettings.gateRequests, let rate = b.errorRate,
            let controlRate = a.errorRate
        else { return }
        let gates = settings.gates
        let alpha = CanarySettings.Alpha.gate
        // Rates of few are drawn towards a half, so that none has no variance.
        func sample(_ rate: Double, _ n: Double) -> SampleMean? {
            let drawn = (rate * n + 0.5) / (n + 1)
            return SampleMean(mean: rate, variance: drawn * (1 - drawn), count: n)
        }
        if let a = sample(controlRate, judgedControl), let b = sample(rate, judgedCanary),
            AsymptoticSequence(alpha: alpha).lowerBound(canary: b, control: a) > Double(gates.maximumIncrease) / 10_000
        {
            findings.tripped.insert(.errorRateIncrease)
        }
        let limit = Double(gates.maximumErrorRate) / 10_000
        if controlRate <= limit, let share = Proportion(rate * judgedCanary, of: judgedCanary),
            BetaBinomialSequence(alpha: alpha, tuning: CanarySettings.promotionRequests).interval(share).lower > limit
        {
            findings.tripped.insert(.errorRate)
        }
        let least = Double(gates.minimumEvalScore) / 10_000
        if let score = Self.score(b, power), score.count >= 30,
            Self.score(a, power).map({ $0.mean >= least }) ?? true,
            AsymptoticSequence(alpha: 2 * alpha, tuning: 2 * CanarySettings.gateRequests).interval(score).upper < least
        {
            findings.tripped.insert(.evalScore)
        }
    }

    /// Mean and variance of an arm's eval scores, of as many as they are worth; nil where there are none.
    static func score(_ arm: ArmRow, _ power: Double) -> SampleMean? {
        guard let mean = arm.evalScore.mean, let variance = arm.evalScore.variance else { return nil }
        let n = max(1, Double(arm.evalScore.count) / 1024 * min(1, arm.effectiveShare) * power)
        // Few that are alike are no proof that all are.
        return SampleMean(mean: mean / 1e6, variance: variance / 1e12 + 0.05 / n, count: n)
    }

    // MARK: Outages

    private var recentRows: (control: ArmRow, canary: ArmRow) {
        recent.reduce(into: (ArmRow(), ArmRow())) { sums, minute in
            sums.0.add(minute.control)
            sums.1.add(minute.canary)
        }
    }

    /// Control's error rate over the last minutes.
    package var recentControlRate: Double? { recentRows.control.errorRate }

    /// Both arms fail far more than control used to.
    private var seesOutage: Bool {
        guard let usualRate else { return false }
        let (a, b) = recentRows
        let n = a.effectiveJudged * power
        guard n >= 20, let share = a.errorRate, let now = Proportion(share * n, of: n) else { return false }
        return Interval.wilson(now, confidence: 0.99).lower > max(2 * usualRate, usualRate + 0.03)
            && (b.errorRate ?? 0) > usualRate
    }

    // MARK: Promotion

    /// Shown to fail no more than the margin more, by enough requests of this step.
    package var isAsGood: Bool {
        peaks.notWorse >= bars.notWorse
            && canaryOfStep.effectiveJudged * power >= CanarySettings.promotionRequests
    }

    /// The same of slow requests; also where nothing is known of latencies, and where so many are slow that no more can be.
    package var isAsQuick: Bool {
        canary.latency.isEmpty || leavesNoRoom || peaks.notSlower >= bars.notSlower
    }

    /// Requests of the canary (as they come, not as they are worth) until it could be known to be as good; nil where that can't be told.
    package var requestsMissing: Double? {
        guard let rate = control.errorRate, canary.requests.value > 0 else { return nil }
        let share = canary.requests.value / (canary.requests.value + control.requests.value)
        let growth = notWorse.growth(rate: max(rate, 0.001), share: share) * power
        guard growth > 0 else { return nil }
        let evidence = peaks.notWorse >= bars.notWorse ? 0 : bars.notWorse - notWorse.logEvidence(power: power)
        let count = CanarySettings.promotionRequests - canaryOfStep.effectiveJudged * power
        let worth = min(1, canary.effectiveShare) * power
        return max(0, evidence / growth, count / max(1e-9, worth))
    }

    /// Canary requests an hour, of the last minutes.
    package var requestsPerHour: Double {
        recent.isEmpty ? 0 : recentRows.canary.requests.value / Double(recent.count) * 60
    }

    // MARK: The step

    /// Percent that the canary takes, and since when, µs since 1970.
    package var step: Int { ramp.percent }
    package var stepSince: Int64 { ramp.since }

    // MARK: The split

    /// ln of how sure it is that users do not fall into the arms as they are sent; nil where that is not known: only the first
    /// step's share is.
    package var splitEvidence: Double? {
        guard let share = settings.share, ramp.changes == 0, isPair, canary.newUsers + control.newUsers >= 50 else {
            return nil
        }
        return SplitTest.logEvidence(
            observed: [control.newUsers, canary.newUsers], shares: [1 - share, share], concentration: 1000)
    }

    /// Share of the canary's users that another variant had seen; nil where some had to move because its share was raised.
    package var movedShare: Double? {
        let users = canary.newUsers + canary.movedUsers
        return users >= 50 && ramp.changes == 0 && isPair ? Double(canary.movedUsers) / Double(users) : nil
    }
}
