import Canvas
import Monitoring
import Query
import Statistics
import Telemetry
import Testing

@testable import Dashboard
@testable import Metrics

/// The pages of the panels: what holds for each of them in every situation and size.
struct ZoomTests {
    private static let sizes = [(80, 24), (120, 40), (200, 60), (60, 15), (50, 30), (36, 11), (76, 21), (250, 90)]
    private static let situations = GoldenTests.states.map(\.1) + [Situations.scaled(by: 1000)]

    private func model(_ situation: Situation, _ panel: Panel, _ width: Int, _ height: Int) -> Model {
        var model = Model(size: Size(width: width, height: height), themes: ["midnight"], theme: "midnight")
        _ = model.update(.situation(situation))
        _ = model.update(.key(.character(Character("\(panel.rawValue)"))))
        return model
    }

    private func sheet(
        _ situation: Situation, _ panel: Panel, _ width: Int = 76, _ height: Int = 19, window: Window = .minutes15
    ) -> Sheet {
        panel.sheet(
            SheetContext(
                figures: Figures(situation, FigureScope(window: window, columns: 40)),
                size: Size(width: width, height: height), glyphs: .unicode))
    }

    /// All lines of a page, as high as it needs.
    private func text(_ situation: Situation, _ panel: Panel, width: Int = 100) -> [String] {
        let height = sheet(situation, panel, width - 4, 19).height + 60
        return model(situation, panel, width, height).view(glyphs: .unicode).rows
    }

    // MARK: Looks

    @Test(arguments: Panel.allCases)
    func `a page has its screen at every size`(panel: Panel) throws {
        for (width, height) in [(200, 60), (60, 15), (50, 30)] {
            try assertGolden(
                model(Situations.degraded, panel, width, height).view(glyphs: .unicode),
                "\(width)x\(height)-zoom-\(panel.rawValue)-\(panel)")
        }
    }

    @Test(arguments: Panel.allCases)
    func `a page holds all of it where there is room`(panel: Panel) throws {
        let situation =
            panel == .drift ? Situations.drifting : panel == .canary ? Situations.rollback : Situations.degraded
        try assertGolden(
            model(situation, panel, 80, 110).view(glyphs: .unicode), "80x110-zoom-\(panel.rawValue)-\(panel)")
        try assertGolden(
            model(situation, panel, 80, 110).view(glyphs: .ascii), "80x110-ascii-zoom-\(panel.rawValue)-\(panel)")
    }

    @Test(arguments: [Panel.latency, .cost, .success])
    func `objectives, budgets and what is unusual have their place on the pages`(panel: Panel) throws {
        let bad = try #require(Situations.budgeted)
        for (width, height) in [(80, 24), (80, 110), (120, 40), (200, 60), (60, 15)] {
            try assertGolden(
                model(bad, panel, width, height).view(glyphs: .unicode),
                "\(width)x\(height)-zoom-\(panel.rawValue)-\(panel)-budgeted")
        }
    }

    @Test func `what users ask for, and what the eval set lacks, stands on the page of drift`() throws {
        for (width, height) in [(80, 24), (80, 140), (120, 40), (200, 60), (60, 15)] {
            try assertGolden(
                model(Situations.asking, .drift, width, height).view(glyphs: .unicode),
                "\(width)x\(height)-zoom-4-drift-asking")
        }
    }

    @Test func `what runs in the shadow has its place`() throws {
        for (width, height) in [(80, 24), (120, 40), (60, 15)] {
            try assertGolden(
                model(Situations.shadowed, .canary, width, height).view(glyphs: .unicode),
                "\(width)x\(height)-zoom-6-canary-shadow")
        }
        var overview = Model(size: Size(width: 80, height: 24), themes: ["midnight"], theme: "midnight")
        _ = overview.update(.situation(Situations.shadowed))
        try assertGolden(overview.view(glyphs: .unicode), "80x24-shadow")
    }

    @Test func `costs that are not known are named`() throws {
        try assertGolden(model(Situations.unpriced, .cost, 80, 60).view(glyphs: .unicode), "80x60-zoom-unpriced")
    }

