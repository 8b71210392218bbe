package import Statistics
import Telemetry

/// Requests of a variant by the buckets of their users: whether variants are dealt out as a router would shows in them.
package struct RoutedRequests: Row {
    /// A hundred for each hash, in the order of `UserBucket.allCases`; requests as they came.
    private var counts = InlineArray<200, UInt32>(repeating: 0)

    package init() {}

    package var heaviness: Int64 { Int64(count) }

    /// Requests in all.
    package var count: Int { (0..<100).reduce(0) { $0 + Int(counts[$1]) } }

    /// Requests whose users are in a bucket below `percent`, 0 to 100.
    package func count(below percent: Int, by algorithm: UserBucket) -> Int {
        let first = algorithm == .mod100 ? 0 : 100
        return (first..<first + percent).reduce(0) { $0 + Int(counts[$1]) }
    }

    mutating func count(_ buckets: UserBuckets) {
        counts[Int(buckets.mod100)] &+= 1
        counts[100 + Int(buckets.first32)] &+= 1
    }

    package mutating func add(_ other: RoutedRequests) {
        for place in counts.indices { counts[place] &+= other.counts[place] }
    }

    package func pack(into numbers: inout PackedNumbers) {
        for place in counts.indices { numbers.append(UInt64(counts[place])) }
    }

    package init(from numbers: inout PackedNumbersReader) {
        for place in counts.indices { counts[place] = UInt32(truncatingIfNeeded: numbers.unsigned()) }
    }
}

/// A user's buckets by both hashes, each 0 to 99.
struct UserBuckets: Sendable {
    var mod100: UInt8
    var first32: UInt8
}

/// The buckets of the users that asked lately: hashing a name takes as long as counting a request.
struct UserRouter: Sendable {
    private var users: [UInt64] = []
    private var buckets: [UserBuckets] = []

    private static let size = 1 << 12
    /// One user in so many is looked at.
    static let sampling: UInt64 = 8

    /// - Returns: nil where the request is not looked at: it has no variant, its user is not known or not among those.
    mutating func buckets(of record: borrowing Record, bytes: RawSpan) -> UserBuckets? {
        let user = record.userHash
        let text = record.userText
        guard user != 0, user % Self.sampling == 0, !text.isEmpty, !record.values[.variant].isAbsent else { return nil }
        if users.isEmpty {
            users = [UInt64](repeating: 0, count: Self.size)
            buckets = [UserBuckets](repeating: UserBuckets(mod100: 0, first32: 0), count: Self.size)
        }
        let place = Int(truncatingIfNeeded: user &* 0x9e37_79b9_7f4a_7c15 &>> 40) & (Self.size - 1)
        if users[place] != user {
            guard let found = Self.hashed(bytes, text) else { return nil }
            (users[place], buckets[place]) = (user, found)
        }
        return buckets[place]
    }

    private static func hashed(_ bytes: RawSpan, _ text: Range<Int>) -> UserBuckets? {
        var name: [UInt8] = []
        name.reserveCapacity(text.count)
        for offset in text.clamped(to: 0..<bytes.byteCount) {
            // Any bit pattern is a byte, and the offset is checked.
            let byte = unsafe bytes.unsafeLoad(fromByteOffset: offset, as: UInt8.self)
            // Written with escapes it is not what the router saw.
            if byte == UInt8(ascii: "\\") { return nil }
            name.append(byte)
        }
        let (mod100, first32) = UserBucket.buckets(of: name)
        return UserBuckets(mod100: UInt8(mod100), first32: UInt8(first32))
    }
}
