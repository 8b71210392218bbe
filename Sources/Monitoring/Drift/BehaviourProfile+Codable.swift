import Statistics

/// A profile as it is kept. What was kept may have been touched by others: it is read as what it must be, or not at all.
extension BehaviourProfile: Codable {
    private enum CodingKeys: String, CodingKey {
        case measures, mixes, requests, injections
        case effectiveRequests = "effective_requests"
    }

    package init(from decoder: any Decoder) throws {
        self.init()
        let container = try decoder.container(keyedBy: CodingKeys.self)
        // Measures of a later version are passed by.
        for (name, kept) in try container.decode([String: KeptDistribution].self, forKey: .measures) {
            guard let kind = DriftMetric.Kind(rawValue: name) else { continue }
            measures[kind] = try kept.distribution(of: kind, decoder)
        }
        for (name, kept) in try container.decode([String: KeptNames].self, forKey: .mixes) {
            guard let kind = MixShift.Kind(rawValue: name) else { continue }
            mixes[kind] = try kept.names(decoder)
        }
        func amount(_ key: CodingKeys) throws -> Double {
            try Self.checked(container.decode(Double.self, forKey: key), decoder)
        }
        requests = try amount(.requests)
        effectiveRequests = try amount(.effectiveRequests)
        injections = try min(amount(.injections), effectiveRequests)
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        let measures = measures.map { ($0.rawValue, KeptDistribution($1)) }
        try container.encode(Dictionary(uniqueKeysWithValues: measures), forKey: .measures)
        let mixes = mixes.map { ($0.rawValue, KeptNames($1)) }
        try container.encode(Dictionary(uniqueKeysWithValues: mixes), forKey: .mixes)
        try container.encode(requests, forKey: .requests)
        try container.encode(effectiveRequests, forKey: .effectiveRequests)
        try container.encode(injections, forKey: .injections)
    }

    /// An amount of requests.
    fileprivate static func checked(_ amount: Double, _ decoder: any Decoder) throws -> Double {
        guard amount >= 0, amount < 1e15 else { throw corrupted("an amount is out of range", decoder) }
        return amount
    }

    fileprivate static func corrupted(_ what: String, _ decoder: any Decoder) -> DecodingError {
        .dataCorrupted(DecodingError.Context(codingPath: decoder.codingPath, debugDescription: what))
    }
}

private struct KeptDistribution: Codable {
    var counts: [Int64]
    var sum: Int64
    var share: Double
    /// Of a histogram on a log scale.
    var scale: Int?
    var offset: Int?
    var zeros: Int64?
    var minimum: Int64?
    var maximum: Int64?

    /// More buckets than any scale that is kept has.
    private static let mostBuckets = 8192
    private static let largest = Int64.max >> 12

    init(_ distribution: BehaviourProfile.Distribution) {
        share = distribution.share
        switch distribution.shape {
        case .exponential(let histogram):
            let range = histogram.bucketRange ?? 0..<0
            counts = histogram.counts(in: range)
            sum = histogram.sum
            scale = histogram.scale
            offset = range.lowerBound
            zeros = histogram.zeroCount
            minimum = histogram.minimum
            maximum = histogram.maximum
        case .uniform(let bins):
            counts = bins.counts
            sum = bins.sum
        }
    }

    func distribution(of kind: DriftMetric.Kind, _ decoder: any Decoder) throws -> BehaviourProfile.Distribution {
        func wrong(_ what: String) -> DecodingError {
            BehaviourProfile.corrupted("\(kind.rawValue): \(what)", decoder)
        }
        guard counts.count <= Self.mostBuckets, counts.allSatisfy({ (0...Self.largest).contains($0) }),
            counts.reduce(0, &+) <= Self.largest, share > 0, share <= 1
        else { throw wrong("counts out of range") }
        if var bins = kind.emptyBins {
            guard counts.isEmpty || counts.count == UniformBins.bins, sum > .min else { throw wrong("other bins") }
            bins.restore(counts: counts, sum: sum)
            return BehaviourProfile.Distribution(bins, share: share)
        }
        guard let scale, (0...6).contains(scale), let offset, abs(offset) <= 1 << 16, let zeros,
            (0...Self.largest).contains(zeros), sum >= 0, let minimum, let maximum
        else { throw wrong("no histogram") }
        var histogram = ExponentialHistogram(scale: scale, unitsPerOne: kind.unitsPerBucketUnit)
        histogram.restore(
            offset: offset, counts: counts, zeroCount: zeros, sum: sum, minimum: minimum, maximum: maximum)
        return BehaviourProfile.Distribution(histogram, share: share)
    }
}

private struct KeptNames: Codable {
    var counts: [String: Double]
    var rest: Double
    var effective: Double

    init(_ names: BehaviourProfile.Names) {
        (counts, rest, effective) = (names.counts, names.rest, names.effective)
    }

    func names(_ decoder: any Decoder) throws -> BehaviourProfile.Names {
        guard counts.count <= BehaviourProfile.Names.limit else {
            throw BehaviourProfile.corrupted("too many names", decoder)
        }
        var names = BehaviourProfile.Names()
        names.counts = try counts.mapValues { try BehaviourProfile.checked($0, decoder) }
        names.rest = try BehaviourProfile.checked(rest, decoder)
        names.effective = try min(BehaviourProfile.checked(effective, decoder), names.total)
        return names
    }
}
