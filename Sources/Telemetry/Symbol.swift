/// An interned name: a model, a tool, an error type. 0 is "absent".
///
/// The raw value indexes the table that made it; the dimension it was interned under is part of its identity.
package struct Symbol: Hashable, Sendable {
    package let rawValue: UInt32

    package init(rawValue: UInt32) {
        self.rawValue = rawValue
    }

    /// No name was given.
    package static let absent = Symbol(rawValue: 0)
    /// Names beyond a dimension's limit are folded into this one.
    package static let other = Symbol(rawValue: 1)

    package var isAbsent: Bool { rawValue == 0 }
}
