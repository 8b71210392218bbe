import Metrics
package import Query

/// Two windows in which a budget must not burn too fast: the long one tells that it matters, the short one that it goes on.
///
/// The table is that of the SRE workbook: 2% of the budget within an hour, 5% within six, 10% within a day or three.
package struct BurnWindow: Sendable, Hashable {
    /// µs.
    package let long: Int64
    package let short: Int64
    package let severity: Severity
    private let rule: Rule

    private enum Rule: Sendable, Hashable {
        /// Percent of the period's budget within the long window.
        case share(Int64)
        case factor(Ratio)
    }

    /// The factor follows from the period: share · period / long.
    package init(long: Int64, short: Int64, budgetPercent: Int64, severity: Severity) {
        (self.long, self.short, self.severity) = (long, short, severity)
        rule = .share(budgetPercent)
    }

    package init(long: Int64, short: Int64, factor: Ratio, severity: Severity) {
        (self.long, self.short, self.severity) = (long, short, severity)
        rule = .factor(factor)
    }

    package static let table = [
        BurnWindow(long: Span.hour, short: 5 * Span.minute, budgetPercent: 2, severity: .p1),
        BurnWindow(long: 6 * Span.hour, short: 30 * Span.minute, budgetPercent: 5, severity: .p1),
        BurnWindow(long: Span.day, short: 2 * Span.hour, budgetPercent: 10, severity: .p2),
        BurnWindow(long: 3 * Span.day, short: 6 * Span.hour, budgetPercent: 10, severity: .p2),
    ]

    /// How many times faster than allowed the budget must burn to be told.
    package func factor(period: Int64) -> Ratio {
        switch rule {
        case .share(let percent): Ratio(percent * (period / Span.second), of: 100 * (long / Span.second)) ?? Ratio(1)
        case .factor(let factor): factor
        }
    }

    /// Whether anything can burn that fast: when everything fails the burn is 1 / (1 − objective), and `>` is strict.
    package func canFire(target: Int64, period: Int64) -> Bool {
        let factor = factor(period: period)
        return Int128(factor.numerator) * Int128(1_000_000 - target) < Int128(factor.denominator) * 1_000_000
    }

    /// Whether a budget that burns so fast outlasts two periods.
    func isIdle(period: Int64) -> Bool { factor(period: period) < Ratio(1, of: 2) ?? Ratio(1) }

    /// `1h/5m`.
    package var name: String { "\(Self.text(long))/\(Self.text(short))" }

    /// `1h`, `30m`, `3d`: in the largest unit that it is whole in.
    package static func text(_ duration: Int64) -> String {
        if duration >= Span.day, duration % Span.day == 0 { return "\(duration / Span.day)d" }
        if duration >= Span.hour, duration % Span.hour == 0 { return "\(duration / Span.hour)h" }
        if duration % Span.minute == 0 { return "\(duration / Span.minute)m" }
        return "\(duration / Span.second)s"
    }

    /// A factor with at most four decimals.
    package static func text(_ factor: Ratio) -> String {
        NumberFormat.plain((factor.nearestDouble * 10_000).rounded() / 10_000)
    }
}

/// Good and bad within a window.
package struct ObjectiveCounts: Sendable, Hashable {
    /// Weighted, in 1/1024 request.
    package var bad: Int64
    package var total: Int64
    /// Effective over weighted requests: what a weighted count is worth as evidence.
    package var worth: Double

    package init(bad: Int64, of total: Int64, worth: Double = 1) {
        (self.bad, self.total, self.worth) = (bad, total, worth)
    }

    /// Whether more than `factor` times what is allowed was bad; strictly, and in integers.
    package func burns(fasterThan factor: Ratio, target: Int64) -> Bool {
        let left = Int128(bad) * 1_000_000 * Int128(factor.denominator)
        return total > 0 && left > Int128(factor.numerator) * Int128(1_000_000 - target) * Int128(total)
    }

    /// Whether few requests are enough to say so: at least three are bad, and the share is that high with 95% certainty, or
    /// ten are.
    package func isEvidence(of factor: Ratio, target: Int64) -> Bool {
        let bad = Double(bad) / 1024 * worth
        // Weights are binary fractions and their effective counts are rounded.
        guard bad >= 3 - 1e-9 else { return false }
        return bad >= 10 - 1e-9 || isCertain(of: factor, target: target)
    }

    /// Whether the lower bound of Wilson's 90% interval lies above what the factor allows.
    package func isCertain(of factor: Ratio, target: Int64) -> Bool {
        guard let lower = lowerBound else { return false }
        return lower > factor.nearestDouble * Double(1_000_000 - target) / 1e6
    }

    /// Bad over allowed, 1 for a budget that lasts exactly the period; nil where nothing was counted.
    package func burn(target: Int64) -> Double? {
        total > 0 ? Double(bad) / Double(total) * 1e6 / Double(1_000_000 - target) : nil
    }
}
