// A record's numbers, answers and identifiers by place and not by name: for whoever keeps many records side by side.

extension Record {
    /// Bit `Measure.rawValue` is set for every number that is there.
    @inlinable public var measuresPresent: UInt32 {
        @inline(__always) get { measures.present }
    }

    /// The number whose `Measure` has this raw value; of no meaning where it is not there. Through a span: an index that is
    /// not constant would copy all of them.
    @inlinable
    @inline(__always)
    public func measure(at place: Int) -> Int64 { measures.values.span[place] }

    @inlinable public subscript(measure: Measure) -> Int64? {
        get { measures[measure] }
        set { measures[measure] = newValue }
    }

    /// Sets the number whose `Measure` has this raw value.
    @inlinable
    @inline(__always)
    public mutating func setMeasure(at place: Int, to value: Int64) {
        measures.values[place] = value
        measures.present |= 1 &<< UInt32(place)
    }

    /// The raw value of the symbol of the dimension with this raw value; of no meaning where `values.present` lacks its bit.
    @inlinable
    @inline(__always)
    public func symbol(at place: Int) -> UInt32 { values.storage[place].rawValue }

    /// Answers with a bit each at `Answer.rawValue`: which are known, and in the upper half which of them are yes.
    @inlinable public var answerBits: UInt32 {
        @inline(__always) get { UInt32(answers.known) | UInt32(answers.yes) &<< 16 }
        set {
            answers.known = UInt16(truncatingIfNeeded: newValue)
            answers.yes = UInt16(truncatingIfNeeded: newValue &>> 16) & answers.known
        }
    }

    @inlinable public subscript(answer: Answer) -> Bool? {
        get { answers[answer] }
        set { answers[answer] = newValue }
    }

    /// The hash whose `Identifier` has this raw value; 0 is absent.
    @inlinable public subscript(identifier place: Int) -> UInt64 {
        @inline(__always) get { identifiers.hashes[place] }
        @inline(__always) set { identifiers.hashes[place] = newValue }
    }
}
