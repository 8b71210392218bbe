import Metrics
import Monitoring
import Statistics
import Telemetry
import TestSupport

/// Requests whose behaviour a test decides, one every few seconds.
struct DriftStory {
    /// What requests are like for a while.
    struct Mood {
        /// Mean characters; exponential, so that few of them tell little.
        var length = 800.0
        var prompt = 400.0
        var latency = 1.5
        var calls = 2.0
        var sentiment = 0.3
        var quality = 0.9
        var failures = 0.05
        var injections = 0.0
        /// Names with their shares; what is left has none.
        var intents: [(String, Double)] = [("refund", 0.3), ("order_status", 0.5), ("returns", 0.2)]
        var tools: [(String, Double)] = [("search", 0.5), ("lookup", 0.3), ("refund_api", 0.2)]
        var errors: [(String, Double)] = [("timeout", 0.5), ("rate_limit", 0.5)]
        var locales: [(String, Double)] = [("de-DE", 0.4), ("de-AT", 0.1), ("en-GB", 0.5)]
        var version = "v1"
        var weight: Int64 = 1024
    }

    var bench: CountingBench
    var time: Int64
    private var random: Xoshiro256

    init(seed: UInt64, from time: Int64 = midnight, rowBudget: Int = 64 << 20) {
        bench = CountingBench(rowBudget: rowBudget)
        self.time = time
        random = Xoshiro256(seed: seed)
    }

    /// Lets time pass.
    mutating func pass(_ span: Int64, every step: Int64 = 5 * Span.second, _ mood: Mood = Mood()) {
        let end = time + span
        while time < end {
            request(mood)
            time += step
        }
    }

    /// The same, whose mood follows the time.
    mutating func pass(_ span: Int64, every step: Int64 = 5 * Span.second, _ mood: (Int64) -> Mood) {
        let end = time + span
        while time < end {
            request(mood(time))
            time += step
        }
    }

    mutating func pick(_ names: [(String, Double)]) -> String? {
        var left = random.uniform()
        for (name, share) in names {
            if left < share { return name }
            left -= share
        }
        return nil
    }

    private mutating func request(_ mood: Mood) {
        let length = Int64(random.exponential(mean: mood.length)) + 1
        let prompt = Int64(random.exponential(mean: mood.prompt)) + 1
        let latency = Int64(random.exponential(mean: mood.latency) * 1e6) + 1000
        var calls: [String] = []
        while random.uniform() < mood.calls / (mood.calls + 1), calls.count < 20 {
            if let name = pick(mood.tools) { calls.append(name) }
        }
        let sentiment = Int64((mood.sentiment + 0.3 * random.normal()) * 1e6)
        let quality = Int64((mood.quality + 0.08 * random.normal()) * 1e6)
        let hasFailed = random.uniform() < mood.failures
        let error = hasFailed ? pick(mood.errors) : nil
        let intent = pick(mood.intents)
        let locale = pick(mood.locales)
        let isInjection = random.uniform() < mood.injections
        let symbols = bench.symbols
        bench.count(at: time) { record in
            record.weight = mood.weight
            record.success = !hasFailed
            record.outputLength = length
            record.inputLength = prompt
            record.latency = latency
            record.inputTokens = prompt / 4 + 1
            record.outputTokens = length / 4 + 1
            record.sentiment = min(1_000_000, max(-1_000_000, sentiment))
            record.quality = min(1_000_000, max(0, quality))
            record.toolCallCount = Int64(calls.count)
            for name in calls {
                var call = ToolCall()
                call.name = symbols.intern(name, .tool)
                record.tools.append(call)
            }
            if let error { record.errorType = symbols.intern(error, .errorType) }
            if let intent { record.values[.intent] = symbols.intern(intent, .intent) }
            if let locale { record.values[.locale] = symbols.intern(locale, .locale) }
            record.values[.agentVersion] = symbols.intern(mood.version, .agentVersion)
            if isInjection { record.flags = .injectionAttempt }
        }
    }

    func report(_ window: Window = .minutes15, _ question: DriftQuestion = DriftQuestion()) -> DriftReport {
        DriftReport(bench.snapshot(asOf: time), window: window, question)
    }
}

extension DriftStory.Mood {
    static func with(_ change: (inout DriftStory.Mood) -> Void) -> DriftStory.Mood {
        var mood = DriftStory.Mood()
        change(&mood)
        return mood
    }
}
