/// How far a file was read, and how to know it again.
struct Bookmark {
    let identity: FileIdentity
    /// Bytes read from its beginning; of a compressed file, of what it holds.
    var position: Int64 = 0
    /// Its first bytes, as many of `headLimit` as were read. Kept as they are, not hashed: equal means equal.
    var head: [UInt8] = []
    /// The last bytes before `position`, as many of `tailLimit` as there are.
    var tail: [UInt8] = []
    /// Of a compressed file: its size when the last of it was read.
    var drainedSize: Int64?

    static let headLimit = 1024
    static let tailLimit = 256

    /// Notes bytes that follow on `position`: the first and the last of them, in pieces of at least the limits where there
    /// are so many.
    mutating func advance(by count: Int, first: [UInt8], last: [UInt8]) {
        if position == head.count, head.count < Bookmark.headLimit {
            head += first.prefix(Bookmark.headLimit - head.count)
        }
        tail = last.count >= Bookmark.tailLimit ? last : Array((tail + last).suffix(Bookmark.tailLimit))
        position += Int64(count)
    }

    /// Takes back the last bytes: they are to be read from elsewhere.
    mutating func retreat(by count: Int64) {
        position -= count
        tail.removeLast(Int(min(count, Int64(tail.count))))
    }

    /// The same, before a line that isn't known to have ended.
    var atLineStart: Bookmark {
        guard let newline = tail.lastIndex(of: UInt8(ascii: "\n")) else { return self }
        var earlier = self
        earlier.retreat(by: Int64(tail.count - 1 - newline))
        return earlier
    }
}
