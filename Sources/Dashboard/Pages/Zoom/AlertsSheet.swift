import Canvas
import Metrics
import Monitoring
import Query
import Telemetry

/// What fires and why, in full: every alert with a request that shows it, every rule with what it measures now, and what has
/// changed.
struct AlertsSheet {
    private let context: SheetContext
    private static let mostEvents = 100

    init(_ context: SheetContext) { self.context = context }

    private var figures: Figures { context.figures }
    private var situation: Situation { figures.situation }
    private var glyphs: GlyphSet { context.glyphs }
    private var now: Int64? { figures.snapshot.now }

    func fill(_ sheet: inout Sheet) {
        addAlerts(to: &sheet)
        addRules(to: &sheet)
        TrialTable(context).addPacks(to: &sheet)
        addHistory(to: &sheet)
    }

    // MARK: Alerts

    private func addAlerts(to sheet: inout Sheet) {
        let judged = situation.judgedUpTo.map { "judged \(figures.clock($0, seconds: true))" } ?? "not judged yet"
        guard !situation.alerts.isEmpty else {
            sheet.line(
                StyledText("\(glyphs[.good]) ", .good) + StyledText("nothing fires, nothing has within the hour"),
                trailing: .dim(judged))
            return
        }
        let table = ZoomTable(
            "alert",
            isNarrow
                ? [
                    .init("state", 8, isText: true), .init("value", 8), .init("told", 7, isText: true),
                    .init("since", 5),
                ]
                : [
                    .init("state", 10, isText: true), .init("value", 10), .init("since", 6), .init("for", 5),
                    .init("told", 12, isText: true), .init("limit", 8), .init("fired", 6), .init("ended", 6),
                ], nameWidth: context.isWide ? 52 : 32, leastName: 24, note: "summary", width: context.width)
        table.addHeader(to: &sheet)
        for alert in situation.alerts { add(alert, table, to: &sheet) }
        sheet.line(StyledText(), trailing: .dim(judged))
    }

    /// Whether columns are shorter, so that whether anybody was told has its place.
    private var isNarrow: Bool { context.width < 72 }

    private func add(_ alert: Alert, _ table: ZoomTable, to sheet: inout Sheet) {
        let (_, role) = AlertsPanel.look(alert, glyphs)
        let state = alert.state
        let end = state.phase == .resolved ? state.resolvedAt : now
        let age = end.map { NumberFormat.age(Double($0 - state.since) / 1e6) } ?? NumberFormat.missing
        let word = StyledText(state.phase?.rawValue ?? "", role, bold: state.isFiring)
        let value = StyledText.number(
            alert.valueText.isEmpty ? NumberFormat.missing : alert.valueText, isFew: !state.isFiring)
        let since = StyledText(figures.clock(state.since))
        table.addRow(
            AlertsPanel(figures).name(alert, glyphs),
            isNarrow
                ? [word, value, told(alert), since]
                : [
                    word, value, since, .number(age, isFew: !state.isFiring), told(alert), .dim(alert.thresholdText),
                    .dim(figures.clock(state.firedAt)), .dim(figures.clock(state.resolvedAt)),
                ], note: .dim(state.summary),
            target: Target(
                id: "alert \(alert.key)", opens: .alert(alert.name, slice: alert.labels), alert: alert.subjectOfKeys),
            to: &sheet)
        if !table.hasNotes, state.isFiring, !state.summary.isEmpty { sheet.line(.dim("    " + state.summary)) }
        guard state.phase != .pending, let exemplar = situation.exemplar(for: alert) else { return }
        add(exemplar, of: alert, to: &sheet)
    }

