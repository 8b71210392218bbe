import CNcurses
import Canvas

/// One item as curses reads it from the keyboard.
enum RawKey: Equatable {
    /// Nothing waits.
    case none
    /// A `KEY_…` number.
    case code(Int32)
    /// A key of terminfo's user-defined part, by the name of its capability.
    case capability(String)
    /// A character, controls included.
    case scalar(UInt32)
    /// A click or a turn of the wheel.
    case mouse(Key)
}

/// Makes keys of what curses reads, and swallows what is no key of ours.
struct KeyDecoder {
    /// A key read ahead; `.none` if there is none.
    private var waiting = RawKey.none

    /// A key was read ahead and waits.
    var holdsKey: Bool { waiting != .none }

    /// The next key that means something; nil when nothing waits.
    mutating func next(_ read: () -> RawKey) -> Key? {
        var raw = take(read)
        while raw != .none {
            if let key = key(raw, read) { return key }
            raw = take(read)
        }
        return nil
    }

    private mutating func take(_ read: () -> RawKey) -> RawKey {
        guard holdsKey else { return read() }
        let raw = waiting
        waiting = .none
        return raw
    }

    private mutating func key(_ raw: RawKey, _ read: () -> RawKey) -> Key? {
        switch raw {
        case .none: nil
        case .mouse(let key): key
        case .code(let code): Self.key(code: code)
        case .capability(let name): KeySequence.key(capability: name)
        case .scalar(0x1B): afterEscape(read)
        case .scalar(let value): Self.key(scalar: value)
        }
    }

    /// The Escape key itself, or the key of a sequence that terminfo does not know. What is no key is swallowed whole: its bytes would
    /// act as keys.
    private mutating func afterEscape(_ read: () -> RawKey) -> Key? {
        let following = read()
        switch following {
        case .none: return .escape
        case .scalar(0x5B): return controlSequence(read)  // [
        case .scalar(0x4F):  // O
            guard case .scalar(let final) = read() else { return nil }
            return UInt8(exactly: final).flatMap { KeySequence.key(application: $0) }
        default:
            // Alt and a letter, or a hasty Escape: both keys count.
            waiting = following
            return .escape
        }
    }

    private func controlSequence(_ read: () -> RawKey) -> Key? {
        var parameters = ""
        for position in 0..<64 {
            guard case .scalar(let value) = read() else { return position == 0 ? .escape : nil }
            // The Linux console's function keys have a second bracket.
            if (0x40...0x7E).contains(value) && !(position == 0 && value == 0x5B) {
                let final = UInt8(value)
                if parameters.hasPrefix("<") {
                    return MouseReport.key(parameters: parameters.dropFirst(), final: final)
                }
                return KeySequence.key(parameters: parameters, final: final)
            }
            if let scalar = Unicode.Scalar(value) { parameters.unicodeScalars.append(scalar) }
        }
        return nil
    }

    static func key(scalar value: UInt32) -> Key? {
        switch value {
        case 9: return .tab
        case 10, 13: return .enter
        case 8, 127: return .backspace
        case 27: return .escape
        case 0: return .control(" ")
        case 1...26:
            guard let letter = Unicode.Scalar(value + 0x60) else { return nil }
            return .control(Character(letter))
        case 28...31:
            guard let sign = Unicode.Scalar(value + 0x40) else { return nil }
            return .control(Character(sign))
        case 0x80...0x9F: return nil
        default:
            guard let scalar = Unicode.Scalar(value) else { return nil }
            return .character(Character(scalar))
        }
    }

    static func key(code: Int32) -> Key? {
        switch code {
        case KEY_UP: .up
        case KEY_DOWN: .down
        case KEY_LEFT: .left
        case KEY_RIGHT: .right
        // Scroll by one line: what terminfo calls the shifted arrows.
        case KEY_SR: .shiftUp
        case KEY_SF: .shiftDown
        case KEY_SLEFT: .shiftLeft
        case KEY_SRIGHT: .shiftRight
        case KEY_HOME, KEY_A1, KEY_FIND: .home
        case KEY_END, KEY_C1, KEY_SELECT: .end
        case KEY_PPAGE, KEY_A3: .pageUp
        case KEY_NPAGE, KEY_C3: .pageDown
        case KEY_ENTER: .enter
        case KEY_BACKSPACE: .backspace
        case KEY_IC: .insert
        case KEY_DC: .delete
        case KEY_BTAB: .backTab
        case (KEY_F0 + 1)...(KEY_F0 + 63): .function(Int(code - KEY_F0))
        default: nil
        }
    }
}
