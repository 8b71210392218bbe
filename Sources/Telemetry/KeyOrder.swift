/// In which order keys follow each other.
///
/// Emitters write their keys in the same order line after line, so two are remembered that followed each; what stands
/// next is first compared with those, word by word, and only looked up where it is another.
struct KeyOrder {
    /// What followed each slot lately, and before that.
    private var expected = ByteIndexed(repeating: KeySuccessor())
    private var alternatives = ByteIndexed(repeating: KeySuccessor())
    /// Says when an unexpected key replaces an expected one: not each time, since a key that is missing once or an
    /// order that never repeats would undo what was learned.
    private var patience: UInt32 = 1

    /// The slot that the bytes at `offset` lead to after `previous`, and where they end; `lineStart` if they lead to
    /// none that is expected there. Looks at 32 bytes.
    @inline(__always)
    func next(after previous: UInt8, _ bytes: RawSpan, at offset: Int) -> (slot: UInt8, end: Int) {
        let first = expected[previous]
        if first.matches(bytes, at: offset) { return (first.slot, offset &+ first.length) }
        let second = alternatives[previous]
        if second.matches(bytes, at: offset) { return (second.slot, offset &+ second.length) }
        return (KeyTable.lineStart, offset)
    }

    /// Remembers that these bytes led from `previous` to `slot`.
    @inline(__always)
    mutating func note(_ slot: UInt8, after previous: UInt8, _ bytes: RawSpan, _ range: Range<Int>) {
        patience = patience &* 1_664_525 &+ 1_013_904_223
        if patience &>> 29 == 0 || !alternatives[previous].isKnown { learn(slot, after: previous, bytes, range) }
    }

    @inline(never)
    private mutating func learn(_ slot: UInt8, after previous: UInt8, _ bytes: RawSpan, _ range: Range<Int>) {
        guard range.count <= KeySuccessor.maximumLength else { return }
        if expected[previous].isKnown { alternatives[previous] = expected[previous] }
        expected[previous] = KeySuccessor(bytes, range, slot: slot)
    }
}