    /// The request that shows what an alert is about.
    private func add(_ exemplar: Exemplar, of alert: Alert, to sheet: inout Sheet) {
        let names = figures.names
        let facts = [exemplar.errorType, exemplar.task, exemplar.model, exemplar.promptVersion]
            .filter { !$0.isAbsent }.map { names.label($0) }
        let latency = exemplar.latency.map { NumberFormat.duration(Double($0) / 1e6, compact: true) } ?? ""
        sheet.line(
            .dim("    e.g. ") + StyledText(exemplar.traceID, .accent)
                + .dim(" \(figures.clock(exemplar.time, seconds: true)) \(latency) ")
                + .dim(facts.joined(separator: " \(glyphs[.middleDot]) ")),
            target: Target(
                id: "exemplar \(alert.key)", opens: .request(traceID: exemplar.traceID, time: exemplar.time),
                // An example is no alert: what is said here would be said to the row above.
                copies: exemplar.traceID, url: exemplar.traceURL.isEmpty ? nil : exemplar.traceURL))
    }

    /// Whether anybody has heard of it, or what was said to it.
    private func told(_ alert: Alert) -> StyledText {
        if let answer = AlertAnswer(alert, situation) {
            return StyledText(isNarrow ? answer.word : answer.brief, answer.role)
        }
        let decisions = situation.notifications.decisions.filter { $0.alert == alert.key }
        // Of several routes that which says most.
        guard let most = decisions.max(by: { $0.outcome.rank < $1.outcome.rank }) else {
            return .dim(NumberFormat.missing)
        }
        let outcome = most.outcome
        let text = StyledText(
            isNarrow ? outcome.word : outcome.brief, outcome.isFailure ? .critical : outcome.isTold ? .text : .dim)
        // Told, but not through all channels.
        let attempts = situation.notifications.state.attempts(of: alert, route: most.route)
        guard !outcome.isFailure, attempts.contains(where: \.attempt.isFailure) else { return text }
        return text + StyledText(" \(glyphs[.degraded])", .critical, bold: true)
    }

    // MARK: Rules

    private func addRules(to sheet: inout Sheet) {
        let rules = situation.rules
        guard !rules.isEmpty else {
            sheet.line(.dim("no rules are watched"))
            return
        }
        sheet.heading(
            "Rules", trailing: "\(rules.count) watched, every \(Judge.interval / Span.second)s of the data's time")
        let table = ZoomTable(
            "rule",
            [
                .init("now", 10), .init("over", 5), TrialTable.column, .init("n", 6),
                .init("state", 10, isText: true),
            ], nameWidth: 28, leastName: 24, note: "fires when", width: context.width)
        table.addHeader(to: &sheet)
        for rule in rules { add(rule, table, to: &sheet) }
    }

    private func add(_ rule: WatchedRule, _ table: ZoomTable, to sheet: inout Sheet) {
        let alert = situation.alerts.first { $0.name == rule.name }
        let measured = Measured(rule, situation, alert)
        let state =
            alert.map { StyledText($0.state.phase?.rawValue ?? "", AlertsPanel.look($0, glyphs).1) }
            ?? .dim(measured.isBroken ? "broken" : "quiet")
        table.addRow(
            StyledText("\(rule.severity.rawValue) ", .dim) + StyledText(rule.name, .text),
            [
                .number(measured.text),
                .dim(measured.window.map { NumberFormat.age(Double($0) / 1e6) } ?? NumberFormat.missing),
                TrialTable(context).cell(rule.rule),
                .dim(measured.requests.map { NumberFormat.count($0) } ?? NumberFormat.missing), state,
            ], note: .dim(rule.condition),
            target: Target(
                id: "rule \(rule.name)", opens: .alert(rule.name), alert: AlertSubject(rule: rule.name)),
            to: &sheet)
        if !table.hasNotes { sheet.line(.dim("    when " + rule.condition)) }
    }

    /// What a rule looks at, as of the last judgement.
    private struct Measured {
        var text = NumberFormat.missing
        /// µs; nil where what is asked for has windows of its own.
        var window: Int64?
        /// In that window.
        var requests: Double?
        /// The condition cannot be read.
        var isBroken = false

