import Canvas
import Metrics
import Monitoring
import Query
import Telemetry

/// One alert: what it says, its rule and why it does what it does, a request that shows it, and its life so far.
struct AlertPage {
    let name: String
    /// Which slice of the traffic it is about; empty: all of it, or whatever slices the rule's alerts are about.
    var slice: [String: String] = [:]
    let context: SheetContext

    private var figures: Figures { context.figures }

    var sheet: Sheet {
        let alerts = figures.situation.alerts.filter { $0.name == name && (slice.isEmpty || $0.labels == slice) }
        let rule = figures.situation.rules.first { $0.name == name }
        var sheet = Sheet("Alert \(AlertTitle.text(name, slice))", trailing: rule.map(\.severity.rawValue) ?? "")
        if let alert = alerts.first { addState(alert, to: &sheet) } else { sheet.line(StyledText("not active", .dim)) }
        if let alert = alerts.first { addTold(alert, to: &sheet) }
        addOthers(alerts.dropFirst(), to: &sheet)
        if let rule { addRule(rule, alerts.first, to: &sheet) }
        addTimeline(to: &sheet)
        return sheet
    }

    /// For each route, whether it was told and why, or why not; what people have said; what was decided before.
    private func addTold(_ alert: Alert, to sheet: inout Sheet) {
        let report = figures.situation.notifications
        let decisions = report.decisions.filter { $0.alert == alert.key }
        let now = figures.snapshot.now ?? figures.situation.judgedUpTo ?? alert.state.since
        let log = report.log.filter { $0.decision.alert == alert.key && $0.time >= alert.state.since }
        let answer = AlertAnswer(alert, figures.situation)
        guard !decisions.isEmpty || !log.isEmpty || answer != nil else { return }
        sheet.heading("notifications", trailing: answer?.words ?? "")
        if let why = answer?.unkept {
            sheet.paragraph(
                "NOT KEPT: a restart forgets it, no other process hears of it: \(why)", .critical,
                width: context.width)
        }
        if answer?.isSilence == true, alert.severity == .p1 {
            sheet.paragraph("what it inhibits is not told meanwhile either", .dim, width: context.width)
        }
        let width = min(16, max(8, (decisions.map(\.route) + log.map(\.decision.route)).map(\.count).max() ?? 0))
        for decision in decisions {
            sheet.paragraph(
                DisplayWidth.padRight(decision.route, to: width) + " " + decision.text(at: now),
                decision.outcome.isFailure ? .critical : .text, width: context.width)
            addChannels(report.state.attempts(of: alert, route: decision.route), at: now, to: &sheet)
        }
        // What stands there already is no history.
        let newest = decisions.reduce(into: [:]) { $0[$1.route] = $1.outcome }
        let earlier = log.filter { newest[$0.decision.route] != $0.decision.outcome }
        for entry in earlier.suffix(Self.mostDecisions).reversed() {
            sheet.line(
                .dim(figures.clock(entry.time, seconds: true) + "  ")
                    + .dim(DisplayWidth.padRight(entry.decision.route, to: width) + " ")
                    + .dim(entry.decision.text(at: entry.time)))
        }
    }

    private static let mostDecisions = 12

    /// A route counts as told when one of its channels took it: what the others did.
    private func addChannels(
        _ attempts: [(channel: String, attempt: Incident.Attempt)], at now: Int64, to sheet: inout Sheet
    ) {
        // Of a single one the decision says it.
        guard attempts.count > 1 else { return }
        for (channel, attempt) in attempts {
            sheet.paragraph(
                "  \(channel) \(attempt.text(at: now))", attempt.isFailure ? .critical : .dim, width: context.width)
        }
    }

    /// Of a rule for each value of a dimension, the others.
    private func addOthers(_ alerts: ArraySlice<Alert>, to sheet: inout Sheet) {
        guard !alerts.isEmpty else { return }
        sheet.heading("other slices", trailing: "\(alerts.count)")
        for alert in alerts {
            sheet.line(
                AlertsPanel(figures).name(alert, context.glyphs), trailing: StyledText(alert.valueText, .text),
                target: Target(
                    id: "alert \(alert.key)", opens: .alert(name, slice: alert.labels), alert: alert.subjectOfKeys))
        }
    }

    private func addRule(_ rule: WatchedRule, _ alert: Alert?, to sheet: inout Sheet) {
        let situation = figures.situation
        sheet.heading("rule", trailing: rule.rule.definition.source.text)
        sheet.paragraph(rule.condition, width: context.width)
        let explanation = situation.explanation(ofRule: name, alert: alert, lookup: situation.watches.value)
        // What it says and where it comes from stand above.
        for (title, text) in explanation?.lines ?? [] where !["rule", "when", "says"].contains(title) {
            sheet.line(.dim(DisplayWidth.padRight(title, to: 6)) + StyledText(text))
        }
        if let line = TrialTable.line(rule.rule, figures) { sheet.line(line) }
        if let note = rule.note, rule.rule.problem == nil { sheet.paragraph(note, width: context.width) }
        if let runbook = rule.rule.definition.runbook {
            sheet.line(
                .dim("runbook ") + StyledText(runbook, .accent),
                target: Target(id: "runbook", copies: runbook, url: runbook))
        }
        let cases = rule.rule.definition.evalCases
        if !cases.isEmpty { sheet.paragraph("a mend passes " + cases.joined(separator: ", "), width: context.width) }
        if let rollback = situation.rollback {
            sheet.line(.dim("rollback ") + StyledText(rollback), target: Target(id: "rollback", copies: rollback))
        }
    }

