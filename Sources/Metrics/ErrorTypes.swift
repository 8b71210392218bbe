package import Telemetry

/// The failures of some time by the type that was written down for each, and what the types mean. A type is classified
/// when this is made, once, and never a record.
package struct ErrorTypes: Sendable {
    /// One type as the input names it.
    package struct ErrorType: Sendable {
        /// Safe to print.
        package let name: String
        /// What the name says; nil for what many folded names have in common, which is nothing.
        package let errorClass: ErrorClass?
        package var count: Count
    }

    /// The most frequent first; each name once.
    package private(set) var types: [ErrorType] = []

    package init(_ table: NameTable<Count>, _ names: SymbolNames) {
        // A name may read like the one that stands for what was folded or left out.
        var places: [String: Int] = [:]
        for (symbol, count) in table.ranked(by: { $0.weighted }) {
            let name = names.label(symbol)
            if let place = places[name] {
                types[place].count.add(count)
            } else {
                places[name] = types.count
                types.append(ErrorType(name: name, errorClass: Self.errorClass(of: symbol, names), count: count))
            }
        }
    }

    /// What the name of an error type says; nil for `.other`. A failure without a type is an unknown error.
    package static func errorClass(of symbol: Symbol, _ names: SymbolNames) -> ErrorClass? {
        symbol == .other ? nil : ErrorClass.classify(errorType: names[symbol], statusCode: nil)
    }

    /// The sums by class, the largest first.
    package var classes: [(errorClass: ErrorClass?, count: Count)] {
        var sums: [ErrorClass?: Count] = [:]
        for type in types { sums[type.errorClass, default: Count()].add(type.count) }
        return sums.map { (errorClass: $0.key, count: $0.value) }.sorted {
            ($1.count.weighted, $0.errorClass?.rawValue ?? "") < ($0.count.weighted, $1.errorClass?.rawValue ?? "")
        }
    }
}
