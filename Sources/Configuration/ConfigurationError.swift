import Canvas

/// What is wrong with a file of settings, and where.
package struct ConfigurationError: Error, Hashable, CustomStringConvertible {
    /// The file as the user named it.
    package let file: String
    /// Nil when the file as a whole is at fault.
    package let position: TextPosition?
    /// The key, as in `roles.warning.fg`; nil outside any.
    package let field: String?
    /// What is wrong and what was expected.
    package let message: String

    package init(file: String, position: TextPosition? = nil, field: String? = nil, message: String) {
        self.file = file
        self.position = position
        self.field = field
        self.message = message
    }

    /// One line, as compilers print it: `themes/x.toml:12:5: roles.dim: …`. Control characters of the file's are `·`.
    package var description: String { line(naming: file) }

    /// The same for a line of the screen: of the file only its name, so that the mistake is seen.
    package var brief: String { line(naming: file.split(separator: "/").last.map(String.init) ?? file) }

    private func line(naming file: String) -> String {
        var parts = [file]
        if let position { parts.append("\(position.line):\(position.column)") }
        let place = parts.joined(separator: ":")
        return [place, field, message].compactMap(\.self).joined(separator: ": ").printable
    }
}

/// A place in a text.
package struct TextPosition: Sendable, Hashable, Comparable {
    /// From 1.
    package var line: Int
    /// From 1, in Unicode scalars.
    package var column: Int

    package init(line: Int, column: Int) {
        self.line = line
        self.column = column
    }

    package static func < (a: TextPosition, b: TextPosition) -> Bool {
        (a.line, a.column) < (b.line, b.column)
    }
}
