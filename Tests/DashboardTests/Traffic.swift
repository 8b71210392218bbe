import Foundation

/// Made-up requests as the bytes of their records: the same on every run.
struct Traffic {
    /// What a stretch of requests is like.
    struct Mix {
        /// Requests a minute.
        var rate = 20.0
        /// Seconds of the median request.
        var latency = 1.2
        /// Shares of all requests, by error type.
        var failures: [(name: String, weight: Double)] = [("timeout", 0.01), ("guardrail_block", 0.012)]
        /// A tool that is called in half of the requests, and in nearly all that fail.
        var failingTool = "refund_api"
        /// Share of failures that call it.
        var toolShare = 0.5
        /// Characters of the mean answer.
        var length = 620.0
        var sentiment = 0.31
        var quality = 0.91
        var calls = 2.0
        /// Share of requests that the canary takes, what more of them fail, and how much longer they take.
        var canary = 0.0
        var canaryFailures = 0.0
        var canarySlowness = 1.0
        var models: [(name: String, weight: Double)] = [("claude-sonnet-4-6", 6), ("claude-haiku-4-5", 4)]
        var tasks: [(name: String, weight: Double)] = [("order_status", 5), ("refund", 3), ("product_question", 2)]
        var tools = ["search_orders", "refund_api", "kb_search"]
        /// Share of requests whose cost is known, and what a token costs in dollars.
        var priced = 1.0
        var tokenPrice = 0.000006
        /// Multiplies tokens, cost and requests' lengths.
        var scale = 1.0
        /// Share of requests that somebody rated.
        var rated = 0.1
        var prompt = "p41"
        /// What users want, where they say it, and in which languages; nobody does in most stories.
        var intents: [(name: String, weight: Double)] = []
        var locales: [(name: String, weight: Double)] = []
        /// Share of requests that try to inject instructions.
        var injections = 0.0
        /// What the control and the canary run.
        var versions = (control: "v2.3", canary: "v2.4")
    }

    /// 2026-11-21T12:00:00Z in ms.
    static let start: Int64 = 1_795_262_400_000

    private(set) var text = ""
    /// ms.
    private(set) var time = Traffic.start
    private var random: SeededGenerator
    private var count = 0

    init(seed: UInt64 = 1) { random = SeededGenerator(seed) }

    var bytes: [UInt8] { Array(text.utf8) }

    /// Lets requests of one mix pass for so long.
    mutating func pass(minutes: Double, _ mix: Mix = Mix()) {
        let end = time + Int64(minutes * 60_000)
        let step = 60_000 / mix.rate
        var next = Double(time) + step
        while Int64(next) < end {
            time = Int64(next)
            request(mix)
            next += step * (0.8 + 0.4 * random.share())
        }
        time = end
    }

    /// Nothing happens for so long.
    mutating func silence(minutes: Double) { time += Int64(minutes * 60_000) }

    /// A line as it is, for records of other types and for what is no record.
    mutating func line(_ line: String) { text += line + "\n" }

    private mutating func request(_ mix: Mix) {
        count += 1
        let isCanary = random.share() < mix.canary
        let failureShare = mix.failures.reduce(0) { $0 + $1.weight } + (isCanary ? mix.canaryFailures : 0)
        let hasFailed = random.share() < failureShare
        var fields = [#""trace_id":"tr-\#(count)","timestamp":\#(time)"#]
        let slowness = exp(0.55 * random.normal()) * (isCanary ? mix.canarySlowness : 1)
        let isOutlier = random.share() < 0.012
        let latency = mix.latency * slowness * (isOutlier ? 5 : 1)
        fields.append(#""latency_ms":\#(Int(latency * 1000)),"success":\#(!hasFailed)"#)
        if hasFailed { fields.append(#""error_type":\#(Self.quoted(random.pick(mix.failures)))"#) }
        let lengthFactor = exp(0.3 * random.normal())
        let length = Int(mix.length * lengthFactor * mix.scale)
        let output = hasFailed ? 0 : Int(mix.length * lengthFactor * mix.scale / 4)
        let input = Int(900 * mix.scale * (0.7 + 0.6 * random.share()))
        fields.append(#""input_tokens":\#(input),"output_tokens":\#(output),"output_length":\#(length)"#)
        if random.share() < mix.priced {
            let nano = Int(Double(input + 5 * output) * mix.tokenPrice * 1e9 * mix.scale)
            fields.append(
                #""cost_usd":\#(nano / 1_000_000_000).\#(String(1_000_000_000 + nano % 1_000_000_000).dropFirst())"#)
        }
        fields.append(#""sentiment":\#(Self.thousandths(mix.sentiment + 0.2 * random.normal(), -1...1))"#)
        fields.append(#""quality_score":\#(Self.thousandths(mix.quality + 0.04 * random.normal(), 0...1))"#)
        fields.append(#""model":\#(Self.quoted(random.pick(mix.models)))"#)
        fields.append(#""task_type":\#(Self.quoted(random.pick(mix.tasks))),"prompt_hash":"\#(mix.prompt)""#)
        if mix.canary > 0 {
            let version = Self.quoted(isCanary ? mix.versions.canary : mix.versions.control)
            fields.append(#""variant":"\#(isCanary ? "canary" : "control")","agent_version":\#(version)"#)
        }
        fields.append(#""tool_calls":[\#(tools(mix, hasFailed).joined(separator: ","))]"#)
        if !mix.intents.isEmpty { fields.append(#""intent":\#(Self.quoted(random.pick(mix.intents)))"#) }
        if !mix.locales.isEmpty { fields.append(#""locale":\#(Self.quoted(random.pick(mix.locales)))"#) }
        if mix.injections > 0, random.share() < mix.injections { fields.append(#""flags":["injection_attempt"]"#) }
        if random.share() < mix.rated { fields.append(#""user_rated_positive":\#(random.share() < 0.88)"#) }
        line("{" + fields.joined(separator: ",") + "}")
    }

    private mutating func tools(_ mix: Mix, _ hasFailed: Bool) -> [String] {
        let number = max(0, Int((mix.calls + 0.8 * random.normal()).rounded()))
        var tools = (0..<number).map { _ in (mix.tools[Int(random.next() % UInt64(mix.tools.count))], true) }
        if hasFailed, random.share() < mix.toolShare { tools.append((mix.failingTool, false)) }
        return tools.map { name, works in
            #"{"name":\#(Self.quoted(name)),"latency_ms":\#(80 + Int(random.next() % 300)),"success":\#(works)}"#
        }
    }

    private static func thousandths(_ value: Double, _ range: ClosedRange<Double>) -> String {
        let clamped = min(max(value, range.lowerBound), range.upperBound)
        let whole = Int((clamped * 1000).rounded())
        return "\(whole < 0 ? "-" : "")\(abs(whole) / 1000).\(String(1000 + abs(whole) % 1000).dropFirst())"
    }

    /// A name as a JSON string: what JSON forbids raw is escaped, the rest stays as hostile as it is.
    private static func quoted(_ name: String) -> String {
        var text = "\""
        for scalar in name.unicodeScalars {
            if scalar.value < 0x20 || scalar == "\"" || scalar == "\\" {
                text += "\\u" + String(0x10000 + scalar.value, radix: 16).dropFirst()
            } else {
                text.unicodeScalars.append(scalar)
            }
        }
        return text + "\""
    }
}
