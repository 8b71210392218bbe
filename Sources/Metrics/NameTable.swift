package import Telemetry

/// Something that can be counted for a name and added up.
package protocol Row: Sendable {
    init()
    mutating func add(_ other: Self)
}

/// Rows by name with a bound: names beyond the limit are counted under `.other`.
///
/// Linear search over packed keys: a slot holds a handful of names, and 256 of them still fit four cache lines a probe.
package struct NameTable<Value: Row>: Sendable {
    package private(set) var names: [Symbol] = []
    package private(set) var rows: [Value] = []

    /// Distinct names a table keeps apart.
    package static var limit: Int { 256 }

    package init() {}

    package var isEmpty: Bool { names.isEmpty }

    package subscript(name: Symbol) -> Value? {
        names.firstIndex(of: name).map { rows[$0] }
    }

    /// Changes the row of `name`, making it if there is room and else taking that of `.other`.
    package mutating func update(_ name: Symbol, _ change: (inout Value) -> Void) {
        change(&rows[position(of: name)])
    }

    /// Adds every row of another table.
    package mutating func merge(_ other: NameTable) {
        for (name, row) in zip(other.names, other.rows) {
            rows[position(of: name)].add(row)
        }
    }

    private mutating func position(of name: Symbol) -> Int {
        if let found = names.firstIndex(of: name) { return found }
        if names.count < Self.limit || name == .other {
            names.append(name)
            rows.append(Value())
            return names.count - 1
        }
        return position(of: .other)
    }
}

/// A weighted count, in 1/1024 request, beside the raw one.
package struct Count: Row, Hashable {
    package var weighted: Int64 = 0
    package var raw: Int64 = 0

    package init() {}

    package mutating func add(_ other: Count) {
        weighted &+= other.weighted
        raw &+= other.raw
    }

    mutating func add(weight: Int64) {
        weighted &+= weight
        raw &+= 1
    }

    /// In requests.
    package var value: Double { Double(weighted) / 1024 }
}

extension NameTable {
    /// Names with their rows, the largest first; ties in the order of their symbols, so that nothing jumps.
    package func ranked(by key: (Value) -> Int64) -> [(name: Symbol, row: Value)] {
        zip(names, rows).map { (name: $0, row: $1) }.sorted {
            (key($0.row), $1.name.rawValue) > (key($1.row), $0.name.rawValue)
        }
    }
}
