import Canvas

/// Keys that terminfo does not tell: entries lack some, and a terminal is often not quite the one that `$TERM` names (tmux within
/// screen, rxvt as xterm, cursor keys that stayed in their other mode).
enum KeySequence {
    /// The key of `ESC [ parameters final`, as xterm, tmux, rxvt and the Linux console send them; nil for what is no key of ours.
    static func key(parameters: String, final: UInt8) -> Key? {
        if parameters.isEmpty, let key = rxvtShifted[final] { return key }
        if parameters == "[" { return linuxFunctions[final] }
        let numbers = parameters.split(separator: ";", omittingEmptySubsequences: false)
        guard numbers.count <= 2, let first = numbers.first.map({ $0.isEmpty ? 1 : Int($0) }) ?? 1,
            let modifier = numbers.count == 2 ? Int(numbers[1]) : 1
        else { return nil }
        if final == UInt8(ascii: "~") { return modifier == 1 ? numbered[first] : nil }
        guard first == 1, let key = letters[final] else { return nil }
        switch modifier {
        case 1: return key
        case 2: return shifted[key]
        case 5: return controlled[key]
        default: return nil
        }
    }

    /// The key of `ESC O final`: cursor keys in their application mode, the keypad, rxvt's Ctrl.
    static func key(application final: UInt8) -> Key? {
        switch final {
        case UInt8(ascii: "a")...UInt8(ascii: "d"): rxvtControlled[final]
        // The keypad's 0 to 9 and its signs.
        case UInt8(ascii: "j")...UInt8(ascii: "y"): .character(Character(Unicode.Scalar(final - 0x40)))
        case UInt8(ascii: "M"): .enter
        case UInt8(ascii: "P")...UInt8(ascii: "S"): .function(Int(final - UInt8(ascii: "P")) + 1)
        default: letters[final]
        }
    }

    /// The key behind a name that terminfo's user-defined part has for it, such as `kLFT5`.
    static func key(capability: String) -> Key? {
        switch capability {
        case "kUP": .shiftUp
        case "kDN": .shiftDown
        case "kLFT5": .controlLeft
        case "kRIT5": .controlRight
        default: nil
        }
    }

    private static let letters: [UInt8: Key] = [
        UInt8(ascii: "A"): .up, UInt8(ascii: "B"): .down, UInt8(ascii: "C"): .right, UInt8(ascii: "D"): .left,
        UInt8(ascii: "H"): .home, UInt8(ascii: "F"): .end, UInt8(ascii: "Z"): .backTab,
    ]
    private static let shifted: [Key: Key] = [
        .up: .shiftUp, .down: .shiftDown, .left: .shiftLeft, .right: .shiftRight,
    ]
    private static let controlled: [Key: Key] = [.left: .controlLeft, .right: .controlRight]
    private static let rxvtShifted: [UInt8: Key] = [
        UInt8(ascii: "a"): .shiftUp, UInt8(ascii: "b"): .shiftDown, UInt8(ascii: "c"): .shiftRight,
        UInt8(ascii: "d"): .shiftLeft,
    ]
    private static let rxvtControlled: [UInt8: Key] = [
        UInt8(ascii: "c"): .controlRight, UInt8(ascii: "d"): .controlLeft,
    ]
    private static let linuxFunctions: [UInt8: Key] = [
        UInt8(ascii: "A"): .function(1), UInt8(ascii: "B"): .function(2), UInt8(ascii: "C"): .function(3),
        UInt8(ascii: "D"): .function(4), UInt8(ascii: "E"): .function(5),
    ]
    private static let numbered: [Int: Key] = [
        1: .home, 2: .insert, 3: .delete, 4: .end, 5: .pageUp, 6: .pageDown, 7: .home, 8: .end,
        11: .function(1), 12: .function(2), 13: .function(3), 14: .function(4), 15: .function(5), 17: .function(6),
        18: .function(7), 19: .function(8), 20: .function(9), 21: .function(10), 23: .function(11), 24: .function(12),
    ]
}
