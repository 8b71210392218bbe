import Telemetry

/// Which variant each user saw last: users are routed, not requests, and so users are counted where the split is checked.
///
/// A table of open places, for it is asked with every request of a variant.
struct UserLedger: Sendable {
    /// 0 where a place is free.
    private var users: [UInt64] = []
    private var variants: [UInt32] = []
    private var count = 0

    /// Further users are not told new from known.
    private static let most = 1 << 17

    enum Sight { case new, known, moved }

    /// - Parameter user: a hash, not 0.
    mutating func see(_ user: UInt64, _ variant: Symbol) -> Sight {
        if users.isEmpty { grow() }
        let place = place(of: user)
        if users[place] == user {
            if variants[place] == variant.rawValue { return .known }
            variants[place] = variant.rawValue
            return .moved
        }
        guard count < Self.most else { return .known }
        users[place] = user
        variants[place] = variant.rawValue
        count += 1
        if count * 2 > users.count { grow() }
        return .new
    }

    mutating func removeAll() { self = UserLedger() }

    /// Where the user stands, or may stand.
    private func place(of user: UInt64) -> Int {
        let mask = users.count - 1
        var place = Int(truncatingIfNeeded: user &* 0x9e37_79b9_7f4a_7c15 &>> 32) & mask
        while users[place] != user, users[place] != 0 { place = (place + 1) & mask }
        return place
    }

    private mutating func grow() {
        let (oldUsers, oldVariants) = (users, variants)
        let size = max(256, users.count * 2)
        users = [UInt64](repeating: 0, count: size)
        variants = [UInt32](repeating: 0, count: size)
        for (old, user) in oldUsers.enumerated() where user != 0 {
            let place = place(of: user)
            users[place] = user
            variants[place] = oldVariants[old]
        }
    }
}
