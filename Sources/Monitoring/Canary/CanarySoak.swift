import Glibc
package import Metrics
import Statistics
import Telemetry

/// What has been learned of a canary since it began to take traffic, minute by minute: evidence that may be looked at as often as
/// one likes.
///
/// A minute counts once, when it is over; what comes later is in the totals but proves nothing.
package struct CanarySoak: Sendable {
    package let settings: CanarySettings
    let canarySymbol: Symbol
    let controlSymbol: Symbol
    /// When the canary began to take traffic without a pause, µs since 1970: what tells one soak from another.
    let presence: Int64
    /// µs since 1970 of the first request that counts: of this version.
    package private(set) var since: Int64
    /// Start of the first minute that does not count yet, µs since 1970.
    private var next: Int64
    package private(set) var control = ArmRow()
    package private(set) var canary = ArmRow()
    /// The same since the canary's share was raised.
    package private(set) var controlOfStep = ArmRow()
    package private(set) var canaryOfStep = ArmRow()

    /// That the canary fails more, that it is slow more often, and that it is not by more than the margin.
    private(set) var errors = ConditionalEProcess()
    private(set) var slow = ConditionalEProcess()
    private(set) var notWorse: NonInferiorityEProcess
    private(set) var notSlower: NonInferiorityEProcess
    /// In the order in which they came.
    private(set) var tasks: [(name: Symbol, process: ConditionalEProcess)] = []
    /// Control's error rate as it was when the canary began; nil until it is known.
    package private(set) var usualRate: Double?
    private var blocks = WeightedBlocks()
    /// How much the requests of few users prove.
    private(set) var likeness = UserLikeness()
    private var users: ArmUsers
    /// That control fails more; of an A/B test.
    private(set) var better = ConditionalEProcess()
    /// How users are dealt out in this step; nil while too little is known of it.
    package private(set) var routing: CanaryRouting?

    /// What was ever shown.
    package internal(set) var findings = CanaryFindings()
    /// Whether both arms fail as control never did: what fails is not the canary's.
    package internal(set) var isProviderWide = false
    private(set) var ramp: CanaryStep
    /// Of the last minutes, oldest first.
    private(set) var recent: [(control: ArmRow, canary: ArmRow)] = []
    private var version = Symbol.absent
    /// One that was seen for some minutes in a row.
    private var otherVersion = (version: Symbol.absent, since: Int64(0), minutes: 0)
    /// Whether only these two take traffic.
    private(set) var isPair = true

    /// Minutes wait so long for stragglers, µs.
    private static let settling = 30 * Span.second
    /// Task types that are told apart.
    static let mostTasks = 10
    /// Minutes over which an outage is seen.
    private static let recentMinutes = 10
    /// Minutes in a row after which another version is believed.
    private static let patience = 3
    /// Requests of control from which its usual rate is known.
    private static let usualRequests = 200.0

    init(
        _ settings: CanarySettings, canary: Symbol, control: Symbol, presence: Int64, since: Int64,
        _ snapshot: Snapshot
    ) {
        self.settings = settings
        canarySymbol = canary
        controlSymbol = control
        self.presence = presence
        self.since = since
        next = since.alignedDown(to: Span.minute)
        notWorse = NonInferiorityEProcess(margin: settings.margin)
        notSlower = notWorse
        users = ArmUsers(since: since)
        ramp = CanaryStep(settings.ramp.first ?? 0, since: since)
        learnUsual(snapshot.arms.sum(from: next - Span.hour, to: next)[control] ?? ArmRow())
    }

    /// Takes in the minutes that are over.
    mutating func advance(_ snapshot: Snapshot, to now: Int64) {
        isPair = snapshot.arms.variants.count <= 2
        while next + Span.minute + Self.settling <= now {
            let start = next
            next += Span.minute
            count(snapshot, from: start)
        }
    }

    private mutating func count(_ snapshot: Snapshot, from start: Int64) {
        let end = start + Span.minute
        let rows = snapshot.arms.sum(from: start, to: end)
        let (a, b) = (rows[controlSymbol] ?? ArmRow(), rows[canarySymbol] ?? ArmRow())
        if let began = isReplaced(b.version, at: start) {
            // Another version is another canary.
            self = CanarySoak(
                settings, canary: canarySymbol, control: controlSymbol, presence: presence, since: began, snapshot)
            return
        }
        recent.append((a, b))
        if recent.count > Self.recentMinutes { recent.removeFirst() }
        observe(a, b, snapshot.arms.outcomesByTask(from: start, to: end))
        control.add(a)
        canary.add(b)
        users.advance(snapshot.arms, to: end, control: controlSymbol, canary: canarySymbol)
        followStep(a, b, at: end)
        controlOfStep.add(a)
        canaryOfStep.add(b)
        routing = CanaryRouting(control: users.routed.control, canary: users.routed.canary, by: settings.routing)
        likeness.learn(users, controlRow: control, canaryRow: canary)
        learnUsual(control)
        judge(at: end)
    }

    /// Only by what was known before: which requests are worth how much, and what is usual.
    private mutating func observe(_ a: ArmRow, _ b: ArmRow, _ outcomes: NameTable<ArmOutcomes>) {
        // Of the first minute nothing was known before.
        let worth = (
            control: (control.requests.raw > 0 ? control : a).effectiveShare,
            canary: (canary.requests.raw > 0 ? canary : b).effectiveShare
        )
        let limit = settings.slowLimit
        let errorBlock = blocks.errors.block(
            (b.failed.weighted, b.failed.weighted &+ b.succeeded.weighted),
            (a.failed.weighted, a.failed.weighted &+ a.succeeded.weighted), worth)
        let slowBlock = blocks.slow.block(
            (b.latency.count(above: limit), b.latency.count), (a.latency.count(above: limit), a.latency.count), worth)
        errors.observe(errorBlock)
        if settings.mode == .ab { better.observe(errorBlock.exchanged) }
        slow.observe(slowBlock)
        if let rate = rate(before: control) { notWorse.observe(errorBlock, rate: rate) }
        if let share = slowShare(before: control) { notSlower.observe(slowBlock, rate: share) }
        for (name, row) in zip(outcomes.names, outcomes.rows) where name != .other {
            // The first that come: which they are must not depend on how they do.
            var place = tasks.firstIndex { $0.name == name }
            if place == nil, tasks.count < Self.mostTasks {
                place = tasks.count
                tasks.append((name, ConditionalEProcess()))
                blocks.tasks.append(WeightedBlocks.Remainders())
            }
            guard let place else { continue }
            let (control, canary) = (row[controlSymbol], row[canarySymbol])
            tasks[place].process.observe(
                blocks.tasks[place].block(
                    (canary.failed.weighted, canary.judged.weighted),
                    (control.failed.weighted, control.judged.weighted),
                    worth))
        }
    }

    // MARK: What is usual

    /// Frozen once there is enough of it: a rate that may follow an outage is no yardstick for one.
    private mutating func learnUsual(_ row: ArmRow) {
        if usualRate == nil { usualRate = rate(before: row) }
    }

    /// Control's error rate; nil while too little of it is known. Never 0: odds need something to be compared with.
    private func rate(before row: ArmRow) -> Double? {
        let judged = row.effectiveJudged
        return judged >= Self.usualRequests ? ((row.errorRate ?? 0) * judged + 0.5) / (judged + 1) : nil
    }

    /// The same of requests over the limit.
    private func slowShare(before row: ArmRow) -> Double? {
        let n = Double(row.latency.count) / 1024 * min(1, row.effectiveShare)
        guard n >= Self.usualRequests else { return nil }
        let above = Double(row.latency.count(above: settings.slowLimit)) / Double(row.latency.count)
        return (above * n + 0.5) / (n + 1)
    }

    /// Whether so many of control's requests are slow that no more can be.
    var leavesNoRoom: Bool { slowShare(before: control).map { $0 + settings.margin >= 1 } ?? false }

    // MARK: Steps and versions

    private mutating func followStep(_ a: ArmRow, _ b: ArmRow, at end: Int64) {
        func worth(_ minute: ArmRow, _ arm: ArmRow) -> Double {
            minute.requests.value * min(1, arm.effectiveShare) * power
        }
        let requests = CanaryStep.Requests(control: worth(a, control), canary: worth(b, canary))
        guard ramp.follow(requests, at: end, settings) else { return }
        (controlOfStep, canaryOfStep) = (ArmRow(), ArmRow())
        users.beginStep()
    }

    /// When another version took the canary's place, µs since 1970.
    private mutating func isReplaced(_ version: Symbol, at start: Int64) -> Int64? {
        if self.version.isAbsent { self.version = version }
        guard !version.isAbsent, version != self.version else {
            otherVersion.minutes = 0
            return nil
        }
        otherVersion =
            otherVersion.version == version && otherVersion.minutes > 0
            ? (version, otherVersion.since, otherVersion.minutes + 1) : (version, start, 1)
        return otherVersion.minutes >= Self.patience ? otherVersion.since : nil
    }
}

