import Canvas
import Metrics
import Monitoring
import Testing

@testable import Dashboard

/// What every key does, and what a new situation does.
struct UpdateTests {
    private var model: Model {
        var model = Model(size: Size(width: 80, height: 24), themes: ["midnight", "mono", "okabe"], theme: "mono")
        model.latest = Situations.healthy
        return model
    }

    @discardableResult
    private func press(_ keys: Key..., on model: inout Model) -> [Effect] {
        keys.flatMap { model.update(.key($0)) }
    }

    @Test func `every action has a key, and no key has two`() {
        let keys = KeyTable.standard.bindings.flatMap(\.keys)
        #expect(Set(keys).count == keys.count)
        #expect(KeyTable.standard.bindings.map(\.action).count == Action.allCases.count)
        #expect(Set(KeyTable.standard.bindings.map(\.action)) == Set(Action.allCases))
        #expect(KeyTable.standard.action(for: .character("X")) == nil)
    }

    @Test(arguments: Panel.allCases)
    func `a digit zooms its panel, and again goes back`(panel: Panel) {
        var model = model
        let key = Key.character(Character("\(panel.rawValue)"))
        #expect(press(key, on: &model).isEmpty)
        #expect(model.page == .zoom(panel) && model.focus == panel)
        press(key, on: &model)
        #expect(model.page == .overview && model.focus == panel)
    }

    @Test func `a zoom replaces another, and Esc leads to the overview`() {
        var model = model
        press(.character("1"), .character("5"), .character("3"), on: &model)
        #expect(model.pages == [.zoom(.success)])
        press(.escape, on: &model)
        #expect(model.page == .overview)
        press(.escape, .backspace, on: &model)
        #expect(model.page == .overview)
    }

    @Test func `Esc goes back through the pages that were opened`() {
        var model = model
        press(.character("2"), .character("?"), on: &model)
        #expect(model.page == .help)
        press(.escape, on: &model)
        #expect(model.page == .zoom(.cost))
        press(.backspace, on: &model)
        #expect(model.page == .overview)
        for _ in 0..<50 { press(.character("?"), .character("1"), .character("?"), .character("2"), on: &model) }
        #expect(model.pages.count <= 2)
    }

    @Test func `the list of keys opens and closes with its key`() {
        var model = model
        press(.character("?"), on: &model)
        #expect(model.page == .help)
        press(.function(1), on: &model)
        #expect(model.page == .overview)
    }

    @Test func `Enter zooms the focus`() {
        var model = model
        press(.tab, .enter, on: &model)
        #expect(model.page == .zoom(.cost))
        press(.enter, on: &model)
        #expect(model.pages.first == .zoom(.cost))
    }

    @Test func `Tab goes round all six panels, either way`() {
        var model = model
        var seen: [Panel] = []
        for _ in 0..<6 {
            seen.append(model.focus)
            press(.tab, on: &model)
        }
        #expect(seen == Panel.allCases && model.focus == .latency)
        press(.backTab, on: &model)
        #expect(model.focus == .canary)
    }

    @Test(arguments: [
        ([Key.left, .down, .up, .right], 0), ([.character("h"), .character("j"), .character("k"), .character("l")], 1),
    ])
    func `arrows and letters move the focus in the grid of two by three`(keys: [Key], index: Int) {
        // The panel left of, below, above and right of each; the grid is round.
        let expected: [Panel: [Panel]] = [
            .latency: [.cost, .success, .alerts, .cost], .cost: [.latency, .drift, .canary, .latency],
            .success: [.drift, .alerts, .latency, .drift], .drift: [.success, .canary, .cost, .success],
            .alerts: [.canary, .latency, .success, .canary], .canary: [.alerts, .cost, .drift, .alerts],
        ]
        for (panel, neighbours) in expected {
            for (key, neighbour) in zip(keys, neighbours) {
                var model = model
                model.focus = panel
                press(key, on: &model)
                #expect(model.focus == neighbour, "\(key) from \(panel)")
            }
        }
    }

    @Test func `on a zoomed panel the focus takes the page along, on the list of keys it stays`() {
        var model = model
        press(.character("1"), .tab, on: &model)
        #expect(model.page == .zoom(.cost) && model.focus == .cost)
        press(.character("?"), .tab, .right, .escape, on: &model)
        #expect(model.page == .zoom(.cost) && model.focus == .cost)
    }

    @Test func `w and W go round the windows`() {
        var model = model
        var seen: [Window] = []
        for _ in Window.allCases {
            seen.append(model.window)
            press(.character("w"), on: &model)
        }
        #expect(Set(seen) == Set(Window.allCases) && model.window == .minutes15)
        press(.character("W"), on: &model)
        #expect(model.window == .minutes5)
    }

    @Test func `space freezes what is shown while reading goes on, and again ends it`() {
        var model = model
        model.latest = Situations.degraded
        press(.character(" "), on: &model)
        _ = model.update(.situation(Situations.later))
        #expect(model.shown?.snapshot.now == Situations.degraded.snapshot.now)
        let newer = Situations.later.snapshot.read - Situations.degraded.snapshot.read
        #expect(model.view(glyphs: .unicode).rows[0].contains("PAUSED 14:20:00Z (−10m) · \(newer) newer"))
        press(.character(" "), on: &model)
        #expect(model.shown?.snapshot.now == Situations.later.snapshot.now)
        #expect(!model.view(glyphs: .unicode).rows[0].contains("PAUSED"))
    }

