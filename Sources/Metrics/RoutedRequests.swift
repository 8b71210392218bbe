package import Statistics
import Telemetry

/// Requests of a variant by the buckets of their users: whether variants are dealt out as a router would shows in them.
package struct RoutedRequests: Sendable {
    /// A hundred for each hash, in the order of `UserBucket.allCases`; requests as they came.
    private var counts = InlineArray<200, UInt32>(repeating: 0)

    package init() {}

    /// Requests whose users are in a bucket below 0, 1, … 100: a hundred and one numbers, the last of all of them.
    package func countsBelow(by algorithm: UserBucket) -> [Int] {
        let first = algorithm == .mod100 ? 0 : 100
        var below = [0]
        below.reserveCapacity(101)
        var sum = 0
        for place in first..<first + 100 {
            sum += Int(counts[place])
            below.append(sum)
        }
        return below
    }

    mutating func count(_ buckets: UserBuckets) {
        counts[Int(buckets.mod100)] &+= 1
        counts[100 + Int(buckets.first32)] &+= 1
    }

    /// Without those that were counted before.
    package func subtracting(_ earlier: RoutedRequests) -> RoutedRequests {
        var rest = self
        for place in counts.indices { rest.counts[place] &-= earlier.counts[place] }
        return rest
    }

    mutating func add(_ other: RoutedRequests) {
        for place in counts.indices { counts[place] &+= other.counts[place] }
    }

    func pack(into numbers: inout PackedNumbers) {
        for place in counts.indices { numbers.append(UInt64(counts[place])) }
    }

    init(from numbers: inout PackedNumbersReader) {
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
    /// Bytes; nobody is called so.
    private static let longestName = 256

    /// - Returns: nil where the request is not looked at: it has no variant, its user is not known or not among those.
    mutating func buckets(of record: borrowing Record, bytes: RawSpan) -> UserBuckets? {
        let user = record.userHash
        let text = record.userText
        guard user != 0, user % Self.sampling == 0, (1...Self.longestName).contains(text.count),
            !record.values[.variant].isAbsent
        else { return nil }
        if users.isEmpty {
            users = [UInt64](repeating: 0, count: Self.size)
            buckets = [UserBuckets](repeating: UserBuckets(mod100: 0, first32: 0), count: Self.size)
        }
        let place = Int(truncatingIfNeeded: (user &* 0x9e37_79b9_7f4a_7c15) &>> 40) & (Self.size - 1)
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
