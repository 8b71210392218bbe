/// A sign with a meaning, one column wide in every glyph set. The raw value is its name in a theme file.
package enum Mark: String, Sendable, Hashable, CaseIterable {
    /// Records arrive / none did for a while.
    case live
    case stale
    case critical
    case degraded
    case good
    case notice
    /// There is no data to judge by.
    case unknown
    /// Stands where a value isn't known. Never `0`.
    case missing
    case up
    case down
    case left
    case right
    /// A deploy, under the time axis.
    case tick
    /// The row that has the focus.
    case cursor
    case paused
    case ellipsis
    case infinity
    case minus
    case plusMinus = "plus-minus"
    case times
    case about
    case delta
    case atLeast = "at-least"
    case atMost = "at-most"
    case middleDot = "middle-dot"
    /// The space key, in the key line.
    case space
    /// The return key, in the key line.
    case enter
    /// What can't be shown: control characters, escape.
    case replacement
}

/// A piece of a frame. The raw value is its name in a theme file.
package enum FramePart: String, Sendable, Hashable, CaseIterable {
    case topLeft = "top-left"
    case topRight = "top-right"
    case bottomLeft = "bottom-left"
    case bottomRight = "bottom-right"
    case horizontal
    case vertical
    /// Where a dividing line meets the frame: `├` and `┤`.
    case teeLeft = "tee-left"
    case teeRight = "tee-right"
}
