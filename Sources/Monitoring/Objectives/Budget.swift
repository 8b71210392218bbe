import Metrics

/// What may be spent, in dollars. Days are UTC, weeks begin on Monday, an hour is the last 60 minutes.
package struct Budget: Sendable, Hashable {
    package enum Period: String, Sendable, CaseIterable {
        case hourly, daily, weekly

        /// µs.
        package var length: Int64 {
            switch self {
            case .hourly: Span.hour
            case .daily: Span.day
            case .weekly: 7 * Span.day
            }
        }

        /// When the one that holds `now` began.
        package func start(at now: Int64) -> Int64 {
            switch self {
            case .hourly: now - Span.hour
            case .daily: now.alignedDown(to: Span.day)
            // 1970 began on a Thursday.
            case .weekly: (now + 3 * Span.day).alignedDown(to: 7 * Span.day) - 3 * Span.day
            }
        }
    }

    package var limits: [Period: Double]

    /// Limits over 0; what is nil has none.
    package init(hourly: Double? = nil, daily: Double? = nil, weekly: Double? = nil) {
        limits = [:]
        limits[.hourly] = hourly
        limits[.daily] = daily
        limits[.weekly] = weekly
    }

    package var isEmpty: Bool { limits.isEmpty }
}

/// How much of a budget is spent and what the period will have cost.
package struct BudgetReport: Sendable, Hashable {
    package var period: Budget.Period
    package var limit: Double
    package var spent: Double
    /// Since when it is known, µs since 1970: later than the period's start where the data begin later.
    package var since: Int64
    /// Something before `since` is missing: the sum is at least `spent`.
    package var isPartial: Bool
    /// Dollars of the whole period; nil while no pace is known.
    package var forecast: Double?
    /// How it was foretold: "pace of recent hours", "same hours of the last 3 days".
    package var method: String
    /// Dollars an hour that it goes on with.
    package var pace: Double?
    /// Spend of the last hour over what the budget allows for an hour.
    package var burn: Double

    package init(
        period: Budget.Period, limit: Double, spent: Double, since: Int64, isPartial: Bool, forecast: Double?,
        method: String, pace: Double?, burn: Double
    ) {
        self.period = period
        self.limit = limit
        self.spent = spent
        self.since = since
        self.isPartial = isPartial
        self.forecast = forecast
        self.method = method
        self.pace = pace
        self.burn = burn
    }

    /// Fraction of the limit; also of the forecast.
    package var used: Double { spent / limit }
    package var forecastShare: Double? { forecast.map { $0 / limit } }

    /// Seconds until the budget is spent at that pace; 0 when it is, nil while nothing is spent.
    package var exhaustion: Double? {
        if spent >= limit { return 0 }
        return pace.flatMap { $0 > 0 ? (limit - spent) / $0 * 3600 : nil }
    }
}

/// What the hours that are left will cost.
package enum SpendForecast {
    /// λ of the pace.
    package static let weight = 0.3

    /// EWMA of hourly spend, oldest first; nil for none.
    package static func pace(_ hours: [Double]) -> Double? {
        guard let first = hours.first else { return nil }
        return hours.dropFirst().reduce(first) { weight * $1 + (1 - weight) * $0 }
    }

    /// Spent at the end of the period, at a pace in dollars an hour.
    package static func total(spent: Double, pace: Double, hoursLeft: Double) -> Double {
        spent + pace * hoursLeft
    }
}
