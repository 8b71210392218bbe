/// How many colours the terminal shows.
package enum ColourDepth: UInt8, Sendable, Hashable, Comparable, CaseIterable {
    case mono, eight, sixteen, indexed256, truecolor

    package static func < (a: ColourDepth, b: ColourDepth) -> Bool { a.rawValue < b.rawValue }
}
