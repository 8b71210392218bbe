/// An interned name: a model, a tool, an error type. 0 is "absent".
///
/// The raw value indexes the table that made it; the dimension it was interned under is part of its identity.
package struct Symbol: Hashable, Sendable {
    package let rawValue: UInt32

    @inlinable package init(rawValue: UInt32) {
        self.rawValue = rawValue
    }

    /// No name was given.
    @inlinable package static var absent: Symbol { Symbol(rawValue: 0) }
    /// Names beyond a dimension's limit are folded into this one.
    @inlinable package static var other: Symbol { Symbol(rawValue: 1) }

    @inlinable package var isAbsent: Bool { rawValue == 0 }
}
