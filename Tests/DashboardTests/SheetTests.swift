import Canvas
import Metrics
import Monitoring
import Telemetry
import Testing

@testable import Dashboard

/// Pages of lines: which row has the focus, and that it is seen.
struct SheetTests {
    private func sheet(_ rows: [String?], heights: [Int] = []) -> Sheet {
        var sheet = Sheet("T")
        for (i, row) in rows.enumerated() {
            let height = i < heights.count ? heights[i] : 1
            sheet.add(
                Sheet.Item(height: height, target: row.map { Target(id: $0) }) { place, screen in
                    screen.put(row ?? "-", x: place.x, y: place.y)
                })
        }
        return sheet
    }

    @Test func `the focus stays with its row when rows change places, and near its place when the row is gone`() {
        var cursor = Cursor()
        let before = sheet([nil, "a", "b", "c"])
        #expect(cursor.target(in: before)?.id == "a")
        cursor.move(by: 1, in: before)
        #expect(cursor.target(in: before)?.id == "b")
        #expect(cursor.target(in: sheet(["x", "y", nil, "b"]))?.id == "b")
        #expect(cursor.target(in: sheet(["x", "y", "z"]))?.id == "y")
        #expect(cursor.target(in: sheet(["x"]))?.id == "x")
        #expect(cursor.target(in: sheet([nil, nil])) == nil)
    }

    @Test func `moving ends at the first and the last row`() {
        var cursor = Cursor()
        let rows = sheet(["a", nil, "b", "c", nil])
        cursor.jump(toEnd: true, in: rows)
        #expect(cursor.target(in: rows)?.id == "c")
        cursor.move(by: 1, in: rows)
        #expect(cursor.target(in: rows)?.id == "c")
        cursor.move(by: .min, in: rows)
        #expect(cursor.target(in: rows)?.id == "a")
        cursor.move(by: .max, in: rows)
        #expect(cursor.target(in: rows)?.id == "c")
    }

    @Test func `a click finds the row that is drawn there`() {
        var cursor = Cursor()
        let rows = sheet([nil, "a", nil, "b"], heights: [3, 2, 1, 1])
        for (line, id) in [(2, "a"), (4, "a"), (6, "b"), (7, "b"), (-1, "b")] {
            let isHit = cursor.jump(toLine: line, in: rows)
            #expect(isHit == [4, 6].contains(line) && cursor.target(in: rows)?.id == id)
        }
    }

    @Test func `whatever has the focus is drawn, in any frame that has room for it`() {
        var random = SeededGenerator(31)
        for _ in 0..<400 {
            let count = 1 + Int(random.next() % 40)
            let rows = (0..<count).map { random.next() % 3 == 0 ? nil : "row\($0)!" }
            let sheet = sheet(rows, heights: (0..<count).map { _ in random.next() % 7 == 0 ? 4 : 1 })
            let size = Size(width: 16 + Int(random.next() % 20), height: 7 + Int(random.next() % 20))
            var cursor = Cursor()
            let height = size.height - 2
            for _ in 0..<random.next() % 50 {
                switch random.next() % 6 {
                case 0: cursor.page(by: 1, in: sheet, height: height)
                case 1: cursor.page(by: -1, in: sheet, height: height)
                case 2: cursor.scroll(by: random.next() % 2 == 0 ? 1 : -1, in: sheet, height: height)
                case 3: cursor.move(by: -1, in: sheet, height: height)
                default: cursor.move(by: 1, in: sheet, height: height)
                }
            }
            var screen = Screen(size: size)
            SheetView(sheet: sheet, cursor: cursor).draw(in: screen.bounds, on: &screen)
            guard let focused = cursor.target(in: sheet, height: height) else { continue }
            #expect(screen.rows.contains { $0.contains("▸\(focused.id)") }, "\(focused.id) of \(count) in \(size)")
        }
    }

