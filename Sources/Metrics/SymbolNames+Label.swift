package import Telemetry

extension SymbolNames {
    /// A name fit to be shown: what has none is `unnamed`.
    package func label(_ symbol: Symbol) -> String {
        let name = self[symbol]
        return name.isEmpty ? "unnamed" : name
    }
}
