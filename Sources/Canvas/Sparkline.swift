/// What colours the columns of a small chart.
package enum ChartColouring: Sendable, Hashable {
    /// `barLow`, `barMid` and `barHigh` by thirds of the scale: for what is worse when it is higher.
    case gradient
    /// One role for all.
    case role(Role)

    /// The role for a value at `fraction` (0…1) of the scale.
    func role(at fraction: Double) -> Role {
        switch self {
        case .role(let role): role
        case .gradient: fraction < 1.0 / 3 ? .barLow : fraction < 2.0 / 3 ? .barMid : .barHigh
        }
    }
}

/// A series of values as a row of small columns, the newest at the right.
package struct Sparkline: Sendable, Hashable {
    /// Oldest first; nil (or not a number) where nothing is known, drawn as a gap.
    package var values: [Double?]
    /// The values drawn lowest and highest; nil for those of the data.
    package var scale: ClosedRange<Double>?
    /// Whether a scale taken from the data starts at 0, and 0 is drawn as a gap: a count of none has no column.
    package var isZeroBased: Bool
    package var colouring: ChartColouring

    package init(
        _ values: [Double?],
        scale: ClosedRange<Double>? = nil,
        isZeroBased: Bool = true,
        colouring: ChartColouring = .gradient
    ) {
        self.values = values
        self.scale = scale
        self.isZeroBased = isZeroBased
        self.colouring = colouring
    }

    /// `width` cells that show the last `width` values; blanks at the left where there are fewer.
    ///
    /// Values outside the scale are drawn at its ends, the smallest value above the lowest in the lowest column at
    /// least; values that are all the same stand in the middle unless zero-based.
    package func cells(width: Int, glyphs: GlyphSet) -> [Cell] {
        guard width > 0 else { return [] }
        let shown = values.suffix(width)
        let range = scale ?? Self.range(of: values.suffix(width), isZeroBased: isZeroBased)
        var cells = Array(repeating: Cell.blank, count: width - shown.count)
        for value in shown {
            guard let value, !value.isNaN, !(isZeroBased && value == 0) else {
                cells.append(.blank)
                continue
            }
            let fraction = range.fraction(of: value)
            let level = min(7, Int(fraction * 8))
            cells.append(Cell(glyphs.spark[level], Style(colouring.role(at: fraction))))
        }
        return cells
    }

    /// From the least to the greatest finite value, from 0 when zero-based.
    static func range(of values: some Sequence<Double?>, isZeroBased: Bool) -> ClosedRange<Double> {
        var low = Double.infinity
        var high = -Double.infinity
        for case let value? in values where value.isFinite {
            low = min(low, value)
            high = max(high, value)
        }
        guard low <= high else { return 0...1 }
        return isZeroBased ? min(0, low)...max(0, high) : low...high
    }
}

extension ClosedRange<Double> {
    /// Where in the range the value lies, 0…1; the ends for what is outside, the middle of a range without extent.
    func fraction(of value: Double) -> Double {
        if value.isNaN { return 0 }
        guard lowerBound < upperBound else {
            return value < lowerBound ? 0 : value > upperBound ? 1 : 0.5
        }
        if value <= lowerBound { return 0 }
        if value >= upperBound { return 1 }
        // Halves, because the extent of the widest range is more than a Double can say.
        let fraction = (value / 2 - lowerBound / 2) / (upperBound / 2 - lowerBound / 2)
        return fraction.isNaN ? 0 : Swift.min(1, Swift.max(0, fraction))
    }
}
