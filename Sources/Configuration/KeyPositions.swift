/// Where each key of a TOML text stands, and its value: the parser tells positions of syntax errors only.
///
/// A path holds a key for each table passed and an index from 0 for each array, inline or of tables: `["rules", "0",
/// "when"]`. Made for texts that have been parsed already; in any other it finds what it can and never fails.
package struct KeyPositions: Sendable {
    package struct Entry: Sendable, Hashable {
        package var key: TextPosition
        /// Nil for tables made by a header or a dotted key.
        package var value: TextPosition?
    }

    private var entries: [[String]: Entry] = [:]

    package init(toml: String) {
        self.init(TomlScanner(toml))
    }

    init(_ scanner: TomlScanner) { entries = scanner.entries }

    /// The key or value at `path`; nil when the text doesn't hold it.
    package subscript(path: [String]) -> Entry? { entries[path] }
}
