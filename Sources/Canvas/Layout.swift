/// Splits rectangles into rows and columns.
///
/// The parts lie side by side in order, never overlap, never leave the rectangle and always fill it.
package enum Layout {
    /// What one part asks for, in cells along the split.
    package enum Constraint: Sendable, Hashable {
        /// So many cells, no more.
        case fixed(Int)
        /// So many cells at least, and a share of what is left over by `weight` (0: none).
        case min(Int, weight: Int)
        /// A share of what is left over.
        case fill(weight: Int)

        /// Negative demands count as 0, senseless ones as the largest that can be added up.
        fileprivate var least: Int {
            switch self {
            case .fixed(let cells), .min(let cells, _): Swift.min(Swift.max(0, cells), Layout.most)
            case .fill: 0
            }
        }

        fileprivate var weight: Int {
            switch self {
            case .fixed: 0
            case .min(_, let weight), .fill(let weight): Swift.min(Swift.max(0, weight), Layout.most)
            }
        }
    }

    /// Parts one below the other, as wide as the rectangle.
    package static func rows(_ parts: [Constraint], in rect: Rect) -> [Rect] {
        var y = rect.y
        return lengths(parts, total: rect.height).map { height in
            defer { y &+= height }
            return Rect(x: rect.x, y: y, width: rect.width, height: height)
        }
    }

    /// Parts side by side, as high as the rectangle.
    package static func columns(_ parts: [Constraint], in rect: Rect) -> [Rect] {
        var x = rect.x
        return lengths(parts, total: rect.width).map { width in
            defer { x &+= width }
            return Rect(x: x, y: rect.y, width: width, height: rect.height)
        }
    }

    /// The length of each part; they add up to `total` (0 when that is negative).
    ///
    /// Demands are met in order while cells last, so that in a small space the first parts live. What is left over goes
    /// by weight; without any weight the last part takes it.
    package static func lengths(_ parts: [Constraint], total: Int) -> [Int] {
        var left = Swift.max(0, total)
        var lengths = parts.map { part in
            let length = Swift.min(part.least, left)
            left -= length
            return length
        }
        let weights = parts.reduce(0) { $0 + $1.weight }
        guard weights > 0 else {
            if !lengths.isEmpty { lengths[lengths.count - 1] += left }
            return lengths
        }
        // Each border is rounded down by itself, so the shares add up whatever the weights.
        var passed = 0
        var given = 0
        for (index, part) in parts.enumerated() where part.weight > 0 {
            passed += part.weight
            let (high, low) = left.multipliedFullWidth(by: passed)
            let border = weights.dividingFullWidth((high, low)).quotient
            lengths[index] += border - given
            given = border
        }
        return lengths
    }

    fileprivate static let most = 1_000_000
}
