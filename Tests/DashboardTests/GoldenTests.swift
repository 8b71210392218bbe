import Canvas
import Dashboard
import Monitoring
import Testing

/// Screens as they must look, reviewed like code: every state on the usual terminal, the usual states on every terminal.
struct GoldenTests {
    private func model(_ situation: Situation?, _ width: Int = 80, _ height: Int = 24) -> Model {
        var model = Model(size: Size(width: width, height: height), themes: ["midnight", "mono"], theme: "midnight")
        if let situation { _ = model.update(.situation(situation)) }
        return model
    }

    static let states: [(String, Situation)] = [
        ("healthy", Situations.healthy), ("degraded", Situations.degraded), ("critical", Situations.critical),
        ("drifting", Situations.drifting), ("asking", Situations.asking), ("canary-rollback", Situations.rollback),
        ("canary-absent", Situations.canaryAbsent), ("stale", Situations.stale), ("ended", Situations.ended),
        ("empty", Situations.empty), ("empty-ended", Situations.endedEmpty), ("failed", Situations.failed),
        ("waiting", Situations.waiting), ("reading", Situations.reading), ("replay", Situations.replayed),
        ("unpriced", Situations.unpriced),
        ("unknown", Situations.unknown),
        ("names-long", Situations.longNames), ("names-wide", Situations.wideNames),
        ("names-hostile", Situations.hostileNames),
    ]

    @Test(arguments: states.indices)
    func `every state has its screen`(index: Int) throws {
        let (name, situation) = Self.states[index]
        try assertGolden(model(situation).view(glyphs: .unicode), "80x24-\(name)")
    }

    @Test func `before anything is read the screen says what it waits for`() throws {
        try assertGolden(model(nil).view(glyphs: .unicode), "80x24-start")
    }

    @Test func `a frozen screen says when it is from and how much is newer`() throws {
        var model = model(Situations.degraded)
        _ = model.update(.key(.character(" ")))
        _ = model.update(.situation(Situations.later))
        try assertGolden(model.view(glyphs: .unicode), "80x24-paused")
    }

    @Test(arguments: [(120, 40), (200, 60), (60, 15), (50, 30), (40, 5), (80, 1)])
    func `every size shows what fits`(width: Int, height: Int) throws {
        try assertGolden(model(Situations.healthy, width, height).view(glyphs: .unicode), "\(width)x\(height)-healthy")
        try assertGolden(
            model(Situations.degraded, width, height).view(glyphs: .unicode), "\(width)x\(height)-degraded")
    }

    @Test(arguments: [(80, 24), (120, 40), (200, 60), (60, 15)])
    func `objectives and budgets have their place in the panels`(width: Int, height: Int) throws {
        let bad = try #require(Situations.budgeted)
        try assertGolden(model(bad, width, height).view(glyphs: .unicode), "\(width)x\(height)-budgeted")
        guard height == 24 else { return }
        let good = try #require(Situations.withinBudgets)
        try assertGolden(model(good).view(glyphs: .unicode), "80x24-within-budgets")
        try assertGolden(model(bad).view(glyphs: .ascii), "80x24-ascii-budgeted")
    }

    @Test(arguments: Panel.allCases)
    func `every panel fills a screen`(panel: Panel) throws {
        for (width, height) in [(80, 24), (120, 40)] {
            var model = model(Situations.degraded, width, height)
            _ = model.update(.key(.character(Character("\(panel.rawValue)"))))
            try assertGolden(model.view(glyphs: .unicode), "\(width)x\(height)-zoom-\(panel.rawValue)-\(panel)")
        }
    }

    @Test(arguments: [(80, 24), (60, 15)])
    func `the keys are listed`(width: Int, height: Int) throws {
        var model = model(Situations.healthy, width, height)
        _ = model.update(.key(.character("?")))
        try assertGolden(model.view(glyphs: .unicode), "\(width)x\(height)-help")
    }

    /// From the overview of an outage to its requests, one of them, its slices and its alert.
    private static let walks: [(name: String, keys: [Key])] = [
        ("requests", [.character("r")]),
        ("requests-failed", [.character("3"), .character("r")]),
        ("request", [.character("3"), .character("r"), .enter]),
        ("slices", [.character("d")]),
        ("explain", [.character("x")]),
        ("explain-slow", [.character("1"), .character("x")]),
        ("explain-canary", [.character("6"), .character("x")]),
        ("changes", [.character("c")]),
        ("alert", [.character("5"), .enter]),
        ("palette", [.character(":"), .character("w"), .character("i"), .character("n")]),
        ("filter-typed", [.character("/")] + "task_type = ".map(Key.character)),
        ("filter-refused", [.character("/")] + "latency > $5".map(Key.character) + [.enter]),
        ("filter-waits", [.character("/")] + "latency > 5s".map(Key.character) + [.enter]),
        ("past", [.character("["), .left, .left]),
        ("baseline", [.character("b")]),
    ]

    @Test(arguments: walks.indices, [(80, 24), (120, 40), (200, 60), (60, 15)])
    func `every page looks as it should at every size`(index: Int, size: (width: Int, height: Int)) throws {
        let (name, keys) = Self.walks[index]
        var model = model(Situations.degraded, size.width, size.height)
        for key in keys { _ = model.update(.key(key)) }
        try assertGolden(model.view(glyphs: .unicode), "\(size.width)x\(size.height)-page-\(name)")
        guard size == (80, 24) else { return }
        try assertGolden(model.view(glyphs: .ascii), "80x24-ascii-page-\(name)")
    }

    @Test(arguments: [(80, 24), (120, 40), (60, 15)])
    func `what changed is told with the numbers before and after it`(width: Int, height: Int) throws {
        for (name, situation) in [("released", Situations.released), ("unchanged", Situations.canaryAbsent)] {
            var model = model(situation, width, height)
            _ = model.update(.key(.character("c")))
            try assertGolden(model.view(glyphs: .unicode), "\(width)x\(height)-changes-\(name)")
        }
    }

    @Test func `a terminal of ASCII shows the same`() throws {
        try assertGolden(model(Situations.degraded).view(glyphs: .ascii), "80x24-ascii-degraded")
        try assertGolden(model(Situations.wideNames).view(glyphs: .ascii), "80x24-ascii-names-wide")
        try assertGolden(model(Situations.degraded, 120, 40).view(glyphs: .ascii), "120x40-ascii-degraded")
    }
}
