/// A message with values in it: `WARNING: Error rate {error_rate:.1%} exceeds 10%`, `{errors("timeout")} timeouts`. `{{` and
/// `}}` are braces.
package struct Template: Sendable, Hashable {
    private enum Part: Sendable, Hashable {
        case literal(String)
        /// The value times the factor (an alias's unit), in a format; without one as the screen shows it.
        case field(Int, factor: Ratio, unit: Unit?, FormatSpecifier?)
    }

    /// As it was written.
    package let source: String
    /// What it asks for, each once.
    package let references: [Reference]
    private let parts: [Part]

    /// Longer templates are refused.
    private static let maximumLength = 4096

    /// Reads a template and checks its names and formats.
    ///
    /// - Throws: what is wrong, and at which characters.
    package static func compile(_ source: String, _ catalogue: Catalogue) throws(QueryError) -> Template {
        var checker = TypeChecker(source: source, catalogue: catalogue)
        var parts: [Part] = []
        var literal = ""
        let characters = Array(source)
        guard characters.count <= maximumLength, source.utf8.count <= 4 * maximumLength else {
            throw QueryError("too long: at most \(maximumLength) characters", at: 0..<0, in: source)
        }
        var position = 0
        while position < characters.count {
            let character = characters[position]
            let isDouble = position + 1 < characters.count && characters[position + 1] == character
            switch character {
            case "{" where isDouble, "}" where isDouble:
                literal.append(character)
                position += 2
            case "{":
                guard let end = characters[position...].firstIndex(of: "}") else {
                    throw QueryError("this { is never closed", at: position..<position + 1, in: source)
                }
                if !literal.isEmpty { parts.append(.literal(literal)) }
                literal = ""
                parts.append(try field(characters[(position + 1)..<end], &checker))
                position = end + 1
            case "}":
                throw QueryError("this } closes nothing; write }} for a brace", at: position..<position + 1, in: source)
            default:
                literal.append(character)
                position += 1
            }
        }
        if !literal.isEmpty { parts.append(.literal(literal)) }
        return Template(source: source, references: checker.references, parts: parts)
    }

    private static func field(
        _ characters: ArraySlice<Character>, _ checker: inout TypeChecker
    ) throws(QueryError) -> Part {
        // The arguments of a call may hold any character.
        let call = characters.lastIndex(of: ")").map { characters[...$0] }
        let name = call ?? characters.prefix { $0 != ":" }
        let nameRange = name.startIndex..<max(name.endIndex, name.startIndex)
        if name.isEmpty { throw checker.error("a name is expected in the braces", nameRange) }
        let checked = try checker.check(
            call == nil ? .word(String(name), nameRange) : try Self.call(name, in: checker.source))
        guard case .reference(let index) = checked.term else {
            throw checker.error("a name is expected in the braces", nameRange)
        }
        let shown = checked.spokenUnit ?? checked.unit
        let factor = checked.unit.flatMap { unit in shown.flatMap { unit.factor(to: $0) } } ?? Ratio(1)
        guard name.endIndex < characters.endIndex else {
            // A name that says its unit is a plain number in it: the text around it has the unit.
            return .field(index, factor: factor, unit: checked.spokenUnit == nil ? shown : .plain, nil)
        }
        guard characters[name.endIndex] == ":" else {
            throw checker.error(
                "a : and a format, or the closing brace, is expected", name.endIndex..<characters.endIndex)
        }
        let specifierRange = (name.endIndex + 1)..<characters.endIndex
        guard let specifier = FormatSpecifier(String(characters[specifierRange])) else {
            throw checker.error("a format such as .1%, .2f or +.1f is expected", specifierRange)
        }
        guard let shown else {
            throw checker.error("\(String(name)) is \(checked.type.noun), not a number", specifierRange)
        }
        if specifier.kind == .percent, shown != .fraction, shown != .plain {
            throw checker.error("\(String(name)) is \(shown.noun), no fraction that % could show", specifierRange)
        }
        return .field(index, factor: factor, unit: shown, specifier)
    }

    /// A call, with places as the whole template counts them.
    private static func call(_ characters: ArraySlice<Character>, in source: String) throws(QueryError) -> Syntax {
        do {
            return try Parser.parseValue(
                String(repeating: " ", count: characters.startIndex) + String(characters))
        } catch {
            throw QueryError(error.message, at: error.range, in: source)
        }
    }

    /// The message for the values `lookup` gives; `–` for what is missing. Control characters in values become `·`.
    package func render(missing: MissingPolicy = .unknown, _ lookup: (Reference) -> Value?) -> String {
        var result = ""
        for part in parts {
            switch part {
            case .literal(let text): result += text
            case .field(let index, let factor, let unit, let specifier):
                let reference = references[index]
                var value = lookup(reference).flatMap { reference.type.admits($0) ? $0 : nil }
                if value == nil, missing == .zero { value = reference.type.zero }
                result += Self.text(value, factor, unit, specifier)
            }
        }
        return PrintableText.sanitized(result)
    }

    private static func text(_ value: Value?, _ factor: Ratio, _ unit: Unit?, _ specifier: FormatSpecifier?) -> String {
        switch value {
        case nil: return NumberFormat.missing
        case .text(let text)?: return text
        case .boolean(let boolean)?: return boolean ? "true" : "false"
        case .ratio?, .number?:
            guard let number = value?.double else { return NumberFormat.missing }
            let scaled = number * Double(factor.numerator) / Double(factor.denominator)
            return specifier?.format(scaled) ?? NumberFormat.text(scaled, unit ?? .plain)
        }
    }

    private init(source: String, references: [Reference], parts: [Part]) {
        self.source = source
        self.references = references
        self.parts = parts
    }
}
