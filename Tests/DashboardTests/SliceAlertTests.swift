import Canvas
import Metrics
import Monitoring
import Telemetry
import Testing

@testable import Dashboard

/// Alerts of one rule about several slices are told apart, and what stands behind each is its own.
struct SliceAlertTests {
    private static let situation: Situation = {
        var rule = RuleDefinition("task_errors", .p2, when: "error_rate > 5%")
        rule.slice = "task_type"
        rule.window = 15 * Span.minute
        rule.runbook = "https://wiki.example/tasks"
        rule.evalCases = ["billing-041"]
        let objective = try? Objective(name: "quick", kind: .latency(under: Span.second), target: 990_000)
        var traffic = Traffic()
        traffic.pass(minutes: 20, Traffic.Mix(rate: 60, failures: [("timeout", 0.4)]))
        return traffic.situation(
            book: RuleBook(own: [rule], objectives: [objective].compactMap(\.self)))
    }()

    private var alerts: [Alert] { Self.situation.alerts.filter { $0.name == "task_errors" } }

    private func sheet(_ page: Page, width: Int = 120) -> Sheet? {
        var model = Model(size: Size(width: width, height: 40), themes: ["midnight"], theme: "midnight")
        _ = model.update(.situation(Self.situation))
        model.pages = [page]
        return model.visibleSheet
    }

    @Test func `each has its row, its page and its example`() throws {
        #expect(alerts.count == 3)
        let targets = try #require(sheet(.zoom(.alerts))).targets
        #expect(Set(targets.map(\.id)).count == targets.count)
        for alert in alerts {
            #expect(targets.contains { $0.opens == .alert("task_errors", slice: alert.labels) })
            let exemplar = try #require(Self.situation.exemplar(for: alert))
            #expect(Self.situation.snapshot.names.label(exemplar.task) == alert.labels["task_type"])
            let page = try #require(sheet(.alert("task_errors", slice: alert.labels)))
            #expect(page.targets.contains { $0.copies == exemplar.traceID })
            #expect(page.targets.contains { $0.copies == "https://wiki.example/tasks" })
        }
    }

    @Test func `the requests behind one are those of its slice that failed`() throws {
        for alert in alerts {
            let page = try #require(sheet(.alert("task_errors", slice: alert.labels)))
            let query = try #require(page.targets.compactMap(\.requests).first)
            let filter = try RecordFilter(try #require(query.condition))
            let rows = Self.situation.snapshot.rows.select(
                in: query.times ?? 0...Int64.max, where: filter, limit: 1000)
            #expect(rows.total > 10)
            let names = Self.situation.snapshot.names
            #expect(
                rows.rows.allSatisfy {
                    names.label($0.record.values[.taskType]) == alert.labels["task_type"] && $0.record.success == false
                })
        }
    }

    @Test func `the rule's own page leads to every slice`() throws {
        let page = try #require(sheet(.alert("task_errors")))
        let slices = page.targets.compactMap { $0.opens }
        #expect(slices.count(where: { if case .alert = $0 { true } else { false } }) == alerts.count - 1)
    }

    @Test func `what an objective's rule asks for is measured on the page`() throws {
        var model = Model(size: Size(width: 200, height: 60), themes: ["midnight"], theme: "midnight")
        _ = model.update(.situation(Self.situation))
        model.pages = [.zoom(.alerts)]
        let row = try #require(
            model.view(glyphs: .unicode).rows.first { $0.contains("slo_quick_burn_3d") && $0.contains("burn(") })
        #expect(row.contains(#/slo_quick_burn_3d +[\d.]+ /#), "\(row)")
    }
}
