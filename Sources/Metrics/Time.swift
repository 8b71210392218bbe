/// Spans of time in µs, the unit of every time in the program.
public enum Span {
    public static let second: Int64 = 1_000_000
    public static let minute: Int64 = 60 * second
    public static let hour: Int64 = 60 * minute
    public static let day: Int64 = 24 * hour
}

extension Int64 {
    /// The multiple of `step` at or below this time; also right before 1970.
    public func alignedDown(to step: Int64) -> Int64 {
        let rest = self % step
        // Wraps for the sentinels at the ends of the range, which are compared only.
        return self &- (rest < 0 ? rest + step : rest)
    }
}
