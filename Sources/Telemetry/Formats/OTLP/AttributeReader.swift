/// Reads attributes into a span's facts by the tables of `AttributeRule`.
struct AttributeReader {
    private let rules = AttributeRule.all
    /// Of each rule what is needed for every value.
    private let effects = AttributeRule.all.map { Effect($0) }
    private let index = KeyIndex(AttributeRule.all.map(\.key))
    private let metadataRules = MetadataKeys.rules
    private let metadataEffects = MetadataKeys.rules.map { Effect($0) }
    private let metadataIndex = KeyIndex(MetadataKeys.rules.map(\.key))
    private var roles: [Symbol: SpanRole] = [:]
    private var stops = StopReasonTable()
    private var keeper = AttributeKeeper()

    private struct Effect {
        var meaning: AttributeMeaning
        var rank: UInt8

        init(_ rule: AttributeRule) { (meaning, rank) = (rule.meaning, rule.rank) }
    }

    /// Which rank has filled what so far; what stands in a span goes before its resource.
    struct Ranks {
        var values = InlineArray<40, UInt8>(repeating: 255)
        var costParts: Int64?
        var entity = Symbol.absent
        /// Added to every rank.
        var offset: UInt8 = 0

        mutating func beats(_ slot: Int, _ rank: UInt8) -> Bool {
            let rank = rank &+ offset
            guard rank < values[slot] else { return false }
            values[slot] = rank
            return true
        }
    }

    /// Free metadata under prefixed keys; `prefixed` knows their first letters.
    private static let prefixes: [StaticString] = [
        "agentdash.", "ai.telemetry.metadata.", "traceloop.association.properties.", "metadata.",
    ]

    /// Reads all attributes of a span or resource; unknown ones are kept where `keepsUnknown`.
    mutating func read(
        _ node: Int?, _ context: inout FormatContext, into fact: inout SpanFact, _ ranks: inout Ranks,
        keepsUnknown: Bool = false
    ) {
        var cursor = AttributeCursor(context.document, node)
        while let (key, written) = cursor.next(context.document) {
            let value = context.document.otlpValue(written)
            if let place = index.find(context.document, key) {
                let effect = effects[place]
                if case .metadata = effect.meaning {
                    readMetadata(value, &context, into: &fact, &ranks)
                    continue
                }
                if context.survey.takesNotes { note(rules[place], value, &context, key) }
                apply(effect, value, context.document, &context.reader, into: &fact, &ranks)
            } else if let place = prefixed(context.document, key) {
                if context.survey.takesNotes { note(metadataRules[place], value, &context, key) }
                apply(metadataEffects[place], value, context.document, &context.reader, into: &fact, &ranks)
            } else if keepsUnknown, case .scalar(let scalar) = value {
                keeper.keep(context.document, key, scalar, &context.reader, in: &fact.attributes)
            }
        }
    }

    private func prefixed(_ document: borrowing JSONDocument, _ key: Int) -> Int? {
        let range = document.range(key)
        guard !range.isEmpty else { return nil }
        switch document.bytes[range.lowerBound] {
        case UInt8(ascii: "a"), UInt8(ascii: "t"), UInt8(ascii: "m"): break
        default: return nil
        }
        for prefix in Self.prefixes where document.hasPrefix(key, prefix) {
            let rest = range.dropFirst(prefix.utf8CodeUnitCount)
            return document.bytes.withBytes { metadataIndex.find($0, rest) }
        }
        return nil
    }

    private func note(_ rule: AttributeRule, _ value: OTLPValue, _ context: inout FormatContext, _ key: Int) {
        guard case .scalar(let node) = value else { return }
        let name = context.document.string(key) ?? rule.key
        let example = context.document.example(node)
        context.survey.note(rule.field.rawValue, key: name, unit: rule.unit, example: example)
    }

