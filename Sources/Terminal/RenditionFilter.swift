/// Sends of the renditions that curses states only what the terminal does not have yet, and only where something is drawn in them.
///
/// curses states all attributes and both colours whenever one of them changes, and takes them back before it moves the cursor: more
/// than half of what it writes. Meant for types of xterm's family; others' frames pass as they are.
struct RenditionFilter: Sendable {
    /// What the terminal has; nil when that is unknown.
    private var sent: Rendition?
    /// What curses wants next; nil after something that was not understood, and then the terminal has it already.
    private var wanted: Rendition? = Rendition()
    /// The terminal draws letters as letters; nil when that is unknown.
    private var drawsLetters: Bool?
    private let isOn: Bool
    private var isFirst = true

    init(isOn: Bool) { self.isOn = isOn }

    /// Somebody else may have written to the terminal.
    mutating func forget() {
        sent = nil
        drawsLetters = nil
    }

    /// A frame that shows the same. Sequences must be whole, but for one that began before the first frame.
    mutating func shortened(_ frame: [UInt8]) -> [UInt8] {
        guard isOn else { return frame }
        var result: [UInt8] = []
        result.reserveCapacity(frame.count)
        // What curses wrote before its first frame went out directly, on a tiny screen cut within a sequence.
        var index = isFirst ? frame.firstIndex(of: 0x1B) ?? 0 : 0
        isFirst = false
        result += frame[..<index]
        while index < frame.count {
            let end = Self.end(of: frame, from: index)
            take(frame[index..<end], to: &result)
            index = end
        }
        // Whoever writes next, a shell after a SIGSTOP for one, finds what curses meant to leave.
        draw(&result)
        return result
    }

    /// Where the sequence or the character that begins at `start` ends.
    private static func end(of frame: [UInt8], from start: Int) -> Int {
        guard frame[start] == 0x1B, start + 1 < frame.count else { return start + 1 }
        switch frame[start + 1] {
        case UInt8(ascii: "["):
            let final = frame[(start + 2)...].firstIndex { $0 >= 0x40 }
            return final.map { $0 + 1 } ?? frame.count
        case UInt8(ascii: "("), UInt8(ascii: ")"): return min(start + 3, frame.count)
        default: return start + 2
        }
    }

    private mutating func take(_ piece: ArraySlice<UInt8>, to result: inout [UInt8]) {
        let final = piece.last ?? 0
        switch piece.count {
        case 1:
            switch final {
            case 0x0E, 0x0F: return designate(letters: final == 0x0F, piece, to: &result)
            // Back to the left and one to the left: nothing is drawn.
            case 0x0D, 0x08: break
            default: draw(&result)
            }
        case 3 where piece[piece.startIndex + 1] == UInt8(ascii: "("):
            return designate(letters: final == UInt8(ascii: "B"), piece, to: &result)
        default:
            guard piece[piece.startIndex + 1] == UInt8(ascii: "[") else {
                draw(&result)
                break
            }
            switch final {
            case UInt8(ascii: "m"): return state(piece, to: &result)
            // The cursor moves.
            case UInt8(ascii: "A")...UInt8(ascii: "H"), UInt8(ascii: "d"): break
            default: draw(&result)
            }
        }
        result += piece
    }

    /// SGR: kept until something is drawn.
    private mutating func state(_ sequence: ArraySlice<UInt8>, to result: inout [UInt8]) {
        let parameters = sequence.dropFirst(2).dropLast()
        // Where the present is unknown, only what begins anew leads out.
        let isFresh = parameters.isEmpty || parameters.starts(with: "0;".utf8) || parameters.elementsEqual("0".utf8)
        if var next = wanted ?? (isFresh ? Rendition() : nil), next.apply(parameters) {
            wanted = next
            return
        }
        draw(&result)
        result += sequence
        (sent, wanted) = (nil, nil)
    }

    private mutating func designate(letters: Bool, _ sequence: ArraySlice<UInt8>, to result: inout [UInt8]) {
        if letters, drawsLetters == true { return }
        drawsLetters = letters
        result += sequence
    }

    /// Brings the terminal to what is wanted.
    private mutating func draw(_ result: inout [UInt8]) {
        guard let wanted else { return }
        result += wanted.sequence(from: sent)
        sent = wanted
    }
}