    @Test func `how often rules would have fired stands beside them`() throws {
        for (width, height) in [(80, 110), (120, 40), (200, 60), (60, 60)] {
            try assertGolden(
                model(Situations.tried, .alerts, width, height).view(glyphs: .unicode),
                "\(width)x\(height)-zoom-5-alerts-tried")
        }
    }

    // MARK: Rows

    @Test(arguments: Panel.allCases)
    func `rows that can have the focus are told apart and say what they stand for`(panel: Panel) {
        for situation in Self.situations {
            for (width, height) in Self.sizes {
                let targets = sheet(situation, panel, width - 4, height - 5).targets
                #expect(Set(targets.map(\.id)).count == targets.count, "\(targets.map(\.id))")
                for target in targets {
                    #expect(target.opens != nil || target.requests != nil, "\(target.id) stands for nothing")
                }
            }
        }
    }

    @Test(arguments: Panel.allCases)
    func `rows are the same at every size`(panel: Panel) {
        let ids = Self.sizes.map { width, height in
            sheet(Situations.degraded, panel, width - 4, height - 5).targets.map(\.id)
        }
        #expect(Set(ids).count == 1)
    }

    @Test(arguments: Panel.allCases)
    func `every condition is one that the language reads`(panel: Panel) throws {
        for situation in Self.situations {
            for condition in sheet(situation, panel, window: .all).targets.compactMap({ $0.requests?.condition }) {
                #expect(throws: Never.self, "\(condition)") { try RecordFilter(condition) }
            }
        }
    }

    @Test(arguments: [
        "timeout", "say \"no\"", "back\\slash", "\\", "\"", "\\\"", "it's", "a and b", "", "タイムアウト", "e\u{301}",
    ])
    func `a text in quotes is read as it is`(text: String) throws {
        let condition = try Expression.compile(QueryText.equals(QueryText.model, text), RecordField.catalogue)
        #expect(condition.evaluate { _ in .text(text) } == .true)
        #expect(condition.evaluate { _ in .text(text + "x") } == .false)
    }

    @Test func `the first row is the one to open`() throws {
        let first = { (panel: Panel, situation: Situation) in sheet(situation, panel).targets.first }
        #expect(first(.latency, Situations.degraded)?.requests?.order == .slowest)
        #expect(first(.cost, Situations.degraded)?.requests?.order == .costliest)
        #expect(first(.success, Situations.degraded)?.requests?.condition == #"error_type = "timeout""#)
        #expect(first(.alerts, Situations.degraded)?.opens == .alert("elevated_error_rate"))
        #expect(
            first(.canary, Situations.rollback)?.requests?.condition == #"variant = "canary" and success = false"#)
    }

    // MARK: Numbers

    @Test func `the ranges of latency hold every request once`() {
        let targets = sheet(Situations.degraded, .latency).targets.filter { $0.id.hasPrefix("range") }
        let conditions = targets.compactMap { $0.requests?.condition }
        #expect(conditions.count == targets.count && conditions.count > 3)
        // From the slowest down, each range ends where the one before begins or later.
        let rows = text(Situations.degraded, .latency).filter { $0.contains(" to ") && $0.contains("s ") }
        let counts = rows.compactMap { row in row.split(separator: " ").compactMap { Int($0) }.first }
        let n = Situations.degraded.snapshot.totals(.minutes15).tally.latency.count / 1024
        #expect(Int64(counts.reduce(0, +)) == n, "\(rows)")
    }

    @Test(arguments: Panel.allCases)
    func `what is not known is a dash and never a zero`(panel: Panel) {
        let lines = text(Situations.unknown, panel).dropFirst(2).joined(separator: "\n")
        for zero in ["0.0%", " 0%", "$0", " 0ms", " 0s", "0 tok"] {
            #expect(!lines.contains(zero), "\(zero) in\n\(lines)")
        }
    }

