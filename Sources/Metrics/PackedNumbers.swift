/// Integers in as few bytes as they need, seven bits in each, the lowest first: what is seldom written again takes a fifth
/// of the room.
package struct PackedNumbers {
    private(set) var bytes: [UInt8] = []

    init(reserving count: Int) {
        bytes.reserveCapacity(count)
    }

    mutating func append(_ number: UInt64) {
        var rest = number
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest &>>= 7
        }
        bytes.append(UInt8(truncatingIfNeeded: rest))
    }

    /// Small where the number is near zero, on either side.
    mutating func append(_ number: Int64) {
        append(UInt64(bitPattern: (number &<< 1) ^ (number &>> 63)))
    }

    /// A sum of weights in 1/1024, which is a whole number wherever nothing was sampled.
    mutating func append(weighted number: Int64) {
        if number & 1023 == 0 {
            let whole = number &>> 10
            append(UInt64(bitPattern: (whole &<< 1) ^ (whole &>> 63)) &<< 1)
        } else {
            append(1 as UInt64)
            append(number)
        }
    }
}

/// Reads what `PackedNumbers` wrote, in the same order. Past the end all numbers are zero.
package struct PackedNumbersReader {
    private let bytes: [UInt8]
    private var position = 0

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    mutating func unsigned() -> UInt64 {
        var number: UInt64 = 0
        var shift: UInt64 = 0
        while position < bytes.count {
            let byte = bytes[position]
            position += 1
            number |= UInt64(byte & 0x7F) &<< shift
            if byte < 0x80 { break }
            shift += 7
        }
        return number
    }

    mutating func signed() -> Int64 {
        Self.signed(unsigned())
    }

    mutating func weighted() -> Int64 {
        let first = unsigned()
        return first == 1 ? signed() : Self.signed(first &>> 1) &<< 10
    }

    private static func signed(_ number: UInt64) -> Int64 {
        Int64(bitPattern: number &>> 1) ^ -Int64(bitPattern: number & 1)
    }
}
