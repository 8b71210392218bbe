/// Joins JSON that stands over several lines: an object or an array that a printer has made pretty, or an array with an
/// element a line. Elements of an array are handed out as they end, so that no more than one is kept.
struct MultilineJSON {
    /// What became of a line.
    enum Step {
        /// Goes on; `elements` may have ended.
        case open
        /// The whole has ended with this line.
        case closed
        /// The line can't belong to it.
        case broken
    }

    private(set) var isOpen = false
    private(set) var text: [UInt8] = []
    /// Where elements that have ended stand in `text`.
    private(set) var elements: [Range<Int>] = []
    private var isArray = false
    private var depth = 0
    private var elementStart: Int?

    static let maximumLength = 32 << 20

    /// Begins, if the line is nothing but an opening bracket or brace, as printers write it.
    mutating func begin(_ bytes: RawSpan, _ line: Range<Int>) -> Bool {
        var scanner = Scanner(line)
        scanner.skipBlanks(bytes)
        guard scanner.position < line.upperBound else { return false }
        let first = bytes.byte(at: scanner.position)
        guard first == ASCII.openBrace || first == ASCII.openBracket else { return false }
        scanner.position += 1
        scanner.skipBlanks(bytes)
        if first == ASCII.openBracket, scanner.position < line.upperBound,
            bytes.byte(at: scanner.position) == ASCII.openBrace
        {
            scanner.position += 1
            scanner.skipBlanks(bytes)
        }
        guard scanner.position >= line.upperBound else { return false }
        self = MultilineJSON()
        isOpen = true
        isArray = first == ASCII.openBracket
        _ = add(bytes, line)
        return true
    }

    mutating func reset() { self = MultilineJSON() }

    /// Adds the next line.
    mutating func add(_ bytes: RawSpan, _ line: Range<Int>) -> Step {
        if elementStart == nil { text.removeAll(keepingCapacity: true) }
        elements.removeAll(keepingCapacity: true)
        guard text.count + line.count < Self.maximumLength, !startsAnew(bytes, line) else { return .broken }
        var offset = line.lowerBound
        while offset < line.upperBound {
            let byte = bytes.byte(at: offset)
            switch byte {
            case ASCII.quote:
                guard let end = stringEnd(bytes, offset, line.upperBound), elementStart != nil else { return .broken }
                text.append(bytes, offset..<end)
                offset = end
                continue
            case ASCII.openBrace, ASCII.openBracket:
                depth += 1
                if depth > 200 { return .broken }
                if elementStart == nil, !isArray || depth == 2 { elementStart = text.count }
                if elementStart != nil { text.append(byte) }
            case ASCII.closeBrace, ASCII.closeBracket:
                guard depth > 0 else { return .broken }
                depth -= 1
                if let start = elementStart {
                    text.append(byte)
                    if depth == (isArray ? 1 : 0) {
                        elements.append(start..<text.count)
                        elementStart = nil
                    }
                }
                if depth == 0 {
                    isOpen = false
                    var rest = Scanner(offset + 1..<line.upperBound)
                    rest.skipBlanks(bytes)
                    return rest.position >= line.upperBound ? .closed : .broken
                }
            case 0: return .broken
            default:
                if elementStart != nil {
                    text.append(byte)
                } else if byte != ASCII.comma, !Scanner.isBlank(byte) {
                    return .broken
                }
            }
            offset += 1
        }
        if elementStart != nil { text.append(ASCII.lineFeed) }
        return .open
    }

    /// A record on a line of its own after a brace that was left alone.
    private func startsAnew(_ bytes: RawSpan, _ line: Range<Int>) -> Bool {
        guard !isArray, depth == 1, text.last(where: { !Scanner.isBlank($0) }) != ASCII.colon else { return false }
        var scanner = Scanner(line)
        scanner.skipBlanks(bytes)
        return scanner.position < line.upperBound && bytes.byte(at: scanner.position) == ASCII.openBrace
    }

    /// Behind the closing quote; nil if the line ends before.
    private func stringEnd(_ bytes: RawSpan, _ start: Int, _ end: Int) -> Int? {
        var offset = start + 1
        while offset < end {
            offset = bytes.firstSpecial(from: offset, to: end)
            guard offset < end else { return nil }
            switch bytes.byte(at: offset) {
            case ASCII.quote: return offset + 1
            case ASCII.backslash: offset += 2
            default: return nil
            }
        }
        return nil
    }
}
