import Glibc

/// Bytes of one source on their way to lines: filled at the end, framed from the front.
///
/// The caller takes lines until `nextLine` answers `.none` before it reads again; the beginning of a line that isn't
/// complete yet is then carried to the front. How the bytes were cut into reads never shows in the lines.
/// Noncopyable, because a copy would double a megabyte unseen.
package struct LineBuffer: ~Copyable, Sendable {
    /// Readable bytes after the last valid one, all of them `"`: a scanner that runs on at an unterminated string stops there.
    package static let padding = 64
    /// Bytes that a buffer starts with, and that it returns to where little comes: many files may be followed.
    package static let initialCapacity = 64 << 10
    /// Bytes that a buffer grows to where reads fill it: fewer would make system calls count, more would leave the caches.
    package static let busyCapacity = 512 << 10
    /// The longest line that is kept, in bytes before its `\n`.
    package static let defaultMaximumLine = 64 << 20

    /// All bytes, the padding included. Ranges that `nextLine` gives are offsets into this.
    package private(set) var padded: [UInt8]
    /// The longest line that is kept, in bytes before its `\n`; a longer one is skipped and reported as oversized.
    package let maximumLine: Int
    /// Number of the line given last, in its file, from 1; 0 before the first.
    package private(set) var lineNumber = 0
    /// Whether the file was read from its beginning, so that `lineNumber` is one's place in it.
    package private(set) var knowsLineNumbers = true
    /// Where the line given last begins in its file, in bytes.
    package private(set) var lineOffset: Int64 = 0

    private let startCapacity: Int
    private let fullCapacity: Int
    /// First byte that was not given out as a line yet.
    private var start = 0
    /// First byte that was not searched for a newline yet, so that a long line is searched once.
    private var searched = 0
    /// End of the valid bytes.
    private var end = 0
    /// Bytes already thrown away of an oversized line, nil outside of one.
    private var skipped: Int?
    /// Where a file begins whose first bytes may still turn out to be a byte order mark.
    private var markPosition: Int?
    /// Place of the first held byte in its file.
    private var firstOffset: Int64 = 0
    /// A new file that begins among the bytes not given out yet.
    private var nextFile: NextFile?
    /// Bytes of the last fill.
    private var lastFill = 0
    private var smallFills = 0

    /// - Parameters:
    ///   - capacity: bytes to hold while lines are shorter; nil: from `initialCapacity` to `busyCapacity`, as needed.
    ///   - maximumLine: longest line kept, in bytes before its `\n`; at least 16.
    package init(capacity: Int? = nil, maximumLine: Int = LineBuffer.defaultMaximumLine) {
        startCapacity = max(capacity ?? LineBuffer.initialCapacity, 16)
        fullCapacity = capacity == nil ? LineBuffer.busyCapacity : startCapacity
        self.maximumLine = max(maximumLine, 16)
        padded = [UInt8](repeating: LineBuffer.paddingByte, count: startCapacity + LineBuffer.padding)
        markPosition = 0
    }

    /// Bytes held that were not given out as lines.
    package var pendingCount: Int { end - start }

    /// Bytes that the buffer can hold at the moment.
    package var capacity: Int { padded.count - LineBuffer.padding }

    private static let paddingByte = UInt8(ascii: "\"")
    private static let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]
}

/// Where a file begins in a buffer.
private struct NextFile {
    /// The first of its bytes in the buffer.
    var start: Int
    /// That byte's place in the file.
    var offset: Int64
    /// Whether reading began at its beginning.
    let isWhole: Bool

    /// The buffer's first `count` bytes are gone.
    mutating func carry(_ count: Int) {
        offset += Int64(max(count - start, 0))
        start = max(start - count, 0)
    }
}

// MARK: - Lines

extension LineBuffer {
    /// The next complete line, without its `\n` or `\r\n`. The range is valid until the buffer is filled again.
    package mutating func nextLine() -> NextLine {
        guard let newline = firstNewline(from: searched) else {
            searched = end
            if skipped != nil || end - start > maximumLine {
                // The line's length is reported with its end: how it arrived must not show.
                skipped = (skipped ?? 0) + (end - start)
                start = end
            }
            return .none
        }
        return take(upTo: newline, next: newline + 1)
    }

