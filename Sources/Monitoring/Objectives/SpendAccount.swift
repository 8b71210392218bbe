package import Metrics

/// What a period has cost so far, and what all of it will have cost.
package struct PeriodSpend: Sendable, Hashable {
    package var period: Budget.Period
    /// Spent so far.
    package var dollars: Double
    /// Since when it is known, µs since 1970: later than the period's start where the data begin later.
    package var since: Int64
    /// Something before `since` is missing: the sum is at least `dollars`.
    package var isPartial: Bool
    /// Dollars of the whole period; nil while no pace is known.
    package var forecast: Double?
    /// How it was foretold: "pace of recent hours", "same hours of the last 3 days".
    package var method: String
    /// Dollars an hour that it goes on with.
    package var pace: Double?
    package var hoursLeft: Double

    /// Whether the forecast is the pace times the hours left.
    package var isByPace: Bool { method == Self.byPace }
    static let byPace = "pace of recent hours"

    package init(
        period: Budget.Period, dollars: Double, since: Int64, isPartial: Bool, forecast: Double?, method: String,
        pace: Double?, hoursLeft: Double
    ) {
        self.period = period
        self.dollars = dollars
        self.since = since
        self.isPartial = isPartial
        self.forecast = forecast
        self.method = method
        self.pace = pace
        self.hoursLeft = hoursLeft
    }
}

/// What was spent when, as of one time.
package struct SpendAccount {
    private let snapshot: Snapshot
    private let now: Int64
    /// Where sums up to now stop.
    private let end: Int64
    private let first: Int64

    /// Nil before the first record.
    ///
    /// - Parameter judging: a judgement looks at what was before its time; a screen also at the record of this instant.
    package init?(_ snapshot: Snapshot, at now: Int64, judging: Bool = false) {
        guard let first = snapshot.firstTime else { return nil }
        (self.snapshot, self.now, self.first) = (snapshot, now, first)
        end = judging ? now : snapshot.limit(now)
    }

    /// From `start` to now; nil while no request has a price.
    package func dollars(since start: Int64) -> Double? {
        start < end ? snapshot.timeline.sum(from: start, to: end, parts: []).tally.costInDollars : 0
    }

    /// Dollars an hour, of the last one, or of what there is of it while the data are younger.
    package var paceOfLastHour: Double? { dollars(since: now - Span.hour).map { $0 / hoursOfLastHour } }

    private var hoursOfLastHour: Double { Double(min(Span.hour, max(Span.minute, now - first))) / Double(Span.hour) }

    /// Nil while no request has a price.
    package func spend(_ period: Budget.Period) -> PeriodSpend? {
        let start = period.start(at: now)
        guard let dollars = dollars(since: start), let lastHour = paceOfLastHour else { return nil }
        var spend = PeriodSpend(
            period: period, dollars: dollars, since: max(start, first), isPartial: first > start + Span.minute,
            forecast: nil, method: PeriodSpend.byPace, pace: paceOfHours ?? lastHour,
            hoursLeft: Double(start + period.length - now) / Double(Span.hour))
        foretell(&spend, lastHour: lastHour)
        return spend
    }

    private func foretell(_ spend: inout PeriodSpend, lastHour: Double) {
        let midnight = Budget.Period.daily.start(at: now)
        switch spend.period {
        case .hourly:
            (spend.forecast, spend.method) = (lastHour, "the last 60 minutes")
            return
        case .daily:
            if let (rest, days) = restOfToday(spent: spend.dollars) {
                (spend.forecast, spend.method) = (spend.dollars + rest, "same hours of the last \(days) days")
                return
            }
        case .weekly:
            if let (rest, days) = restOfToday(spent: dollars(since: midnight) ?? 0),
                let past = snapshot.timeline.hours(hours(0..<24, days, midnight), parts: []).costInDollars
            {
                let daysLeft = Double(
                    (spend.period.start(at: now) + spend.period.length - midnight - Span.day) / Span.day)
                spend.forecast = spend.dollars + rest + past / Double(days) * daysLeft
                spend.method = "same hours of the last \(days) days"
                return
            }
        }
        spend.forecast = spend.pace.map {
            SpendForecast.total(spent: spend.dollars, pace: $0, hoursLeft: spend.hoursLeft)
        }
    }

    /// EWMA of the spend of the closed hours of the last day; nil before the first.
    private var paceOfHours: Double? {
        let last = now.alignedDown(to: Span.hour)
        // The hour that the data begin in is not whole.
        let begin = max((first + Span.hour - 1).alignedDown(to: Span.hour), last - Span.day)
        let hours = stride(from: begin, to: last, by: Int64.Stride(Span.hour)).map {
            snapshot.timeline.hours([$0], parts: []).costInDollars ?? 0
        }
        return SpendForecast.pace(hours)
    }

    /// What the hours left of today cost on the days before, times how today compares with those so far.
    private func restOfToday(spent: Double) -> (dollars: Double, days: Int)? {
        let midnight = now.alignedDown(to: Span.day)
        // Only whole days are an example of a day.
        let days = Int(min(7, (midnight - first) / Span.day))
        guard days >= 3 else { return nil }
        let hour = Int((now - midnight) / Span.hour)
        let share = Double(now - midnight - Int64(hour) * Span.hour) / Double(Span.hour)
        func past(_ range: Range<Int>) -> Double {
            (snapshot.timeline.hours(hours(range, days, midnight), parts: []).costInDollars ?? 0) / Double(days)
        }
        let current = past(hour..<hour + 1)
        let before = past(0..<hour) + current * share
        let after = past(hour + 1..<24) + current * (1 - share)
        // A day that has hardly begun says little of how it compares.
        let scale = before > 0 && hour >= 3 ? min(4, max(0.25, spent / before)) : 1
        return (after * scale, days)
    }

    private func hours(_ range: Range<Int>, _ days: Int, _ midnight: Int64) -> [Int64] {
        (1...days).flatMap { day in range.map { midnight - Int64(day) * Span.day + Int64($0) * Span.hour } }
    }
}
