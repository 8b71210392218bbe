/// What `LineBuffer` has to give next.
package enum NextLine: Equatable, Sendable {
    /// A line, possibly empty, as a range of `LineBuffer.padded`, without its line end.
    case line(Range<Int>)
    /// A line longer than `LineBuffer.maximumLine` ended here and was skipped; its length in bytes.
    case oversized(byteCount: Int)
    /// No complete line is held: read more.
    case none
}