    @Test func `Esc on the overview ends a freeze, on a page it goes back first`() {
        var model = model
        press(.character(" "), .character("1"), .escape, on: &model)
        #expect(model.pause != nil && model.page == .overview)
        press(.escape, on: &model)
        #expect(model.pause == nil)
    }

    @Test(arguments: [(40, 5), (80, 1)])
    func `a screen without a banner says in its sentence that it is frozen`(width: Int, height: Int) {
        var model = model
        model.size = Size(width: width, height: height)
        press(.character(" "), on: &model)
        #expect(model.view(glyphs: .unicode).rows[0].contains("PAUSED 14:20:00Z"))
    }

    @Test func `nothing can be frozen before anything is known`() {
        var model = Model(size: Size(width: 80, height: 24))
        press(.character(" "), on: &model)
        #expect(model.pause == nil)
    }

    @Test func `t asks for the next theme, round and round, and says its name`() {
        var model = model
        #expect(press(.character("t"), on: &model) == [.theme("okabe")])
        #expect(model.notice == "theme okabe")
        #expect(press(.character("t"), .character("t"), on: &model) == [.theme("midnight"), .theme("mono")])
        model.themes = []
        #expect(press(.character("t"), on: &model).isEmpty)
    }

    @Test func `quitting, suspending and drawing anew are left to the program`() {
        var model = model
        #expect(press(.character("q"), on: &model) == [.quit])
        #expect(press(.control("c"), on: &model) == [.quit])
        #expect(press(.control("z"), on: &model) == [.suspend])
        #expect(press(.control("l"), on: &model) == [.redraw])
        #expect(press(.character("x"), .home, .click(x: 1, y: 1), on: &model).isEmpty)
    }

    @Test func `a notice stays until the next key`() {
        var model = model
        _ = model.update(.notice("no such terminal"))
        _ = model.update(.situation(Situations.degraded))
        #expect(model.view(glyphs: .unicode).rows[23] == " no such terminal")
        press(.character("x"), on: &model)
        #expect(model.view(glyphs: .unicode).rows[23].contains("help"))
    }

    @Test func `a size changes nothing but the size`() {
        var model = model
        press(.character("4"), on: &model)
        #expect(model.update(.resize(Size(width: 7, height: 3))).isEmpty)
        #expect(model.size == Size(width: 7, height: 3) && model.page == .zoom(.drift))
    }

    @Test func `the title follows the verdict, and only critical rings, once`() {
        var model = Model(size: Size(width: 80, height: 24))
        func arrive(_ situation: Situation) -> [Effect] { model.update(.situation(situation)) }
        #expect(arrive(Situations.empty) == [.title("? agentdash")])
        #expect(arrive(Situations.healthy) == [.title("✓ agentdash")])
        #expect(arrive(Situations.drifting).isEmpty)
        #expect(arrive(Situations.degraded) == [.title("▲ P2 agentdash")])
        #expect(arrive(Situations.critical) == [.title("✗ P1 agentdash"), .bell])
        #expect(arrive(Situations.critical).isEmpty)
        #expect(arrive(Situations.degraded) == [.title("▲ P2 agentdash")])
        #expect(arrive(Situations.rollback).isEmpty)
        #expect(arrive(Situations.critical) == [.title("✗ P1 agentdash"), .bell])
        press(.character(" "), on: &model)
        #expect(arrive(Situations.healthy) == [.title("✓ agentdash")])
    }

    @Test func `a backlog wakes nobody, but what it ends with does`() {
        var model = Model(size: Size(width: 80, height: 24))
        _ = model.update(.situation(Situations.empty))
        #expect(model.update(.situation(Situations.reading)).isEmpty)
        #expect(model.update(.situation(Situations.critical)) == [.title("✗ P1 agentdash"), .bell])
    }

    @Test func `the list of keys names every action that has words, and its first key`() {
        let lines = KeyTable.standard.lines
        let told = lines.map(\.keys).joined(separator: " ").split(separator: " ")
        for binding in KeyTable.standard.bindings {
            guard let name = binding.keys.first?.label else { continue }
            // Digits and arrows are written together with their like; those that scroll in time have signs beside them.
            if binding.action.panel != nil || [.scrubBack, .scrubForward].contains(binding.action) { continue }
            let names = binding.keys.map { Substring($0.label) }
            #expect(names.contains { told.contains($0) }, "\(name) in \(told)")
        }
        var model = model
        model.size = Size(width: 100, height: lines.count + 20)
        press(.character("?"), on: &model)
        let text = model.view(glyphs: .unicode).rows.joined(separator: "\n")
        for line in lines { #expect(text.contains(line.binding.help)) }
    }

    @Test func `keys from a configuration take the place of the table's, and nobody else keeps them`() {
        let keys = KeyTable.standard.rebinding(["quit": [.function(10)], "freeze": [.character("q")]])
        #expect(keys.action(for: .function(10)) == .quit)
        #expect(keys.action(for: .character("q")) == .freeze)
        #expect(keys.action(for: .control("c")) == nil && keys.action(for: .character(" ")) == nil)
        let taken = KeyTable.standard.rebinding(["palette": [.character("w")]])
        #expect(taken.action(for: .character("w")) == .palette && taken.action(for: .character("W")) == .windowBack)
        #expect(taken.lines.contains { $0.keys == "w" && $0.binding.action == .palette })
        #expect(!taken.lines.contains { $0.keys.contains("w W") })
    }
}
