/// Which row of a page has the focus, and which part of the page is seen.
///
/// By identity: rows that change their places take the focus with them, and what is seen goes along. The focus goes from row to
/// row as long as nothing between them stays unseen; else the page moves by lines, and a row that is out of sight has no focus.
struct Cursor: Sendable, Hashable {
    /// The id of the row; nil: the first.
    private(set) var id: String?
    /// Where it was, for when it is gone.
    private(set) var place = 0
    /// Lines from the first one that is seen to the row's, where the page was moved; nil: wherever the row is seen well.
    private var offset: Int?
    /// The first line seen where no row can have the focus.
    private var line = 0

    /// More than any screen has.
    static let unbounded = 1 << 20

    // MARK: What is seen

    /// The first line that is seen.
    /// - Parameter height: lines that are seen at once.
    func firstLine(in sheet: Sheet, height: Int) -> Int {
        let most = max(0, sheet.height - height)
        let lines = RowLines(sheet)
        guard let index = index(in: sheet.targets) else { return min(line, most) }
        guard let offset else { return lines.following(index, height: height) }
        return max(0, min(most, lines.rows[index].lowerBound - offset))
    }

    /// The row that has the focus; nil where none can, or it is out of sight.
    func target(in sheet: Sheet, height: Int = unbounded) -> Target? {
        let targets = sheet.targets
        guard let index = index(in: targets) else { return nil }
        if offset != nil {
            let first = firstLine(in: sheet, height: height)
            guard RowLines(sheet).rows[index].isWithin(first..<first + height) else { return nil }
        }
        return targets[index]
    }

    private func index(in targets: [Target]) -> Int? {
        guard !targets.isEmpty else { return nil }
        // Rows that can't be told apart are told by their places.
        if targets.indices.contains(place), targets[place].id == id { return place }
        return targets.firstIndex { $0.id == id } ?? min(place, targets.count - 1)
    }

    // MARK: Moving

    /// Moves by some rows, or by lines where there is no further row to be seen.
    mutating func move(by offset: Int, in sheet: Sheet, height: Int = unbounded) {
        let targets = sheet.targets
        let first = firstLine(in: sheet, height: height)
        guard let index = index(in: targets) else { return see(first.addingClamped(offset), in: sheet, height: height) }
        guard target(in: sheet, height: height) != nil else {
            return scroll(by: offset.signum(), in: sheet, height: height)
        }
        let next = max(0, min(targets.count - 1, index.addingClamped(offset)))
        let lines = RowLines(sheet)
        let row = lines.rows[next]
        // Where the page was moved it moves on no further than it must.
        let top =
            self.offset == nil
            ? lines.following(next, height: height)
            : row.isWithin(first..<first + height) ? first : lines.following(next, height: height)
        guard next != index, lines.isStep(from: first, to: top, height: height) else {
            return scroll(by: offset.signum(), in: sheet, height: height)
        }
        select(next, of: targets)
        if self.offset != nil { self.offset = row.lowerBound - top }
    }

    /// Moves by a few lines, or as many as it takes to see what comes next as a whole.
    /// - Parameter direction: 1 or −1.
    mutating func scroll(by direction: Int, in sheet: Sheet, height: Int) {
        var first = firstLine(in: sheet, height: height)
        let lines = RowLines(sheet)
        for step in 0..<3 {
            let isDown = direction > 0
            let hidden =
                isDown
                ? lines.items.first { $0.upperBound > first + height } : lines.items.last { $0.lowerBound < first }
            // A chart is come to by itself: what is before it must be seen, too.
            guard let next = hidden, step == 0 || next.count == 1 else { break }
            first =
                isDown
                ? max(first + 1, min(next.lowerBound, next.upperBound - height)) : min(first - 1, next.lowerBound)
            if next.count > 1 { break }
        }
        see(first, in: sheet, height: height)
        focusSeen(first: direction > 0, in: sheet, height: height)
    }

