/// Guesses a map for each shape of object met, once a shape.
struct ShapeGuesser {
    /// A guessed map, ready for use.
    struct Guess {
        var rules: [CompiledRule] = []
        /// Keys that are ours by name mean something else in this shape.
        var overridesOwn = false
    }

    private var known: [UInt64: Guess] = [:]
    private static let maximumShapes = 256
    private static let maximumDepth = 3
    private static let maximumLeaves = 400

    /// The likeliest map for the object; the same for every object with the same keys.
    mutating func map(_ document: borrowing JSONDocument, _ node: Int) -> Guess {
        let shape = Self.shape(document, node, depth: 0)
        if let map = known[shape] { return map }
        let map = Self.guess(document, node)
        if known.count < Self.maximumShapes { known[shape] = map }
        return map
    }

    /// Keys and which of them hold texts or numbers.
    private static func shape(_ document: borrowing JSONDocument, _ node: Int, depth: Int) -> UInt64 {
        var shape: UInt64 = 0xA076_1D64_78BD_642F
        var cursor = MemberCursor(document, node)
        while let (key, value) = cursor.next(document) {
            let range = document.range(key)
            let kind = document.isText(value) ? JSONDocument.Kind.text : document.kind(value)
            let hash = document.bytes.withBytes { IdentifierHash.hash($0, range) }
            shape = IdentifierHash.fold(shape ^ hash, UInt64(kind.rawValue) &+ 0xE703_7ED1_A0B4_28DB)
            if kind == .object, depth < 2 {
                shape = IdentifierHash.fold(shape, Self.shape(document, value, depth: depth + 1) | 1)
            }
        }
        return shape
    }

    private struct Leaf {
        var path: [String]
        var value: Int
    }

    private static func guess(_ document: borrowing JSONDocument, _ node: Int) -> Guess {
        var leaves: [Leaf] = []
        collect(document, node, [], &leaves)
        if let known = relative(document, node) { return known }
        var best: [Field: (rank: Int, rule: FieldMap.Rule)] = [:]
        for leaf in leaves {
            guard let last = leaf.path.last else { continue }
            var (suggestions, unit) = FieldGuess.suggestions(last)
            // `error.type`, `usage.input`: the name says more with what it stands in.
            if leaf.path.count > 1 {
                let joined = FieldGuess.suggestions(leaf.path.suffix(2).joined(separator: "_"))
                if !joined.suggestions.isEmpty { (suggestions, unit) = joined }
            }
            for suggestion in suggestions where fits(document, leaf.value, suggestion.field) {
                // What lies deeper is less likely meant.
                let rank = suggestion.rank + leaf.path.count * 2 + (suggestion.isWeak ? 100 : 0)
                if let other = best[suggestion.field], other.rank <= rank { continue }
                let rule = FieldMap.Rule(field: suggestion.field, path: leaf.path, unit: unit, isGuess: true)
                best[suggestion.field] = (rank, rule)
            }
        }
        let rules = best.values.map(\.rule).sorted { $0.field.rawValue < $1.field.rawValue }
        return Guess(rules: rules.map(CompiledRule.init))
    }

    /// Mooncake's request traces: ms since the trace began, and lengths in tokens.
    private static func relative(_ document: borrowing JSONDocument, _ node: Int) -> Guess? {
        guard document.value(node, "hash_ids") != nil, document.value(node, "input_length") != nil else { return nil }
        func rule(_ field: Field, _ key: String, _ unit: FieldUnit? = nil) -> FieldMap.Rule {
            FieldMap.Rule(field: field, path: [key], unit: unit, isGuess: true)
        }
        let rules = [
            rule(.timestamp, "timestamp", .milliseconds), rule(.inputTokens, "input_length"),
            rule(.outputTokens, "output_length"),
        ]
        return Guess(rules: rules.map(CompiledRule.init), overridesOwn: true)
    }

    private static func collect(
        _ document: borrowing JSONDocument, _ node: Int, _ path: [String], _ leaves: inout [Leaf]
    ) {
        var cursor = MemberCursor(document, node)
        while leaves.count < maximumLeaves, let (key, value) = cursor.next(document) {
            guard document.kind(key) == .text, document.range(key).count <= KeyTable.maximumLength,
                let name = document.string(key)
            else { continue }
            switch document.kind(value) {
            case .object:
                if path.count + 1 < maximumDepth { collect(document, value, path + [name], &leaves) }
            case .null: break
            default: leaves.append(Leaf(path: path + [name], value: value))
            }
        }
    }

    /// Whether a value is of the type that the field has.
    private static func fits(_ document: borrowing JSONDocument, _ value: Int, _ field: Field) -> Bool {
        guard let type = FieldType(field) else { return false }
        let kind = document.kind(value)
        switch type {
        case .duration, .count, .dollars, .fraction, .signedFraction, .sampleRate:
            return document.number(value) != nil
        case .statusCode: return document.number(value, scale: 0, 100...599) != nil
        case .time: return kind == .number || kind == .text && document.range(value).count >= 9
        case .flag: return document.flag(value) != nil
        case .success:
            return kind == .yes || kind == .no || kind == .text && MappedValue.outcome(document, value) != nil
        case .errorType: return kind == .text && document.range(value).count <= 100 || kind == .number
        case .name, .stopReason: return kind == .text && document.range(value).count <= 200
        case .identifier: return document.isText(value) || kind == .number
        }
    }
}
