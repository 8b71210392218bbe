/// A value and how often it counts.
package struct Observation: Sendable, Hashable {
    package var value: Int64
    package var weight: Int64

    package init(_ value: Int64, weight: Int64) {
        self.value = value
        self.weight = weight
    }
}
