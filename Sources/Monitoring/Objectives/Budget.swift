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
    /// Dollars.
    package var limit: Double
    package var spend: PeriodSpend
    /// Spend of the last hour over what the budget allows for an hour.
    package var burn: Double

    package init(limit: Double, spend: PeriodSpend, burn: Double) {
        (self.limit, self.spend, self.burn) = (limit, spend, burn)
    }

    package var period: Budget.Period { spend.period }

    /// Fraction of the limit; also of the forecast.
    package var used: Double { spend.dollars / limit }
    package var forecastShare: Double? { spend.forecast.map { $0 / limit } }

    /// Seconds until the budget is spent at that pace; 0 when it is, nil while nothing is spent.
    package var exhaustion: Double? {
        if spend.dollars >= limit { return 0 }
        return spend.pace.flatMap { $0 > 0 ? (limit - spend.dollars) / $0 * 3600 : nil }
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
