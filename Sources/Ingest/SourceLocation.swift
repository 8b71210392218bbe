/// Bytes that the program makes itself, as a demo does.
package protocol ChunkProducer: Sendable {
    /// The next bytes, cut anywhere; empty if none are due yet (asked again soon); nil at the end.
    mutating func next() -> [UInt8]?
}

/// Where records come from.
package enum SourceLocation: Sendable {
    /// Descriptor 0: pipe, redirected file or terminal.
    case standardInput
    /// A path: a file, or a pipe with a name.
    case file(String)
    /// All files whose paths match a pattern of `*`, `?` and `[…]`, those to come too.
    case matches(String)
    /// The program itself, under the name to show.
    case program(name: String, any ChunkProducer)

    /// The sources that the FILE arguments name: `-` is standard input (once), and so is no argument at all unless a
    /// terminal is there. A pattern that the shell left alone is one here, unless a file has that very name.
    /// Empty if nothing is named.
    package static func named(by arguments: [String], standardInputIsTerminal: Bool) -> [SourceLocation] {
        guard !arguments.isEmpty else { return standardInputIsTerminal ? [] : [.standardInput] }
        var hasStandardInput = false
        var locations: [SourceLocation] = []
        for argument in arguments {
            guard argument == "-" else {
                let isPattern = PathPattern.isPattern(argument) && (try? FileInformation(path: argument)) == nil
                locations.append(isPattern ? .matches(argument) : .file(argument))
                continue
            }
            if !hasStandardInput {
                locations.append(.standardInput)
            }
            hasStandardInput = true
        }
        return locations
    }

    /// The name on the screen: `stdin`, or the path as given with everything that isn't plain text shown as `·`.
    package var displayName: String {
        switch self {
        case .standardInput: "stdin"
        case .file(let path), .matches(let path): SourceLocation.plain(path)
        case .program(let name, _): SourceLocation.plain(name)
        }
    }

    /// Control, format (bidirectional overrides among them), line separators and unassigned code points become `·`.
    static func plain(_ text: String) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar.properties.generalCategory {
            case .control, .format, .lineSeparator, .paragraphSeparator, .unassigned, .privateUse, .surrogate:
                result.append("·")
            default:
                result.unicodeScalars.append(scalar)
            }
        }
        return result
    }
}
