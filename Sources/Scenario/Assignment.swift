import Statistics

/// Which arm of an experiment a user belongs to: the SHA-256 of the user's name, as a number, modulo 100.
enum Assignment {
    /// The bucket, 0 to 99, of a user; the user is in the canary where it is below the canary's percentage.
    static func bucket(of user: String) -> Int {
        // A big-endian number modulo 100, byte by byte.
        SHA256.digest(Array(user.utf8)).reduce(0) { ($0 * 256 + Int($1)) % 100 }
    }
}
