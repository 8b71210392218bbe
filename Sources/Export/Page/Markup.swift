import Canvas

/// HTML. What is interpolated is text, and escaped, unless it is HTML already: forgetting is impossible.
struct Markup: ExpressibleByStringInterpolation {
    private(set) var text: String

    init(stringLiteral value: String) { text = value }

    init(stringInterpolation: Interpolation) { text = stringInterpolation.text }

    init(_ parts: [Markup]) { text = parts.map(\.text).joined() }

    static func + (a: Markup, b: Markup) -> Markup { Markup([a, b]) }

    struct Interpolation: StringInterpolationProtocol {
        fileprivate var text = ""

        init(literalCapacity: Int, interpolationCount: Int) { text.reserveCapacity(literalCapacity * 2) }

        mutating func appendLiteral(_ literal: String) { text += literal }

        mutating func appendInterpolation(_ markup: Markup) { text += markup.text }

        mutating func appendInterpolation(_ parts: [Markup]) { for part in parts { text += part.text } }

        mutating func appendInterpolation(_ number: Int) { text += String(number) }

        mutating func appendInterpolation(_ plain: String) {
            for scalar in plain.printable.unicodeScalars {
                switch scalar {
                case "&": text += "&amp;"
                case "<": text += "&lt;"
                case ">": text += "&gt;"
                case "\"": text += "&quot;"
                case "'": text += "&#39;"
                default: text.unicodeScalars.append(scalar)
                }
            }
        }
    }
}

extension Markup {
    /// Nothing.
    static let none: Markup = ""

    /// A link where the address is one of the web's, else the text alone: `javascript:` is an address too.
    static func link(_ text: String, to address: String) -> Markup {
        let lower = address.lowercased()
        guard lower.hasPrefix("https://") || lower.hasPrefix("http://"), address.printable == address else {
            return "<code>\(text)</code>"
        }
        return "<a href=\"\(address)\" rel=\"noopener noreferrer\"><code>\(text)</code></a>"
    }

    /// A table in a box of its own that scrolls where there is no room.
    /// - Parameters:
    ///   - columns: titles; `#` before one makes its column one of numbers, `~` one that narrow pages leave out.
    ///   - stacks: whether narrow pages show each row as a paragraph: where there are many columns, or long text.
    static func table(_ columns: [String], _ rows: [[Markup]], stacks: Bool = false) -> Markup {
        let words = columns.map { $0.hasPrefix("#") || $0.hasPrefix("~") ? String($0.dropFirst()) : $0 }
        let classes = columns.map { title -> Markup in
            switch title.first {
            case "#": " class=\"num\""
            case "~": " class=\"wide\""
            default: ""
            }
        }
        let heads = zip(words, classes).map { word, kind -> Markup in "<th\(kind)>\(word)</th>" }
        // Without its head, a number says itself what it is.
        let labels = words.map { word -> Markup in stacks && !word.isEmpty ? " data-label=\"\(word)\"" : "" }
        let body = rows.map { row -> Markup in
            let cells = zip(row, zip(classes, labels)).map { cell, look -> Markup in
                "<td\(look.0)\(look.1)>\(cell)</td>"
            }
            return "<tr>\(cells)</tr>\n"
        }
        let kind: Markup = stacks ? " class=\"stack\"" : ""
        return
            "<div class=\"scroll\"><table\(kind)><thead><tr>\(heads)</tr></thead><tbody>\n\(body)</tbody></table></div>\n"
    }

    /// One panel.
    static func panel(_ title: String, note: String = "", isWide: Bool = false, _ content: Markup) -> Markup {
        let kind: Markup = isWide ? " wide-panel" : ""
        let small: Markup = note.isEmpty ? "" : "<small>\(note)</small>"
        return "<section class=\"panel\(kind)\"><h2>\(title)\(small)</h2>\n\(content)</section>\n"
    }

    /// Text in the colour of a role, for what the words say already.
    static func coloured(_ text: String, _ role: String) -> Markup { "<span class=\"\(role)\">\(text)</span>" }

    static func dim(_ text: String) -> Markup { coloured(text, "dim") }
}
