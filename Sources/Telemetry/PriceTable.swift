/// Prices by model name.
package struct PriceTable: Sendable {
    /// Day of the built-in prices, ISO 8601.
    package static let builtInDate = BuiltInPrices.date
    /// The shipped table.
    package static let builtIn = PriceTable(lines: BuiltInPrices.table)

    private var prices: [String: ModelPrice] = [:]

    /// A table without prices.
    package init() {}

    /// Lines of `BuiltInPrices`' form; a line of another form says nothing.
    init(lines: String) {
        for line in lines.split(separator: "\n") {
            let columns = line.split(separator: " ")
            guard columns.count >= 5, let rates = Self.rates(columns[1..<5]) else { continue }
            var price = ModelPrice(rates: rates)
            if columns.count == 10, let thousands = Int64(columns[5]), let longPrompt = Self.rates(columns[6..<10]) {
                price.longPrompt = longPrompt
                price.longPromptThreshold = thousands * 1_000
            }
            prices[String(columns[0])] = price
        }
    }

    /// Models with a price.
    package var count: Int { prices.count }

    /// Sets or replaces the price of one name, as given by a configuration.
    package mutating func set(_ price: ModelPrice, for model: String) {
        prices[model] = price
    }

    /// The price of a model: by its very name, else without the name of who serves it at the maker's price, else
    /// without the date of its release. nil where that finds none: no price is guessed from a similar name.
    package func price(of model: String) -> ModelPrice? {
        if let price = prices[model] { return price }
        let bare = Self.withoutProvider(model.lowercased())
        if let price = prices[bare] { return price }
        let undated = Self.withoutDate(bare)
        return undated == bare ? nil : prices[undated]
    }

    /// Providers that charge the maker's list price. A region's prefix (`us.anthropic.`) is not among them: it costs
    /// more.
    private static let providers: Set<Substring> = [
        "openai", "azure", "anthropic", "bedrock", "converse", "vertex_ai", "gemini", "google", "models", "mistral",
        "mistralai", "deepseek", "xai", "x-ai", "moonshot", "moonshotai", "zai", "z-ai", "cohere", "openrouter",
        "litellm",
    ]

    private static func withoutProvider(_ model: String) -> String {
        var rest = model[...]
        // Google's full resource names.
        if rest.hasPrefix("projects/"), let slash = rest.lastIndex(of: "/") { rest = rest[rest.index(after: slash)...] }
        while let slash = rest.firstIndex(of: "/"), providers.contains(rest[..<slash]) {
            rest = rest[rest.index(after: slash)...]
        }
        for prefix in ["global.anthropic.", "anthropic."] where rest.hasPrefix(prefix) {
            rest = rest.dropFirst(prefix.count)
            break
        }
        return String(rest)
    }

    /// Without `-latest`, `-v1:0` and one date: `-2024-08-06`, `-20250929`, `@20250929`.
    private static func withoutDate(_ model: String) -> String {
        var rest = Array(model.utf8)
        func dropDigits(_ pattern: String) {
            let shape = Array(pattern.utf8)
            guard rest.count > shape.count else { return }
            for (character, place) in zip(rest.suffix(shape.count), shape) {
                let isDigit = ASCII.digit(character) < 10
                guard place == UInt8(ascii: "0") ? isDigit : character == place else { return }
            }
            rest.removeLast(shape.count)
        }
        dropDigits("-v0:0")
        let before = rest.count
        for pattern in ["-0000-00-00", "-00000000", "@00000000"] where rest.count == before { dropDigits(pattern) }
        if rest.count == before, rest.suffix(7).elementsEqual("-latest".utf8) { rest.removeLast(7) }
        return String(decoding: rest, as: UTF8.self)
    }

    private static func rates(_ columns: ArraySlice<Substring>) -> TokenRates? {
        let values = columns.map(picodollars)
        guard values.count == 4, let input = values[0], let output = values[1] else { return nil }
        return TokenRates(input: input, output: output, cacheRead: values[2], cacheWrite: values[3])
    }

    /// Dollars per million tokens, with up to six decimals, as pico-dollars a token.
    private static func picodollars(_ text: Substring) -> Int64? {
        let parts = text.split(separator: ".", maxSplits: 1)
        guard let first = parts.first, let whole = Int64(first), whole >= 0, whole < 1_000_000 else { return nil }
        let decimals = parts.count == 2 ? parts[1] : ""
        guard decimals.count <= 6 else { return nil }
        let padded = decimals + String(repeating: "0", count: 6 - decimals.count)
        guard let fraction = Int64(padded), fraction >= 0 else { return nil }
        return whole * 1_000_000 + fraction
    }
}
