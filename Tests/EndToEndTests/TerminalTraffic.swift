/// Judges the bytes that a terminal was sent.
enum TerminalTraffic {
    /// In every hostile sequence of the tests, and in none of ours.
    static let mark = "31337"

    /// What is there that the program does not send by itself; empty when all is well.
    ///
    /// - Parameter allowsSequences: false for plain text: then any escape is harm.
    static func harm(in bytes: [UInt8], allowsSequences: Bool = true) -> [String] {
        guard let text = String(validating: bytes, as: UTF8.self) else { return ["not UTF-8"] }
        var harm: [String] = []
        var rest = text.unicodeScalars[...]
        while let scalar = rest.popFirst() {
            guard scalar == "\u{1B}", allowsSequences else {
                if isHarmful(scalar, allowsMovement: allowsSequences) {
                    harm.append("U+\(String(scalar.value, radix: 16))")
                }
                continue
            }
            switch rest.popFirst() {
            case "[":
                let parameters = String(String.UnicodeScalarView(rest.prefix { $0.value < 0x40 }))
                rest = rest.dropFirst(parameters.unicodeScalars.count)
                let final = rest.popFirst() ?? "?"
                if !"ABCDGHJKLMPSTX@abdhlmrt`".unicodeScalars.contains(final) || parameters.contains(mark) {
                    harm.append("CSI \(parameters)\(final)")
                }
            case "]":
                let title = String(String.UnicodeScalarView(rest.prefix { $0 != "\u{1B}" }))
                rest = rest.dropFirst(title.unicodeScalars.count + 2)
                if !["2;✓ agentdash", "2;▲ P2 agentdash", "2;✗ P1 agentdash", "2;? agentdash", "2;"].contains(title) {
                    harm.append("OSC \(title)")
                }
            case "(": _ = rest.popFirst()
            case "=", ">", "M", "7", "8": break
            case let other: harm.append("ESC \(other.map { String($0) } ?? "")")
            }
        }
        return harm
    }

    private static func isHarmful(_ scalar: Unicode.Scalar, allowsMovement: Bool) -> Bool {
        switch scalar.properties.generalCategory {
        case .control: !(scalar == "\n" || allowsMovement && ["\r", "\u{8}", "\u{E}", "\u{F}"].contains(scalar))
        case .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse: true
        default: false
        }
    }
}
