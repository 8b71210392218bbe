/// A point in time as calendars and clocks write it, in UTC or at a fixed offset.
package struct ClockTime: Sendable, Hashable {
    package let year: Int
    /// 1…12.
    package let month: Int
    /// 1…31.
    package let day: Int
    package let hour: Int
    package let minute: Int
    package let second: Int
    package let microsecond: Int

    /// - Parameters:
    ///   - time: µs since 1970 UTC.
    ///   - offset: seconds east of UTC.
    package init(_ time: Int64, offset: Int = 0) {
        let shifted = time.addingReportingOverflow(Int64(offset) * 1_000_000).partialValue
        let dayLength: Int64 = 86_400_000_000
        var days = shifted / dayLength
        var rest = shifted % dayLength
        if rest < 0 {
            rest += dayLength
            days -= 1
        }
        hour = Int(rest / 3_600_000_000)
        minute = Int(rest / 60_000_000 % 60)
        second = Int(rest / 1_000_000 % 60)
        microsecond = Int(rest % 1_000_000)
        // Civil date of a day count, after Howard Hinnant's `civil_from_days`.
        let z = days + 719_468
        let era = (z >= 0 ? z : z - 146_096) / 146_097
        let dayOfEra = z - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        day = Int(dayOfYear - (153 * shiftedMonth + 2) / 5 + 1)
        month = Int(shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9)
        year = Int(yearOfEra + era * 400) + (month <= 2 ? 1 : 0)
    }

    /// `14:28` or `14:28:01`.
    package func text(seconds: Bool) -> String {
        let base = "\(Self.two(hour)):\(Self.two(minute))"
        return seconds ? "\(base):\(Self.two(second))" : base
    }

    /// `2023-11-16`.
    package var date: String {
        var digits = String(year)
        while digits.count < 4 { digits = "0" + digits }
        return "\(digits)-\(Self.two(month))-\(Self.two(day))"
    }

    /// RFC 3339 in UTC, to the millisecond: `2023-11-16T18:15:46.680Z`. Only meaningful at offset 0.
    package var rfc3339: String {
        let thousandths = String(1000 + microsecond / 1000).dropFirst()
        return "\(date)T\(text(seconds: true)).\(thousandths)Z"
    }

    private static func two(_ n: Int) -> String { n < 10 ? "0\(n)" : String(n) }
}
