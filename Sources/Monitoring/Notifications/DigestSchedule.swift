import Metrics
import Query

/// When what a digest has gathered is told: a time of day in UTC, on one day of the week or on all.
package struct DigestSchedule: Sendable, Codable, Hashable {
    package enum Weekday: Int, Sendable, Codable, CaseIterable {
        case monday, tuesday, wednesday, thursday, friday, saturday, sunday

        /// `Mon`.
        fileprivate var short: String { Self.names[rawValue] }

        private static let names = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]

        /// The day that a time is on, µs since 1970.
        fileprivate init(of time: Int64) {
            let days = (time.alignedDown(to: Span.day) - DigestSchedule.someMonday) / Span.day
            self = Self.allCases[Int((days % 7 + 7) % 7)]
        }
    }

    /// nil: every day.
    package let weekday: Weekday?
    /// After midnight, 0…1439.
    package let minute: Int

    /// Monday 09:00: what wants no haste is read when the week begins.
    package static let usual = DigestSchedule(.monday, minute: 9 * 60)

    package init(_ weekday: Weekday?, minute: Int) {
        self.weekday = weekday
        self.minute = min(1439, max(0, minute))
    }

    /// `monday 09:00`, `Mon 9:00`, `daily 09:00`; nil for anything else.
    package init?(_ text: String) {
        let words = text.lowercased().split(separator: " ")
        guard words.count == 2, let minute = Self.minute(words[1]) else { return nil }
        if words[0] == "daily" {
            self.init(nil, minute: minute)
        } else {
            guard words[0].count >= 3,
                let day = Weekday.allCases.first(where: { String(describing: $0).hasPrefix(words[0]) })
            else { return nil }
            self.init(day, minute: minute)
        }
    }

    private static func minute(_ text: Substring) -> Int? {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2, (1...2).contains(parts[0].count), parts[1].count == 2,
            parts.allSatisfy({ $0.allSatisfy { $0.isASCII && $0.isNumber } }),
            let hour = Int(parts[0]), let minute = Int(parts[1]), hour < 24, minute < 60
        else { return nil }
        return hour * 60 + minute
    }

    /// `weekly` or `daily`.
    package var rhythm: String { weekday == nil ? "daily" : "weekly" }

    /// The first time after another, both in µs since 1970.
    package func next(after time: Int64) -> Int64 {
        let length = weekday == nil ? Span.day : 7 * Span.day
        let first = Self.someMonday + Int64(weekday?.rawValue ?? 0) * Span.day + Int64(minute) * Span.minute
        return first + (time - first).alignedDown(to: length) + length
    }

    /// 1970-01-05, µs since 1970.
    private static let someMonday = 4 * Span.day

    /// `Mon 09:00 UTC`, of a time in µs since 1970.
    static func text(_ time: Int64) -> String {
        "\(Weekday(of: time).short) \(ClockTime(time).text(seconds: false)) UTC"
    }
}
