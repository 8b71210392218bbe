// The one place where nodes are written. "unsafe" is only that the place isn't checked: whoever appends has asked for
// room before.

extension JSONIndexer {
    /// Appends a value; `count` is below `nodes.count`.
    @inline(__always)
    mutating func append(
        _ range: Range<Int>, _ kind: JSONDocument.Kind, _ shape: JSONDocument.Shape, _ next: Int,
        _ nodes: inout MutableSpan<JSONDocument.Node>
    ) {
        assert(count < nodes.count)
        unsafe nodes[unchecked: count] = .init(
            start: UInt32(truncatingIfNeeded: range.lowerBound), end: UInt32(truncatingIfNeeded: range.upperBound),
            next: UInt32(truncatingIfNeeded: next), kind: kind, shape: shape)
        count &+= 1
    }
}
