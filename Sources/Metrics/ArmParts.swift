package import Telemetry

/// Outcomes of a task type in each of a few variants.
package struct ArmOutcomes: Row {
    private struct Arm {
        var variant: Symbol
        var failed = Count()
        var judged = Count()
    }

    private var arms: [Arm] = []

    /// More than two are rare, and more than this are left out.
    private static let mostVariants = 8

    package init() {}

    package var heaviness: Int64 { arms.reduce(0) { $0 &+ $1.judged.weighted } }

    /// Failed of those whose outcome is known.
    package subscript(variant: Symbol) -> (failed: Count, judged: Count) {
        arms.first { $0.variant.rawValue == variant.rawValue }.map { ($0.failed, $0.judged) } ?? (Count(), Count())
    }

    mutating func count(_ variant: Symbol, _ row: borrowing RequestRow) {
        guard let place = place(of: variant) else { return }
        arms[place].failed.add(row.failed)
        arms[place].judged.add(row.failed)
        arms[place].judged.add(row.succeeded)
    }

    private mutating func place(of variant: Symbol) -> Int? {
        for place in arms.indices where arms[place].variant.rawValue == variant.rawValue { return place }
        guard arms.count < Self.mostVariants else { return nil }
        arms.append(Arm(variant: variant))
        return arms.count - 1
    }

    package mutating func add(_ other: ArmOutcomes) {
        for arm in other.arms {
            guard let place = place(of: arm.variant) else { continue }
            arms[place].failed.add(arm.failed)
            arms[place].judged.add(arm.judged)
        }
    }

    package func pack(into numbers: inout PackedNumbers) {
        numbers.append(UInt64(arms.count))
        for arm in arms {
            numbers.append(UInt64(arm.variant.rawValue))
            arm.failed.pack(into: &numbers)
            arm.judged.pack(into: &numbers)
        }
    }

    package init(from numbers: inout PackedNumbersReader) {
        for _ in 0..<numbers.unsigned() {
            let variant = Symbol(rawValue: UInt32(truncatingIfNeeded: numbers.unsigned()))
            arms.append(Arm(variant: variant, failed: Count(from: &numbers), judged: Count(from: &numbers)))
        }
    }
}

/// Outcomes by 64 groups of users, chosen by a hash: how much more alike the requests of one user are than those of many shows
/// in how much more the groups differ than chance allows (the design effect).
package struct UserGroups: Row {
    package static let count = 64

    /// Weighted, in 1/1024 request, of those whose outcome is known.
    package private(set) var judged = InlineArray<64, Int64>(repeating: 0)
    package private(set) var failed = InlineArray<64, Int64>(repeating: 0)
    /// Sum of the squared weights, in requests² · 1024.
    package private(set) var squaredWeights: Int64 = 0

    package init() {}

    package var heaviness: Int64 { judged.indices.reduce(0) { $0 &+ judged[$1] } }

    mutating func count(_ user: UInt64, _ row: borrowing RequestRow, squaredWeight: Int64) {
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
