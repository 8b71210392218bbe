/// One value a dimension; a fixed array so that a record carries no allocation for it.
public struct DimensionValues: Sendable {
    /// Bit `Dimension.rawValue` is set for every dimension that has a value.
    @inlinable public var present: UInt32 { bits }
    @usableFromInline var bits: UInt32 = 0
    @usableFromInline var storage = InlineArray<20, Symbol>(repeating: .absent)

    public init() {}

    /// `.absent` outside `Dimension.ofRequest`.
    @inlinable
    public subscript(dimension: Dimension) -> Symbol {
        @inline(__always) get { self[place: Int(dimension.rawValue)] }
        @inline(__always) set { self[place: Int(dimension.rawValue)] = newValue }
    }

    /// The value of the dimension with this raw value.
    @inlinable
    public subscript(place place: Int) -> Symbol {
        @inline(__always) get {
            guard place < 20, (bits &>> UInt32(place)) & 1 == 1 else { return .absent }
            return storage[place]
        }
        @inline(__always) set {
            guard place < 20 else { return }
            storage[place] = newValue
            let bit: UInt32 = 1 &<< UInt32(place)
            bits = newValue.isAbsent ? bits & ~bit : bits | bit
        }
    }

    /// Takes over what is absent here.
    mutating func fill(from other: DimensionValues) {
        for place in 0..<20 where self[place: place].isAbsent { self[place: place] = other[place: place] }
    }
}
