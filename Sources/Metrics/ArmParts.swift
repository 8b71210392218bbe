package import Telemetry

/// Outcomes of a task type in each of a few variants.
package struct ArmOutcomes: Row {
    private struct Arm {
        var variant = Symbol.absent
        var failed = Count()
        var judged = Count()
    }

    /// In place: a table of these is copied whenever somebody has looked.
    private var arms = InlineArray<4, Arm>(repeating: Arm())
    private var count = 0

    package init() {}

    package var heaviness: Int64 { (0..<count).reduce(0) { $0 &+ arms[$1].judged.weighted } }

    /// Failed of those whose outcome is known.
    package subscript(variant: Symbol) -> (failed: Count, judged: Count) {
        (0..<count).first { arms[$0].variant.rawValue == variant.rawValue }
            .map { (arms[$0].failed, arms[$0].judged) } ?? (Count(), Count())
    }

    mutating func count(_ variant: Symbol, _ row: borrowing RequestRow) {
        guard let place = place(of: variant) else { return }
        arms[place].failed.add(row.failed)
        arms[place].judged.add(row.failed)
        arms[place].judged.add(row.succeeded)
    }

    /// More than two variants are rare, and what there is no room for is left out.
    private mutating func place(of variant: Symbol) -> Int? {
        for place in 0..<count where arms[place].variant.rawValue == variant.rawValue { return place }
        guard count < arms.count else { return nil }
        arms[count].variant = variant
        count += 1
        return count - 1
    }

    package mutating func add(_ other: ArmOutcomes) {
        for i in 0..<other.count {
            guard let place = place(of: other.arms[i].variant) else { continue }
            arms[place].failed.add(other.arms[i].failed)
            arms[place].judged.add(other.arms[i].judged)
        }
    }

    package func pack(into numbers: inout PackedNumbers) {
        numbers.append(UInt64(count))
        for i in 0..<count {
            numbers.append(UInt64(arms[i].variant.rawValue))
            arms[i].failed.pack(into: &numbers)
            arms[i].judged.pack(into: &numbers)
        }
    }

    package init(from numbers: inout PackedNumbersReader) {
        for _ in 0..<numbers.unsigned() {
            let variant = Symbol(rawValue: UInt32(truncatingIfNeeded: numbers.unsigned()))
            let (failed, judged) = (Count(from: &numbers), Count(from: &numbers))
            guard let place = place(of: variant) else { continue }
            arms[place].failed = failed
            arms[place].judged = judged
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
    /// Requests by the buckets that a router has for their users.
    package internal(set) var routed = RoutedRequests()

    package init() {}

    package var heaviness: Int64 { judged.indices.reduce(0) { $0 &+ judged[$1] } }

    /// As many requests with a known outcome as equally weighted ones would be.
    package var effectiveJudged: Double {
        Double(heaviness) / 1024 * Tally.effectiveShare(of: heaviness, squaredWeights: squaredWeights)
    }

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
        routed.add(other.routed)
    }

    package func pack(into numbers: inout PackedNumbers) {
        for i in judged.indices {
            numbers.append(weighted: judged[i])
            numbers.append(weighted: failed[i])
        }
        numbers.append(weighted: squaredWeights)
        routed.pack(into: &numbers)
    }

    package init(from numbers: inout PackedNumbersReader) {
        for i in judged.indices {
            judged[i] = numbers.weighted()
            failed[i] = numbers.weighted()
        }
        squaredWeights = numbers.weighted()
        routed = RoutedRequests(from: &numbers)
    }
}
