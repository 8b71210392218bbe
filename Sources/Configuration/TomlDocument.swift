import TOMLKit

/// A value of a TOML file.
package enum TomlValue: Sendable, Hashable {
    case string(String)
    case integer(Int)
    case number(Double)
    case boolean(Bool)
    /// A date or time, as written by the parser.
    case date(String)
    case array([TomlValue])
    case table([String: TomlValue])

    /// The kind of value in words for a message.
    package var kind: String {
        switch self {
        case .string: "a string"
        case .integer: "an integer"
        case .number: "a number"
        case .boolean: "true or false"
        case .date: "a date"
        case .array: "an array"
        case .table: "a table"
        }
    }
}

/// A parsed TOML text that can tell where each of its values stands.
package struct TomlDocument: Sendable {
    package let file: String
    package let root: [String: TomlValue]
    package let positions: KeyPositions

    /// - Throws: a syntax error with its line and column; also for texts above 1 MB or with NUL characters.
    package init(text: String, file: String) throws(ConfigurationError) {
        guard text.utf8.count <= Self.largest else {
            throw ConfigurationError(file: file, message: "larger than 1 MB")
        }
        // The parser is handed a C string and would stop there.
        if text.utf8.contains(0) {
            throw ConfigurationError(file: file, message: "holds a NUL character: not a TOML text")
        }
        let scanner = TomlScanner(text)
        if let problem = scanner.problem {
            throw ConfigurationError(file: file, position: problem.position, message: problem.message)
        }
        let table: TOMLTable
        do {
            table = try TOMLTable(string: text)
        } catch let error as TOMLParseError {
            let begin = error.source.begin
            throw ConfigurationError(
                file: file,
                position: begin.line > 0 ? TextPosition(line: begin.line, column: max(1, begin.column)) : nil,
                message: error.description)
        } catch {
            throw ConfigurationError(file: file, message: "\(error)")
        }
        self.file = file
        positions = KeyPositions(scanner)
        // The values live as long as the root table does: all of them are copied out here.
        root = withExtendedLifetime(table) { Self.entries(of: table) }
    }

    /// An error at the value of `path`, or at its key.
    package func error(at path: [String], key: Bool = false, _ message: String) -> ConfigurationError {
        let entry = positions[path]
        return ConfigurationError(
            file: file,
            position: key ? entry?.key : entry?.value ?? entry?.key,
            field: path.isEmpty ? nil : path.joined(separator: "."),
            message: message)
    }

    private static let largest = 1_000_000

    private static func entries(of table: TOMLTable) -> [String: TomlValue] {
        var entries: [String: TomlValue] = [:]
        for key in table.keys {
            if let value = table[key] { entries[key] = self.value(value) }
        }
        return entries
    }

    private static func value(_ value: any TOMLValueConvertible) -> TomlValue {
        if let string = value.string { return .string(string) }
        if let integer = value.int { return .integer(integer) }
        if let number = value.double { return .number(number) }
        if let boolean = value.bool { return .boolean(boolean) }
        if let table = value.table { return .table(entries(of: table)) }
        if let array = value.array { return .array((0..<array.count).map { self.value(array[$0]) }) }
        return .date(value.debugDescription)
    }
}
