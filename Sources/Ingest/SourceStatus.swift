/// What the screen tells about a source.
package struct SourceStatus: Equatable, Sendable {
    package enum State: Equatable, Sendable {
        /// There may be more to read at once.
        case reading
        /// Everything there is was read; waits for more.
        case following
        /// The file does not exist (yet), or can't be opened again at the moment.
        case waiting
        /// Nothing comes any more.
        case ended
        case failed
    }

    /// The source's name, safe to show.
    package let name: String
    package var state: State = .reading
    /// Bytes read in all, over every file that bore the name.
    package var bytesRead: Int64 = 0
    /// How far the present file was read, in bytes; nil for a stream.
    package var position: Int64?
    /// Size of the present file in bytes, as of the last read; nil for a stream.
    package var size: Int64?
    /// Where reading of the first file began, in bytes; not 0 if its newest part is read first.
    package var start: Int64 = 0
    /// Bytes before that which nobody reads: they are older than what is kept.
    package var unread: Int64 = 0
    /// Times that the name came to mean another file, or the file was truncated.
    package var rotations = 0
    /// What went wrong last, for the user; nil once it works again.
    package var lastError: String?
}

/// What one read brought.
package enum ReadOutcome: Equatable, Sendable {
    /// So many bytes came: take the lines before reading on. 0 where a rotation ended an unfinished line.
    case bytes(Int)
    /// No more for now: wait.
    case caughtUp
    /// No more ever. An unfinished last line is `LineBuffer.takeRemainder()`.
    case ended
    /// No more ever, because of an error.
    case failed(SourceError)
}
