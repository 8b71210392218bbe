import Canvas
import Metrics
import Monitoring
import Testing

@testable import Dashboard

/// `a`, `s` and `b`: what people say to alerts.
struct AlertKeyTests {
    /// Two rules fire; what was said is in it.
    private static func situation(
        _ failures: Double = 0.2, notifications: (Situation) -> NotificationReport = { _ in NotificationReport() }
    ) -> Situation {
        var traffic = Traffic()
        traffic.pass(minutes: 20, Traffic.Mix(rate: 60, failures: [("timeout", failures)]))
        var other = RuleDefinition("some_errors", .p3, when: "error_rate > 5%")
        other.minimumRequests = 1
        var situation = traffic.situation(book: RuleBook(own: [other]))
        situation.notifications = notifications(situation)
        return situation
    }

    private static let plain = situation()

    private func model(_ situation: Situation = plain, pages: [Page] = []) -> Model {
        var model = Model(size: Size(width: 80, height: 24), themes: ["midnight"], theme: "midnight")
        model.user = "ada"
        _ = model.update(.situation(situation))
        model.pages = pages
        return model
    }

    @Test func `rules are tried while they are on the screen`() {
        var tried = Situations.degraded
        #expect(!model(tried).wantsTrial && model(tried, pages: [.zoom(.alerts)]).wantsTrial)
        #expect(model(tried, pages: [.alert("high_latency")]).wantsTrial)
        tried.trial = Situations.tried.trial
        var model = model(tried, pages: [.zoom(.alerts)])
        #expect(!model.wantsTrial)
        // A minute later they have more history.
        var later = Situations.later
        later.trial = tried.trial
        _ = model.update(.situation(later))
        #expect(model.wantsTrial)
        // What stands still has none.
        _ = press(" ", &model)
        #expect(!model.wantsTrial && model.shown?.trial != nil)
    }

    private func press(_ keys: String, _ model: inout Model) -> [Effect] {
        keys.flatMap { model.update(.key(.character($0))) }
    }

    private func said(_ effects: [Effect]) -> [NotificationOrder] {
        effects.compactMap { if case .tell(let order) = $0 { order } else { nil } }
    }

    @Test func `a acknowledges the alert whose page it is`() {
        var model = model(pages: [.alert("elevated_error_rate", slice: [:])])
        #expect(said(press("a", &model)) == [.acknowledge(rule: "elevated_error_rate", by: "ada")])
        #expect(model.notice?.hasPrefix("acknowledged elevated_error_rate") == true)
    }

    @Test func `a acknowledges the row with the focus, but nothing from an example's row`() {
        var model = model(pages: [.zoom(.alerts)])
        #expect(said(press("a", &model)) == [.acknowledge(rule: "elevated_error_rate", by: "ada")])
        #expect(press("ja", &model).isEmpty && model.notice?.contains("its row, then a") == true)
        #expect(press("s", &model).isEmpty && model.prompt == nil)
        #expect(said(press("ja", &model)) == [.acknowledge(rule: "some_errors", by: "ada")])
    }

    /// A key that slips acknowledges nothing: with several, the list comes first.
    @Test func `on the overview the list is shown where it is not plain which one is meant`() {
        var model = model()
        #expect(press("a", &model).isEmpty)
        #expect(model.page == .zoom(.alerts))
        #expect(model.notice?.contains("its row, then a") == true)
    }

    @Test func `what does not fire can't be acknowledged, and what was says by whom`() {
        var quiet = model(pages: [.alert("high_error_rate", slice: [:])])
        #expect(press("a", &quiet).isEmpty)
        #expect(quiet.notice == "high_error_rate does not fire: nothing to acknowledge")
        let given = Self.situation { situation in
            var report = NotificationReport()
            report.state.acknowledge(
                "elevated_error_rate", by: "grace", among: situation.alerts, service: "",
                at: situation.snapshot.now ?? 0)
            return report
        }
        var model = model(given, pages: [.alert("elevated_error_rate", slice: [:])])
        #expect(press("a", &model).isEmpty)
        #expect(model.notice?.hasSuffix("by grace") == true)
    }

