extension TomlSection {
    /// - Throws: when the key is there and isn't a finite number.
    package func number(_ key: String) throws(ConfigurationError) -> Double? {
        switch table[key] {
        case nil: return nil
        case .integer(let integer): return Double(integer)
        case .number(let number) where number.isFinite: return number
        case let value?: throw mismatch(key, "a number", value)
        }
    }

    /// A time in µs, written as `"90s"`, `"5m"`, `"1h30m"`.
    ///
    /// - Throws: when the key is there and says no time above 0, or none in `range`, in µs.
    package func duration(
        _ key: String, in range: ClosedRange<Int64>? = nil
    ) throws(ConfigurationError) -> Int64? {
        guard let text = try string(key) else { return nil }
        let time = Self.duration(text)
        if let range {
            guard let time, range.contains(time) else {
                throw error(
                    key,
                    "expected a time from \(Self.text(range.lowerBound)) to \(Self.text(range.upperBound)) such as \"5m\""
                )
            }
            return time
        }
        guard let time, time > 0 else { throw error(key, "expected a time such as 5m, 6h or 30d") }
        return time
    }

    /// The table at the key, or each of an array of them; none where it isn't there.
    ///
    /// - Parameter expected: what is said to be missing where there is something else.
    package func sections(_ key: String, expected: String) throws(ConfigurationError) -> [TomlSection] {
        guard let value = table[key] else { return [] }
        switch value {
        case .table(let table): return [TomlSection(document: document, path: path + [key], table: table)]
        case .array(let elements):
            var sections: [TomlSection] = []
            for (index, element) in elements.enumerated() {
                let place = path + [key, String(index)]
                guard case .table(let table) = element else {
                    throw document.error(at: place, "expected \(expected), found \(element.kind)")
                }
                sections.append(TomlSection(document: document, path: place, table: table))
            }
            return sections
        default: throw mismatch(key, expected, value)
        }
    }

    private static let units: [(name: String, length: Int64)] = [
        ("ms", 1000), ("s", 1_000_000), ("m", 60_000_000), ("h", 3_600_000_000), ("d", 86_400_000_000),
        ("w", 604_800_000_000),
    ]

    private static func duration(_ text: String) -> Int64? {
        var rest = Substring(text)
        var total: Int64 = 0
        guard !rest.isEmpty else { return nil }
        while !rest.isEmpty {
            let digits = rest.prefix { $0.isASCII && $0.isNumber }
            rest = rest.dropFirst(digits.count)
            let name = rest.prefix { $0.isASCII && $0.isLetter }
            rest = rest.dropFirst(name.count)
            guard let count = Int64(digits), let unit = units.first(where: { $0.name == name }) else { return nil }
            let (length, isTooLong) = count.multipliedReportingOverflow(by: unit.length)
            let (sum, isTooMuch) = total.addingReportingOverflow(length)
            guard !isTooLong, !isTooMuch else { return nil }
            total = sum
        }
        return total
    }

    private static func text(_ time: Int64) -> String {
        let unit = units.last { time >= $0.length && time % $0.length == 0 } ?? units[0]
        return "\(time / unit.length)\(unit.name)"
    }
}
