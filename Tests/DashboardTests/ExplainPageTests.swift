import Canvas
import Metrics
import Monitoring
import Testing

@testable import Dashboard

/// The page that says why: what it asks where, and what its rows do.
struct ExplainPageTests {
    private func model(_ situation: Situation, _ width: Int = 80, _ height: Int = 24) -> Model {
        var model = Model(size: Size(width: width, height: height), themes: ["midnight"], theme: "midnight")
        _ = model.update(.situation(situation))
        return model
    }

    @discardableResult
    private func press(_ keys: Key..., on model: inout Model) -> [Effect] {
        keys.flatMap { model.update(.key($0)) }
    }

    /// A tool that fails for those who speak one language.
    private static let planted: Situation = {
        var traffic = Traffic(seed: 3)
        traffic.pass(minutes: 20, Traffic.Mix(rate: 30))
        for i in 0..<900 {
            let (isDe, isRefund) = (i % 5 == 0, i % 3 == 0)
            let fails = isDe && isRefund ? i % 4 != 0 : i % 97 == 0
            let time = traffic.time + Int64(i) * 900
            traffic.line(
                #"{"trace_id":"p\#(i)","timestamp":\#(time),"success":\#(!fails),"latency_ms":\#(400 + i),"#
                    + #""locale":"\#(isDe ? "de" : "en")","tool_calls":[{"name":"\#(isRefund ? "refund_api" : "kb")"}]}"#
            )
        }
        return traffic.situation()
    }()

    @Test func `what is asked depends on where one is, and the key asks on`() {
        var model = model(Situations.degraded)
        func asked(_ keys: Key...) -> RequestOutcome? {
            model.pages = []
            for key in keys { press(key, on: &model) }
            press(.character("x"), on: &model)
            if case .explain(let outcome) = model.page { return outcome }
            return nil
        }
        // Errors fire.
        #expect(asked() == .failing)
        #expect(asked(.character("1")) == .slow && asked(.character("2")) == .expensive)
        #expect(asked(.character("3")) == .failing && asked(.character("6")) == .canary)
        #expect(asked(.character("2"), .character("r")) == .expensive)
        model.pages = []
        model.focus = .canary
        #expect(asked() == .canary)
        var seen: [RequestOutcome] = []
        for key in [.character("x"), .tab, .right, .backTab, .character("x")] as [Key] {
            press(key, on: &model)
            if case .explain(let outcome) = model.page { seen.append(outcome) }
        }
        #expect(seen == [.failing, .slow, .expensive, .slow, .expensive] && model.pages.count == 1)
        press(.escape, on: &model)
        #expect(model.page == .overview)
    }

    @Test func `a pair is told in words, opens its requests and becomes the filter`() throws {
        var model = model(Self.planted)
        press(.character("x"), on: &model)
        let text = model.view(glyphs: .unicode).rows
        let row = try #require(text.first { $0.contains("tool=refund_api and locale=de") })
        #expect(row.contains("%") && row.contains("×") && row.contains("+"), "\(row)")
        let target = try #require(model.target)
        #expect(target.condition == #"tool = "refund_api" and locale = "de""#)
        #expect(target.requests?.condition == #"success = false and tool = "refund_api" and locale = "de""#)
        press(.character("r"), on: &model)
        #expect(model.page == .requests(try #require(target.requests)))
        let explanation = try #require(
            model.shown.map { Explanation(.failing, of: $0, in: target.requests?.times ?? 0...0) })
        let listed = model.visibleSheet?.targets.count
        #expect(listed == explanation.rows.first?.casesSeen)
        press(.escape, on: &model)
        let filter = try RecordFilter(try #require(target.condition))
        #expect(press(.enter, on: &model) == [.filter(filter)] && model.filter == filter)
        // Once more adds nothing that is not there.
        #expect(model.page == .explain(.failing))
    }

    @Test func `what is not known, too few or nothing is said with its numbers`() {
        func text(_ situation: Situation, _ outcome: RequestOutcome) -> String {
            var model = model(situation)
            model.pages = [.explain(outcome)]
            return model.view(glyphs: .unicode).rows.joined(separator: "\n")
        }
        let healthy = text(Situations.healthy, .failing)
        #expect(healthy.contains("too few to explain anything: failing n=") && healthy.contains("a longer window (w)"))
        #expect(text(Situations.unknown, .failing).contains("no request says whether it failed"))
        #expect(text(Situations.canaryAbsent, .canary).contains("no request is the canary's or control's"))
        let critical = text(Situations.critical, .failing)
        #expect(critical.contains("nothing stands out") || critical.contains("everywhere"), "\(critical)")
        #expect(!text(Situations.empty, .failing).contains("of 0"))
    }

    @Test(arguments: RequestOutcome.allCases)
    func `the page is whole at every size`(outcome: RequestOutcome) {
        for situation in [Self.planted, Situations.longNames, Situations.wideNames, Situations.hostileNames] {
            for (width, height) in [(36, 11), (50, 30), (60, 15), (80, 24), (120, 40), (200, 60)] {
                var model = model(situation, width, height)
                model.window = .all
                model.pages = [.explain(outcome)]
                let screen = model.view(glyphs: .ascii)
                #expect(screen.rows.allSatisfy { $0.allSatisfy(\.isASCII) && $0.count <= width })
                // Shares stand on every row that is told.
                let told = model.visibleSheet?.targets.count ?? 0
                #expect(told == 0 || screen.rows.contains { $0.contains("%") && $0.contains(">") })
            }
        }
    }
}
