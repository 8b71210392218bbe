import Metrics

/// What was spent since midnight UTC, and what the day will have cost at the pace of its last hour.
struct DaySpend {
    let dollars: Double
    /// Since when it is known, µs; later than midnight where the data begin later.
    let since: Int64
    /// Whether something before `since` is missing.
    let isPartial: Bool
    /// Dollars per hour of the last hour; nil while nobody knows what passes an hour.
    let pace: Double?
    let hoursLeft: Double

    /// Dollars of the whole day.
    var forecast: Double? { pace.map { dollars + $0 * hoursLeft } }

    /// Nil while no request has a price.
    init?(_ figures: Figures) {
        guard let now = figures.snapshot.now, let first = figures.snapshot.firstTime else { return nil }
        let midnight = now.alignedDown(to: Span.day)
        let spent = figures.snapshot.totals(lasting: max(Span.second, now - midnight), endingAt: now, parts: [])
        guard let dollars = spent.tally.costInDollars else { return nil }
        self.dollars = dollars
        since = max(midnight, first)
        isPartial = first > midnight + Span.minute
        pace =
            figures.isStale ? nil : figures.snapshot.totals(lasting: Span.hour, endingAt: now, parts: []).costPerHour
        hoursLeft = Double(midnight + Span.day - now) / 3.6e9
    }
}
