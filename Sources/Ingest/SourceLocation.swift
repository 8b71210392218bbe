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
    /// The program itself, under the name to show.
    case program(name: String, any ChunkProducer)

    /// The sources that the FILE arguments name: `-` is standard input (once), and so is no argument at all unless a
    /// terminal is there. Empty if nothing is named.
    package static func named(by arguments: [String], standardInputIsTerminal: Bool) -> [SourceLocation] {
        guard !arguments.isEmpty else { return standardInputIsTerminal ? [] : [.standardInput] }
        var hasStandardInput = false
        var locations: [SourceLocation] = []
        for argument in arguments {
            guard argument == "-" else {
                locations.append(.file(argument))
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
        case .file(let path): SourceLocation.plain(path)
        case .program(let name, _): SourceLocation.plain(name)
        }
    }

    /// Control, format (bidirectional overrides among them), line separators and unassigned code points become `·`.
    private static func plain(_ text: String) -> String {
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
