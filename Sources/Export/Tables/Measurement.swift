/// One number of a snapshot with everything that tells it from the others: a row of a table, or a sample.
struct Measurement {
    enum Unit: String {
        case requests, seconds, fraction, tokens, dollars, calls, records, ratings
        case perSecond = "1/s"
        case tokensPerMinute = "tokens/min"
        case dollarsPerHour = "dollars/h"
        /// A number without a unit.
        case none = ""
        /// 1 or 0.
        case truth = "0/1"
    }

    /// What a number is of, and how the two machine formats name it.
    struct Metric {
        /// In a table: `latency`.
        var name: String
        /// For Prometheus, which wants the unit in it: `latency_seconds`.
        var exposition: String
        var unit: Unit
        var help: String

        init(_ name: String, _ unit: Unit, _ help: String, exposition: String? = nil) {
            self.name = name
            self.unit = unit
            self.help = help
            let suffix =
                switch unit {
                case .seconds: "_seconds"
                case .dollars: "_dollars"
                case .fraction: name.hasSuffix("_rate") || name.hasSuffix("_share") ? "" : "_ratio"
                default: ""
                }
            self.exposition = exposition ?? name + suffix
        }
    }

    var metric: Metric
    /// What the number is one of: a model, a tool. Its name comes from the input.
    var dimension: String?
    var name: String?
    /// Which number of several: `p95`, `threshold`.
    var statistic: String?
    /// Nil: not known.
    var value: Double?
    /// How many requests (ratings, calls) it is of; nil where the number is such a count itself.
    var count: Double?
}