    @Test(arguments: ["j", "k", "page down", "page up", "wheel"])
    func `every line of a page is seen on the way to its end`(key: String) {
        var random = SeededGenerator(37)
        for _ in 0..<50 {
            let count = 1 + Int(random.next() % 90)
            // Rows that can have the focus stand far apart, or nowhere.
            let share = 1 + random.next() % 40
            let rows = (0..<count).map { random.next() % share == 0 ? "row\($0)!" : nil }
            let heights = (0..<count).map { _ in random.next() % 9 == 0 ? 5 : 1 }
            let sheet = sheet(rows, heights: heights)
            let height = 5 + Int(random.next() % 20)
            var cursor = Cursor()
            cursor.jump(toEnd: ["k", "page up"].contains(key), in: sheet, height: height)
            var seen = Set<Int>()
            func look() {
                let first = cursor.firstLine(in: sheet, height: height)
                var y = 0
                for (place, itemHeight) in heights.enumerated() {
                    if y >= first, y + itemHeight <= first + height { seen.insert(place) }
                    y += itemHeight
                }
            }
            look()
            for _ in 0..<(2 * sheet.height + 10) {
                switch key {
                case "j": cursor.move(by: 1, in: sheet, height: height)
                case "k": cursor.move(by: -1, in: sheet, height: height)
                case "page down": cursor.page(by: 1, in: sheet, height: height)
                case "page up": cursor.page(by: -1, in: sheet, height: height)
                default: cursor.scroll(by: 1, in: sheet, height: height)
                }
                look()
            }
            let items = zip(rows, heights).map { "\($0 == nil ? "" : "row ")\($1)" }
            #expect(seen.count == count, "\(Set(0..<count).subtracting(seen).sorted()) not in \(height): \(items)")
        }
    }

    @Test func `rows that move take with them what is seen`() {
        var cursor = Cursor()
        let rows = (0..<60).map { "r\($0)" as String? }
        cursor.page(by: 1, in: sheet(rows), height: 10)
        #expect(cursor.firstLine(in: sheet(rows), height: 10) == 10)
        #expect(cursor.target(in: sheet(rows), height: 10)?.id == "r10")
        let later = sheet(["new", "newer"] + rows)
        #expect(cursor.firstLine(in: later, height: 10) == 12)
        #expect(cursor.target(in: later, height: 10)?.id == "r10")
    }

    @Test func `what is out of sight is not opened`() {
        var cursor = Cursor()
        let page = sheet(["a"] + Array(repeating: nil, count: 40))
        for _ in 0..<4 { cursor.move(by: 1, in: page, height: 10) }
        #expect(cursor.firstLine(in: page, height: 10) == 12)
        #expect(cursor.target(in: page, height: 10) == nil)
        for _ in 0..<4 { cursor.move(by: -1, in: page, height: 10) }
        #expect(cursor.target(in: page, height: 10)?.id == "a")
    }

    @Test func `a page without rows scrolls by lines`() {
        var cursor = Cursor()
        let lines = sheet(Array(repeating: nil, count: 30))
        cursor.move(by: 4, in: lines, height: 10)
        #expect(SheetView(sheet: lines, cursor: cursor).firstLine(height: 10) == 4)
        cursor.jump(toEnd: true, in: lines, height: 10)
        #expect(SheetView(sheet: lines, cursor: cursor).firstLine(height: 10) == 20)
        cursor.jump(toEnd: false, in: lines)
        #expect(SheetView(sheet: lines, cursor: cursor).firstLine(height: 10) == 0)
    }

    @Test func `columns keep their places whatever stands in them, and the last go where there is no room`() {
        func rows(width: Int, _ value: String) -> [String] {
            var sheet = Sheet("T")
            let table = SheetTable("name", [.init("n", 6), .init("share", 7)], width: width)
            table.addHeader(to: &sheet)
            table.addRow(StyledText("a name that is long"), [StyledText(value), StyledText("12%")], to: &sheet)
            var screen = Screen(size: Size(width: width + 4, height: 6))
            SheetView(sheet: sheet, cursor: Cursor()).draw(in: screen.bounds, on: &screen)
            return screen.rows
        }
        #expect(rows(width: 40, "1")[2].hasSuffix("    1     12% │"))
        #expect(rows(width: 40, "12,345")[2].hasSuffix("12,345     12% │"))
        #expect(rows(width: 24, "1")[1] == "│ name                   n │")
    }
}