/// Counts of blocks in whole requests, as many as weighted ones are worth.
///
/// What is left of each is carried into the next block, so that nothing is lost to rounding; how much a request is worth is what was
/// known before the block.
private struct WeightedBlocks: Sendable {
    var errors = Remainders()
    var slow = Remainders()
    var tasks: [Remainders] = []

    struct Remainders: Sendable {
        private var canary = Arm()
        private var control = Arm()

        private struct Arm: Sendable {
            private var bad = 0.0
            private var good = 0.0

            mutating func take(_ counts: (bad: Int64, all: Int64), _ worth: Double) -> (bad: Int64, all: Int64) {
                let worth = min(1, worth) / 1024
                bad += Double(counts.bad) * worth
                good += Double(counts.all &- counts.bad) * worth
                // What comes of whole requests is whole but for rounding.
                let (wholeBad, wholeGood) = ((bad + 1e-6).rounded(.down), (good + 1e-6).rounded(.down))
                bad -= wholeBad
                good -= wholeGood
                return (Int64(max(0, wholeBad)), Int64(max(0, wholeBad) + max(0, wholeGood)))
            }
        }

        mutating func block(
            _ canaryCounts: (Int64, Int64), _ controlCounts: (Int64, Int64), _ worth: (control: Double, canary: Double)
        ) -> OutcomeBlock {
            let b = canary.take((canaryCounts.0, canaryCounts.1), worth.canary)
            let a = control.take((controlCounts.0, controlCounts.1), worth.control)
            return OutcomeBlock(canaryBad: b.bad, of: b.all, controlBad: a.bad, of: a.all)
        }
    }
}