    /// The last line of a source that ended without a newline; `.none` if it ended with one.
    package mutating func takeRemainder() -> NextLine {
        let next = nextLine()
        if next != .none { return next }
        guard start < end || skipped != nil else { return .none }
        return take(upTo: end, next: end)
    }

    private mutating func take(upTo lineEnd: Int, next: Int) -> NextLine {
        if let nextFile, start >= nextFile.start {
            lineNumber = 0
            firstOffset = nextFile.offset - Int64(nextFile.start)
            knowsLineNumbers = nextFile.isWhole
            self.nextFile = nil
        }
        let lineStart = start
        let length = (skipped ?? 0) + (lineEnd - lineStart)
        lineOffset = firstOffset + Int64(lineEnd - length)
        start = next
        searched = next
        lineNumber += 1
        if skipped != nil || length > maximumLine {
            skipped = nil
            return .oversized(byteCount: length)
        }
        let hasReturn = lineEnd > lineStart && padded[lineEnd - 1] == UInt8(ascii: "\r")
        return .line(lineStart..<(hasReturn ? lineEnd - 1 : lineEnd))
    }

    private func firstNewline(from position: Int) -> Int? {
        guard position < end else { return nil }
        return unsafe padded.withUnsafeBytes { bytes -> Int? in
            // In bounds: position < end <= bytes.count. memchr is ten times faster than a loop here.
            guard let base = bytes.baseAddress,
                let found = unsafe memchr(base + position, Int32(UInt8(ascii: "\n")), end - position)
            else { return nil }
            return unsafe UnsafeRawPointer(found) - base
        }
    }
}

// MARK: - Filling

extension LineBuffer {
    /// Adds bytes that the program has already.
    package mutating func append(_ bytes: [UInt8]) {
        makeRoom(for: bytes.count)
        guard bytes.count <= capacity - end else { return }
        padded.replaceSubrange(end..<end + bytes.count, with: bytes)
        commit(bytes.count)
    }

    /// A new file begins here: what is held of an unfinished line is ended, lines are numbered from 1 again, and a byte
    /// order mark is looked for.
    /// - Parameter offset: where reading begins in the file, in bytes; lines have no number unless it is at the beginning.
    package mutating func beginFile(at offset: Int64 = 0) {
        let isLineOpen = end > start ? padded[end - 1] != UInt8(ascii: "\n") : skipped != nil
        if isLineOpen {
            append([UInt8(ascii: "\n")])
        }
        markPosition = offset == 0 ? end : nil
        nextFile = NextFile(start: end, offset: offset, isWhole: offset == 0)
    }

    /// Throws away what is held of a line whose end hasn't come.
    /// - Returns: bytes of the line so far, those of an oversized one too.
    mutating func discardOpenLine() -> Int64 {
        let open = start..<end
        let lastNewline = padded[open].lastIndex(of: UInt8(ascii: "\n"))
        let lineStart = lastNewline.map { $0 + 1 } ?? start
        let count = Int64(end - lineStart + (lastNewline == nil ? skipped ?? 0 : 0))
        if lastNewline == nil { skipped = nil }
        end = lineStart
        searched = min(searched, end)
        commit(0)
        return count
    }

    /// Makes room and reads into it, at `offset` or at the descriptor's own position; the bytes count only after `commit`.
    ///
    /// With a buffer full of lines that nobody took the answer is `.noRoom`.
    /// - Parameter limit: the place in the file where to stop.
    mutating func stage(from descriptor: borrowing Descriptor, at offset: Int64? = nil, upTo limit: Int64 = .max)
        -> Transfer
    {
        makeRoom(for: nil)
        // Not more than a chunk, also where a long line has made more room: what was read should be in the cache still
        // when it is looked at.
        let most = min(Int64(fullCapacity), limit - (offset ?? 0))
        let room = end..<min(capacity, end + Int(max(0, most)))
        guard !room.isEmpty else { return .noRoom }
        return unsafe padded.withUnsafeMutableBytes { bytes in
            unsafe descriptor.read(into: UnsafeMutableRawBufferPointer(rebasing: bytes[room]), at: offset)
        }
    }

