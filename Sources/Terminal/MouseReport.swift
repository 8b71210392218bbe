import Canvas

/// Clicks and the wheel as xterm's mode 1006 reports them, for types whose entry has only the older way: that one ends at column 223.
enum MouseReport {
    static let on = Array("\u{1B}[?1006h".utf8)
    static let off = Array("\u{1B}[?1006l".utf8)

    /// The key of `ESC [ < button;column;row M`; nil for releases, movements and other buttons.
    static func key(parameters: some StringProtocol, final: UInt8) -> Key? {
        let numbers = parameters.split(separator: ";").compactMap { Int($0) }
        guard final == UInt8(ascii: "M"), numbers.count == 3, numbers[1] > 0, numbers[2] > 0 else { return nil }
        let (x, y) = (numbers[1] - 1, numbers[2] - 1)
        // Shift, Alt and Ctrl held down change nothing.
        switch numbers[0] & ~(4 | 8 | 16) {
        case 0: return .click(x: x, y: y)
        case 64: return .wheel(up: true, x: x, y: y)
        case 65: return .wheel(up: false, x: x, y: y)
        default: return nil
        }
    }
}
