/// What records cost. Remembers the price of each model's symbol, so that a record costs an index into an array.
package struct CostCalculator {
    private let table: PriceTable
    private let name: (Symbol) -> String
    /// Indexed by symbol; nil is not yet looked up, `.some(nil)` has no price.
    private var prices: [ModelPrice??] = []

    /// Prices for the models of one table of symbols.
    package init(table: PriceTable = .builtIn, symbols: SymbolTable) {
        self.init(table: table, name: symbols.name(of:))
    }

    /// Prices for models whose names are told where a price is looked up first.
    package init(table: PriceTable, name: @escaping (Symbol) -> String) {
        self.table = table
        self.name = name
    }

    /// The price of a model's symbol; nil where the table has none.
    package mutating func price(of model: Symbol) -> ModelPrice? {
        guard !model.isAbsent, model != .other else { return nil }
        let index = Int(model.rawValue)
        if index < prices.count, let known = prices[index] { return known }
        let price = table.price(of: name(model))
        if index >= prices.count { prices.append(contentsOf: repeatElement(nil, count: index + 1 - prices.count)) }
        prices[index] = .some(price)
        return price
    }

    /// Nano-dollars: what the record says it cost, else its tokens at the list price, and its tools and compute.
    /// nil where that is not known: tokens of a model without a price, or nothing to price at all.
    package mutating func cost(of record: borrowing Record) -> Int64? {
        let hasTokens = record.inputTokens != nil || record.outputTokens != nil
        var cost = record.cost
        if cost == nil, hasTokens {
            guard let price = price(of: record.values[.model]) else { return nil }
            cost = price.cost(
                input: record.inputTokens ?? 0, output: record.outputTokens ?? 0,
                cacheRead: record.cachedInputTokens ?? 0, cacheWrite: record.cacheWriteTokens ?? 0)
            if cost == nil { return nil }
        }
        if let part = record.toolCost { cost = Self.sum(cost, part) }
        if let part = record.computeCost { cost = Self.sum(cost, part) }
        return cost
    }

    /// Each part is limited by the decoder far below overflow; beyond, the sum stays at its end.
    private static func sum(_ cost: Int64?, _ part: Int64) -> Int64 {
        let (sum, overflow) = (cost ?? 0).addingReportingOverflow(part)
        return overflow ? .max : sum
    }
}
