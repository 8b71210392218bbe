/// The words providers use for why an answer ended, brought to one vocabulary.
package enum StopReasons {
    /// Whether a provider's word means that the answer was cut for its length.
    package static func isLength(_ word: String) -> Bool { normalized(word) == "length" }

    /// `stop`, `length`, `tool_calls`, `content_filter`, `error`; any other word as it is, in lower case.
    static func normalized(_ text: String) -> String {
        let word = text.lowercased()
        switch word {
        case "stop", "end_turn", "completed", "complete", "eos", "stop_sequence", "finished", "success": return "stop"
        case "length", "max_tokens", "max_output_tokens", "token_limit": return "length"
        case "tool_calls", "tool_use", "tool-calls", "function_call", "tool_call": return "tool_calls"
        case "content_filter", "content-filter", "refusal", "safety", "guardrail_intervened": return "content_filter"
        case "error", "failed": return "error"
        default: return word
        }
    }
}

/// The symbols of normalised stop reasons, by the symbol of the word as written.
struct StopReasonTable {
    private var known: [Symbol: Symbol] = [:]

    mutating func normalized(_ written: Symbol, _ symbols: SymbolTable) -> Symbol {
        if written.isAbsent || written == .other { return written }
        if let symbol = known[written] { return symbol }
        let symbol = symbols.intern(StopReasons.normalized(symbols.name(of: written)), .stopReason)
        known[written] = symbol
        return symbol
    }
}