    @Test func `a silence has a time and a reason`() throws {
        var model = model(pages: [.alert("elevated_error_rate", slice: [:])])
        #expect(press("s", &model).isEmpty && model.prompt?.choices.map(\.text) == ["30m", "2h", "8h"])
        _ = model.update(.key(.tab))
        _ = press("provider,  ticket 7", &model)
        let orders = said(model.update(.key(.enter)))
        guard case .silence(let silence)? = orders.first else { return #expect(Bool(false), "no silence") }
        let now = try #require(Self.plain.snapshot.now)
        #expect(silence.comment == "provider, ticket 7" && silence.createdBy == "ada")
        #expect(silence.startsAt == now && silence.endsAt == now + 2 * Span.hour)
        let alert = try #require(Self.plain.alerts.first { $0.name == "elevated_error_rate" })
        #expect(silence.covers(alert, at: now) && model.prompt == nil)
    }

    /// Whose silence it is, for how long and by which keys is seen on every screen.
    @Test(arguments: [(200, 60), (120, 40), (80, 24), (60, 15), (40, 12)])
    func `the prompt of a silence says what it is about and how it is done`(width: Int, height: Int) {
        var model = model(pages: [.alert("elevated_error_rate", slice: [:])])
        _ = model.update(.resize(Size(width: width, height: height)))
        _ = press("s", &model)
        let rows = model.view(glyphs: .unicode).rows
        #expect(rows.contains { $0.contains("silence elevated_error_rate") })
        for time in ["30m", "2h", "8h"] { #expect(rows.contains { $0.contains("\(time) ") && $0.contains("until") }) }
        #expect(rows.last?.contains("for 30m, because") == true)
        #expect(rows.last?.contains("Tab") == true && rows.last?.contains("Esc") == true, "\(rows.last ?? "")")
    }

    @Test(arguments: [2, 3, 4, 5])
    func `in the lowest pane, too, a silence says what it is about`(height: Int) {
        var model = model(pages: [.alert("elevated_error_rate", slice: [:])])
        _ = model.update(.resize(Size(width: 40, height: height)))
        _ = press("s", &model)
        guard model.prompt != nil else { return }
        #expect(model.view(glyphs: .unicode).rows.contains { $0.contains("silence elevated_error_rate") })
    }

    @Test func `what could not be kept is not shown as given`() throws {
        let silenced = Self.situation { situation in
            var report = NotificationReport()
            let now = situation.snapshot.now ?? 0
            report.state.acknowledge(
                "some_errors", by: "ada", among: situation.alerts, service: "", at: now - Span.minute)
            let kept = report.state
            report.state.acknowledge("elevated_error_rate", by: "ada", among: situation.alerts, service: "", at: now)
            report.unkept = NotificationReport.Unkept(why: "/state: No space left on device", kept: kept)
            return report
        }
        for (width, word) in [(80, "ack unkept"), (60, "unkept")] {
            var model = model(silenced, pages: [.zoom(.alerts)])
            _ = model.update(.resize(Size(width: width, height: 24)))
            let rows = model.view(glyphs: .unicode).rows
            #expect(rows.contains { $0.contains("elevated_error_rate") && $0.contains(word) })
            #expect(rows.contains { $0.contains("some_errors") && $0.contains("ack") && !$0.contains(word) })
        }
        let page = model(silenced, pages: [.alert("elevated_error_rate", slice: [:])])
        var tall = page
        _ = tall.update(.resize(Size(width: 80, height: 60)))
        let rows = tall.view(glyphs: .unicode).rows
        #expect(rows.contains { $0.contains("NOT KEPT") })
    }

    @Test func `Esc silences nothing`() {
        var model = model(pages: [.alert("elevated_error_rate", slice: [:])])
        _ = press("sx", &model)
        #expect(model.update(.key(.escape)).isEmpty && model.prompt == nil)
    }

    @Test func `a silence can be ended, and is seen while it lasts`() throws {
        let silenced = Self.situation { situation in
            var report = NotificationReport()
            let now = situation.snapshot.now ?? 0
            report.state.add(
                Silence(
                    of: "elevated_error_rate", labels: [:], from: now - Span.minute, for: 24 * Span.minute, by: "grace",
                    comment: "known"))
            return report
        }
        var model = model(silenced, pages: [.alert("elevated_error_rate", slice: [:])])
        _ = press("s", &model)
        #expect(model.prompt?.choices.first?.text == "end")
        #expect(model.prompt?.choices.first?.help.contains("by grace: known") == true)
        let id = try #require(silenced.notifications.state.silences.first?.id)
        #expect(said(model.update(.key(.enter))) == [.endSilence(id)])
        let alert = try #require(silenced.alerts.first { $0.name == "elevated_error_rate" })
        #expect(AlertAnswer(alert, silenced)?.brief == "quiet 23m")
        let others = silenced.alerts.filter { $0.name != "elevated_error_rate" }
        #expect(others.allSatisfy { AlertAnswer($0, silenced) == nil })
    }
}
