import Canvas
import Metrics
import Monitoring
import Query
import Testing

@testable import Dashboard

/// What drift is measured against, chosen and kept by keys.
struct BaselineKeyTests {
    private func model(_ situation: Situation = Situations.drifting) -> Model {
        var model = Model(size: Size(width: 80, height: 24), themes: ["midnight"], theme: "midnight")
        model.user = "ada"
        _ = model.update(.situation(situation))
        return model
    }

    private func press(_ keys: String, _ model: inout Model, then last: Key? = nil) -> [Effect] {
        var effects = keys.flatMap { model.update(.key(.character($0))) }
        if let last { effects += model.update(.key(last)) }
        return effects
    }

    private func title(_ model: Model) -> String {
        model.view(glyphs: .unicode).rows.first { $0.contains("4 Drift") } ?? ""
    }

    @Test func `b keeps the window under a name, and what was looked at stays`() throws {
        var model = model()
        #expect(title(model).contains("vs first 60m"))
        let effects = press("bnow", &model, then: .enter)
        guard case .keepBaseline(let kept)? = effects.first, effects.count == 1 else {
            Issue.record("\(effects)")
            return
        }
        #expect(kept.name == "now" && kept.by == "ada" && kept.to - kept.from == 15 * Span.minute)
        #expect(model.notice?.contains("kept as now") == true)
        #expect(title(model).contains("vs first 60m"))
        let shown = try #require(model.shown)
        #expect(!model.figures(of: shown).drift.movements.isEmpty)
        // Compared with itself it is no drift.
        _ = press(":baseline now", &model, then: .enter)
        #expect(title(model).contains("vs now"))
        #expect(model.figures(of: shown).drift.movements.isEmpty)
    }

    @Test func `b alone chooses among what there is`() {
        var model = model()
        _ = press("bkept", &model, then: .enter)
        _ = press(":baseline kept", &model, then: .enter)
        #expect(press("b", &model).isEmpty)
        #expect(model.prompt?.choices.map(\.text) == ["7d", "previous-version", "kept"])
        // What is looked at is marked; another choice is one key away.
        #expect(model.prompt?.chosen == 2)
        _ = model.update(.key(.tab))
        _ = model.update(.key(.enter))
        #expect(title(model).contains("vs first 60m") && model.baseline == .usual)
        _ = press("b", &model)
        _ = model.update(.key(.tab))
        _ = model.update(.key(.enter))
        #expect(model.baseline == .previousVersion && title(model).contains("vs before"))
        _ = press("b", &model, then: .escape)
        #expect(model.baseline == .previousVersion && model.prompt == nil)
    }

    @Test func `names that mean something else, and windows that tell nothing, are refused with the reason`() {
        var model = model()
        #expect(press("b7d", &model, then: .enter).isEmpty)
        #expect(model.prompt?.complaint?.message.contains("something else") == true)
        var empty = self.model(Situations.empty)
        #expect(press("bx", &empty, then: .enter).isEmpty)
        var few = Traffic()
        few.pass(minutes: 0.5)
        var short = self.model(few.situation())
        #expect(press("bx", &short, then: .enter).isEmpty)
        #expect(short.prompt?.complaint?.message.hasPrefix("too few requests in this window") == true)
    }

    @Test func `the palette compares with a kept one and forgets it`() {
        var model = model()
        _ = press("bkept", &model, then: .enter)
        _ = press(":baseline 7d", &model, then: .enter)
        #expect(model.baseline == .usual)
        _ = press(":baseline kept", &model, then: .enter)
        #expect(model.baseline == .saved("kept"))
        #expect(press(":forget-baseline kept", &model, then: .enter) == [.forgetBaseline("kept")])
        #expect(model.baseline == nil && model.baselines.all.isEmpty && title(model).contains("vs first 60m"))
    }

    @Test func `what was forgotten elsewhere is said to be missing`() {
        var model = model()
        _ = press("bkept", &model, then: .enter)
        _ = press(":baseline kept", &model, then: .enter)
        model.baselines = SavedBaselines()
        #expect(title(model).contains("no kept, vs first 60m"))
    }

    @Test func `what is usual is learned anew only where something learns`() {
        var model = model()
        #expect(press(":re-baseline", &model, then: .enter).isEmpty)
        #expect(model.notice?.hasPrefix("nothing looks for what is unusual") == true)
        var traffic = Traffic()
        traffic.pass(minutes: 5, Traffic.Mix(rate: 60))
        var learning = self.model(traffic.situation(book: RuleBook(packs: [.anomaly])))
        #expect(press(":re-baseline", &learning, then: .enter) == [.rebaseline])
        _ = press("b", &learning)
        #expect(model.prompt == nil && learning.prompt?.choices.last?.text == "learn anew")
        _ = learning.update(.key(.backTab))
        #expect(learning.update(.key(.enter)) == [.rebaseline])
    }

    @Test func `names from others are no control characters`() {
        var model = model()
        let effects =
            press("b", &model) + "a\u{202E}b".flatMap { model.update(.key(.character($0))) }
            + model.update(.key(.enter))
        guard case .keepBaseline(let kept)? = effects.first else {
            Issue.record("\(effects)")
            return
        }
        #expect(kept.name == "a·b")
    }
}
