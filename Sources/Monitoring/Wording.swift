import Query

/// How the sentences of this module write times and quantities.
enum Wording {
    /// `14:28:01Z`.
    static func clock(_ time: Int64) -> String {
        ClockTime(time).text(seconds: true) + "Z"
    }

    static func wholePercent(_ share: Double) -> String { NumberFormat.percent(share, decimals: 0) }
    static func count(_ value: Double) -> String { NumberFormat.count(value) }
    static func dollars(_ value: Double) -> String { NumberFormat.dollars(value) }
}
