/// Times as the owners of databases write them, in µs since 1970 UTC.
enum StoreTime {
    /// `YYYY-MM-DD`, a `T` or a space, `hh:mm`, and optionally seconds, a fraction (cut off after µs) and a zone; UTC
    /// without one. Fraction and zone may differ from row to row of one column. nil if it is something else.
    static func microseconds(_ text: ArraySlice<UInt8>) -> Int64? {
        var reader = Reader(text: text, position: text.startIndex)
        guard let year = reader.digits(4), reader.pass("-"), let month = reader.digits(2), reader.pass("-"),
            let day = reader.digits(2), let days = days(year: year, month: month, day: day)
        else { return nil }
        guard reader.pass("T") || reader.pass(" ") || reader.pass("t"), let hour = reader.digits(2), hour < 24,
            reader.pass(":"), let minute = reader.digits(2), minute < 60
        else { return nil }
        var time = Int64(days * 1_440 + hour * 60 + minute) * 60_000_000
        if reader.pass(":") {
            guard let second = reader.digits(2), second <= 60 else { return nil }
            time += Int64(second) * 1_000_000
            if reader.pass(".") || reader.pass(",") { time += reader.fraction() }
        }
        if reader.isAtEnd || reader.pass("Z") || reader.pass("z") { return reader.isAtEnd ? time : nil }
        return reader.zone().map { time - $0 }
    }

    /// A number since 1970, by its size: below 1e11 s, below 1e14 ms, below 1e17 µs, else ns.
    static func microseconds(_ number: Int64) -> Int64 {
        if number < 100_000_000_000 { return max(number, 0) * 1_000_000 }
        if number < 100_000_000_000_000 { return number * 1_000 }
        return number < 100_000_000_000_000_000 ? number : number / 1_000
    }

    private struct Reader {
        let text: ArraySlice<UInt8>
        var position: Int

        var isAtEnd: Bool { position >= text.endIndex }

        mutating func pass(_ character: Unicode.Scalar) -> Bool {
            guard position < text.endIndex, text[position] == UInt8(truncatingIfNeeded: character.value) else {
                return false
            }
            position += 1
            return true
        }

        mutating func digits(_ count: Int) -> Int? {
            guard position + count <= text.endIndex else { return nil }
            var value = 0
            for offset in position..<position + count {
                let digit = text[offset] &- 0x30
                guard digit < 10 else { return nil }
                value = value * 10 + Int(digit)
            }
            position += count
            return value
        }

        mutating func fraction() -> Int64 {
            var scale: Int64 = 100_000
            var value: Int64 = 0
            while position < text.endIndex, text[position] &- 0x30 < 10 {
                value += Int64(text[position] &- 0x30) * scale
                scale /= 10
                position += 1
            }
            return value
        }

        /// `±hh:mm`, `±hhmm` or `±hh`, in µs.
        mutating func zone() -> Int64? {
            let isWest = pass("-")
            guard isWest || pass("+"), let hours = digits(2), hours < 24 else { return nil }
            _ = pass(":")
            let minutes = isAtEnd ? 0 : digits(2)
            guard let minutes, minutes < 60, isAtEnd else { return nil }
            return Int64(hours * 60 + minutes) * (isWest ? -60_000_000 : 60_000_000)
        }
    }

    /// Days since 1970-01-01. Method: Howard Hinnant, "chrono-compatible low-level date algorithms".
    private static func days(year: Int, month: Int, day: Int) -> Int? {
        guard (1...12).contains(month), (1...31).contains(day) else { return nil }
        let shifted = month <= 2 ? year - 1 : year
        let era = (shifted >= 0 ? shifted : shifted - 399) / 400
        let yearOfEra = shifted - era * 400
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }
}
