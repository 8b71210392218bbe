/// What spans are for, by the name of their operation; worked out once a name.
struct OperationKinds {
    /// Indexed by symbol; nil is not yet known.
    private var kinds: [SpanKind?] = []

    mutating func kind(of operation: Symbol, _ symbols: SymbolTable) -> SpanKind {
        let index = Int(operation.rawValue)
        if index < kinds.count, let kind = kinds[index] { return kind }
        let kind = Self.kind(named: symbols.name(of: operation))
        if index >= kinds.count { kinds.append(contentsOf: repeatElement(nil, count: index + 1 - kinds.count)) }
        kinds[index] = kind
        return kind
    }

    /// Operation names of the requirements, of OpenTelemetry's GenAI conventions and of OpenInference's span kinds.
    static func kind(named name: String) -> SpanKind {
        let name = name.lowercased()
        if ["tool", "function"].contains(where: name.contains) { return .tool }
        if ["retriev", "search", "embed", "rerank", "vector"].contains(where: name.contains) { return .retrieval }
        if ["llm", "chat", "completion", "generat", "inference", "model", "message"].contains(where: name.contains) {
            return .model
        }
        return .other
    }
}
