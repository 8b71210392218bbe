/// Which of a hundred buckets a user is in: the deterministic router of a canary. A user is the canary's where the bucket is below its
/// percentage.
package enum UserBucket: String, Sendable, CaseIterable {
    /// The SHA-256 of the name, as a number, modulo 100: what counts.
    case mod100 = "sha256-mod100"
    /// Its first 32 bits modulo 100: a variant in use, with other buckets.
    case first32 = "sha256-32bit"

    /// 0 to 99.
    package func bucket(of user: String) -> Int {
        let buckets = Self.buckets(of: Array(user.utf8))
        return self == .mod100 ? buckets.mod100 : buckets.first32
    }

    /// By both, 0 to 99.
    /// - Parameter user: the name's bytes, as the router sees them.
    package static func buckets(of user: [UInt8]) -> (mod100: Int, first32: Int) {
        let words = SHA256.words(of: user)
        // A big-endian number modulo 100, word by word.
        let whole = words.indices.reduce(UInt64(0)) { ($0 << 32 | UInt64(words[$1])) % 100 }
        return (Int(whole), Int(words[0] % 100))
    }
}
