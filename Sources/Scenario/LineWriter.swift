/// Writes one JSON object on one line. Texts are the stories' own plain ASCII and need no escaping;
/// numbers are scaled integers and never pass through a floating-point format.
struct LineWriter {
    private(set) var bytes: [UInt8] = []
    /// Whether the next member of the innermost object or array needs no comma before it.
    private var isFirst = true

    init(capacity: Int = 512) {
        bytes.reserveCapacity(capacity)
        bytes.append(UInt8(ascii: "{"))
    }

    /// Ends the object and the line.
    mutating func end() {
        bytes.append(UInt8(ascii: "}"))
        bytes.append(UInt8(ascii: "\n"))
    }

    mutating func text(_ key: String, _ value: String) {
        name(key)
        quoted(value)
    }

    mutating func flag(_ key: String, _ value: Bool) {
        name(key)
        raw(value ? "true" : "false")
    }

    /// Says that a value is not known.
    mutating func null(_ key: String) {
        name(key)
        raw("null")
    }

    mutating func texts(_ key: String, _ values: [String]) {
        name(key)
        bytes.append(UInt8(ascii: "["))
        for (index, value) in values.enumerated() {
            if index > 0 { bytes.append(UInt8(ascii: ",")) }
            quoted(value)
        }
        bytes.append(UInt8(ascii: "]"))
    }

    mutating func integer(_ key: String, _ value: Int) {
        name(key)
        digits(value)
    }

    /// `value` divided by ten to the power `places`, with exactly that many decimals.
    mutating func decimal(_ key: String, _ value: Int, places: Int) {
        name(key)
        if value < 0 { bytes.append(UInt8(ascii: "-")) }
        var scale = 1
        for _ in 0..<places { scale *= 10 }
        let magnitude = abs(value)
        digits(magnitude / scale)
        guard places > 0 else { return }
        bytes.append(UInt8(ascii: "."))
        padded(magnitude % scale, width: places)
    }

    /// A prefix and the last `digits` hexadecimal digits of a value.
    mutating func identifier(_ key: String, prefix: String, _ value: UInt32, digits: Int = 8) {
        name(key)
        bytes.append(UInt8(ascii: "\""))
        raw(prefix)
        for place in (0..<digits).reversed() {
            let digit = UInt8(truncatingIfNeeded: (value >> UInt32(4 * place)) & 0xF)
            bytes.append(digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10)
        }
        bytes.append(UInt8(ascii: "\""))
    }

    /// An instant in milliseconds since 1970, as RFC 3339 in UTC with three decimals.
    mutating func time(_ key: String, milliseconds: Int) {
        name(key)
        let day = milliseconds.dividedFloored(by: 86_400_000)
        let date = CivilDate(daysSince1970: day)
        let inDay = milliseconds - day * 86_400_000
        bytes.append(UInt8(ascii: "\""))
        padded(date.year, width: 4)
        bytes.append(UInt8(ascii: "-"))
        padded(date.month, width: 2)
        bytes.append(UInt8(ascii: "-"))
        padded(date.day, width: 2)
        bytes.append(UInt8(ascii: "T"))
        padded(inDay / 3_600_000, width: 2)
        bytes.append(UInt8(ascii: ":"))
        padded(inDay / 60_000 % 60, width: 2)
        bytes.append(UInt8(ascii: ":"))
        padded(inDay / 1_000 % 60, width: 2)
        bytes.append(UInt8(ascii: "."))
        padded(inDay % 1_000, width: 3)
        raw("Z\"")
    }

    /// An array of objects, one for each element.
    mutating func objects<Element>(_ key: String, _ elements: [Element], _ members: (inout LineWriter, Element) -> Void)
    {
        name(key)
        bytes.append(UInt8(ascii: "["))
        for (index, element) in elements.enumerated() {
            if index > 0 { bytes.append(UInt8(ascii: ",")) }
            object { members(&$0, element) }
        }
        bytes.append(UInt8(ascii: "]"))
    }

    /// A nested object.
    mutating func object(_ key: String, _ members: (inout LineWriter) -> Void) {
        name(key)
        object(members)
    }

    private mutating func object(_ members: (inout LineWriter) -> Void) {
        bytes.append(UInt8(ascii: "{"))
        isFirst = true
        members(&self)
        isFirst = false
        bytes.append(UInt8(ascii: "}"))
    }

    private mutating func name(_ key: String) {
        if !isFirst { bytes.append(UInt8(ascii: ",")) }
        isFirst = false
        quoted(key)
        bytes.append(UInt8(ascii: ":"))
    }

    private mutating func quoted(_ text: String) {
        bytes.append(UInt8(ascii: "\""))
        raw(text)
        bytes.append(UInt8(ascii: "\""))
    }

    private mutating func raw(_ text: String) {
        bytes.append(contentsOf: text.utf8)
    }

    private mutating func digits(_ value: Int) {
        if value < 0 { bytes.append(UInt8(ascii: "-")) }
        var scale: UInt = 1
        let magnitude = value.magnitude
        while magnitude / scale >= 10 { scale *= 10 }
        while scale > 0 {
            bytes.append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: magnitude / scale % 10))
            scale /= 10
        }
    }

    private mutating func padded(_ value: Int, width: Int) {
        var scale = 1
        for _ in 1..<max(width, 1) { scale *= 10 }
        while scale > 0 {
            bytes.append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: value / scale % 10))
            scale /= 10
        }
    }
}

/// A day of the proleptic Gregorian calendar (Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms").
struct CivilDate {
    let year: Int
    let month: Int
    let day: Int

    init(daysSince1970: Int) {
        let shifted = daysSince1970 + 719_468
        let era = shifted.dividedFloored(by: 146_097)
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
        month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    }
}

extension Int {
    /// The quotient rounded towards minus infinity, for a positive divisor.
    fileprivate func dividedFloored(by divisor: Int) -> Int {
        self >= 0 ? self / divisor : -((divisor - 1 - self) / divisor)
    }
}
