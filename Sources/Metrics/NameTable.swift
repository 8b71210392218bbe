package import Telemetry

/// Something that can be counted for a name and added up.
package protocol Row: Sendable {
    init()
    mutating func add(_ other: Self)
    /// What tells the heavy from the light where there is no room for all.
    var heaviness: Int64 { get }
    /// Writes everything that `init(from:)` needs to make an equal row.
    func pack(into numbers: inout PackedNumbers)
    init(from numbers: inout PackedNumbersReader)
}

/// Rows by name with a bound: where more names come, the lightest are folded into `.other`.
///
/// Linear search over packed keys: a slot holds a handful of names, and 256 of them still fit sixteen cache lines.
///
/// A table that is seldom written any more can be packed. It then only merges into others, or unpacks itself when it is
/// written again; tables that are handed out are never packed.
package struct NameTable<Value: Row>: SlotContent {
    package private(set) var names: [Symbol] = []
    package private(set) var rows: [Value] = []
    /// Each name with its row, in order, instead of `names` and `rows`.
    private var packed: [UInt8] = []

    /// Names, `.other` among them, that folding leaves.
    package static var limit: Int { 256 }
    /// Names a table ever holds: folding waits for some more, so that it is rare.
    package static var capacity: Int { limit + 64 }

    package init() {}

    package var isEmpty: Bool { names.isEmpty && packed.isEmpty }

    package subscript(name: Symbol) -> Value? {
        guard packed.isEmpty else {
            var table = self
            table.unpack()
            return table[name]
        }
        return place(of: name).map { rows[$0] }
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
    package mutating func merge(_ other: borrowing NameTable) {
        if isEmpty {
            self = copy other
            unpack()
            return
        }
        unpack()
        if other.packed.isEmpty {
            for i in other.names.indices { rows[place(of: other.names[i], likely: i)].add(other.rows[i]) }
            return
        }
        var numbers = PackedNumbersReader(other.packed)
        for i in 0..<Int(truncatingIfNeeded: numbers.unsigned()) {
            let name = Symbol(rawValue: UInt32(truncatingIfNeeded: numbers.unsigned()))
            rows[place(of: name, likely: i)].add(Value(from: &numbers))
        }
    }

    /// Tables of neighbouring slots have their names in much the same order.
    private mutating func place(of name: Symbol, likely place: Int) -> Int {
        place < names.count && names[place].rawValue == name.rawValue ? place : madePlace(of: name)
    }

    private func place(of name: Symbol) -> Int? {
        for i in names.indices where names[i].rawValue == name.rawValue { return i }
        return nil
    }

    private mutating func madePlace(of name: Symbol) -> Int {
        unpack()
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

    // MARK: Packing

    /// Fewer rows are not worth the work.
    private static var fewestPacked: Int { 32 }

    package var isWorthPacking: Bool { names.count >= Self.fewestPacked }

    /// Takes a fifth of the room from now on, if that is much.
    package mutating func pack() {
        guard isWorthPacking else { return }
        var numbers = PackedNumbers(reserving: names.count * 32)
        numbers.append(UInt64(names.count))
        for i in names.indices {
            numbers.append(UInt64(names[i].rawValue))
            rows[i].pack(into: &numbers)
        }
        names = []
        rows = []
        // Copied, so that it has no room to spare.
        packed = Array(numbers.bytes[...])
    }

    private mutating func unpack() {
        guard !packed.isEmpty else { return }
        var numbers = PackedNumbersReader(packed)
        packed = []
        let count = Int(truncatingIfNeeded: numbers.unsigned())
        names.reserveCapacity(count)
        rows.reserveCapacity(count)
        for _ in 0..<count {
            names.append(Symbol(rawValue: UInt32(truncatingIfNeeded: numbers.unsigned())))
            rows.append(Value(from: &numbers))
        }
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

    package func pack(into numbers: inout PackedNumbers) {
        numbers.append(raw)
        // Nothing, where nothing was sampled.
        numbers.append(weighted: weighted &- raw &* 1024)
    }

    package init(from numbers: inout PackedNumbersReader) {
        raw = numbers.signed()
        weighted = numbers.weighted() &+ raw &* 1024
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
