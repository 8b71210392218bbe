import Canvas
import Metrics
import Query
import Testing

@testable import Dashboard
@testable import Monitoring

/// Objectives, budgets and what is unusual, as the screen says them.
struct ObjectiveScreenTests {
    private func rows(
        _ situation: Situation, _ page: Page = .overview, _ width: Int = 80, _ height: Int = 24
    ) -> [String] {
        var model = Model(size: Size(width: width, height: height), themes: ["midnight"], theme: "midnight")
        _ = model.update(.situation(situation))
        if page != .overview { model.pages = [page] }
        return model.view(glyphs: .unicode).rows
    }

    @Test func `without settings nothing is said of objectives and budgets`() {
        for page in [Page.overview, .zoom(.latency), .zoom(.cost), .zoom(.success)] {
            let text = rows(Situations.degraded, page, 120, 120).joined()
            for word in ["SLO", "Objectives", "Budgets", "eod", "not as usual", "Latency budgets"] {
                #expect(!text.contains(word), "\(word) on \(page)")
            }
        }
    }

    @Test func `a tier of the settings is the panel's, and its budgets count`() {
        let situation = Traffic.outageOfTier(.document)
        let text = rows(situation)
        #expect(text[2].contains("document ─╮╭"))
        #expect(text.contains { $0.contains("budget p50 ok  p95 ok  p99 ok") })
        #expect(rows(situation, .zoom(.latency), 120, 60).contains { $0.contains("budgets of document") })
    }

    @Test func `what nothing limits is left out`() {
        let text = rows(Traffic.situation(latency: [LatencyBudget(p50: .infinity, p95: 4, p99: .infinity)]))
        #expect(text[2].contains("own budget"))
        #expect(text.contains { $0.contains("budget p95 OVER  ") && !$0.contains("p50") && !$0.contains("p99") })
    }

    @Test func `of an earlier time the objectives are those of then`() throws {
        var model = Model(size: Size(width: 80, height: 24), themes: ["midnight"], theme: "midnight")
        _ = model.update(.situation(try #require(Situations.budgeted)))
        _ = model.update(.key(.character(" ")))
        for _ in 0..<60 { _ = model.update(.key(.left)) }
        let past = model.view(glyphs: .unicode).rows.joined(separator: "\n")
        #expect(past.contains("PAUSED"))
        #expect(past.contains(#/SLO 95% burn 0\.[0-6]x/#), "\(past)")
        #expect(past.contains("budget ≥$2"), "\(past)")
    }

    @Test func `columns of the budget's line stay where they are`() {
        func line(_ dollars: Double, _ forecast: Double?) -> StyledText {
            let spend = PeriodSpend(
                period: .daily, dollars: dollars, since: 0, isPartial: false, forecast: forecast, method: "",
                pace: 1, hoursLeft: 1)
            return BudgetLine(
                BudgetReport(limit: 400, spend: spend, burn: 1), forecast: forecast, glyphs: .unicode
            ).text(width: 36)
        }
        for (dollars, forecast) in [(0.0, 0.0), (9.5, 14), (212, 346), (399.99, 1200), (1234, nil)]
            as [(Double, Double?)]
        {
            let text = line(dollars, forecast).pieces.map(\.text).joined()
            #expect(text.count == 36 && text.hasPrefix("budget $"), "\(text)")
            let place = text.firstRange(of: "eod").map { text.distance(from: text.startIndex, to: $0.lowerBound) }
            #expect(forecast == nil || (26...30).contains(place ?? 0), "\(text)")
            #expect(text.contains("▲") == ((forecast ?? 0) > 400))
        }
        let said = StyledText(" · 92% priced", .dim)
        let spend = PeriodSpend(
            period: .daily, dollars: 212, since: 0, isPartial: true, forecast: 346, method: "", pace: 1, hoursLeft: 1)
        let line36 = BudgetLine(BudgetReport(limit: 400, spend: spend, burn: 1), forecast: 346, glyphs: .unicode)
        #expect(line36.text(width: 36, note: said).pieces.map(\.text).joined().contains("92% priced"))
    }

    @Test func `an anomaly says by how much, which way and since when`() {
        let figures = Figures(Situations.degraded, FigureScope(window: .minutes15, columns: 40))
        let now = figures.snapshot.now ?? 0
        func text(
            _ metric: AnomalyMetric, _ value: Double, _ expected: Double, _ direction: Anomaly.Direction = .up,
            since: Int64 = 0, kind: Anomaly.Kind = .shift
        ) -> String {
            let anomaly = Anomaly(
                metric: metric, kind: kind, since: now - since, value: value, expected: expected, direction: direction,
                score: 6)
            return AnomalyNote(anomaly: anomaly, figures: figures).text
        }
        #expect(
            text(.p95Latency, 1.692, 1.2, since: 18 * Span.minute)
                == "p95 not as usual: 41% over 1.20s since 14:02")
        #expect(
            text(.completion, 0.86, 0.95, .down, since: 2 * Span.day, kind: .trend)
                == "completion goes from day to day: 9.0pp under 95.0% since 2026-11-19 14:20")
        #expect(text(.requestRate, 0, 0.5, .down).contains("100% under 30.0/min"))
    }

    /// Four times as many, of twice the tokens, at once.
    @Test func `an arrow marks the number that is not as usual, on every size of the overview`() throws {
        var traffic = Traffic(seed: 5)
        traffic.pass(minutes: 128, Traffic.Mix(rate: 20))
        traffic.pass(minutes: 12, Traffic.Mix(rate: 80, latency: 3, length: 2400))
        let unusual = traffic.situation(book: RuleBook(packs: [.anomaly]))
        let metrics = Set(unusual.watches.anomalies.map(\.metric))
        try #require(metrics.isSuperset(of: [.requestRate, .p95Latency]), "\(metrics)")
        let usual = traffic.situation(book: RuleBook())
        for (width, height) in [(200, 60), (120, 40), (80, 24), (60, 15)] {
            let rows = rows(unusual, .overview, width, height)
            #expect(rows.first?.contains("req/min\u{2191}") == true, "\(rows.first ?? "")")
            #expect(rows.contains { $0.contains("p95 ") && $0.contains("s\u{2191}") })
            #expect(!self.rows(usual, .overview, width, height).joined().contains("\u{2191}"))
        }
    }
}

extension Traffic {
    /// The outage under other latency budgets.
    static func situation(latency: [LatencyBudget]) -> Situation {
        Situations.outage.situation(book: RuleBook(latency: latency))
    }

    static func outageOfTier(_ tier: LatencyTier) -> Situation { situation(latency: [LatencyBudget(tier)]) }
}
