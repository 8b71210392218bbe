/// What is wrong with an expression or a template, and where.
package struct QueryError: Error, Sendable, Hashable, CustomStringConvertible {
    /// One sentence for the person who wrote it.
    package let message: String
    /// The characters it is about, counted from 0; empty at the end of the source.
    package let range: Range<Int>
    package let source: String

    package init(_ message: String, at range: Range<Int>, in source: String) {
        self.message = message
        self.range = range
        self.source = source
    }

    /// "column 14: …", one line, nothing in it that a terminal would obey.
    package var description: String {
        "column \(range.lowerBound + 1): \(PrintableText.sanitized(message))"
    }

    /// Three lines: the source's line, carets below the characters meant, the message.
    ///
    /// Carets stand a column a character; the caller who knows display widths may draw `range` itself.
    package var rendered: String {
        let characters = Array(source)
        let start = min(range.lowerBound, characters.count)
        let lineStart = characters[..<start].lastIndex(where: \.isNewline).map { $0 + 1 } ?? 0
        let lineEnd = characters[start...].firstIndex(where: \.isNewline) ?? characters.count
        let line = characters[lineStart..<max(lineStart, lineEnd)].map(PrintableText.sanitized).joined()
        let carets = max(1, min(range.upperBound, lineEnd) - start)
        let indent = String(repeating: " ", count: start - lineStart)
        return "\(line)\n\(indent)\(String(repeating: "^", count: carets))\n\(PrintableText.sanitized(message))"
    }
}
