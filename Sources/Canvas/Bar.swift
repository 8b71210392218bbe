/// A horizontal meter.
package enum Bar {
    /// `width` cells of which `fraction` (0…1, cut to that) is filled, to an eighth of a cell.
    ///
    /// The bar is honest at its ends: empty only at 0, full only at 1. A fraction that isn't known (nil, not a number)
    /// has no bar at all, only blanks.
    package static func cells(
        _ fraction: Double?, width: Int, role: Role, glyphs: GlyphSet, emptyRole: Role = .dim
    ) -> [Cell] {
        guard width > 0 else { return [] }
        guard let fraction, !fraction.isNaN else { return Array(repeating: .blank, count: width) }
        let all = width * 8
        var eighths = Int((min(1, max(0, fraction)) * Double(all)).rounded())
        if fraction > 0 { eighths = max(1, eighths) }
        if fraction < 1 { eighths = min(all - 1, eighths) }
        return (0..<width).map { column in
            let filled = min(8, eighths - column * 8)
            return filled > 0
                ? Cell(glyphs.bar[filled - 1], Style(role)) : Cell(glyphs.barEmpty, Style(emptyRole))
        }
    }
}
