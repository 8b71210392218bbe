/// The sequence that names the terminal's window.
enum TerminalTitle {
    /// Without controls, at most 120 characters. Empty text clears the title.
    static func sequence(_ text: String, isUTF8: Bool) -> [UInt8] {
        var scalars = String.UnicodeScalarView()
        for scalar in text.unicodeScalars.prefix(120) {
            switch scalar.properties.generalCategory {
            case .control, .format, .surrogate, .unassigned, .privateUse, .lineSeparator, .paragraphSeparator:
                scalars.append(isUTF8 ? "·" : "?")
            default: scalars.append(isUTF8 || scalar.isASCII ? scalar : "?")
            }
        }
        return Array("\u{1B}]2;\(String(scalars))\u{1B}\\".utf8)
    }
}
