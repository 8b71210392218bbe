/// The text of every symbol so far: an immutable value that shares its storage with the table that made it.
package struct SymbolNames: Sendable {
    /// Chunks of `chunkSize` names; all but the last are full and never touched again.
    private var chunks: [[String]] = [["", "other"]]
    private static let chunkSize = 256

    /// The names that every table starts with.
    package init() {}

    /// How many symbols have a name, `.absent` and `.other` included.
    package var count: Int { (chunks.count - 1) * Self.chunkSize + (chunks.last?.count ?? 0) }

    /// The name, safe to print: "" for `.absent`, "other" for `.other`, "?" for a symbol of a later table.
    package subscript(symbol: Symbol) -> String {
        let (chunk, place) = Int(symbol.rawValue).quotientAndRemainder(dividingBy: Self.chunkSize)
        guard chunk < chunks.count, place < chunks[chunk].count else { return "?" }
        return chunks[chunk][place]
    }

    mutating func append(_ name: String) {
        if chunks[chunks.count - 1].count < Self.chunkSize {
            chunks[chunks.count - 1].append(name)
        } else {
            chunks.append([name])
        }
    }
}
