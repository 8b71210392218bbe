import Query

/// One table of a document, read key by key; whatever the program doesn't know is an error.
package struct TomlSection: Sendable {
    package let document: TomlDocument
    package let path: [String]
    package let table: [String: TomlValue]

    /// The whole document.
    package init(_ document: TomlDocument) {
        self.document = document
        path = []
        table = document.root
    }

    init(document: TomlDocument, path: [String], table: [String: TomlValue]) {
        self.document = document
        self.path = path
        self.table = table
    }

    /// Its keys in the order of the file.
    package var keys: [String] {
        let last = TextPosition(line: .max, column: .max)
        return table.keys
            .map { ($0, document.positions[path + [$0]]?.key ?? last) }
            .sorted { ($0.1, $0.0) < ($1.1, $1.0) }
            .map(\.0)
    }

    /// - Throws: for the first key in the file that isn't among `known`, with the nearest known one.
    package func allow(_ known: [String], what: String = "key") throws(ConfigurationError) {
        for key in keys where !known.contains(key) {
            throw error(key, atKey: true, Suggestion.unknown(what, key, among: known))
        }
    }

    /// An error at one of the section's keys, or at its value.
    package func error(_ key: String, atKey: Bool = false, _ message: String) -> ConfigurationError {
        document.error(at: path + [key], key: atKey, message)
    }

    /// - Throws: when the key is there and isn't a string.
    package func string(_ key: String) throws(ConfigurationError) -> String? {
        guard let value = table[key] else { return nil }
        guard case .string(let string) = value else { throw mismatch(key, "a string", value) }
        return string
    }

    /// - Throws: when the key is there and is neither true nor false.
    package func boolean(_ key: String) throws(ConfigurationError) -> Bool? {
        guard let value = table[key] else { return nil }
        guard case .boolean(let boolean) = value else { throw mismatch(key, "true or false", value) }
        return boolean
    }

    /// - Throws: when the key is there and isn't an array of strings.
    package func strings(_ key: String) throws(ConfigurationError) -> [String]? {
        guard let value = table[key] else { return nil }
        guard case .array(let elements) = value else { throw mismatch(key, "an array of strings", value) }
        var strings: [String] = []
        for (index, element) in elements.enumerated() {
            guard case .string(let string) = element else {
                throw document.error(
                    at: path + [key, String(index)], "expected a string, found \(element.kind)")
            }
            strings.append(string)
        }
        return strings
    }

    /// - Throws: when the key is there and isn't a table.
    package func section(_ key: String) throws(ConfigurationError) -> TomlSection? {
        guard let value = table[key] else { return nil }
        guard case .table(let table) = value else { throw mismatch(key, "a table", value) }
        return TomlSection(document: document, path: path + [key], table: table)
    }

    /// The error for a value of the wrong kind.
    package func mismatch(_ key: String, _ expected: String, _ found: TomlValue) -> ConfigurationError {
        error(key, "expected \(expected), found \(found.kind)")
    }
}
