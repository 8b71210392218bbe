extension Int64 {
    /// The value times a weight, kept within ±2^53 so that sums of hostile values stay far from overflow.
    @inlinable public func weighted(by weight: Int64) -> Int64 {
        let (product, overflow) = multipliedReportingOverflow(by: weight)
        let limit: Int64 = 1 << 53
        if overflow { return (self < 0) == (weight < 0) ? limit : -limit }
        return Swift.min(limit, Swift.max(-limit, product))
    }
}
