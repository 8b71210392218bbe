/// One bit for each row of a chunk.
struct RowBits: Sendable, Hashable {
    private(set) var words: [UInt64]
    let count: Int

    /// Bits of `count` rows: none set, or all.
    init(count: Int, all: Bool = false) {
        self.count = count
        words = [UInt64](repeating: all ? ~0 : 0, count: (count + 63) / 64)
        if all { trim() }
    }

    /// Rows beyond the last stay clear.
    private mutating func trim() {
        let rest = count % 64
        if rest > 0, let last = words.indices.last { words[last] &= (1 << UInt64(rest)) - 1 }
    }

    @inline(__always)
    func contains(_ row: Int) -> Bool { words[row >> 6] & 1 &<< UInt64(row & 63) != 0 }

    @inline(__always)
    mutating func insert(_ row: Int) { words[row >> 6] |= 1 &<< UInt64(row & 63) }

    var isEmpty: Bool { words.allSatisfy { $0 == 0 } }
    /// How many are set.
    var population: Int { words.reduce(0) { $0 + $1.nonzeroBitCount } }
    var byteCount: Int { 8 * words.count + 32 }

    mutating func formIntersection(_ other: RowBits) {
        for i in words.indices { words[i] &= other.words[i] }
    }

    mutating func formUnion(_ other: RowBits) {
        for i in words.indices { words[i] |= other.words[i] }
    }

    mutating func subtract(_ other: RowBits) {
        for i in words.indices { words[i] &= ~other.words[i] }
    }

    /// Calls `body` with every row set, in order.
    func forEach(_ body: (Int) -> Void) {
        for (i, word) in words.enumerated() {
            var left = word
            while left != 0 {
                body(i << 6 + left.trailingZeroBitCount)
                left &= left - 1
            }
        }
    }
}

/// What a condition comes to for each row of a chunk: true, false, or not known (Kleene's logic).
struct RowTruth: Sendable, Hashable {
    /// A subset of `known`.
    var yes: RowBits
    var known: RowBits

    init(yes: RowBits, known: RowBits) {
        self.yes = yes
        self.known = known
    }

    /// The same of every row.
    init(_ truth: Bool?, count: Int) {
        yes = RowBits(count: count, all: truth == true)
        known = RowBits(count: count, all: truth != nil)
    }

    func contains(_ row: Int) -> Bool? { known.contains(row) ? yes.contains(row) : nil }

    var negated: RowTruth {
        var no = known
        no.subtract(yes)
        return RowTruth(yes: no, known: known)
    }

    /// True where both are, false where either is.
    mutating func formAnd(_ other: RowTruth) {
        var no = negated.yes
        no.formUnion(other.negated.yes)
        yes.formIntersection(other.yes)
        known = no
        known.formUnion(yes)
    }

    /// True where either is, false where both are.
    mutating func formOr(_ other: RowTruth) {
        var no = negated.yes
        no.formIntersection(other.negated.yes)
        yes.formUnion(other.yes)
        known = no
        known.formUnion(yes)
    }
}
