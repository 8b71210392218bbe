import Glibc
import Metrics
import Monitoring
import Statistics
import Telemetry

/// One canary from its first request on, counted and judged as `agentdash` does, looked at every minute of fifty requests.
struct CanaryTrial {
    /// Rates at which requests fail.
    var control: Double
    var canary: Double
    /// How much more alike the requests of one user are than those of two; each user has some twelve.
    var correlation = 0.0
    /// Whether rates swing by half over two hours.
    var hasCycle = false
    /// Whether of the successes only one in ten is there, and stands for ten, as samplers that keep failures do.
    var isSampled = false
    /// Factor on the canary's latency.
    var slowness = 1.0
    var seed: UInt64

    /// What came of it.
    struct Outcome {
        /// Canary requests until it was first to be rolled back, and first shown to be as good, whatever else was shown; nil: never.
        var rollback: Int?
        var promotion: Int?
    }

    private static let requests = 20_000
    private static let perMinute = 50
    /// Of the users, who are routed.
    private static let share = 0.05
    private static let activeUsers = 120
    private static let requestsOfAUser: UInt64 = 24
    private static let midnight: Int64 = 1_773_014_400_000_000

    private struct User {
        var hash: UInt64
        var isCanary: Bool
        var isUnlucky: Bool
        var left: UInt64
    }

    func run() -> Outcome {
        var random = Xoshiro256(seed: seed)
        let symbols = SymbolTable()
        let variants = [symbols.intern("control", .variant), symbols.intern("canary", .variant)]
        let names = symbols.names
        var recorder = Recorder()
        var watch = CanaryWatch()
        var users = (0..<Self.activeUsers).map { _ in user(&random) }
        var outcome = Outcome()
        var canaryRequests = 0
        var looked = Self.midnight
        let bytes = [UInt8](repeating: 0, count: 64)
        for n in 0..<Self.requests {
            let time = Self.midnight + Int64(n) * Span.minute / Int64(Self.perMinute)
            let swing = hasCycle ? 1 + 0.5 * sin(Double(n) / Double(Self.perMinute) / 120 * 2 * .pi) : 1
            let place = correlation > 0 ? Int(random.below(UInt64(users.count))) : 0
            if users[place].left == 0 || correlation == 0 { users[place] = user(&random) }
            users[place].left -= 1
            let user = users[place]
            let rate = (user.isCanary ? canary : control) * swing
            var record = Record()
            record.time = time
            record.hasTime = true
            record.values[.variant] = variants[user.isCanary ? 1 : 0]
            record.userHash = user.hash
            record.success = !fails(user, rate, &random)
            let factor = user.isCanary ? slowness : 1
            record.latency = Int64(1.2e6 * factor * exp(random.normal(mean: 0, deviation: 0.8)))
            record.inputTokens = 800 + Int64(random.below(1000))
            if random.chance(0.1) { record.ratedPositive = random.chance(0.85) }
            if user.isCanary { canaryRequests += 1 }
            if isSampled, record.success == true {
                guard n % 10 == 0 else { continue }
                record.weight = 10_240
            }
            // A view of bytes that are there.
            unsafe recorder.record(
                record, bytes: bytes.span.bytes, cost: 4_000_000 + Int64(random.below(4_000_000)), names: { names },
                judgedUpTo: .min)
            if random.chance(0.1) { score(&recorder, time, record.values[.variant], names, &random) }
            guard time >= looked + Span.minute else { continue }
            looked = time.alignedDown(to: Span.minute)
            let now = looked + 30 * Span.second
            let snapshot = recorder.snapshot(asOf: now, source: InputStatus(name: "trial"), names: names)
            watch.step(snapshot, at: now)
            if outcome.rollback == nil, CanaryReport(snapshot, watch)?.verdict == .rollback {
                outcome.rollback = canaryRequests
            }
            if outcome.promotion == nil, let soak = watch.soak, soak.isAsGood, soak.isAsQuick {
                outcome.promotion = canaryRequests
            }
        }
        return outcome
    }

    private func user(_ random: inout Xoshiro256) -> User {
        let isCanary = random.chance(Self.share)
        return User(
            hash: random.next() | 1, isCanary: isCanary, isUnlucky: random.chance(isCanary ? canary : control),
            left: 1 + random.below(Self.requestsOfAUser))
    }

    /// With a probability of √ICC a request does as its user's luck says.
    private func fails(_ user: User, _ rate: Double, _ random: inout Xoshiro256) -> Bool {
        if correlation > 0, random.chance(correlation.squareRoot()) { return user.isUnlucky }
        return random.chance(rate)
    }

    private func score(
        _ recorder: inout Recorder, _ time: Int64, _ variant: Symbol, _ names: SymbolNames, _ random: inout Xoshiro256
    ) {
        var record = Record()
        record.kind = .eval
        record.time = time
        record.hasTime = true
        record.values[.variant] = variant
        record.evalScore = Int64(min(1, max(0, random.normal(mean: 0.92, deviation: 0.08))) * 1e6)
        let bytes = [UInt8](repeating: 0, count: 64)
        // A view of bytes that are there.
        unsafe recorder.record(record, bytes: bytes.span.bytes, cost: nil, names: { names }, judgedUpTo: .min)
    }
}
