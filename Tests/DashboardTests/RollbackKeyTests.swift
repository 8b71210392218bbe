import Canvas
import Monitoring
import Testing

@testable import Dashboard

/// `R`: rolling the canary back.
struct RollbackKeyTests {
    private static let command = "deployctl rollback v2.3"

    private func model(_ standing: RollbackStanding?) -> Model {
        var model = Model(size: Size(width: 100, height: 30), themes: ["midnight"], theme: "midnight")
        _ = model.update(.situation(Situations.rollback))
        if let standing { _ = model.update(.rollback(standing)) }
        return model
    }

    private func press(_ key: Character, _ model: inout Model) -> [Effect] { model.update(.key(.character(key))) }

    @Test func `without --act nothing is run`() {
        var model = model(nil)
        #expect(press("R", &model).isEmpty && press("R", &model).isEmpty)
        #expect(model.notice?.contains("--act") == true)
    }

    @Test func `it is run when it was asked for twice in a row`() {
        var model = model(.offered(Self.command))
        #expect(model.notice == "canary ROLLBACK: R runs \(Self.command)")
        #expect(press("R", &model).isEmpty)
        #expect(model.notice == "once more runs: \(Self.command)")
        // Another key in between is a no.
        #expect(press("w", &model).isEmpty)
        #expect(press("R", &model).isEmpty)
        #expect(press("R", &model) == [.rollBack(Self.command)])
    }

    @Test func `another offer is asked for anew`() {
        var model = model(.offered(Self.command))
        _ = press("R", &model)
        _ = model.update(.rollback(.offered("deployctl rollback v2.2")))
        #expect(press("R", &model).isEmpty)
        #expect(press("R", &model) == [.rollBack("deployctl rollback v2.2")])
    }

    @Test func `an offer is told once`() {
        var model = model(.offered(Self.command))
        _ = press("w", &model)
        _ = model.update(.rollback(.offered(Self.command)))
        #expect(model.notice == nil)
    }

    @Test func `what came of it is on the canary's page and is not run again`() {
        var model = model(.told("14:31 ada: ran \(Self.command)", isBad: false))
        #expect(press("R", &model).isEmpty)
        #expect(model.notice == "14:31 ada: ran \(Self.command)")
        _ = press("6", &model)
        #expect(model.view(glyphs: .unicode).rows.contains { $0.contains("14:31 ada: ran \(Self.command)") })
    }
}
