import Statistics

/// The requests of an agent in good health, by day more than at night, with a little noise in every minute; and of one that
/// is not, by what its nature is told to be. Equal arguments give equal bytes on every machine.
package struct SeasonalTraffic: Sendable {
    /// How the agent is at a time.
    package struct Nature: Sendable, Hashable {
        /// On the average of a day.
        package var requestsPerMinute: Double
        /// Of all requests.
        package var failing = 0.02
        package var completed = 0.90
        /// Median in milliseconds, on the average of a day.
        package var latency = 1_500.0
        /// Dollars an hour, on the average of a day: what a request costs follows from it.
        package var dollarsPerHour = 3.0
        /// Means of a request.
        package var inputTokens = 900.0
        package var outputTokens = 300.0
        /// Nothing comes.
        package var isSilent = false

        package init(requestsPerMinute: Double) { self.requestsPerMinute = requestsPerMinute }
    }

    /// How much more at noon than on the average, and less at midnight: of requests and of their latency.
    package static let swing = 0.5
    /// Relative deviation of every minute's rate, latency, cost and tokens, each by itself, beside chance.
    package static let noise = 0.02

    private var random: SplitMix64
    /// µs since 1970.
    private var clock: Double
    private var minute = Minute()
    private var told: UInt32 = 0

    /// What holds for a minute.
    private struct Minute: Sendable {
        var number: Int64 = .min
        /// µs between requests.
        var gap = 1.0
        var latency = 1.0
        var cost = 1.0
        var tokens = 1.0
    }

    /// - Parameter opensAt: ms since 1970.
    package init(seed: UInt64, opensAt: Int64) {
        random = SplitMix64(seed: seed)
        clock = Double(opensAt) * 1_000
    }

    /// The records of the time until `end`, ms since 1970, each ended by a line feed.
    package mutating func records(until end: Int64, _ nature: Nature) -> [UInt8] {
        var bytes: [UInt8] = []
        let end = Double(end) * 1_000
        // What was drawn for the time before says nothing about this one: gaps have no memory.
        minute.number = .min
        while true {
            begin(nature)
            let next = clock + random.exponential(mean: minute.gap)
            let limit = min(end, Double(minute.number + 1) * 60e6)
            guard next < limit, !nature.isSilent else {
                clock = limit
                if limit >= end { return bytes }
                continue
            }
            clock = next
            bytes += request(nature).bytes
        }
    }

    private mutating func begin(_ nature: Nature) {
        let number = Int64((clock / 60e6).rounded(.down))
        guard number != minute.number else { return }
        let season = Self.season(atMinute: number)
        minute.number = number
        minute.gap = 60e6 / (nature.requestsPerMinute * season * jitter())
        minute.latency = nature.latency * season * jitter()
        minute.cost = nature.dollarsPerHour / 60 / nature.requestsPerMinute * jitter()
        minute.tokens = jitter()
    }

    private mutating func jitter() -> Double { max(0.1, random.normal(mean: 1, deviation: Self.noise)) }

    /// 1 − swing at midnight UTC, 1 + swing at noon: two arcs that look like a sine and need no libm.
    private static func season(atMinute number: Int64) -> Double {
        let phase = Double((number % 1_440 + 1_440) % 1_440) / 1_440
        // −1…1 from six in the morning to six in the morning.
        let place = phase < 0.25 ? phase + 0.75 : phase - 0.25
        let half = place < 0.5 ? place * 2 : place * 2 - 1
        let arc = 4 * half * (1 - half)
        return 1 + (place < 0.5 ? swing : -swing) * arc
    }

    // MARK: Requests

    private static let errors = [
        "timeout", "timeout", "tool_error", "timeout", "context_length", "timeout", "tool_error",
    ]

    private mutating func request(_ nature: Nature) -> LineWriter {
        told &+= 1
        let fails = random.chance(nature.failing)
        let completes = !fails && random.chance(nature.completed / (1 - nature.failing))
        var line = LineWriter()
        line.identifier("trace_id", prefix: "7a11", told)
        line.time("timestamp", milliseconds: Int(clock / 1_000))
        line.text("model", told % 3 == 0 ? "gpt-4o" : "claude-sonnet-4-6")
        line.text("agent_version", "v2.3.1")
        line.decimal("latency_ms", random.logNormal(median: max(1, Int(minute.latency * 10)), sigma: 600), places: 1)
        line.integer("input_tokens", scattered(around: nature.inputTokens * minute.tokens))
        line.integer("output_tokens", fails ? 0 : scattered(around: nature.outputTokens * minute.tokens))
        line.decimal("cost_usd", scattered(around: minute.cost * 1e9), places: 9)
        line.flag("success", !fails)
        line.flag("completed", completes)
        if fails {
            line.text("error_type", random.chance(0.1) ? "rate_limit" : Self.errors[random.below(Self.errors.count)])
        }
        line.objects("tool_calls", [random.chance(0.01)]) { call, isBroken in
            call.text("name", "search_orders")
            call.flag("success", !isBroken)
        }
        if random.chance(0.005) { line.texts("flags", ["circuit_breaker"]) }
        if random.chance(0.1) { line.flag("user_rated_positive", random.chance(0.85)) }
        if random.chance(0.2) {
            let score = min(1, max(0, random.normal(mean: 0.9, deviation: 0.08)))
            line.decimal("quality_score", Int(1_000 * score), places: 3)
        }
        line.end()
        return line
    }

    /// With half the mean as deviation, or a little more.
    private mutating func scattered(around mean: Double) -> Int {
        // exp(−0.5² / 2): so far below its mean lies a log-normal's median.
        random.logNormal(median: max(1, Int(mean * 0.8825)), sigma: 500)
    }
}
