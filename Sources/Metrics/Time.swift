/// Spans of time in µs, the unit of every time in the program.
package enum Span {
    package static let second: Int64 = 1_000_000
    package static let minute: Int64 = 60 * second
    package static let hour: Int64 = 60 * minute
    package static let day: Int64 = 24 * hour
}

extension Int64 {
    /// The multiple of `step` at or below this time; also right before 1970.
    package func alignedDown(to step: Int64) -> Int64 {
        let rest = self % step
        // Wraps for the sentinels at the ends of the range, which are compared only.
        return self &- (rest < 0 ? rest + step : rest)
    }
}
