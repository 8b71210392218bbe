package import Telemetry

/// Something that can be counted for a name and added up.
package protocol Row: Sendable {
    init()
    mutating func add(_ other: Self)
    /// What tells the heavy from the light where there is no room for all.
    var heaviness: Int64 { get }
}

/// Rows by name with a bound: where more names come, the lightest are folded into `.other`.
///
/// Linear search over packed keys: a slot holds a handful of names, and 256 of them still fit sixteen cache lines.
package struct NameTable<Value: Row>: Sendable {
    package private(set) var names: [Symbol] = []
    package private(set) var rows: [Value] = []

    /// Names, `.other` among them, that folding leaves.
    package static var limit: Int { 256 }
    /// Names a table ever holds: folding waits for some more, so that it is rare.
    package static var capacity: Int { limit + 64 }

    package init() {}

    package var isEmpty: Bool { names.isEmpty }

    package subscript(name: Symbol) -> Value? {
        place(of: name).map { rows[$0] }
    }

    /// Changes the row of `name`, making it if need be.
    package mutating func update(_ name: Symbol, _ change: (inout Value) -> Void) {
        change(&rows[madePlace(of: name)])
    }

    /// The same, looking first where a table like this one had the name.
    @inline(__always)
    mutating func update(_ name: Symbol, _ hints: inout PlaceHints, _ change: (inout Value) -> Void) {
        var place = hints[name]
        if place >= names.count || names[place].rawValue != name.rawValue {
            place = madePlace(of: name)
            hints[name] = place
        }
        change(&rows[place])
    }

    /// Adds every row of another table.
    package mutating func merge(_ other: NameTable) {
        if names.isEmpty {
            self = other
            return
        }
        for i in other.names.indices {
            // Tables of neighbouring slots have their names in much the same order.
            let isThere = i < names.count && names[i].rawValue == other.names[i].rawValue
            rows[isThere ? i : madePlace(of: other.names[i])].add(other.rows[i])
        }
    }

    private func place(of name: Symbol) -> Int? {
        for i in names.indices where names[i].rawValue == name.rawValue { return i }
        return nil
    }

    private mutating func madePlace(of name: Symbol) -> Int {
        if let found = place(of: name) { return found }
        if names.count >= Self.capacity { fold() }
        names.append(name)
        rows.append(Value())
        return names.count - 1
    }

    /// Keeps the heaviest rows where they stand, in order, and adds up the others under `.other`. Of equal ones the older stay.
    private mutating func fold() {
        var rest = Value()
        let kept = names.indices.filter { names[$0] != .other }
            .sorted { (rows[$0].heaviness, $1) > (rows[$1].heaviness, $0) }.prefix(Self.limit - 1).sorted()
        var next = kept.startIndex
        for i in names.indices {
            if next < kept.endIndex, kept[next] == i {
                next += 1
            } else {
                rest.add(rows[i])
            }
        }
        names = kept.map { names[$0] } + [.other]
        rows = kept.map { rows[$0] } + [rest]
    }
}

/// Where each name was found last, to be tried first in the next table of the same kind; wrong ones only cost a search.
struct PlaceHints: Sendable {
    private var places: [UInt16] = []

    subscript(name: Symbol) -> Int {
        get {
            let index = Int(name.rawValue)
            return index < places.count ? Int(places[index]) : 0
        }
        set {
            let index = Int(name.rawValue)
            if index >= places.count {
                places.append(contentsOf: repeatElement(0, count: max(64, index + 1 - places.count)))
            }
            places[index] = UInt16(truncatingIfNeeded: newValue)
        }
    }
}

/// A weighted count, in 1/1024 request, beside the raw one.
package struct Count: Row, Hashable {
    package var weighted: Int64 = 0
    package var raw: Int64 = 0

    package init() {}

    package var heaviness: Int64 { weighted }

    package mutating func add(_ other: Count) {
        weighted &+= other.weighted
        raw &+= other.raw
    }

    /// One of this weight.
    package mutating func add(weight: Int64) {
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