    @Test func `rates are dashes while the source is silent`() {
        let lines = text(Situations.stale, .cost)
        for name in ["▸per hour", " tokens per minute  ", " claude-sonnet-4-6"] {
            let line = lines.first { $0.contains(name) } ?? ""
            #expect(line.contains("–"), "\(name): \(line)")
        }
        #expect(lines.contains { $0.contains("end of day –") })
    }

    @Test func `percentiles that a source gives are marked as such`() {
        var traffic = Traffic()
        traffic.line(
            #"{"type":"snapshot","timestamp":\#(Traffic.start),"window_s":60,"requests":100,"#
                + #""latency_ms":{"p50":1210,"p95":4200,"p99":9100}}"#)
        let given = text(traffic.situation(), .latency)
        #expect(given.contains { $0.contains("p95 as given") && $0.contains("4.20s") && $0.contains("ok") }, "\(given)")
        #expect(given.contains { $0.contains("no latencies in the last 15m") })
        traffic.pass(minutes: 5)
        let both = text(traffic.situation(), .latency)
        #expect(both.contains { $0.contains("a source gives p50 1.21s, p95 4.20s, p99 9.10s itself, at 12:00") })
        #expect(!both.contains { $0.contains("as given") })
    }

    @Test(arguments: Panel.allCases)
    func `numbers are whole`(panel: Panel) {
        for situation in [Situations.degraded, Situations.rollback, Situations.critical, Situations.scaled(by: 1000)] {
            // Where a line has less room than a sentence takes, sentences are cut.
            for (width, height) in Self.sizes where width >= 50 {
                for row in model(situation, panel, width, height).view(glyphs: .unicode).rows.dropFirst(2) {
                    let cut = row.firstMatch(of: /[0-9%](pp)?…|pp?… |\$…/)
                    #expect(cut == nil || row.contains("claude"), "\(width): \(row)")
                }
            }
        }
    }

    @Test(arguments: [Panel.latency, .cost, .success, .drift])
    func `numbers keep their columns when they change their width`(panel: Panel) {
        func headers(_ scale: Double) -> [String] {
            // Titles of columns hold no numbers of the situation.
            text(Situations.scaled(by: scale), panel).filter { row in
                ["baseline", " share ", " p95~ ", " PSI "].contains { row.contains($0) } && !row.contains("first 60m")
                    && !row.contains("─ baseline") && !row.contains("prev 15m") && !row.contains("the shape is")
            }
        }
        let one = headers(1)
        #expect(!one.isEmpty)
        #expect(headers(1000) == one)
    }

    @Test(arguments: Panel.allCases)
    func `no line of a page is wider than the page`(panel: Panel) {
        for (width, height) in Self.sizes {
            let sheet = sheet(Situations.longNames, panel, width - 4, height - 5)
            var screen = Screen(size: Size(width: width + 40, height: sheet.height), glyphs: .unicode)
            var y = 0
            for item in sheet.items {
                item.draw(Rect(x: 2, y: y, width: width - 4, height: item.height), &screen)
                y += item.height
            }
            for y in 0..<sheet.height {
                for x in [0, 1] + Array((width - 2)..<(width + 40)) {
                    #expect(screen[x, y] == .blank, "\(panel) \(width): column \(x) of \(screen.rows[y])")
                }
            }
        }
    }
}

/// Charts of the pages by themselves.
struct ZoomChartTests {
    @Test func `a limit is a dashed line at its value, named, behind the data`() {
        let chart = ChartBlock(
            "latency", names: ["p95"], format: { NumberFormat.plain($0) },
            series: [.init([1, 2, 3, 4], role: .series1)],
            times: 0..<4_000_000, limits: [.init(name: "budget 3s", value: 3, role: .warning)])
        var screen = Screen(size: Size(width: 50, height: 10))
        var canvas = PanelCanvas(inside: Rect(x: 0, y: 0, width: 50, height: 10))
        chart.draw(&canvas, on: &screen)
        let line = screen.rows.first { $0.contains("budget 3s") }
        #expect(line?.contains("─ ─") == true)
    }

