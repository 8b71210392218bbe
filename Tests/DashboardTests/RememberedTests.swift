import Canvas
import Metrics
import Monitoring
import Testing

@testable import Dashboard

/// What is kept from one second to the next is what would be computed anew.
struct RememberedTests {
    private func model(_ size: Size) -> Model { Model(size: size, themes: ["midnight"], theme: "midnight") }

    /// As each second of a story found it.
    private static let seconds: [Situation] = {
        var traffic = Traffic()
        traffic.pass(minutes: 12, Traffic.Mix(rate: 60))
        let engine = Follower(traffic)
        return (0..<25).map { second in
            traffic.pass(
                minutes: 1.0 / 60,
                Traffic.Mix(rate: 300, failures: second < 12 ? [("timeout", 0.02)] : [("tool_failure", 0.9)]))
            return engine.situation(of: traffic)
        }
    }()

    /// What explains is looked for again once it is judged, not every second.
    @Test func `an explanation stands until the next judgement`() throws {
        var kept = model(Size(width: 80, height: 24))
        kept.pages = [.explain(.failing)]
        var (judged, before): (Int64?, Int?) = (nil, nil)
        var changes = 0
        for situation in Self.seconds {
            _ = kept.update(.situation(situation))
            let seen = try #require(kept.remembered?.explanation).seen
            if situation.judgedUpTo != judged {
                var fresh = model(Size(width: 80, height: 24))
                fresh.pages = kept.pages
                _ = fresh.update(.situation(situation))
                #expect(kept.view(glyphs: .unicode) == fresh.view(glyphs: .unicode))
                changes += 1
            } else {
                #expect(seen == before)
            }
            (judged, before) = (situation.judgedUpTo, seen)
        }
        #expect(changes >= 2 && changes < Self.seconds.count / 2)
    }

    @Test(arguments: [Size(width: 80, height: 24), Size(width: 200, height: 60)])
    func `a screen that was told every second is, once judged, what a new one shows`(size: Size) throws {
        var kept = model(size)
        var isKept = false
        var judged: Int64?
        var compared = 0
        for (second, situation) in Self.seconds.enumerated() {
            _ = kept.update(.situation(situation))
            if situation.judgedUpTo != judged {
                var fresh = model(size)
                _ = fresh.update(.situation(situation))
                #expect(kept.view(glyphs: .unicode) == fresh.view(glyphs: .unicode), "second \(second)")
                compared += 1
            } else if size.height == 60 {
                // What is not looked at again is told as it was.
                let fresh = Figures(situation, kept.scope)
                let figures = try #require(kept.remembered)
                #expect(figures.bars.start == fresh.bars.start && figures.tally.requests == fresh.tally.requests)
                isKept = isKept || figures.worstSlices.map(\.name) != fresh.worstSlices.map(\.name)
            }
            judged = situation.judgedUpTo
        }
        #expect(compared >= 2)
        #expect(isKept == (size.height == 60))
    }

    @Test func `another window is shown at once`() {
        var model = model(Size(width: 120, height: 40))
        _ = model.update(.situation(Situations.healthy))
        _ = model.update(.key(.character("w")))
        var fresh = Model(size: model.size, window: model.window, themes: ["midnight"], theme: "midnight")
        _ = fresh.update(.situation(Situations.healthy))
        #expect(model.view(glyphs: .unicode) == fresh.view(glyphs: .unicode))
    }
}