        /// - Parameter alert: the rule's worst.
        init(_ rule: WatchedRule, _ situation: Situation, _ alert: Alert?) {
            guard let condition = rule.rule.condition else {
                isBroken = true
                return
            }
            guard let first = condition.references.first, let metric = WindowMetric(first) else {
                text = condition.references.first.map { Self.text(situation.watches.value(of: $0), $0) } ?? text
                return
            }
            window = rule.window
            guard let end = situation.judgedUpTo ?? situation.snapshot.now else { return }
            let totals = situation.snapshot.totals(lasting: rule.window, endingAt: end, parts: [], judging: true)
            requests = totals.tally.requests.value
            // Of slices, that of all traffic decides nothing.
            if rule.rule.dimension != nil {
                text = alert?.valueText ?? text
            } else if case .number(let unit) = first.type {
                var reader = WindowReader(situation.snapshot, at: end)
                text = AlertsSheet.text(reader.value(of: first, lasting: rule.window)?.double, metric, unit)
            }
        }

        private static func text(_ value: Value?, _ reference: Reference) -> String {
            switch (value, reference.type) {
            case (.boolean(let isSo)?, _): isSo ? "yes" : "no"
            case (_, .number(let unit)): NumberFormat.text(value?.double, unit)
            default: NumberFormat.missing
            }
        }
    }

    /// A drift with its sign, everything else in its unit.
    private static func text(_ value: Double?, _ metric: WindowMetric, _ unit: Query.Unit) -> String {
        switch metric {
        case .outputLengthDrift, .toolCallsDrift: NumberFormat.change(value, decimals: 1)
        default: NumberFormat.text(value, unit)
        }
    }

    // MARK: History

    private func addHistory(to sheet: inout Sheet) {
        let events = situation.events.reversed().prefix(Self.mostEvents)
        sheet.heading("History", trailing: events.isEmpty ? "" : "newest first")
        guard !events.isEmpty else {
            sheet.line(.dim("no alert has changed its state"))
            return
        }
        for event in events { add(event, to: &sheet) }
        if situation.events.count > Self.mostEvents {
            sheet.line(.dim("\(situation.events.count - Self.mostEvents) older"))
        }
    }

    private func add(_ event: AlertEvent, to sheet: inout Sheet) {
        let (mark, role): (Mark, Role) =
            switch event.to {
            case .firing: event.severity == .p1 ? (.critical, .critical) : (.degraded, .warning)
            case .resolved: (.good, .good)
            default: (.notice, .dim)
            }
        let word = "\(event.from?.rawValue ?? "quiet") \(glyphs[.right]) \(event.to?.rawValue ?? "quiet")"
        sheet.line(
            .dim(time(event.time) + " ") + StyledText("\(glyphs[mark]) ", role, bold: true)
                + StyledText("\(event.severity.rawValue) ", .dim)
                + StyledText(
                    DisplayWidth.padRight(
                        event.title, to: min(48, max(22, context.width - 56)), ellipsis: glyphs[.ellipsis]), .text)
                + .dim(DisplayWidth.padLeft(value(event), to: 10) + "  ") + StyledText(word, role),
            target: Target(
                id: "event \(event.time) \(event.key) \(event.to?.rawValue ?? "")",
                opens: .alert(event.rule, slice: event.labels),
                time: event.time))
    }

    /// The time of day, with the date where it is another day's.
    private func time(_ time: Int64) -> String {
        let clock = figures.clock(time, seconds: true)
        guard let now, now.alignedDown(to: Span.day) != time.alignedDown(to: Span.day) else { return clock }
        return "\(ClockTime(time).date) \(clock)"
    }

    /// What was measured, in the unit of the rule's first metric.
    private func value(_ event: AlertEvent) -> String {
        guard let value = event.value, let rule = situation.rules.first(where: { $0.name == event.rule }),
            let first = rule.rule.condition?.references.first, case .number(let unit) = first.type
        else { return "" }
        if let text = event.alert?.valueText, !text.isEmpty { return text }
        return WindowMetric(first).map { Self.text(value, $0, unit) } ?? NumberFormat.text(value, unit)
    }
}