    @Test func `a limit far above the data does not flatten them`() {
        func rowsWithDots(_ limit: Double) -> Int {
            let chart = ChartBlock(
                names: ["p95"], format: { NumberFormat.plain($0) }, series: [.init([0.1, 0.9, 0.2], role: .series1)],
                times: 0..<3_000_000, limits: [.init(name: "budget", value: limit, role: .warning)])
            var screen = Screen(size: Size(width: 50, height: 12))
            var canvas = PanelCanvas(inside: Rect(x: 0, y: 0, width: 50, height: 12))
            chart.draw(&canvas, on: &screen)
            return screen.rows.count { $0.unicodeScalars.contains { (0x2801...0x28FF).contains($0.value) } }
        }
        #expect(rowsWithDots(1) >= 6)
        #expect(rowsWithDots(100) >= 6)
    }

    @Test func `a deploy's tick eats no digit of the axis`() {
        let minute: Int64 = 60_000_000
        let times = 0..<60 * minute
        for at in 0..<60 {
            let chart = ChartBlock(
                names: [""], format: { NumberFormat.plain($0) }, series: [.init([1, 2], role: .series1)], times: times,
                deploys: [DeployMark(time: Int64(at) * minute, label: "v2", deploy: nil)])
            var screen = Screen(size: Size(width: 60, height: 10))
            var canvas = PanelCanvas(inside: Rect(x: 0, y: 0, width: 60, height: 10))
            chart.draw(&canvas, on: &screen)
            #expect(screen.rows.joined().count { $0 == "╵" } == 1)
            #expect(screen.rows[9].contains("00:00") && screen.rows[9].contains("00:30"), "\(screen.rows[9])")
        }
    }

    @Test func `a distribution stands over its values and is marked at its limits`() throws {
        var latency = ExponentialHistogram(unitsPerOne: 1000)
        for _ in 0..<50 { latency.record(1_000_000, weight: 1024) }
        latency.record(100_000, weight: 1024)
        let chart = DistributionChart(
            latency: latency, role: .accent, limits: [(name: "p50 2s", time: 2_000_000, role: .warning)])
        var screen = Screen(size: Size(width: 70, height: 8))
        chart.draw(in: Rect(x: 0, y: 0, width: 70, height: 8), on: &screen)
        func column(of text: String, in row: Int) throws -> Int {
            let line = screen.rows[row]
            let range = try #require(line.firstRange(of: text), "\(text) in \(line)")
            return line.distance(from: line.startIndex, to: range.lowerBound)
        }
        let bar = try #require((0..<70).first { screen[$0, 1].glyph == "█" })
        let limit = try #require((0..<70).first { screen[$0, 2].glyph == "│" })
        #expect(abs(try column(of: "1s", in: 7) - bar) <= 1)
        #expect(abs(try column(of: "2s", in: 7) - limit) <= 1)
        #expect(abs(try column(of: "p50 2s", in: 0) + 3 - limit) <= 3)
        #expect(try column(of: "100ms", in: 7) < bar)
    }

    @Test func `now and before have one scale and one axis`() {
        var now = ExponentialHistogram()
        var then = ExponentialHistogram()
        for value in 1...4 {
            now.record(Int64(value), weight: 1024)
            then.record(Int64(value) * 2, weight: 10 * 1024)
        }
        let chart = DistributionChart(wholeNumbers: now, then: then, role: .accent)
        #expect(chart.rows.map(\.counts.count) == [9, 9])
        #expect(chart.rows[0].counts.map { $0 / 1024 } == [0, 1, 1, 1, 1, 0, 0, 0, 0])
        #expect(chart.rows[1].counts.map { $0 / 10_240 } == [0, 0, 1, 0, 1, 0, 1, 0, 1])
    }

    @Test func `histograms with one top compare`() {
        let low = Histogram([1, 1], top: 4).rows(width: 2, height: 4, glyphs: .unicode)
        let high = Histogram([4, 9], top: 4).rows(width: 2, height: 4, glyphs: .unicode)
        #expect(low.map { $0[0].glyph } == [" ", " ", " ", "█"])
        #expect(high.map { $0[1].glyph } == ["█", "█", "█", "█"])
    }
}
