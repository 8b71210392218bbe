/// Remembers the last hashes put in: at least `capacity` of them and at most twice as many.
struct RecentHashes {
    private let capacity: Int
    private var newer: Set<UInt64> = []
    private var older: Set<UInt64> = []

    init(capacity: Int) { self.capacity = capacity }

    func contains(_ hash: UInt64) -> Bool { newer.contains(hash) || older.contains(hash) }

    /// False if it was there already.
    mutating func insert(_ hash: UInt64) -> Bool {
        if contains(hash) { return false }
        if newer.count >= capacity {
            older = newer
            newer = []
        }
        newer.insert(hash)
        return true
    }
}
