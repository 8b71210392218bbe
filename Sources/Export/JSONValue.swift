/// JSON with its keys in the order they were given: a document that people read top to bottom.
package enum JSONValue: Sendable {
    case object([(String, JSONValue)])
    case array([JSONValue])
    case string(String)
    case integer(Int64)
    case number(Double)
    /// So many units of 10^−decimals, to the last digit.
    case fixed(Int64, decimals: Int)
    case bool(Bool)

    /// An object of the members that are there: absent means not known.
    package static func members(_ members: (String, JSONValue?)...) -> JSONValue {
        .object(members.compactMap { key, value in value.map { (key, $0) } })
    }

    /// The text, indented by two spaces a level; numbers that JSON lacks (NaN, infinities) are `null`.
    package var text: String {
        var out = ""
        write(to: &out, indent: 0)
        return out
    }

    /// The same on one line.
    package var line: String {
        var out = ""
        write(to: &out, indent: nil)
        return out
    }

    /// - Parameter indent: the level; nil for everything on one line.
    private func write(to out: inout String, indent: Int?) {
        let inner = indent.map { $0 + 1 }
        switch self {
        case .object(let members):
            Self.list(members, "{", "}", to: &out, indent: indent) { member, out in
                Self.quote(member.0, to: &out)
                out += indent == nil ? ":" : ": "
                member.1.write(to: &out, indent: inner)
            }
        case .array(let items):
            Self.list(items, "[", "]", to: &out, indent: indent) { $0.write(to: &$1, indent: inner) }
        case .string(let text): Self.quote(text, to: &out)
        case .integer(let value): out += String(value)
        case .number(let value): out += Self.text(of: value)
        case .fixed(let units, let decimals): out += Self.text(of: units, decimals: decimals)
        case .bool(let value): out += value ? "true" : "false"
        }
    }

    private static func list<Item>(
        _ items: [Item], _ open: String, _ close: String, to out: inout String, indent: Int?,
        _ write: (Item, inout String) -> Void
    ) {
        out += open
        for (i, item) in items.enumerated() {
            if i > 0 { out += "," }
            if let indent { out += "\n" + String(repeating: "  ", count: indent + 1) }
            write(item, &out)
        }
        if let indent, !items.isEmpty { out += "\n" + String(repeating: "  ", count: indent) }
        out += close
    }

    private static func text(of value: Double) -> String {
        guard value.isFinite else { return "null" }
        if value == value.rounded(), abs(value) < 1e15 { return String(Int64(value)) }
        return value.description
    }

    private static func text(of units: Int64, decimals: Int) -> String {
        var digits = String(units.magnitude)
        if digits.count <= decimals { digits = String(repeating: "0", count: decimals + 1 - digits.count) + digits }
        var fraction = digits.suffix(decimals)
        while fraction.last == "0" { fraction.removeLast() }
        let whole = (units < 0 ? "-" : "") + digits.dropLast(decimals)
        return fraction.isEmpty ? whole : "\(whole).\(fraction)"
    }

    private static func quote(_ text: String, to out: inout String) {
        out += "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": out += "\\\""
            case "\\": out += "\\\\"
            case "\n": out += "\\n"
            case "\t": out += "\\t"
            // C0 must be escaped; DEL and C1 may be, and must never reach a terminal raw.
            case let scalar where scalar.value < 0x20 || (0x7f...0x9f).contains(scalar.value):
                let hex = String(scalar.value, radix: 16)
                out += "\\u" + String(repeating: "0", count: 4 - hex.count) + hex
            default: out.unicodeScalars.append(scalar)
            }
        }
        out += "\""
    }
}
