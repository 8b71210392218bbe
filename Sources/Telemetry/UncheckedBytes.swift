// Loads without a bounds check, for the steady path alone.
//
// `NativeDecoder.decode` checks once a line that 64 bytes behind its end lie in the buffer. All that is loaded here
// starts at most 40 bytes behind the end, because each step of the steady path begins at or before it and looks at no
// more than one key, one name's first 32 bytes or one time at once.

extension RawSpan {
    @inline(__always)
    func steadyByte(at offset: Int) -> UInt8 {
        unsafe unsafeLoad(fromUncheckedByteOffset: offset, as: UInt8.self)
    }

    /// Eight bytes, the first in the lowest place.
    @inline(__always)
    func steadyWord(at offset: Int) -> UInt64 {
        unsafe UInt64(littleEndian: unsafeLoadUnaligned(fromUncheckedByteOffset: offset, as: UInt64.self))
    }
}

/// As many elements as a byte has values, so that every byte is an index and none needs to be checked.
struct ByteIndexed<Element> {
    private var elements: [Element]

    init(repeating element: Element) { elements = [Element](repeating: element, count: 256) }

    subscript(index: UInt8) -> Element {
        @inline(__always) get { unsafe elements.withUnsafeBufferPointer { unsafe $0[Int(index)] } }
        @inline(__always) set { elements[Int(index)] = newValue }
    }
}
