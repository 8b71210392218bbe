package import Metrics
package import Query

/// What users may rely on: so many of all requests are good, over a period.
package struct Objective: Sendable, Hashable {
    /// Of what a request is good or bad.
    package enum Kind: Sendable, Hashable {
        /// It succeeded, of those whose outcome is known.
        case success
        /// It completed and nothing was said against it; it completed at all.
        case strongCompletion, weakCompletion
        /// It took no longer than this, µs.
        case latency(under: Int64)
        /// Scored at least this, in millionths: of those that were scored.
        case quality(atLeast: Int64)
        case evalScore(atLeast: Int64)
        /// Rated well, of all ratings.
        case satisfaction
        /// By any other condition, or of a part of the requests.
        case criterion(Criterion)
    }

    package let name: String
    package let kind: Kind
    /// Millionths of all that must be good: 950,000 for 95%.
    package let target: Int64
    /// µs.
    package let period: Int64
    /// The windows that are watched, the fastest first.
    package let windows: [BurnWindow]
    /// Windows of the table that are not, and why.
    package let omitted: [String]

    /// The longest that anything is held.
    package static let longestPeriod = 35 * Span.day
    package static let usualPeriod = 30 * Span.day

    /// - Parameter windows: nil: those of the table that can fire.
    /// - Throws: for a target that leaves no budget, a period that is not held, and a factor that can never fire.
    package init(
        name: String, kind: Kind, target: Int64, period: Int64 = usualPeriod, windows: [BurnWindow]? = nil
    ) throws(ObjectiveError) {
        guard target > 0, target < 1_000_000 else { throw .target(target) }
        guard period >= Span.hour, period <= Self.longestPeriod else { throw .period(period) }
        self.name = name
        self.kind = kind
        self.target = target
        self.period = period
        if let windows {
            for window in windows {
                if !window.canFire(target: target, period: period) {
                    throw .neverFires(window, factor: window.factor(period: period), target: target)
                }
            }
            self.windows = windows
            omitted = []
            return
        }
        var (used, omitted) = ([BurnWindow](), [String]())
        for window in BurnWindow.table {
            let factor = BurnWindow.text(window.factor(period: period))
            if window.long >= period || window.isIdle(period: period) {
                omitted.append("\(window.name): burn \(factor) within \(BurnWindow.text(period)) is no hurry")
            } else if !window.canFire(target: target, period: period) {
                omitted.append(
                    "\(window.name): burn \(factor) can't be reached, at most "
                        + "\(NumberFormat.plain((1e6 / Double(1_000_000 - target) * 10).rounded() / 10)) can")
            } else {
                used.append(window)
            }
        }
        self.windows = used
        self.omitted = omitted
    }

    /// What may be bad, in millionths.
    package var allowance: Int64 { 1_000_000 - target }

    /// What it is counted by where tallies don't tell.
    var criterion: Criterion? {
        if case .criterion(let criterion) = kind { criterion } else { nil }
    }

    /// Which parts of a tally it is counted from.
    var parts: Tally.Parts {
        switch kind {
        case .latency: .latency
        case .quality, .evalScore: .scores
        default: []
        }
    }
}

/// Why something is no objective.
package enum ObjectiveError: Error, Hashable, CustomStringConvertible {
    /// Millionths.
    case target(Int64)
    case period(Int64)
    case neverFires(BurnWindow, factor: Ratio, target: Int64)

    package var description: String {
        switch self {
        case .target(let target):
            let meant = target > 1_000_000 && target < 100_000_000 ? "; 0.\(target / 1_000_000) is meant?" : ""
            return "an objective lies between 0 and 1, both excluded: 1 leaves no budget\(meant)"
        case .period: return "a period lies between 1h and 35d: no more is held"
        case .neverFires(let window, let factor, let target):
            let most = NumberFormat.plain((1e6 / Double(1_000_000 - target) * 10).rounded() / 10)
            return "burn \(BurnWindow.text(factor)) over \(BurnWindow.text(window.long)) can never fire: when "
                + "everything fails the burn is \(most); take a lower factor or a higher objective"
        }
    }
}
