import Canvas
import Delivery

/// Where secrets are looked for.
package enum SecretSource: Sendable {
    /// In the environment given and in files.
    case environment([String: String])
    /// Nowhere: what is read is only checked, and can't be sent with.
    case unread
}

/// Reads secrets that a table names. The file itself holds none: it is shown, copied and put under version control.
struct SecretReader {
    let source: SecretSource

    /// The keys by which a secret may be named.
    static func keys(_ name: String) -> [String] { ["\(name)_env", "\(name)_file", name] }

    /// The secret of `NAME_env` or `NAME_file`; nil where the table has neither.
    ///
    /// - Throws: for a secret that stands in the file, one that is named twice, and one that isn't where it is said to be.
    func secret(_ name: String, _ section: TomlSection) throws(ConfigurationError) -> Secret? {
        let (variable, file) = ("\(name)_env", "\(name)_file")
        if section.table[name] != nil {
            throw section.error(
                name, atKey: true,
                "a secret doesn't belong in this file: put it into an environment variable and say \(variable) = \"NAME\", "
                    + "or into a file of its own and say \(file) = \"path\"")
        }
        if section.table[variable] != nil, section.table[file] != nil {
            throw section.error(file, atKey: true, "named twice: \(variable) or \(file), not both")
        }
        if let name = try section.string(variable) { return try value(of: name, variable, section) }
        guard let path = try section.string(file) else { return nil }
        guard case .environment(let environment) = source else { return Secret("") }
        let text: String
        do throws(ConfigurationError) {
            text = try BoundedFile.text(at: Self.expanded(path, environment))
        } catch {
            throw section.error(file, "\(path) \(error.message)")
        }
        // Editors end files with a line end.
        return try checked(text.split(whereSeparator: \.isNewline).first.map(String.init) ?? "", file, path, section)
    }

    /// - Throws: also where the table has none.
    func required(_ name: String, _ section: TomlSection) throws(ConfigurationError) -> Secret {
        if let secret = try secret(name, section) { return secret }
        throw section.missing("\(name)_env = \"NAME\" or \(name)_file = \"path\"")
    }

    /// An address; where it is a secret, of the environment or a file.
    ///
    /// - Parameter isSecret: whether it may not stand in the file at all.
    func address(
        _ name: String, _ section: TomlSection, isSecret: Bool = false
    ) throws(ConfigurationError) -> Address {
        if !isSecret, let text = try section.string(name) {
            guard let address = Address(text) else {
                throw section.error(name, "expected an address that begins with http:// or https://")
            }
            guard !address.holdsCredentials else {
                throw section.error(
                    name,
                    "an address with a password doesn't belong in this file: say \(name)_env = \"NAME\" or "
                        + "\(name)_file = \"path\"")
            }
            return address
        }
        guard let secret = try secret(name, section) else {
            let plain = isSecret ? "" : "\(name) = \"https://…\", "
            throw section.missing("\(plain)\(name)_env = \"NAME\" or \(name)_file = \"path\"")
        }
        // Unread ones lead nowhere.
        if secret.isEmpty, case .unread = source, let nowhere = Address("http://unread.invalid") { return nowhere }
        guard let address = Address(secret: secret) else {
            let key = section.table["\(name)_env"] == nil ? "\(name)_file" : "\(name)_env"
            throw section.error(key, "what it names is no address that begins with http:// or https://")
        }
        return address
    }

    private func value(
        of name: String, _ key: String, _ section: TomlSection
    ) throws(ConfigurationError) -> Secret {
        guard case .environment(let environment) = source else { return Secret("") }
        guard let text = environment[name] else {
            throw section.error(
                key, "the environment has no \(name.printable); set it, or name a file: \(key.dropLast(4))_file")
        }
        return try checked(text, key, name, section)
    }

    /// One line without blanks around it, as headers can hold it.
    private func checked(
        _ text: String, _ key: String, _ name: String, _ section: TomlSection
    ) throws(ConfigurationError) -> Secret {
        var text = Substring(text)
        while text.first?.isWhitespace == true { text.removeFirst() }
        while text.last?.isWhitespace == true { text.removeLast() }
        guard !text.isEmpty else { throw section.error(key, "\(name.printable) is empty") }
        guard text.unicodeScalars.allSatisfy({ $0.value >= 0x20 && $0.value != 0x7F }) else {
            throw section.error(key, "\(name.printable) holds control characters: not a secret")
        }
        return Secret(String(text))
    }

    /// `~/` is the user's home.
    static func expanded(_ path: String, _ environment: [String: String]) -> String {
        guard path.hasPrefix("~/"), let home = environment["HOME"] else { return path }
        return home + path.dropFirst()
    }
}

extension TomlSection {
    /// The error for a table that lacks what it needs.
    func missing(_ expected: String) -> ConfigurationError {
        document.error(at: path, key: true, "lacks \(expected)")
    }
}
