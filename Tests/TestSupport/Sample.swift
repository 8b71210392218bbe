package import Metrics
package import Statistics
package import Telemetry

/// One request as a test thinks of it: what is counted is compared with plain sums over these.
package struct Sample: Sendable {
    package var time: Int64
    /// In 1/1024 request.
    package var weight: Int64 = 1024
    package var success: Bool?
    package var completed: Bool?
    package var corrected: Bool?
    package var ratedPositive: Bool?
    package var latency: Int64?
    package var inputTokens: Int64?
    package var outputTokens: Int64?
    /// Nano-dollars.
    package var cost: Int64?
    package var error = ""
    package var model = ""
    /// Name and whether it failed.
    package var tools: [(name: String, failed: Bool)] = []
    /// −1…1 and 0…1, in millionths.
    package var sentiment: Int64?
    package var quality: Int64?

    package init(time: Int64) { self.time = time }

    /// A request of any shape a record may have.
    package static func random(at time: Int64, using random: inout Xoshiro256) -> Sample {
        func maybe<Value>(_ probability: Double, _ value: (inout Xoshiro256) -> Value) -> Value? {
            random.chance(probability) ? value(&random) : nil
        }
        var sample = Sample(time: time)
        sample.weight = [1024, 1024, 2048, 10_240, 1500][Int(random.below(5))]
        sample.success = maybe(0.9) { $0.chance(0.8) }
        sample.completed = maybe(0.5) { $0.chance(0.7) }
        sample.corrected = maybe(0.3) { $0.chance(0.3) }
        sample.ratedPositive = maybe(0.2) { $0.chance(0.7) }
        sample.latency = maybe(0.95) { Int64($0.below(60_000_000)) }
        sample.inputTokens = maybe(0.8) { Int64($0.below(5000)) }
        sample.outputTokens = maybe(0.8) { Int64($0.below(900)) }
        sample.cost = maybe(0.7) { Int64($0.below(90_000_000)) }
        if sample.success == false { sample.error = ["timeout", "rate_limit", ""][Int(random.below(3))] }
        sample.model = ["", "gpt-4o", "claude", "local"][Int(random.below(4))]
        for _ in 0..<random.below(3) {
            sample.tools.append((["search", "sql"][Int(random.below(2))], random.chance(0.2)))
        }
        sample.sentiment = maybe(0.4) { Int64($0.below(2_000_001)) - 1_000_000 }
        sample.quality = maybe(0.4) { Int64($0.below(1_000_001)) }
        return sample
    }
}

extension Sample {
    /// Makes a record what the sample stands for, but for its time.
    package func fill(_ record: inout Record, _ symbols: SymbolTable) {
        record.weight = weight
        record.success = success
        record.completed = completed
        record.corrected = corrected
        record.ratedPositive = ratedPositive
        record.latency = latency
        record.inputTokens = inputTokens
        record.outputTokens = outputTokens
        record.errorType = symbols.intern(error, .errorType)
        record.values[.model] = symbols.intern(model, .model)
        record.sentiment = sentiment
        record.quality = quality
        for tool in tools {
            var call = ToolCall()
            call.name = symbols.intern(tool.name, .tool)
            call.success = !tool.failed
            record.tools.append(call)
        }
    }
}

extension CountingBench {
    /// Counts a sample as the record it stands for.
    package mutating func count(_ sample: Sample, trace: String = "") {
        let symbols = symbols
        count(at: sample.time, trace: trace, cost: sample.cost) { sample.fill(&$0, symbols) }
    }
}

/// The numbers of a tally that a plain sum over samples can give, for comparing the two.
package struct Figures: Hashable {
    package var raw: Int64 = 0
    package var requests: Int64 = 0
    package var squaredWeights: Int64 = 0
    package var succeeded: Int64 = 0
    package var failed: Int64 = 0
    package var completionKnown: Int64 = 0
    package var weak: Int64 = 0
    package var strong: Int64 = 0
    package var ratings: Int64 = 0
    package var latencyCount: Int64 = 0
    package var latencySum: Int64 = 0
    package var latencyMinimum: Int64?
    package var latencyMaximum: Int64?
    package var inputTokens: Int64 = 0
    package var outputTokens: Int64 = 0
    package var cost: Int64 = 0
    package var priced: Int64 = 0
    package var sentiment: Int64 = 0
    package var quality: Int64 = 0
    package var errors: [String: Int64] = [:]
    package var models: [String: Int64] = [:]
    package var modelCosts: [String: Int64] = [:]
    package var toolCalls: [String: Int64] = [:]
    package var toolErrors: [String: Int64] = [:]

    /// Plain sums.
    package init(_ samples: some Sequence<Sample>) {
        for sample in samples {
            let w = sample.weight
            raw += 1
            requests += w
            squaredWeights += w * w / 1024
            if sample.success == true { succeeded += w }
            if sample.success == false {
                failed += w
                errors[sample.error, default: 0] += w
            }
            let weak = sample.completed ?? sample.success.map { $0 && sample.outputTokens ?? 1 > 0 }
            if let weak {
                completionKnown += w
                if weak { self.weak += w }
                if weak, sample.corrected != true, sample.ratedPositive != false { strong += w }
            }
            if sample.ratedPositive != nil { ratings += 1 }
            if let latency = sample.latency {
                latencyCount += w
                latencySum += w * latency
                latencyMinimum = min(latencyMinimum ?? latency, latency)
                latencyMaximum = max(latencyMaximum ?? latency, latency)
            }
            inputTokens += (sample.inputTokens ?? 0) * w
            outputTokens += (sample.outputTokens ?? 0) * w
            if let cost = sample.cost {
                self.cost += cost * w
                priced += w
            }
            sentiment += (sample.sentiment ?? 0) * w
            quality += (sample.quality ?? 0) * w
            if !sample.model.isEmpty {
                models[sample.model, default: 0] += w
                modelCosts[sample.model, default: 0] += (sample.cost ?? 0) * w
            }
            for tool in sample.tools {
                toolCalls[tool.name, default: 0] += w
                toolErrors[tool.name, default: 0] += tool.failed ? w : 0
            }
        }
    }

    /// The same of a tally.
    package init(_ tally: Tally, _ names: SymbolNames) {
        raw = tally.requests.raw
        requests = tally.requests.weighted
        squaredWeights = tally.squaredWeights
        succeeded = tally.succeeded.weighted
        failed = tally.failed.weighted
        completionKnown = tally.completionKnown
        weak = tally.completedWeakly
        strong = tally.completedStrongly
        ratings = tally.ratings
        latencyCount = tally.latency.count
        latencySum = tally.latency.sum
        if !tally.latency.isEmpty {
            latencyMinimum = tally.latency.minimum
            latencyMaximum = tally.latency.maximum
        }
        inputTokens = tally.inputTokens
        outputTokens = tally.outputTokens
        cost = tally.cost
        priced = tally.priced
        sentiment = tally.sentiment.sum
        quality = tally.quality.sum
        for (name, row) in zip(tally.errors.names, tally.errors.rows) { errors[names[name]] = row.weighted }
        for (name, row) in zip(tally.models.names, tally.models.rows) {
            models[names[name]] = row.requests.weighted
            modelCosts[names[name]] = row.cost
        }
        for (name, row) in zip(tally.tools.names, tally.tools.rows) {
            toolCalls[names[name]] = row.calls.weighted
            toolErrors[names[name]] = row.errors.weighted
        }
    }
}
