/// What a cell means. A theme gives each role its look; nothing outside `Canvas` and a theme file knows a colour.
package enum Role: UInt8, Sendable, CaseIterable, Hashable {
    case text, dim, title, border, focus
    case good, notice, warning, critical, accent
    case series1, series2, series3, series4, series5, series6
    case control, canary
    case barLow, barMid, barHigh
    case selection, banner
}

/// A role with emphasis on top of what the theme says.
package struct Style: Sendable, Hashable {
    package var role: Role
    package var bold: Bool
    package var reverse: Bool
    package var underline: Bool

    package init(_ role: Role, bold: Bool = false, reverse: Bool = false, underline: Bool = false) {
        self.role = role
        self.bold = bold
        self.reverse = reverse
        self.underline = underline
    }
}
