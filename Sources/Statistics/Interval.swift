/// A closed interval of plausible values.
package struct Interval: Sendable, Hashable {
    package let lower: Double
    package let upper: Double

    /// The bounds in either order.
    package init(_ a: Double, _ b: Double) {
        lower = min(a, b)
        upper = max(a, b)
    }

    package var width: Double { upper - lower }

    package func contains(_ value: Double) -> Bool { lower <= value && value <= upper }
}
