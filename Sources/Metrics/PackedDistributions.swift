import Statistics

extension ExponentialHistogram {
    /// Writes everything but the layout.
    func pack(into numbers: inout PackedNumbers) {
        let range = bucketRange ?? 0..<0
        numbers.append(UInt64(range.count))
        numbers.append(weighted: zeroCount)
        numbers.append(weighted: sum)
        guard count != 0 || !range.isEmpty else { return }
        numbers.append(minimum)
        numbers.append(maximum &- minimum)
        guard !range.isEmpty else { return }
        numbers.append(Int64(range.lowerBound))
        for position in (range.lowerBound - offset)..<(range.upperBound - offset) {
            numbers.append(weighted: counts[position])
        }
    }

    /// Takes over what a histogram of this layout wrote.
    mutating func unpack(from numbers: inout PackedNumbersReader) {
        let buckets = Int(truncatingIfNeeded: numbers.unsigned())
        let zeroCount = numbers.weighted()
        let sum = numbers.weighted()
        guard zeroCount != 0 || buckets > 0 else { return }
        let minimum = numbers.signed()
        let maximum = minimum &+ numbers.signed()
        let offset = buckets > 0 ? Int(numbers.signed()) : 0
        var counts: [Int64] = []
        counts.reserveCapacity(buckets)
        for _ in 0..<buckets { counts.append(numbers.weighted()) }
        restore(
            offset: offset, counts: counts, zeroCount: zeroCount, sum: sum, minimum: minimum, maximum: maximum)
    }
}

extension UniformBins {
    /// Writes everything but the range.
    func pack(into numbers: inout PackedNumbers) {
        numbers.append(UInt64(counts.count))
        guard !counts.isEmpty else { return }
        numbers.append(sum)
        for n in counts { numbers.append(weighted: n) }
    }

    /// Takes over what bins of this range wrote.
    mutating func unpack(from numbers: inout PackedNumbersReader) {
        let bins = Int(truncatingIfNeeded: numbers.unsigned())
        guard bins > 0 else { return }
        let sum = numbers.signed()
        restore(counts: (0..<bins).map { _ in numbers.weighted() }, sum: sum)
    }
}