    /// Metadata: an object, pairs, or either as JSON in a text.
    mutating func readMetadata(
        _ value: OTLPValue, _ context: inout FormatContext, into fact: inout SpanFact, _ ranks: inout Ranks
    ) {
        switch value {
        case .map(let node):
            readMembers(node, context.document, &context.reader, into: &fact, &ranks)
        case .scalar(let node):
            if context.loadNested(node) { readMembers(0, context.nested, &context.reader, into: &fact, &ranks) }
        default: break
        }
    }

    private mutating func readMembers(
        _ node: Int, _ document: borrowing JSONDocument, _ reader: inout TextReader, into fact: inout SpanFact,
        _ ranks: inout Ranks
    ) {
        var cursor = AttributeCursor(document, node)
        while let (key, written) = cursor.next(document) {
            guard let place = metadataIndex.find(document, key) else { continue }
            apply(metadataEffects[place], document.otlpValue(written), document, &reader, into: &fact, &ranks)
        }
    }

    private mutating func apply(
        _ rule: Effect, _ value: OTLPValue, _ document: borrowing JSONDocument, _ reader: inout TextReader,
        into fact: inout SpanFact, _ ranks: inout Ranks
    ) {
        if case .list(let list) = value {
            return applyList(rule, list, document, &reader, into: &fact, &ranks)
        }
        guard case .scalar(let node) = value else { return }
        switch rule.meaning {
        case .name(let dimension):
            let symbol = reader.symbol(document, node, dimension)
            if !symbol.isAbsent, ranks.beats(Int(dimension.rawValue), rule.rank) { fact.values[dimension] = symbol }
        case .environment:
            let symbol = reader.symbol(document, node, .environment)
            if !symbol.isAbsent, ranks.beats(Int(Dimension.environment.rawValue), rule.rank) {
                fact.values[.environment] = symbol
            }
            applyTag(node, document, &reader, into: &fact, &ranks, rank: 9)
        case .inputTokens: if let n = document.count(node), ranks.beats(20, rule.rank) { fact.usage.input = n }
        case .outputTokens: if let n = document.count(node), ranks.beats(21, rule.rank) { fact.usage.output = n }
        case .cachedTokens: if let n = document.count(node), ranks.beats(22, rule.rank) { fact.usage.cached = n }
        case .cacheWriteTokens:
            if let n = document.count(node), ranks.beats(23, rule.rank) { fact.usage.cacheWrite = n }
        case .reasoningTokens:
            if let n = document.count(node), ranks.beats(24, rule.rank) { fact.usage.reasoning = n }
        case .cost: if let cost = document.dollars(node), ranks.beats(25, rule.rank) { fact.cost = cost }
        case .costPart:
            if let cost = document.dollars(node) {
                ranks.costParts = min((ranks.costParts ?? 0) + cost, NativeDecoder.maximumCost)
            }
        case .timeToFirstToken(let power):
            if let time = document.duration(node, power: power), ranks.beats(26, rule.rank) {
                fact.timeToFirstToken = time
            }
        case .session:
            let hash = reader.hash(document, node)
            if hash != 0, ranks.beats(27, rule.rank) { fact.session = hash }
        case .conversation:
            let hash = reader.hash(document, node)
            if hash != 0, ranks.beats(28, rule.rank) { fact.conversation = hash }
        case .user:
            let hash = reader.hash(document, node)
            if hash != 0, ranks.beats(29, rule.rank) { fact.user = hash }
        case .operation, .spanKind, .requestType, .vercelOperation:
            let symbol = reader.symbol(document, node, .operation)
            guard !symbol.isAbsent, ranks.beats(30, rule.rank) else { return }
            fact.operation = symbol
            fact.role = role(symbol, reader.symbols)
        case .tool:
            let symbol = reader.symbol(document, node, .tool)
            if !symbol.isAbsent, ranks.beats(31, rule.rank) { fact.tool = symbol }
        case .entity: ranks.entity = reader.symbol(document, node, .tool)
        case .errorType:
            let symbol = reader.symbol(document, node, .errorType)
            if !symbol.isAbsent, ranks.beats(32, rule.rank) { fact.errorType = symbol }
        case .statusCode:
            if let code = document.number(node, scale: 0, 100...599), ranks.beats(33, rule.rank) {
                fact.statusCode = code
            }
        case .stopReason: applyStopReason(node, document, &reader, into: &fact, &ranks, rule.rank)
        case .tags: applyTag(node, document, &reader, into: &fact, &ranks, rank: 5)
        case .corrected: fact.corrected = document.flag(node)
        case .escalated: fact.escalated = document.flag(node)
        case .flags: applyFlag(node, document, into: &fact)
        case .metadata: break
        }
    }

