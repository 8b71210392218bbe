/// Which row of a page has the focus. By identity: rows that change their places take the focus with them.
struct Cursor: Sendable, Hashable {
    /// The id of the row; nil: the first.
    private(set) var id: String?
    /// Where it was, for when it is gone.
    private(set) var place = 0
    /// The first line shown where no row can have the focus.
    private(set) var line = 0

    /// The row that has the focus; nil where none can.
    func target(in sheet: Sheet) -> Target? {
        let targets = sheet.targets
        return index(in: targets).map { targets[$0] }
    }

    private func index(in targets: [Target]) -> Int? {
        guard !targets.isEmpty else { return nil }
        // Rows that can't be told apart are told by their places.
        if targets.indices.contains(place), targets[place].id == id { return place }
        return targets.firstIndex { $0.id == id } ?? min(place, targets.count - 1)
    }

    /// Moves by some rows, or lines where no row can have the focus.
    /// - Parameter height: lines that are seen at once.
    mutating func move(by offset: Int, in sheet: Sheet, height: Int = 1) {
        let targets = sheet.targets
        guard let index = index(in: targets) else {
            let (sum, overflow) = line.addingReportingOverflow(offset)
            line = max(0, min(overflow ? 0 : sum, sheet.height - height))
            return
        }
        let (sum, overflow) = index.addingReportingOverflow(offset)
        let next = overflow ? (offset > 0 ? targets.count - 1 : 0) : max(0, min(sum, targets.count - 1))
        select(next, of: targets)
    }

    /// To the first or the last row.
    mutating func jump(toEnd: Bool, in sheet: Sheet, height: Int = 1) {
        let all = sheet.height + sheet.items.count
        move(by: toEnd ? all : -all, in: sheet, height: height)
    }

    /// To the row whose line was clicked, counted from the sheet's first line. False if it has none.
    mutating func jump(toLine line: Int, in sheet: Sheet) -> Bool {
        var y = 0
        var number = 0
        for item in sheet.items {
            if item.target != nil {
                if line >= y, line < y + item.height {
                    select(number, of: sheet.targets)
                    return true
                }
                number += 1
            }
            y += item.height
        }
        return false
    }

    private mutating func select(_ place: Int, of targets: [Target]) {
        guard targets.indices.contains(place) else { return }
        self.place = place
        id = targets[place].id
    }
}
