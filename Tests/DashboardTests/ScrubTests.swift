import Canvas
import Metrics
import Monitoring
import Testing

@testable import Dashboard

/// Standing still and moving in time.
struct ScrubTests {
    private var model: Model {
        var model = Model(size: Size(width: 120, height: 40))
        model.latest = Situations.later
        return model
    }

    private func press(_ keys: Key..., on model: inout Model) {
        for key in keys { _ = model.update(.key(key)) }
    }

    @Test func `arrows move in time only while the screen is frozen`() throws {
        var model = model
        press(.left, on: &model)
        #expect(model.pause == nil && model.focus == .cost)
        press(.character(" "), on: &model)
        let now = try #require(model.latest?.snapshot.now)
        #expect(model.shown?.snapshot.now == now)
        press(.left, .left, .left, on: &model)
        let then = try #require(model.shown?.snapshot.now)
        #expect(then < now && then % (10 * Span.second) == 0 && model.focus == .cost)
        press(.right, on: &model)
        #expect(model.shown?.snapshot.now == then + 10 * Span.second)
        press(.character("{"), on: &model)
        #expect(model.shown?.snapshot.now == then - 90 * Span.second)
        press(.end, on: &model)
        #expect(model.pause == nil)
    }

    @Test func `no step leads out of what is held`() throws {
        var model = model
        for _ in 0..<400 { press(.character("{"), on: &model) }
        let first = try #require(model.latest?.snapshot.firstTime)
        #expect(model.shown?.snapshot.now == first)
        #expect(model.view(glyphs: .unicode).rows[0].contains("PAUSED 12:00"))
        for _ in 0..<400 { press(.character("}"), on: &model) }
        #expect(model.shown?.snapshot.now == model.latest?.snapshot.now)
        #expect(model.pause != nil)
    }

    @Test func `every panel shows the moment, and the banner how far back it lies`() throws {
        var model = model
        let live = model.view(glyphs: .unicode).rows
        press(.character("["), on: &model)
        let rows = model.view(glyphs: .unicode).rows
        let fired = try #require(Situations.later.firingTimes.last)
        #expect(model.shown?.snapshot.now == fired)
        #expect(rows[0].contains("PAUSED") && rows[0].contains("newer"))
        #expect(rows[1].contains("DEGRADED") && rows[1] != live[1])
        #expect(rows.joined().contains("firing"))
        press(.character("]"), on: &model)
        #expect(model.notice == "no alert fired after")
        press(.character("["), .character("["), .character("["), on: &model)
        #expect(model.notice == "no alert fired before")
    }

    @Test func `time is frozen before anything is known by nobody`() {
        var model = Model(size: Size(width: 80, height: 24))
        press(.character("["), .character("{"), .left, on: &model)
        #expect(model.pause == nil)
    }
}