    private mutating func applyList(
        _ rule: Effect, _ list: Int, _ document: borrowing JSONDocument, _ reader: inout TextReader,
        into fact: inout SpanFact, _ ranks: inout Ranks
    ) {
        var cursor = ElementCursor(document, list)
        while let element = cursor.next(document) {
            guard case .scalar(let node) = document.otlpValue(element) else { continue }
            switch rule.meaning {
            case .stopReason: return applyStopReason(node, document, &reader, into: &fact, &ranks, rule.rank)
            case .tags: applyTag(node, document, &reader, into: &fact, &ranks, rank: 5)
            case .flags: applyFlag(node, document, into: &fact)
            default: return
            }
        }
    }

    /// A word, or a list of words as JSON in a text, of which the first counts.
    private mutating func applyStopReason(
        _ node: Int, _ document: borrowing JSONDocument, _ reader: inout TextReader, into fact: inout SpanFact,
        _ ranks: inout Ranks, _ rank: UInt8
    ) {
        let written: Symbol
        if document.hasPrefix(node, "[") {
            let text = document.string(node) ?? ""
            let word = text.split(whereSeparator: { "[]\", '".contains($0) }).first ?? ""
            written = reader.symbols.intern(String(word), .stopReason)
        } else {
            written = reader.symbol(document, node, .stopReason)
        }
        guard !written.isAbsent, ranks.beats(34, rank) else { return }
        fact.stopReason = stops.normalized(written, reader.symbols)
    }

    /// `canary`, `control`, or `variant:NAME`.
    private func applyTag(
        _ node: Int, _ document: borrowing JSONDocument, _ reader: inout TextReader, into fact: inout SpanFact,
        _ ranks: inout Ranks, rank: UInt8
    ) {
        guard let variant = VariantTag.variant(document, node, &reader) else { return }
        if ranks.beats(Int(Dimension.variant.rawValue), rank) { fact.values[.variant] = variant }
    }

    private func applyFlag(_ node: Int, _ document: borrowing JSONDocument, into fact: inout SpanFact) {
        guard let name = document.string(node, limit: 40) else { return }
        let bit = Flags.names.firstIndex(of: name) ?? Flags.names.count - 1
        fact.flags.insert(Flags(rawValue: 1 << UInt16(bit)))
    }

    /// The role that an operation's name gives, in any of the conventions.
    private mutating func role(_ operation: Symbol, _ symbols: SymbolTable) -> SpanRole {
        if let role = roles[operation] { return role }
        let role = SpanRoles.role(of: symbols.name(of: operation))
        roles[operation] = role
        return role
    }
}

/// `canary`, `control` or `variant:NAME` among free tags.
enum VariantTag {
    static func variant(
        _ document: borrowing JSONDocument, _ node: Int, _ reader: inout TextReader
    ) -> Symbol? {
        if document.equals(node, "canary") || document.equals(node, "control") {
            return reader.symbol(document, node, .variant)
        }
        for prefix in ["variant:", "variant=", "experiment:", "arm:"] as [StaticString]
        where document.hasPrefix(node, prefix) {
            let rest = document.range(node).dropFirst(prefix.utf8CodeUnitCount)
            let symbols = reader.symbols
            let symbol = document.bytes.withBytes { symbols.intern($0, rest, .variant) }
            return symbol.isAbsent ? nil : symbol
        }
        return nil
    }
}
