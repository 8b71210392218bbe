/// The header by which a receiver asks to be left alone.
enum RetryAfter {
    /// µs from now: of a number of seconds or a date of HTTP's; nil for anything else.
    static func delay(_ text: String, now: Int64) -> Int64? {
        if let seconds = Int64(text) { return seconds >= 0 ? min(seconds, 86_400) * 1_000_000 : nil }
        // Wed, 21 Oct 2015 07:28:00 GMT
        let parts = text.split(whereSeparator: { " ,:".contains($0) }).map(String.init)
        guard parts.count == 8, parts[7] == "GMT", let month = months.firstIndex(of: parts[2]) else { return nil }
        let numbers = [parts[1], parts[3], parts[4], parts[5], parts[6]].compactMap { Int64($0) }
        guard numbers.count == 5, (1970...9999).contains(numbers[1]) else { return nil }
        let clock = (numbers[2] * 60 + numbers[3]) * 60 + numbers[4]
        let seconds = days(year: numbers[1], month: Int64(month) + 1, day: numbers[0]) * 86_400 + clock
        return min(max(0, seconds * 1_000_000 - now), 86_400_000_000)
    }

    /// Days since 1970 of a civil date, after Howard Hinnant's `days_from_civil`.
    private static func days(year: Int64, month: Int64, day: Int64) -> Int64 {
        let year = month <= 2 ? year - 1 : year
        let yearOfEra = year % 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        return year / 400 * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }

    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]
}

extension String {
    /// Without blanks around it.
    var trimmed: String {
        var text = Substring(self)
        while text.first?.isWhitespace == true { text.removeFirst() }
        while text.last?.isWhitespace == true { text.removeLast() }
        return String(text)
    }
}
