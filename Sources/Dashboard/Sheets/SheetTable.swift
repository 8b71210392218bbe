import Canvas

/// A table of a sheet: columns keep their places whatever their values; the first takes what is left.
struct SheetTable {
    struct Column {
        var title: String
        /// Columns of the screen.
        var width: Int
        /// Text begins at its left end, a number ends at its right one.
        var isText = false

        init(_ title: String, _ width: Int, isText: Bool = false) {
            self.title = title
            self.width = width
            self.isText = isText
        }
    }

    /// What the first column is called.
    var title: String
    private var shown: [Int] = []
    private let columns: [Column]
    private let width: Int

    /// The first column needs some room: where there is too little, the last columns are left out.
    private static let leastName = 14

    /// - Parameter width: of the sheet.
    init(_ title: String, _ columns: [Column], width: Int) {
        self.title = title
        self.columns = columns
        self.width = width
        var left = width - Self.leastName
        for (i, column) in columns.enumerated() {
            left -= column.width + 1
            if left < 0 { break }
            shown.append(i)
        }
    }

    /// The titles, to be drawn over the rows.
    func addHeader(to sheet: inout Sheet) {
        let cells = columns.map { StyledText($0.title, .dim) }
        addRow(StyledText(title, .dim), cells, to: &sheet)
    }

    /// One row; cells in the order of the columns, missing ones blank.
    func addRow(_ name: StyledText, _ cells: [StyledText], target: Target? = nil, to sheet: inout Sheet) {
        let (columns, shown, width) = (columns, shown, width)
        sheet.add(
            Sheet.Item(target: target) { place, screen in
                let taken = shown.reduce(0) { $0 + columns[$1].width + 1 }
                screen.put(name, x: place.x, y: place.y, width: max(0, min(place.width, width) - taken))
                var x = place.x + min(place.width, width) - taken
                for i in shown {
                    x += 1
                    if i < cells.count {
                        if columns[i].isText {
                            screen.put(cells[i], x: x, y: place.y, width: columns[i].width)
                        } else {
                            screen.put(rightAligned: cells[i], x: x, y: place.y, width: columns[i].width)
                        }
                    }
                    x += columns[i].width
                }
            })
    }
}
