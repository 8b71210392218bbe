import Metrics
package import Statistics
import Telemetry

/// What requests were like over some time: how their measures are distributed, and the names they came with. Two of them tell what has
/// changed; one is small enough to be kept.
package struct BehaviourProfile: Sendable, Equatable {
    /// One measure's values.
    package struct Distribution: Sendable, Equatable {
        package enum Shape: Sendable, Equatable {
            case exponential(ExponentialHistogram)
            case uniform(UniformBins)
        }

        /// Weighted in 1/1024 request.
        package var shape: Shape
        /// How much of a weighted count is information: 1 where nothing was sampled.
        package var share: Double

        init(_ histogram: ExponentialHistogram, share: Double) {
            shape = .exponential(histogram)
            self.share = share
        }

        init(_ bins: UniformBins, share: Double) {
            shape = .uniform(bins)
            self.share = share
        }
    }

    /// How often each of some names occurred.
    package struct Names: Sendable, Equatable {
        /// Weighted, in requests (calls, failures).
        package internal(set) var counts: [String: Double] = [:]
        /// Of names beyond those that were kept apart.
        package internal(set) var rest = 0.0
        /// As many independent requests as all of them are worth as evidence.
        package internal(set) var effective = 0.0

        /// Names that are kept apart.
        static let limit = 256

        package var total: Double { counts.values.reduce(rest, +) }
    }

    package internal(set) var measures: [DriftMetric.Kind: Distribution] = [:]
    package internal(set) var mixes: [MixShift.Kind: Names] = [:]
    /// Weighted.
    package internal(set) var requests = 0.0
    /// Requests, and those among them that were flagged as an attempt to inject, both as many as they are worth.
    package internal(set) var effectiveRequests = 0.0
    package internal(set) var injections = 0.0

    package init() {}

    /// - Parameter mix: of the same time, where requests are held one by one.
    init(_ tally: Tally, _ mix: RequestMix?, _ names: SymbolNames) {
        self.init(measuresOf: tally)
        let share = min(1, tally.effectiveShare)
        mixes[.errors] = Names(tally.errors, names, share: share) { $0.weighted }
        mixes[.stopReasons] = Names(tally.stopReasons, names, share: share) { $0.weighted }
        mixes[.taskTypes] = Names(tally.tasks, names, share: share) { $0.requests.weighted }
        var tools = Names(tally.tools, names, share: share) { $0.calls.weighted }
        // Calls of one request are alike: it tells as much as one of them.
        tools.effective = min(tools.effective, effectiveRequests)
        mixes[.tools] = tools
        if let mix { add(mix, names) }
        mixes = mixes.filter { $0.value.total > 0 }
    }

    /// What every slot counts, without names.
    init(measuresOf tally: Tally) {
        let share = min(1, tally.effectiveShare)
        requests = tally.requests.value
        effectiveRequests = requests * share
        injections = Double(tally.flagged(.injectionAttempt)) / 1024 * share
        measures = Self.measures(tally, share: share)
    }

    /// What every slot counts of measures.
    static func measures(_ tally: Tally, share: Double) -> [DriftMetric.Kind: Distribution] {
        let all: [DriftMetric.Kind: Distribution] = [
            .outputLength: Distribution(tally.outputLength, share: share),
            .latency: Distribution(tally.latency, share: share),
            .toolCalls: Distribution(tally.toolCallsPerRequest, share: share),
            .sentiment: Distribution(tally.sentiment, share: share),
            .quality: Distribution(tally.quality, share: share),
        ]
        return all.filter { !$0.value.isEmpty }
    }

    private mutating func add(_ mix: RequestMix, _ names: SymbolNames) {
        let share = min(1, mix.effectiveShare)
        for (kind, histogram) in [
            (DriftMetric.Kind.inputLength, mix.inputLength), (.inputTokens, mix.inputTokens),
            (.outputTokens, mix.outputTokens),
        ] where !histogram.isEmpty {
            measures[kind] = Distribution(histogram, share: share)
        }
        // Without one they are the task types, which every slot counts.
        if mix.hasIntents { mixes[.intents] = Names(mix.intents, names, share: share) { $0.weighted } }
        let locales = Names(mix.locales, names, share: share) { $0.weighted }
        mixes[.locales] = locales
        let languages = locales.languages
        // Where every language is of one country they say the same.
        if languages.counts.count < locales.counts.count { mixes[.languages] = languages }
    }
}

