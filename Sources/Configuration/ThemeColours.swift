import Canvas
import Query

/// How a theme file writes a colour.
enum ThemeColours {
    static let expected = "\"#rrggbb\", one of the 16 names such as \"bright green\", or \"\" for the terminal's own"

    /// `fg` and `bg`: a truecolor value, a basic colour's name (for every depth), or empty.
    static func choice(_ section: TomlSection, _ key: String) throws(ConfigurationError) -> ColourChoice? {
        guard let value = section.table[key] else { return nil }
        guard case .string(let text) = value else { throw section.mismatch(key, expected, value) }
        if text.isEmpty { return ColourChoice(truecolor: .terminal) }
        if let colour = hexadecimal(text) { return ColourChoice(truecolor: colour) }
        if let index = names.firstIndex(of: text) { return ColourChoice(sixteen: .ansi(UInt8(index))) }
        if !text.hasPrefix("#"), let nearest = Suggestion.nearest(to: text, among: names) {
            throw section.error(key, "unknown colour '\(text)'; did you mean '\(nearest)'?")
        }
        throw section.error(key, "expected \(expected), found \"\(DisplayWidth.truncate(text, to: 40))\"")
    }

    /// `256`: a number 0…255, or empty.
    static func indexed(_ section: TomlSection, _ key: String) throws(ConfigurationError) -> Colour {
        switch section.table[key] {
        case .string(""): return .terminal
        case .integer(let number):
            if let index = UInt8(exactly: number) { return .indexed(index) }
            throw section.error(key, "expected a colour from 0 to 255, found \(number)")
        case let other:
            throw section.error(
                key, "expected a colour from 0 to 255, or \"\", found \(other.map(\.kind) ?? "nothing")")
        }
    }

    /// `16`: a name, a number 0…15, or empty.
    static func basic(_ section: TomlSection, _ key: String) throws(ConfigurationError) -> Colour {
        switch section.table[key] {
        case .string(""): return .terminal
        case .integer(let number):
            if (0...15).contains(number) { return .ansi(UInt8(number)) }
            throw section.error(key, "expected a colour from 0 to 15, found \(number)")
        case .string(let name):
            if let index = names.firstIndex(of: name) { return .ansi(UInt8(index)) }
            throw section.error(key, Suggestion.unknown("colour", name, among: names))
        case let other:
            throw section.error(
                key, "expected a colour's name, 0 to 15, or \"\", found \(other.map(\.kind) ?? "nothing")")
        }
    }

    /// In the order of the terminal's numbers.
    static let names: [String] = {
        let plain = ["black", "red", "green", "yellow", "blue", "magenta", "cyan", "white"]
        return plain + plain.map { "bright " + $0 }
    }()

    private static func hexadecimal(_ text: String) -> Colour? {
        guard text.utf8.count == 7, text.hasPrefix("#") else { return nil }
        var value: UInt32 = 0
        for character in text.dropFirst() {
            guard let digit = character.hexDigitValue, character.isASCII else { return nil }
            value = value << 4 | UInt32(digit)
        }
        return .rgb(red: UInt8(value >> 16), green: UInt8(value >> 8 & 255), blue: UInt8(value & 255))
    }
}