    private func addState(_ alert: Alert, to sheet: inout Sheet) {
        let (mark, role) = AlertsPanel.look(alert, context.glyphs)
        let word = alert.state.phase?.rawValue.uppercased() ?? ""
        sheet.line(
            StyledText("\(mark) \(alert.severity.rawValue) \(word)", role, bold: true)
                + StyledText("  \(alert.symptom)", .text, bold: true))
        if !alert.state.summary.isEmpty { sheet.paragraph(alert.state.summary, width: context.width) }
        let now = figures.snapshot.now ?? alert.state.since
        let age = NumberFormat.elapsed(Double((alert.state.resolvedAt ?? now) - alert.state.since) / 1e6)
        sheet.line(
            StyledText("since ", .dim) + StyledText(figures.clock(alert.state.since, seconds: true), .text)
                + StyledText(" for \(age)", .dim))
        if let deploy = figures.deploys.followed(alert.state.since) {
            sheet.line(
                StyledText(deploy.words(before: alert.state.since), .warning)
                    + .dim(" of \(figures.clock(deploy.time))"), trailing: .dim("what changed"),
                target: Target(id: "deploy", opens: .changes, copies: deploy.deploy?.rollbackCommand))
        }
        let times = max(0, alert.state.since - 5 * Span.minute)...(alert.state.resolvedAt ?? now)
        sheet.gap()
        sheet.line(
            StyledText("requests behind it", .text),
            target: Target(id: "requests", requests: alert.requests(during: times)))
        if let exemplar = figures.situation.exemplar(for: alert) {
            var line = StyledText("for example ", .dim) + StyledText(exemplar.traceID, .text, bold: true)
            if !exemplar.errorType.isAbsent {
                line += StyledText("  " + figures.names.label(exemplar.errorType), .critical)
            }
            sheet.line(
                line,
                trailing: StyledText(
                    NumberFormat.duration(exemplar.latency.map { Double($0) / 1e6 }, compact: true), .text),
                target: Target(
                    id: "exemplar", opens: .request(traceID: exemplar.traceID, time: exemplar.time),
                    copies: exemplar.traceID, url: exemplar.traceURL.isEmpty ? nil : exemplar.traceURL))
        }
    }

    private func addTimeline(to sheet: inout Sheet) {
        let events = figures.situation.events.filter { $0.rule == name && (slice.isEmpty || $0.labels == slice) }
        guard !events.isEmpty else { return }
        sheet.heading("timeline", trailing: "Enter: the screen as of then")
        for (i, event) in events.reversed().enumerated() {
            let from = event.from?.rawValue ?? "quiet"
            let to = event.to?.rawValue ?? "quiet"
            let role: Role = event.to == .firing ? .warning : event.to == .resolved ? .good : .text
            sheet.line(
                StyledText(figures.clock(event.time, seconds: true) + "  ", .dim)
                    + StyledText("\(from) \(context.glyphs[.right]) ", .dim) + StyledText(to, role, bold: true),
                trailing: StyledText(event.alert?.valueText ?? "", .text)
                    + StyledText(event.alert.map { " " + $0.thresholdText } ?? "", .dim),
                target: Target(id: "event \(events.count - i) \(event.time)", time: event.time))
        }
    }
}

/// What an alert is called: its rule, and the slice that it is about.
enum AlertTitle {
    /// `refund_errors task_type=refund`.
    static func text(_ rule: String, _ labels: [String: String]) -> String {
        ([rule] + labels.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }).joined(separator: " ")
    }

    /// `refund_errors refund`: in a list the value tells them apart, and must be seen.
    static func brief(_ rule: String, _ labels: [String: String]) -> String {
        ([rule] + labels.sorted { $0.key < $1.key }.map(\.value)).joined(separator: " ")
    }
}

extension AlertEvent {
    /// As a list names it.
    var title: String { AlertTitle.brief(rule, labels) }
}

extension Alert {
    /// What is acknowledged or silenced where it has the focus.
    var subjectOfKeys: AlertSubject { AlertSubject(rule: name, slice: labels) }

    /// As a list names it.
    var title: String { AlertTitle.brief(name, labels) }

    /// The requests that made it.
    func requests(during times: ClosedRange<Int64>) -> RequestsQuery {
        let slice = labels.sorted { $0.key < $1.key }.map { QueryText.equals($0.key, $0.value) }
        func query(_ what: String, _ condition: String? = nil, order: RequestsQuery.Order = .newest) -> RequestsQuery {
            let all = slice + [condition].compactMap(\.self)
            return RequestsQuery(
                "\(AlertTitle.text(name, labels)): \(what)", all.isEmpty ? nil : all.joined(separator: " and "),
                order: order, times: times)
        }
        return switch metric {
        case .p50Latency, .p95Latency, .p99Latency, .maxLatency, .timeToFirstTokenP95:
            query("slowest requests", order: .slowest)
        case .costPerHour, .costPerRequest, .costPerSuccess, .tokensPerMinute:
            query("costliest requests", order: .costliest)
        case .errorRate, .errorCount, .failuresSeen, .toolErrorRate: query("failed requests", QueryText.failed)
        default: query("requests")
        }
    }
}
