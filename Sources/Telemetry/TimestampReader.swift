/// Times of records, as µs since 1970 UTC. Digits beyond µs are cut off in texts and in ns, and rounded in s and ms.
struct TimestampReader {
    /// "YYYY-MM-DDThh:mm" of the last time read, and what it is in µs: neighbouring records share it.
    private var minuteText: (UInt64, UInt64) = (0x2D31_302D_3037_3931, 0x3030_3A30_3054_3130)  // "1970-01-01T00:00"
    private var minute: Int64 = 0

    /// 9999-12-31T23:59:59.999999Z.
    static var maximum: Int64 { 253_402_300_799_999_999 }

    /// RFC 3339 with `T`, `t` or a space, seconds, fraction and zone optional (UTC where absent); or a number in
    /// quotes.
    /// nil if it is neither. The result may lie outside 1970…9999.
    @inline(__always)
    mutating func read(_ bytes: RawSpan, _ range: Range<Int>) -> Int64? {
        guard range.count >= 16, bytes.byte(at: range.lowerBound &+ 4) == ASCII.minus else {
            return Self.numeric(bytes, range)
        }
        let text = (bytes.word(at: range.lowerBound), bytes.word(at: range.lowerBound &+ 8))
        if text != minuteText {
            guard let minute = Self.minute(bytes, at: range.lowerBound) else { return nil }
            self.minute = minute
            minuteText = text
        }
        var offset = range.lowerBound &+ 16
        var time = minute
        if offset < range.upperBound, bytes.byte(at: offset) == ASCII.colon {
            guard range.upperBound &- offset >= 3, let seconds = Self.pair(bytes, at: offset &+ 1), seconds <= 60 else {
                return nil
            }
            time &+= Int64(seconds) &* 1_000_000
            offset &+= 3
            if offset < range.upperBound, bytes.byte(at: offset) == ASCII.point || bytes.byte(at: offset) == ASCII.comma
            {
                offset &+= 1
                let first = offset
                var scale: Int64 = 100_000
                while offset < range.upperBound, ASCII.digit(bytes.byte(at: offset)) < 10 {
                    time &+= Int64(ASCII.digit(bytes.byte(at: offset))) &* scale
                    scale /= 10
                    offset &+= 1
                }
                if offset == first { return nil }
            }
        }
        if offset == range.upperBound { return time }
        if offset &+ 1 == range.upperBound, bytes.byte(at: offset) | 0x20 == UInt8(ascii: "z") { return time }
        guard let zone = Self.zone(bytes, offset..<range.upperBound) else { return nil }
        return time &- zone
    }

    /// The usual form, `"…T00:00:00.000Z"`, in a minute seen before, and where it ends; nil for any other.
    @inline(__always)
    func read(_ bytes: RawSpan, at start: Int) -> (time: Int64, stop: Int)? {
        guard bytes.steadyByte(at: start) == ASCII.quote, bytes.steadyByte(at: start &+ 25) == ASCII.quote,
            bytes.steadyWord(at: start &+ 1) == minuteText.0, bytes.steadyWord(at: start &+ 9) == minuteText.1
        else { return nil }
        // ":SS.mmmZ": digits become 0…9 and the rest 0; whatever is more gets its high bit set.
        let parts = bytes.steadyWord(at: start &+ 17) ^ 0x5A30_3030_2E30_303A
        let excess = (parts & 0x7F7F_7F7F_7F7F_7F7F) &+ 0x7F76_7676_7F76_767F
        guard (excess | parts) & 0x8080_8080_8080_8080 == 0 else { return nil }
        let seconds = (parts &>> 8 & 0xF) &* 10 &+ (parts &>> 16 & 0xF)
        let thousandths = (parts &>> 32 & 0xF) &* 100 &+ (parts &>> 40 & 0xF) &* 10 &+ (parts &>> 48 & 0xF)
        let time = minute &+ Int64(truncatingIfNeeded: (seconds &* 1_000 &+ thousandths) &* 1_000)
        guard seconds <= 60, time >= 0, time <= Self.maximum else { return nil }
        return (time, start &+ 26)
    }

