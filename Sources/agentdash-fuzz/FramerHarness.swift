import Ingest

/// Bytes to lines in chunks of arbitrary sizes: the same lines as a plain split gives.
///
/// The first byte chooses the longest line kept, the next seven the sizes of chunks, in turn.
enum FramerHarness {
    private enum Line: Equatable {
        case text([UInt8], number: Int)
        case oversized(Int, number: Int)
    }

    static func run(_ bytes: [UInt8]) {
        guard bytes.count > 8 else { return }
        let limit = 16 + Int(bytes[0])
        let content = Array(bytes[8...])
        let expected = plainly(content, limit: limit)
        Harness.promise(framed(content, chunks: bytes[1..<8].map { Int($0) + 1 }, limit: limit) == expected, "chunks")
        if content.count < 256 {
            Harness.promise(framed(content, chunks: [1], limit: limit) == expected, "single bytes")
        }
        Harness.promise(framed(content, chunks: [content.count + 1], limit: limit) == expected, "all at once")
    }

    private static func framed(_ content: [UInt8], chunks: [Int], limit: Int) -> [Line] {
        var buffer = LineBuffer(capacity: 16, maximumLine: limit)
        var lines: [Line] = []
        var position = 0
        var turn = 0
        while position < content.count {
            let end = min(position + chunks[turn % chunks.count], content.count)
            buffer.append(Array(content[position..<end]))
            position = end
            turn += 1
            while let line = take(buffer.nextLine(), &buffer) { lines.append(line) }
            checkPadding(buffer)
        }
        while let line = take(buffer.takeRemainder(), &buffer) { lines.append(line) }
        return lines
    }

    private static func take(_ next: NextLine, _ buffer: inout LineBuffer) -> Line? {
        switch next {
        case .none: nil
        case .line(let range): .text(Array(buffer.padded[range]), number: buffer.lineNumber)
        case .oversized(let count): .oversized(count, number: buffer.lineNumber)
        }
    }

    private static func checkPadding(_ buffer: borrowing LineBuffer) {
        Harness.promise(
            buffer.padded.suffix(LineBuffer.padding).allSatisfy { $0 == UInt8(ascii: "\"") }, "padding is quotes")
    }

    private static func plainly(_ content: [UInt8], limit: Int) -> [Line] {
        let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
        let rest = content.starts(with: mark) ? content.dropFirst(3) : content[...]
        var parts = rest.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        if parts.last?.isEmpty == true { parts.removeLast() }
        return parts.enumerated().map { index, part in
            if part.count > limit { return .oversized(part.count, number: index + 1) }
            return .text(Array(part.last == UInt8(ascii: "\r") ? part.dropLast() : part), number: index + 1)
        }
    }
}
