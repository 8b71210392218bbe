/// Messages and tool calls that transcripts have told already. A session that is taken up again begins with a copy of
/// what was said before, in a file of its own: all readers of one run share what they have seen.
///
/// Used by one thread, as the table of symbols is.
package final class SeenMessages {
    private var messages = RecentHashes(capacity: 65_536)
    private var calls = RecentHashes(capacity: 65_536)

    /// Nothing seen yet.
    package init() {}

    /// False if the message was told before.
    func insertMessage(_ hash: UInt64) -> Bool { messages.insert(hash) }

    /// False if the call was told before.
    func insertCall(_ hash: UInt64) -> Bool { calls.insert(hash) }
}
