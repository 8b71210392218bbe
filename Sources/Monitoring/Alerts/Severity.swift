/// How much an alert wants of whom. P1 pages, P2 is a ticket, P3 informs.
package enum Severity: String, Sendable, Codable, CaseIterable, Comparable {
    case p1 = "P1"
    case p2 = "P2"
    case p3 = "P3"

    /// The more urgent one is less.
    package static func < (a: Severity, b: Severity) -> Bool { a.rawValue < b.rawValue }
}
