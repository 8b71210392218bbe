/// Keeps attributes nobody knows, up to a bounded number of names and of values a name, as native records do.
struct AttributeKeeper {
    /// New values that a name may still add.
    private var budgets: [Symbol: Int] = [:]

    /// What the conventions fill with texts of users and models, or with what is the same in every span.
    private static let passedOver: [StaticString] = [
        "gen_ai.", "llm.", "ai.", "input.", "output.", "traceloop.", "openinference.", "telemetry.", "process.",
        "otel.",
        "langfuse.", "exception.", "thread.", "code.",
    ]

    /// Adds the attribute if it is short enough to be a category and there is room for it.
    mutating func keep(
        _ document: borrowing JSONDocument, _ key: Int, _ value: Int, _ reader: inout TextReader,
        in attributes: inout [Attribute]
    ) {
        guard attributes.count < Record.maximumAttributes, document.kind(key) == .text,
            document.range(key).count <= KeyTable.maximumLength, !document.range(value).isEmpty,
            document.range(value).count <= NativeDecoder.maximumAttributeText, document.kind(value) != .escapedText,
            !Self.passedOver.contains(where: { document.hasPrefix(key, $0) })
        else { return }
        let symbols = reader.symbols
        let keyRange = document.range(key)
        let valueRange = document.range(value)
        let name: Symbol
        if let known = document.bytes.withBytes({ symbols.lookup($0, keyRange, .attribute) }), budgets[known] != nil {
            name = known
        } else {
            guard budgets.count < KeyTable.maximumAttributes else { return }
            name = document.bytes.withBytes { symbols.intern($0, keyRange, .attribute) }
            guard name != .other, !name.isAbsent else { return }
            budgets[name] = KeyTable.valuesOfAttribute
        }
        var symbol = document.bytes.withBytes { symbols.lookup($0, valueRange, .attribute) }
        if symbol == nil, let budget = budgets[name], budget > 0 {
            budgets[name] = budget - 1
            symbol = document.bytes.withBytes { symbols.intern($0, valueRange, .attribute) }
        }
        attributes.append(Attribute(name: name, value: symbol ?? .other))
    }
}