    /// Some of the staged bytes.
    func staged(_ range: Range<Int>) -> [UInt8] {
        Array(padded[(end + range.lowerBound)..<(end + range.upperBound)])
    }

    /// Takes over `count` staged bytes and renews the padding behind them.
    mutating func commit(_ count: Int) {
        end = min(end + max(count, 0), capacity)
        lastFill = count
        for index in end..<end + LineBuffer.padding {
            padded[index] = LineBuffer.paddingByte
        }
        dropByteOrderMark()
    }

    /// Carries what is pending to the front and grows or shrinks. `needed` nil: as much as a read can use.
    private mutating func makeRoom(for needed: Int?) {
        if start > 0 {
            carryToFront()
        }
        shrinkAfterLongLines()
        if let needed {
            if capacity - end < needed {
                grow(to: max(end + needed, capacity * 2))
            }
            return
        }
        if isBusy, capacity < fullCapacity {
            grow(to: fullCapacity)
        }
        // Growth without bound is not offered to a caller who takes no lines: one line and half a buffer at most.
        let limit = max(startCapacity, maximumLine + (startCapacity + 1) / 2)
        if capacity - end < startCapacity / 2, capacity < limit {
            grow(to: min(max(capacity * 2, startCapacity), limit))
        }
    }

    private mutating func carryToFront() {
        let count = end - start
        if count > 0 {
            unsafe padded.withUnsafeMutableBytes { bytes in
                guard let base = bytes.baseAddress else { return }
                unsafe _ = memmove(base, base + start, count)
            }
        }
        searched -= start
        markPosition = markPosition.flatMap { $0 < start ? nil : $0 - start }
        nextFile?.carry(start)
        firstOffset += Int64(start)
        start = 0
        end = count
        for index in end..<end + LineBuffer.padding {
            padded[index] = LineBuffer.paddingByte
        }
    }

    private mutating func grow(to newCapacity: Int) {
        let missing = newCapacity - capacity
        guard missing > 0 else { return }
        padded.reserveCapacity(padded.count + missing)
        let piece = [UInt8](repeating: LineBuffer.paddingByte, count: min(missing, LineBuffer.busyCapacity))
        var rest = missing
        while rest > 0 {
            padded.append(contentsOf: piece.prefix(rest))
            rest -= piece.count
        }
    }

    /// Whether reads bring so much that a larger buffer saves some.
    private var isBusy: Bool { lastFill > startCapacity / 2 }

    /// Gives memory back once a while has passed without a line or a rush that needs it.
    private mutating func shrinkAfterLongLines() {
        let wanted = isBusy ? fullCapacity : startCapacity
        guard capacity > wanted * 2, end < wanted / 2 else {
            smallFills = 0
            return
        }
        smallFills += 1
        guard smallFills > 16 else { return }
        smallFills = 0
        var smaller = [UInt8](repeating: LineBuffer.paddingByte, count: wanted + LineBuffer.padding)
        smaller.replaceSubrange(0..<end, with: padded[0..<end])
        padded = smaller
    }

    private mutating func dropByteOrderMark() {
        guard let position = markPosition else { return }
        let mark = LineBuffer.byteOrderMark
        let held = padded[position..<min(position + mark.count, end)]
        guard mark.starts(with: held) else {
            markPosition = nil
            return
        }
        guard held.count == mark.count else { return }
        padded.removeSubrange(position..<position + mark.count)
        padded.append(contentsOf: repeatElement(LineBuffer.paddingByte, count: mark.count))
        end -= mark.count
        if nextFile == nil {
            firstOffset += Int64(mark.count)
        } else {
            nextFile?.offset += Int64(mark.count)
        }
        // The beginning of the mark may have been searched already.
        searched = min(searched, position)
        markPosition = nil
    }
}