    /// A number since 1970: below 1e11 s, below 1e14 ms, below 1e17 µs, else ns. nil if out of range.
    static func time(of number: DecimalNumber) -> Int64? {
        guard let whole = number.scaled(by: 0) else {
            return number.scaled(by: -3).flatMap { $0 > maximum ? nil : $0 }
        }
        if whole < 100_000_000_000 { return number.scaled(by: 6) }
        if whole < 100_000_000_000_000 { return number.scaled(by: 3) }
        return whole < 100_000_000_000_000_000 ? whole : whole / 1_000
    }

    private static func numeric(_ bytes: RawSpan, _ range: Range<Int>) -> Int64? {
        guard !range.isEmpty, ASCII.digit(bytes.byte(at: range.lowerBound)) < 10 else { return nil }
        // The closing quote ends the number and lies within the line.
        var scanner = Scanner(range.lowerBound..<range.upperBound + 1)
        guard let number = try? scanner.number(bytes, nil), scanner.position == range.upperBound else { return nil }
        return time(of: number)
    }

    private static func minute(_ bytes: RawSpan, at start: Int) -> Int64? {
        let separator = bytes.byte(at: start + 10)
        guard bytes.byte(at: start + 4) == ASCII.minus, bytes.byte(at: start + 7) == ASCII.minus,
            separator | 0x20 == UInt8(ascii: "t") || separator == ASCII.space,
            bytes.byte(at: start + 13) == ASCII.colon,
            let century = pair(bytes, at: start), let ofCentury = pair(bytes, at: start + 2),
            let month = pair(bytes, at: start + 5), let day = pair(bytes, at: start + 8),
            let hour = pair(bytes, at: start + 11), let minute = pair(bytes, at: start + 14), hour < 24, minute < 60
        else { return nil }
        guard let days = days(year: century * 100 + ofCentury, month: month, day: day) else { return nil }
        return (Int64(days) * 1_440 + Int64(hour * 60 + minute)) * 60_000_000
    }

    /// `±hh:mm`, `±hhmm` or `±hh`, after a space at most; in µs.
    private static func zone(_ bytes: RawSpan, _ range: Range<Int>) -> Int64? {
        var offset = range.lowerBound
        if bytes.byte(at: offset) == ASCII.space { offset += 1 }
        guard offset + 3 <= range.upperBound, let hours = pair(bytes, at: offset + 1), hours < 24 else { return nil }
        let sign = bytes.byte(at: offset)
        guard sign == ASCII.plus || sign == ASCII.minus else { return nil }
        offset += 3
        var minutes = hours * 60
        if offset < range.upperBound {
            if bytes.byte(at: offset) == ASCII.colon { offset += 1 }
            guard offset + 2 == range.upperBound, let more = pair(bytes, at: offset), more < 60 else { return nil }
            minutes += more
        }
        return Int64(sign == ASCII.minus ? -minutes : minutes) * 60_000_000
    }

    @inline(__always)
    private static func pair(_ bytes: RawSpan, at offset: Int) -> Int? {
        let tens = ASCII.digit(bytes.byte(at: offset))
        let ones = ASCII.digit(bytes.byte(at: offset &+ 1))
        return tens < 10 && ones < 10 ? Int(tens) &* 10 &+ Int(ones) : nil
    }

    /// Days since 1970-01-01 of a Gregorian date. Method: Howard Hinnant, "chrono-compatible low-level date
    /// algorithms".
    private static func days(year: Int, month: Int, day: Int) -> Int? {
        guard (1...12).contains(month), day >= 1 else { return nil }
        let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
        let length = month == 2 ? (isLeap ? 29 : 28) : [4, 6, 9, 11].contains(month) ? 30 : 31
        guard day <= length else { return nil }
        let shifted = month <= 2 ? year - 1 : year
        let era = (shifted >= 0 ? shifted : shifted - 399) / 400
        let yearOfEra = shifted - era * 400
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }
}
