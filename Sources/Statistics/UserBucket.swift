/// Which of a hundred buckets a user is in: the deterministic router of a canary. A user is the canary's where the bucket is below its
/// percentage.
package enum UserBucket: String, Sendable, CaseIterable {
    /// The SHA-256 of the name, as a number, modulo 100: what counts.
    case mod100 = "sha256-mod100"
    /// Its first 32 bits modulo 100: a variant in use, with other buckets.
    case first32 = "sha256-32bit"

    /// 0 to 99.
    package func bucket(of user: String) -> Int {
        let digest = SHA256.digest(Array(user.utf8))
        switch self {
        // A big-endian number modulo 100, byte by byte.
        case .mod100: return digest.reduce(0) { ($0 * 256 + Int($1)) % 100 }
        case .first32: return digest.prefix(4).reduce(0) { $0 << 8 | Int($1) } % 100
        }
    }
}
