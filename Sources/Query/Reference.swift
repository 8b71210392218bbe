/// What an expression asks its surroundings for: an entry of the catalogue, and the arguments where it is a function.
package struct Reference: Sendable, Hashable {
    /// Index into `Catalogue.entries`.
    package let entry: Int
    /// The entry's own name, whichever alias was written.
    package let name: String
    package let type: ValueType
    package let arguments: [Argument]

    /// As it is written: `errors("rate_limit")`, `change(error_rate, 7d)`.
    package var text: String {
        arguments.isEmpty ? name : "\(name)(\(arguments.map(\.text).joined(separator: ", ")))"
    }
}

/// One argument of a function, checked against its parameter.
package enum Argument: Sendable, Hashable {
    case text(String)
    /// Seconds, over 0.
    case duration(Ratio)
    case count(Int64)
    case metric(Reference)

    fileprivate var text: String {
        switch self {
        case .text(let text): "\"\(text)\""
        case .duration(let seconds): NumberFormat.span(seconds)
        case .count(let count): String(count)
        case .metric(let metric): metric.text
        }
    }
}

extension NumberFormat {
    /// A time as it is written in an expression: `7d`, `90s`, `1.5s`.
    package static func span(_ seconds: Ratio) -> String {
        for (unit, length) in [("d", 86_400), ("h", 3600), ("m", 60)] as [(String, Int64)] {
            guard let count = Ratio.quotient(seconds, Ratio(length)), count >= Ratio(1), count.denominator == 1 else {
                continue
            }
            return "\(count.numerator)\(unit)"
        }
        return plain(seconds.nearestDouble) + "s"
    }
}
