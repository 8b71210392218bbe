/// An interned name: a model, a tool, an error type. 0 is "absent".
///
/// The raw value indexes the table that made it; the dimension it was interned under is part of its identity.
public struct Symbol: Hashable, Sendable {
    public let rawValue: UInt32

    @inlinable public init(rawValue: UInt32) {
        self.rawValue = rawValue
    }

    /// No name was given.
    @inlinable public static var absent: Symbol { Symbol(rawValue: 0) }
    /// Names beyond a dimension's limit are folded into this one.
    @inlinable public static var other: Symbol { Symbol(rawValue: 1) }

    @inlinable public var isAbsent: Bool { rawValue == 0 }
}
