/// How a file that holds more than anybody wants to wait for is opened: the newest part first, a day behind it, and what is
/// older not at all.
package struct BacklogPolicy {
    /// Bytes from which on a file is opened so.
    package var threshold: Int64
    /// Time before the newest record that is read first, µs.
    package var shown: Int64
    /// Time before the newest record that is read at all, µs.
    package var kept: Int64
    /// The time of the record on a line, µs since 1970; nil if it has none. The bytes may be read 64 beyond the line.
    package var timeOfLine: (_ bytes: RawSpan, _ line: Range<Int>) -> Int64?

    package static let defaultThreshold: Int64 = 64 << 20

    package init(
        threshold: Int64 = BacklogPolicy.defaultThreshold, shown: Int64, kept: Int64,
        timeOfLine: @escaping (_ bytes: RawSpan, _ line: Range<Int>) -> Int64?
    ) {
        self.threshold = threshold
        self.shown = min(shown, kept)
        self.kept = kept
        self.timeOfLine = timeOfLine
    }

    /// Beginnings of lines at which the parts of a file begin.
    struct Division: Equatable {
        var keptFrom: Int64
        var shownFrom: Int64
    }

    /// Divides a file; nil if it is better read from its beginning: its records have no times, or are in no order, or nearly
    /// all of it is to be shown.
    func divide(_ file: borrowing Descriptor, size: Int64) -> Division? {
        let search = TimeSearch(size: size, timeOfLine: timeOfLine)
        guard let newest = search.newest(file), search.isInOrder(file) else { return nil }
        let shownFrom = search.offset(of: newest.subtractingReportingOverflow(shown).partialValue, in: file)
        guard shownFrom > threshold / 16 else { return nil }
        let keptFrom = search.offset(of: newest.subtractingReportingOverflow(kept).partialValue, in: file)
        return Division(keptFrom: min(keptFrom, shownFrom), shownFrom: shownFrom)
    }
}