extension BehaviourProfile.Distribution {
    var isEmpty: Bool { count <= 0 }

    /// Weighted, in 1/1024 request.
    private var count: Int64 {
        switch shape {
        case .exponential(let histogram): histogram.count
        case .uniform(let bins): bins.count
        }
    }

    /// As many independent requests as all of them are worth.
    package var effective: Double { Double(max(0, count)) / 1024 * share }

    /// In recorded units: µs, characters, tokens, millionths.
    package var mean: Double? {
        switch shape {
        case .exponential(let histogram): histogram.mean
        case .uniform(let bins): bins.mean
        }
    }

    /// Of one value, in recorded units squared.
    var variance: Double? {
        switch shape {
        case .exponential(let histogram): histogram.variance
        case .uniform(let bins): bins.variance
        }
    }

    /// The counts of both over the same fine buckets; nil where they are not of one kind.
    func aligned(with other: Self) -> (own: [Int64], other: [Int64])? {
        switch (shape, other.shape) {
        case (.exponential(let a), .exponential(let b)):
            guard a.unitsPerOne == b.unitsPerOne else { return nil }
            let scale = min(a.scale, b.scale)
            let (a, b) = (a.downscaled(to: scale), b.downscaled(to: scale))
            let ranges = [a.bucketRange, b.bucketRange].compactMap { $0 }
            guard let low = ranges.map(\.lowerBound).min(), let high = ranges.map(\.upperBound).max() else {
                return ([a.zeroCount], [b.zeroCount])
            }
            return ([a.zeroCount] + a.counts(in: low..<high), [b.zeroCount] + b.counts(in: low..<high))
        case (.uniform(let a), .uniform(let b)):
            guard a.lower == b.lower, a.upper == b.upper else { return nil }
            return (a.counts, b.counts)
        default: return nil
        }
    }

    /// The same in as few buckets as drift is measured by, to be kept.
    var coarse: Self {
        guard case .exponential(let histogram) = shape else { return self }
        return Self(histogram.downscaled(to: Self.keptScale), share: share)
    }

    /// Buckets of 4.4%: ten bins of a baseline need no finer ones.
    private static let keptScale = 4
}

extension BehaviourProfile.Names {
    init<Value: Row>(
        _ table: NameTable<Value>, _ names: SymbolNames, share: Double, _ weight: (Value) -> Int64
    ) {
        var total = 0.0
        for (symbol, row) in zip(table.names, table.rows) {
            let count = Double(weight(row)) / 1024
            guard count > 0 else { continue }
            total += count
            if symbol == .other || symbol.isAbsent {
                rest += count
            } else {
                counts[names.label(symbol), default: 0] += count
            }
        }
        effective = total * share
    }

    /// `de` of `de-AT` and `de_DE`.
    var languages: Self {
        var merged = self
        merged.counts = [:]
        for (name, count) in counts {
            let language = name.prefix { $0 != "-" && $0 != "_" }.lowercased()
            merged.counts[language.isEmpty ? name : language, default: 0] += count
        }
        return merged
    }

    /// 0…1; 0 of nothing.
    func share(of name: String) -> Double { total > 0 ? (counts[name] ?? 0) / total : 0 }

    /// The same with the most frequent names only.
    var coarse: Self {
        guard counts.count > Self.limit else { return self }
        var kept = self
        for (name, count) in counts.sorted(by: { ($1.value, $0.key) < ($0.value, $1.key) }).dropFirst(Self.limit) {
            kept.counts[name] = nil
            kept.rest += count
        }
        return kept
    }
}

extension BehaviourProfile {
    /// As it is kept: in coarser bins, with the most frequent names.
    package var coarse: BehaviourProfile {
        var profile = self
        profile.measures = measures.mapValues(\.coarse)
        profile.mixes = mixes.mapValues(\.coarse)
        return profile
    }
}