/// What the rows of all pages stand for.
struct TargetTests {
    private static let pages: [Page] =
        Panel.allCases.map(Page.zoom) + SliceDimension.all.map(Page.slices)
        + Panel.allCases.map { .requests($0.requests) } + RequestOutcome.allCases.map(Page.explain)
        + [
            .alert("elevated_error_rate"), .alert("high_error_rate"), .alert("high_latency"), .alert("cost_anomaly"),
            .alert("drift_detected"),
        ]

    private static func sheets(_ situation: Situation) -> [(page: Page, sheet: Sheet)] {
        var model = Model(size: Size(width: 120, height: 40), window: .hour1)
        model.latest = situation
        return pages.compactMap { page in
            model.pages = [page]
            return model.visibleSheet.map { (page, $0) }
        }
    }

    @Test(arguments: [Situations.degraded, Situations.rollback, Situations.hostileNames, Situations.unknown])
    func `every condition is one of the language, and no two rows of a page are the same`(situation: Situation) throws {
        var conditions: Set<String> = []
        for (page, sheet) in Self.sheets(situation) {
            let targets = sheet.targets
            #expect(Set(targets.map(\.id)).count == targets.count, "\(page): \(targets.map(\.id))")
            for condition in targets.compactMap({ $0.requests?.condition }) { conditions.insert(condition) }
            for condition in targets.compactMap(\.condition) { conditions.insert(condition) }
        }
        for condition in conditions {
            #expect(throws: Never.self, "\(condition)") { try RecordFilter(condition) }
        }
    }

    @Test func `the requests behind a row are as many as the row says`() throws {
        let situation = Situations.degraded
        let snapshot = situation.snapshot
        let totals = snapshot.totals(.hour1)
        let (tally, now) = (totals.tally, try #require(snapshot.now))
        var model = Model(size: Size(width: 120, height: 40), window: .hour1)
        model.latest = situation
        model.pages = [.zoom(.success)]
        let sheet = try #require(model.visibleSheet)
        for (name, count) in tally.errors.ranked(by: { $0.weighted }) {
            let label = snapshot.names.label(name)
            let target = try #require(
                sheet.targets.first { $0.requests?.condition == "error_type = \"\(label)\"" }, "\(label)")
            let filter = try RecordFilter(try #require(target.requests?.condition))
            let found = snapshot.rows.select(in: totals.from...now, where: filter, limit: 10)
            #expect(Double(found.total) == count.value, "\(label)")
            #expect(found.rows.allSatisfy { $0.record.success == false && $0.record.errorType == name })
        }
    }

    @Test func `from the overview three keys lead to one failed request, and its id is copied`() throws {
        var model = Model(size: Size(width: 120, height: 40))
        model.latest = Situations.degraded
        func press(_ keys: Key...) -> [Effect] {
            var effects: [Effect] = []
            for key in keys { effects += model.update(.key(key)) }
            return effects
        }
        #expect(press(.character("3"), .character("r"), .enter).isEmpty)
        guard case .request(let traceID, _) = model.page else {
            Issue.record("\(model.page)")
            return
        }
        #expect(traceID.hasPrefix("tr-"))
        #expect(model.view(glyphs: .unicode).rows.joined().contains("FAILED"))
        #expect(press(.character("y")) == [.copy(traceID)])
        #expect(model.notice == "copied \(traceID)")
        _ = press(.escape, .escape, .escape)
        #expect(model.page == .overview)
    }

    @Test func `slices add up to all requests that say the dimension`() throws {
        let snapshot = Situations.degraded.snapshot
        let totals = snapshot.totals(.hour1)
        let (tally, now) = (totals.tally, try #require(snapshot.now))
        let groups = snapshot.rows.groups(of: "task_type", in: totals.from...now)
        #expect(groups.reduce(0) { $0 + $1.requests } == tally.requests.value)
        #expect(groups.reduce(0) { $0 + $1.failed } == tally.failed.value)
        for group in groups {
            let row = try #require(
                zip(tally.tasks.names, tally.tasks.rows).first { snapshot.names[$0.0] == group.value })
            #expect(row.1.requests.value == group.requests && row.1.failed.value == group.failed)
        }
        let failing = try RecordFilter("outcome = \"failed\"")
        let failed = snapshot.rows.groups(of: "model", in: totals.from...now, where: failing)
        #expect(failed.reduce(0) { $0 + $1.requests } == tally.failed.value)
    }
}
