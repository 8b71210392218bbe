/// What an expression asks its surroundings for: an entry of the catalogue, and the arguments where it is a function.
package struct Reference: Sendable, Hashable {
    /// Index into `Catalogue.entries`.
    package let entry: Int
    /// The entry's own name, whichever alias was written.
    package let name: String
    package let type: ValueType
    package let arguments: [Argument]
}

/// One argument of a function, checked against its parameter.
package enum Argument: Sendable, Hashable {
    case text(String)
    /// Seconds, over 0.
    case duration(Ratio)
    /// Index into `Catalogue.entries`.
    case metric(Int)
}
