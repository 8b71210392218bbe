package import Query
import Statistics
import Telemetry

extension WindowMetric {
    /// What must be summed to tell it.
    package var parts: Tally.Parts {
        switch self {
        case .p50Latency, .p95Latency, .p99Latency, .maxLatency: .latency
        case .outputLengthDrift, .toolCallsDrift, .toolCallsPerSuccess: .lengths
        case .maxTokensRate, .fallbackHelpRate: .otherNames
        case .sentimentDrift, .quality, .evalScore: .scores
        case .timeToFirstTokenP95: .spans
        case .toolErrorRate: .tools
        case .errors, .newErrorTypes: .errors
        default: []
        }
    }
}

extension WindowTotals {
    /// What these totals say of a metric, in its unit; nil where nothing is known, and for metrics that need more than totals.
    package func value(of metric: WindowMetric) -> Value? {
        switch metric {
        case .requests: .share(tally.requests.weighted, of: 1024)
        case .requestRate: .number(requestsPerSecond)
        case .errorRate, .successRate, .toolErrorRate, .strongCompletion, .weakCompletion, .satisfaction,
            .dissatisfaction, .redundantCallRate, .argumentValidity, .repeatedToolErrorRate, .fallbackHelpRate:
            share(metric, []).flatMap { .share($0.part, of: $0.whole) }
        case .errorCount: .share(tally.failed.weighted, of: 1024)
        case .failuresSeen: tally.failed.seen(tally.effectiveShare)
        case .p50Latency, .p95Latency, .p99Latency, .timeToFirstTokenP95:
            metric.permille.flatMap { measures(metric).quantile(permille: $0) }.map { .number($0 / 1e6) }
        case .maxLatency: tally.latency.isEmpty ? nil : .share(tally.latency.maximum, of: 1_000_000)
        case .tokensPerMinute: tokensPerMinute.map(Value.number)
        case .tokensPerRequest: .share(tally.inputTokens &+ tally.outputTokens, of: tally.withTokens)
        case .costPerHour: costPerHour.map(Value.number)
        case .costPerRequest: tally.costPerRequest.map(Value.number)
        case .costPerSuccess: tally.costPerSuccess.map(Value.number)
        case .toolCallsPerSuccess: tally.toolCallsPerSuccess.map(Value.number)
        case .ratings: .count(tally.ratings)
        case .quality: mean(tally.quality)
        case .evalScore: mean(tally.evalScore)
        case .escalationRate: tally.escalationRate.map(Value.number)
        case .abandonmentRate: tally.abandonmentRate.map(Value.number)
        default: nil
        }
    }

    /// The same with the words and the names that a call needs.
    func value(
        of metric: WindowMetric, _ arguments: [Argument], _ names: SymbolNames, _ memory: inout WindowMemory
    ) -> Value? {
        if metric == .maxTokensRate {
            let (cut, all) = tally.cutAnswers(names)
            return .share(cut, of: all)
        }
        guard case .text(let text)? = arguments.first else { return value(of: metric) }
        switch metric {
        case .errors:
            var count: Int64 = 0
            for (name, row) in zip(tally.errors.names, tally.errors.rows)
            where names[name] == text || memory.errorClass(of: name, names)?.rawValue == text {
                count &+= row.weighted
            }
            return .share(count, of: 1024)
        case .flags: return flagged(text).flatMap { .share($0, of: 1024) }
        case .flagRate: return share(metric, arguments).flatMap { .share($0.part, of: $0.whole) }
        default: return value(of: metric)
        }
    }

    /// What a share is of what, weighted in 1/1024; nil for a metric that is none.
    private func share(_ metric: WindowMetric, _ arguments: [Argument]) -> (part: Int64, whole: Int64)? {
        switch metric {
        case .errorRate: return (tally.failed.weighted, tally.judged)
        case .successRate: return (tally.succeeded.weighted, tally.judged)
        case .toolErrorRate: return (tally.toolErrors, tally.toolCalls)
        case .strongCompletion: return (tally.completedStrongly, tally.completionKnown)
        case .weakCompletion: return (tally.completedWeakly, tally.completionKnown)
        case .satisfaction: return (tally.ratedUp, tally.ratedUp + tally.ratedDown)
        case .dissatisfaction: return (tally.ratedDown, tally.ratedUp + tally.ratedDown)
        case .redundantCallRate: return (tally.redundantToolCalls, tally.callsOfKnownRedundancy)
        case .argumentValidity: return (tally.argumentsValid, tally.argumentsKnown)
        case .repeatedToolErrorRate: return (tally.repeatedToolErrors, tally.toolOutcomesKnown)
        case .fallbackHelpRate: return tally.fallbacksThatHelped
        case .flagRate:
            guard case .text(let name)? = arguments.first, let part = flagged(name) else { return nil }
            return (part, tally.requests.weighted)
        default: return nil
        }
    }

    /// Two-sided: 1% of all intervals lie above what they are about.
    private static let sureness = 0.98

    /// What a share or a quantile surely is; nil where nothing is known, and for what is neither.
    func least(_ metric: WindowMetric, _ arguments: [Argument]) -> Double? {
        let worth = min(1, tally.effectiveShare) / 1024
        if let permille = metric.permille { return least(measures(metric), permille, worth: worth) }
        guard let (part, whole) = share(metric, arguments) else { return nil }
        return Proportion(Double(part) * worth, of: Double(whole) * worth).map {
            Interval.wilson($0, confidence: Self.sureness).lower
        }
    }

    /// Seconds; 0 where so few say nothing.
    private func least(_ histogram: ExponentialHistogram, _ permille: Int, worth: Double) -> Double? {
        let count = Double(histogram.count) * worth
        guard !histogram.isEmpty, count > 0 else { return nil }
        let ranks = RankInterval.quantile(count: Int64(count), permille: permille, confidence: Self.sureness)
        guard let lower = ranks.lower else { return 0 }
        return histogram.value(rank: Int64((Double(lower) / worth).rounded(.up))).map { $0 / 1e6 }
    }

    /// What a quantile is one of, in µs.
    private func measures(_ metric: WindowMetric) -> ExponentialHistogram {
        metric == .timeToFirstTokenP95 ? tally.timeToFirstToken : tally.latency
    }

    private func flagged(_ name: String) -> Int64? {
        Flags.names.firstIndex(of: name).map { tally.flagged(Flags(rawValue: 1 << UInt16($0))) }
    }

    /// Dollars, exactly; 0 where nothing has a price is not known.
    var spend: Value? { tally.costInDollars == nil ? nil : .share(tally.cost, of: 1_024_000_000_000) }

    /// Of scores in millionths.
    private func mean(_ bins: UniformBins) -> Value? {
        let (whole, isTooLarge) = bins.count.multipliedReportingOverflow(by: 1_000_000)
        return isTooLarge ? bins.mean.map { .number($0 / 1e6) } : .share(bins.sum, of: whole)
    }
}

extension Count {
    /// As much of a weighted count as evidence may rest on: its effective part, and never more than there were records.
    /// - Parameter share: `Tally.effectiveShare` of what it is counted in.
    func seen(_ share: Double) -> Value? {
        // Exactly, where nothing was sampled.
        let whole = min(weighted, raw &* 1024)
        return share >= 1 ? .share(whole, of: 1024) : .number(min(value * share, Double(raw)))
    }
}
