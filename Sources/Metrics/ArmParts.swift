package import Telemetry

/// Outcomes of a task type in each of a few variants.
package struct ArmOutcomes: Row {
    package private(set) var variants: [Symbol] = []
    private var judged: [Count] = []
    private var failed: [Count] = []

    /// More than two are rare, and more than this are left out.
    private static let mostVariants = 8

    package init() {}

    package var heaviness: Int64 { judged.reduce(0) { $0 &+ $1.weighted } }

    /// Failed of those whose outcome is known.
    package subscript(variant: Symbol) -> (failed: Count, judged: Count) {
        variants.firstIndex { $0.rawValue == variant.rawValue }.map { (failed[$0], judged[$0]) } ?? (Count(), Count())
    }

    mutating func count(_ variant: Symbol, _ row: RequestRow) {
        var all = row.succeeded
        all.add(row.failed)
        add(variant, failed: row.failed, judged: all)
    }

    private mutating func add(_ variant: Symbol, failed: Count, judged: Count) {
        var place = variants.firstIndex { $0.rawValue == variant.rawValue }
        if place == nil, variants.count < Self.mostVariants {
            place = variants.count
            variants.append(variant)
            self.failed.append(Count())
            self.judged.append(Count())
        }
        guard let place else { return }
        self.failed[place].add(failed)
        self.judged[place].add(judged)
    }

    package mutating func add(_ other: ArmOutcomes) {
        for i in other.variants.indices { add(other.variants[i], failed: other.failed[i], judged: other.judged[i]) }
    }

    package func pack(into numbers: inout PackedNumbers) {
        numbers.append(UInt64(variants.count))
        for i in variants.indices {
            numbers.append(UInt64(variants[i].rawValue))
            failed[i].pack(into: &numbers)
            judged[i].pack(into: &numbers)
        }
    }

    package init(from numbers: inout PackedNumbersReader) {
        for _ in 0..<numbers.unsigned() {
            variants.append(Symbol(rawValue: UInt32(truncatingIfNeeded: numbers.unsigned())))
            failed.append(Count(from: &numbers))
            judged.append(Count(from: &numbers))
        }
    }
}

/// Outcomes by 64 groups of users, chosen by a hash: how much more alike the requests of one user are than those of many shows
/// in how much more the groups differ than chance allows (the design effect).
package struct UserGroups: Row {
    package static let count = 64

    /// Weighted, in 1/1024 request, of those whose outcome is known.
    package private(set) var judged = [Int64](repeating: 0, count: count)
    package private(set) var failed = [Int64](repeating: 0, count: count)
    /// Sum of the squared weights, in requests² · 1024.
    package private(set) var squaredWeights: Int64 = 0

    package init() {}

    package var heaviness: Int64 { judged.reduce(0, &+) }

    mutating func count(_ user: UInt64, _ row: RequestRow, squaredWeight: Int64) {
        let place = Self.group(of: user)
        judged[place] &+= row.succeeded.weighted &+ row.failed.weighted
        failed[place] &+= row.failed.weighted
        squaredWeights &+= squaredWeight
    }

    /// Mixed again, so that it has nothing to do with how users are routed.
    private static func group(of user: UInt64) -> Int {
        var mixed = user ^ 0x5851_f42d_4c95_7f2d
        mixed = (mixed ^ mixed &>> 30) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ mixed &>> 27) &* 0x94d0_49bb_1331_11eb
        return Int(truncatingIfNeeded: (mixed ^ mixed &>> 31) & UInt64(count - 1))
    }

    package mutating func add(_ other: UserGroups) {
        for i in judged.indices {
            judged[i] &+= other.judged[i]
            failed[i] &+= other.failed[i]
        }
        squaredWeights &+= other.squaredWeights
    }

    package func pack(into numbers: inout PackedNumbers) {
        for i in judged.indices {
            numbers.append(weighted: judged[i])
            numbers.append(weighted: failed[i])
        }
        numbers.append(weighted: squaredWeights)
    }

    package init(from numbers: inout PackedNumbersReader) {
        for i in judged.indices {
            judged[i] = numbers.weighted()
            failed[i] = numbers.weighted()
        }
        squaredWeights = numbers.weighted()
    }
}

/// Which variant each user saw first: users are routed, not requests, and so users are counted where the split is checked.
struct UserLedger: Sendable {
    private var variants: [UInt64: Symbol] = [:]

    /// Further users are not told new from known.
    private static let capacity = 1 << 17

    enum Sight { case new, known, moved }

    mutating func see(_ user: UInt64, _ variant: Symbol) -> Sight {
        if let first = variants[user] {
            if first.rawValue == variant.rawValue { return .known }
            variants[user] = variant
            return .moved
        }
        guard variants.count < Self.capacity else { return .known }
        variants[user] = variant
        return .new
    }

    mutating func removeAll() { variants.removeAll(keepingCapacity: true) }
}
