extension [Int64] {
    /// Adds `other` element by element from index `shift` on, wrapping; what lies outside this array is left out.
    mutating func add(_ other: [Int64], at shift: Int) {
        combine(other, at: shift) { $0 &+ $1 }
    }

    /// The same with the difference.
    mutating func subtract(_ other: [Int64], at shift: Int) {
        combine(other, at: shift) { $0 &- $1 }
    }

    /// Without checks inside the loop, which then works on several counts at once: windows are sums of hundreds of slots.
    @inline(__always)
    private mutating func combine(_ other: [Int64], at shift: Int, _ operation: (Int64, Int64) -> Int64) {
        let first = Swift.max(0, -shift)
        let last = Swift.min(other.count, count - shift)
        guard first < last else { return }
        unsafe withUnsafeMutableBufferPointer { ours in
            unsafe other.withUnsafeBufferPointer { theirs in
                guard let ours = ours.baseAddress, let theirs = theirs.baseAddress else { return }
                // In range: first + shift >= 0, and last is within both. Checked spans are not added several at once.
                let (target, source) = unsafe (ours + (first + shift), theirs + first)
                for i in 0..<last - first { unsafe target[i] = operation(target[i], source[i]) }
            }
        }
    }
}
