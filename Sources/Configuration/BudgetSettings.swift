package import Monitoring

/// `[budget]` of `agentdash.toml`: what may be spent, in dollars. Days are UTC.
///
/// ```toml
/// [budget]
/// daily_usd = 400
/// weekly_usd = 2_000
/// hourly_usd = 50
/// ```
package enum BudgetSettings {
    /// Reads the table; without one nothing is limited.
    ///
    /// - Throws: for the first thing wrong in it.
    package static func parse(_ document: TomlDocument) throws(ConfigurationError) -> Budget {
        guard let table = try TomlSection(document).section("budget") else { return Budget() }
        try table.allow(["daily_usd", "weekly_usd", "hourly_usd", "timezone"])
        if let zone = try table.string("timezone"), !["UTC", "Z"].contains(zone) {
            throw table.error("timezone", "days are UTC: other time zones are not known here")
        }
        return Budget(
            hourly: try dollars(table, "hourly_usd"), daily: try dollars(table, "daily_usd"),
            weekly: try dollars(table, "weekly_usd"))
    }

    private static func dollars(_ table: TomlSection, _ key: String) throws(ConfigurationError) -> Double? {
        let amount: Double
        switch table.table[key] {
        case nil: return nil
        case .integer(let integer): amount = Double(integer)
        case .number(let number): amount = number
        case let value?: throw table.mismatch(key, "dollars as a number", value)
        }
        guard amount > 0, amount.isFinite else { throw table.error(key, "expected dollars above 0") }
        return amount
    }
}
