/// A key as the program sees it, whichever bytes the terminal sent.
package enum Key: Sendable, Hashable {
    case character(Character)
    case control(Character)
    case enter, escape, tab, backTab, backspace, insert, delete
    case up, down, left, right
    case shiftUp, shiftDown, shiftLeft, shiftRight
    case controlLeft, controlRight
    case home, end, pageUp, pageDown
    case function(Int)
    /// Column and row of a click, 0-based.
    case click(x: Int, y: Int)
    case wheel(up: Bool, x: Int, y: Int)
}
