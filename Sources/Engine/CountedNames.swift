import Telemetry

/// The names of the symbols that are counted: the table's, or, while another thread has the table to itself, those that
/// it handed over with the records.
final class CountedNames {
    /// Not to be used while others have it.
    let table: SymbolTable
    private var handedOver: (names: SymbolNames, folded: Int)?

    init(_ table: SymbolTable) { self.table = table }

    var current: SymbolNames { handedOver?.names ?? table.names }
    /// How many names no longer fit.
    var folded: Int { handedOver?.folded ?? table.folded }

    func use(_ block: borrowing RecordBlock) { handedOver = (block.names, block.folded) }
    /// The table is ours again.
    func useTable() { handedOver = nil }
}

extension SymbolTable {
    /// How often a name of any dimension was folded into `.other`.
    var folded: Int { Dimension.allCases.reduce(0) { $0 + Int(folded($1)) } }
}