    /// Moves by what is seen at once.
    /// - Parameter direction: 1 or −1.
    mutating func page(by direction: Int, in sheet: Sheet, height: Int) {
        let first = firstLine(in: sheet, height: height)
        let lines = RowLines(sheet)
        // What is not seen as a whole comes next.
        let next: Int
        if direction > 0 {
            let item = lines.items.first { $0.upperBound > first + height }
            next = item.map { $0.lowerBound > first ? $0.lowerBound : first + height } ?? first
        } else {
            let item = lines.items.last { $0.lowerBound < first }
            next = item.map { $0.upperBound < first + height ? $0.upperBound - height : first - height } ?? first
        }
        guard next != first else { return jump(toEnd: direction > 0, in: sheet, height: height) }
        see(next, in: sheet, height: height)
        focusSeen(first: direction > 0, in: sheet, height: height, always: true)
    }

    /// To the first or the last row and line.
    mutating func jump(toEnd: Bool, in sheet: Sheet, height: Int = unbounded) {
        self = Cursor()
        let targets = sheet.targets
        select(toEnd ? targets.count - 1 : 0, of: targets)
        let line = toEnd ? max(0, sheet.height - height) : 0
        if firstLine(in: sheet, height: height) != line { see(line, in: sheet, height: height) }
    }

    /// To the row whose line was clicked, counted from the sheet's first line. False if it has none.
    mutating func jump(toLine line: Int, in sheet: Sheet, height: Int = unbounded) -> Bool {
        guard let row = RowLines(sheet).rows.firstIndex(where: { $0.contains(line) }) else { return false }
        let first = firstLine(in: sheet, height: height)
        select(row, of: sheet.targets)
        if offset != nil { see(first, in: sheet, height: height) }
        return true
    }

    /// Has the page seen from a line on.
    private mutating func see(_ first: Int, in sheet: Sheet, height: Int) {
        let first = max(0, min(first, sheet.height - height))
        guard let index = index(in: sheet.targets) else { return line = first }
        offset = RowLines(sheet).rows[index].lowerBound - first
    }

    /// Gives the focus to a row that is seen, the first or the last of them, where the one that has it is not.
    private mutating func focusSeen(first isFirst: Bool, in sheet: Sheet, height: Int, always: Bool = false) {
        guard always || target(in: sheet, height: height) == nil else { return }
        let first = firstLine(in: sheet, height: height)
        let rows = RowLines(sheet).rows
        let seen = rows.indices.filter { rows[$0].isWithin(first..<first + height) }
        guard let row = isFirst ? seen.first : seen.last else { return }
        select(row, of: sheet.targets)
        see(first, in: sheet, height: height)
    }

    private mutating func select(_ place: Int, of targets: [Target]) {
        guard targets.indices.contains(place) else { return }
        self.place = place
        id = targets[place].id
    }
}

/// Where the items of a sheet stand.
private struct RowLines {
    private(set) var items: [Range<Int>] = []
    /// Those that can have the focus.
    private(set) var rows: [Range<Int>] = []
    private var height = 0

    init(_ sheet: Sheet) {
        for item in sheet.items {
            let lines = height..<height + item.height
            items.append(lines)
            if item.target != nil { rows.append(lines) }
            height = lines.upperBound
        }
    }

    /// Whether nothing stays unseen between what is seen from one line on and from another.
    func isStep(from first: Int, to next: Int, height seen: Int) -> Bool {
        if next > first { return items.first { $0.upperBound > first + seen }.map { next <= $0.lowerBound } ?? true }
        return items.last { $0.lowerBound < first }.map { next + seen >= $0.upperBound } ?? true
    }

    /// The first line that is seen where a row is seen well: with some lines around it; and what leads to the first row is seen
    /// with it.
    func following(_ row: Int, height seen: Int) -> Int {
        let lines = rows[row]
        if row == 0, lines.upperBound <= seen { return 0 }
        return max(0, min(height - seen, lines.lowerBound, lines.upperBound - seen * 2 / 3))
    }
}

extension Range<Int> {
    fileprivate func isWithin(_ other: Range<Int>) -> Bool {
        lowerBound >= other.lowerBound && upperBound <= other.upperBound
    }
}

extension Int {
    fileprivate func addingClamped(_ other: Int) -> Int {
        let (sum, overflow) = addingReportingOverflow(other)
        return overflow ? (other > 0 ? .max : .min) : sum
    }
}
