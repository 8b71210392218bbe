import Metrics

/// What a metric was at the same hours before: of the week once two weeks are held, of the day once three days are.
struct SeasonalProfile: Sendable, Codable, Hashable {
    private struct Hour: Sendable, Codable, Hashable {
        /// Hours since 1970.
        var number: Int64
        var sum: Double
        var weight: Double

        var mean: Double { sum / weight }
    }

    /// Means of closed hours on the metric's scale, oldest first, at most four weeks.
    private var hours: [Hour] = []
    private var open: Hour?
    /// What is usual in the hour before the open one, in it and in the one after.
    private var usual: [Double?] = [nil, nil, nil]

    private static let kept: Int64 = 28 * 24
    private static let hoursOfThreeDays: Int64 = 72
    private static let hoursOfTwoWeeks: Int64 = 336

    /// Takes in a value.
    /// - Parameter isUsual: false of what is known to be out of the ordinary: it is no example for other days.
    /// - Returns: whether an hour has begun, and what is usual may be another.
    mutating func note(_ value: Double, weight: Double, at time: Int64, isUsual: Bool) -> Bool {
        let number = time.alignedDown(to: Span.hour) / Span.hour
        let begins = open.map { number > $0.number } ?? true
        if begins {
            close()
            open = Hour(number: number, sum: 0, weight: 0)
            hours.removeAll { $0.number < number - Self.kept }
            usual = (-1...1).map { usual(at: number + $0, asOf: number) }
        }
        if isUsual, open?.number == number {
            open?.sum += value * weight
            open?.weight += weight
        }
        return begins
    }

    private mutating func close() {
        if let open, open.weight > 0 { hours.append(open) }
    }

    /// What is usual at a time within the open hour: between the middles of hours on a straight line. Nil without enough days.
    func expected(at time: Int64) -> Double? {
        guard let middle = usual[1] else { return nil }
        let position = Double(time - time.alignedDown(to: Span.hour)) / Double(Span.hour) - 0.5
        guard let other = position < 0 ? usual[0] : usual[2] else { return middle }
        return middle + (other - middle) * abs(position)
    }

    /// The median of the same hours.
    private func usual(at hour: Int64, asOf current: Int64) -> Double? {
        guard let first = hours.first?.number, current - first >= Self.hoursOfThreeDays else { return nil }
        if current - first >= Self.hoursOfTwoWeeks {
            let weekly = values(at: (1...4).map { hour - $0 * 7 * 24 })
            if weekly.count >= 2 { return median(weekly) }
        }
        let daily = values(at: (1...7).map { hour - $0 * 24 })
        return daily.count >= 2 ? median(daily) : nil
    }

    private func values(at numbers: [Int64]) -> [Double] {
        numbers.compactMap(mean(of:))
    }

    /// Hours are held in order: the one sought is found by halving.
    private func mean(of number: Int64) -> Double? {
        var (low, high) = (0, hours.count)
        while low < high {
            let middle = (low + high) / 2
            if hours[middle].number < number { low = middle + 1 } else { high = middle }
        }
        return low < hours.count && hours[low].number == number ? hours[low].mean : nil
    }

    private func median(_ values: [Double]) -> Double {
        let sorted = values.sorted()
        let middle = sorted.count / 2
        return sorted.count.isMultiple(of: 2) ? (sorted[middle - 1] + sorted[middle]) / 2 : sorted[middle]
    }
}
