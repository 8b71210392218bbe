import Canvas
import Metrics
import Monitoring
import Query
import Statistics
import Telemetry

/// What changed: every deploy with the numbers before and after it, how it is undone, and what runs now.
struct ChangesPage {
    let context: SheetContext

    private var figures: Figures { context.figures }

    /// Releases that are listed, and the share that one needs.
    private static let mostReleases = 8
    private static let mostGone = 3
    private static let leastShare = 0.005

    var sheet: Sheet {
        let report = ChangeReport(figures.snapshot, deploys: figures.deploys, where: figures.filter)
        var sheet = Sheet("What changed", trailing: report.deploys.isEmpty ? "" : "newest first")
        addSummary(report, to: &sheet)
        if let newest = report.deploys.first { add(newest, to: &sheet) }
        add(report.running, to: &sheet)
        for deploy in report.deploys.dropFirst() { add(deploy, to: &sheet) }
        let more = figures.deploys.count - report.deploys.count
        if more > 0 { sheet.line(.dim("\(more) more before, on the charts")) }
        return sheet
    }

    private func addSummary(_ report: ChangeReport, to sheet: inout Sheet) {
        let held = NumberFormat.elapsed(Double(report.held) / 1e6)
        guard let newest = report.deploys.first else {
            sheet.paragraph(
                "\(context.glyphs[.good]) no deploy in the \(held) held: nothing changed on our side; look at the provider, "
                    + "the traffic, the data", width: context.width)
            return
        }
        let count = figures.deploys.count
        sheet.line(
            StyledText("newest ", .dim) + StyledText(age(newest.mark), .text, bold: true)
                + .dim(", \(count) deploy\(count == 1 ? "" : "s") in the \(held) held"),
            trailing: since(report))
    }

    /// Where not everything can be compared.
    private func since(_ report: ChangeReport) -> StyledText {
        if let filter = figures.filter { return StyledText("of \(filter.source)", .notice) }
        return report.heldSince.map { StyledText("requests since \(figures.clock($0))", .notice) } ?? StyledText()
    }

    private func age(_ mark: DeployMark) -> String {
        "\(NumberFormat.elapsed(Double((figures.snapshot.now ?? mark.time) - mark.time) / 1e6)) ago"
    }

    // MARK: One deploy

    private func add(_ deploy: DeployReport, to sheet: inout Sheet) {
        let mark = deploy.mark
        sheet.gap()
        sheet.line(
            StyledText("\(context.glyphs[.tick]) ", .accent, bold: true)
                + StyledText(figures.clock(mark.time), .text, bold: true) + .dim("  \(age(mark))  ")
                + StyledText(mark.label, .title, bold: true)
                + .dim(mark.deploy == nil ? "  seen in requests" : "  told by a record"),
            trailing: outcome(deploy), target: target(deploy, "deploy"))
        if !mark.changes.isEmpty {
            sheet.paragraph("  " + mark.changes.map(words).joined(separator: ", "), width: context.width)
        }
        if let told = mark.deploy.map(facts), !told.isEmpty {
            sheet.paragraph(told.joined(separator: " \(context.glyphs[.middleDot]) "), .dim, width: context.width)
        }
        addNumbers(deploy, to: &sheet)
        guard let command = mark.deploy?.rollbackCommand, !command.isEmpty else { return }
        sheet.line(
            .dim("rollback  ") + StyledText(command, .accent), trailing: .dim("y copies it"),
            target: target(deploy, "rollback"))
    }

    /// What has surely become of it, in a few words.
    private func outcome(_ deploy: DeployReport) -> StyledText {
        let worse = deploy.worse.map(\.kind.words)
        if !worse.isEmpty {
            return StyledText(
                "\(context.glyphs[.degraded]) worse: \(worse.joined(separator: ", "))", .critical, bold: true)
        }
        let better = deploy.metrics.filter { $0.verdict == .better }.map(\.kind.words)
        if !better.isEmpty { return StyledText("better: \(better.joined(separator: ", "))", .good) }
        guard !deploy.metrics.isEmpty else { return .dim("no request to compare") }
        return .dim(deploy.metrics.allSatisfy(\.isFew) ? "too few to tell" : "nothing surely worse")
    }

    private func words(_ change: VersionChange) -> String {
        change.words(arrow: context.glyphs[.right], short: short)
    }

    /// Names keep their place.
    private func short(_ name: String) -> String {
        DisplayWidth.truncate(name, to: 24, ellipsis: context.glyphs[.ellipsis])
    }

    /// What its record says beside what changed.
    private func facts(_ deploy: Deploy) -> [String] {
        [
            deploy.variant.flatMap { $0.isEmpty ? nil : $0 },
            deploy.percent.map { "\(NumberFormat.plain($0))% of traffic" },
            deploy.evalScore.map { "eval score \(NumberFormat.fixed($0, decimals: 2))" },
            deploy.note.flatMap { $0.isEmpty ? nil : $0 },
        ].compactMap(\.self)
    }

    private func addNumbers(_ deploy: DeployReport, to sheet: inout Sheet) {
        guard !deploy.metrics.isEmpty else { return }
        let table = SheetTable(
            basis(deploy),
            [
                .init("before", 8), .init("after", 8), .init("change", 9), .init("95% interval", 15),
                .init("n before:after", 14),
            ], width: min(context.width, 110))
        table.addHeader(to: &sheet)
        for metric in deploy.metrics {
            let role: Role = metric.isFew ? .dim : .text
            table.addRow(
                StyledText(metric.kind.words, .text),
                [
                    StyledText(metric.text(metric.before), role),
                    StyledText(metric.text(metric.after), role, bold: !metric.isFew), change(metric),
                    .dim(interval(metric)),
                    .dim(
                        "\(NumberFormat.count(Double(metric.counts.before))):\(NumberFormat.count(Double(metric.counts.after)))"
                    ),
                ], target: target(deploy, metric.kind.rawValue, metric.kind), to: &sheet)
        }
    }

    /// What is compared with what.
    private func basis(_ deploy: DeployReport) -> String {
        guard let old = deploy.old, deploy.new != nil else { return "before and after" }
        let name = DisplayWidth.truncate(old, to: 12, ellipsis: context.glyphs[.ellipsis])
        return deploy.basis == .beside ? "\(name) beside it" : "\(name) before"
    }

    private func change(_ metric: DeployMetric) -> StyledText {
        let text = difference(metric.difference, metric.kind)
        return switch metric.verdict {
        case .worse: StyledText("\(context.glyphs[.degraded]) \(text)", .critical, bold: true)
        case .better: StyledText(text, .good, bold: true)
        case .changed: StyledText(text, .notice, bold: true)
        case nil: .dim(text)
        }
    }

    private func difference(_ value: Double?, _ kind: DeployMetric.Kind) -> String {
        switch kind {
        case .successRate: NumberFormat.points(value, decimals: 1)
        case .evalScore: value.map { ($0 > 0 ? "+" : "") + NumberFormat.fixed($0, decimals: 3) } ?? NumberFormat.missing
        default: NumberFormat.change(value)
        }
    }

    private func interval(_ metric: DeployMetric) -> String {
        guard let interval = metric.interval else { return metric.difference == nil ? "" : "too few" }
        // The unit stands beside it.
        let ends = [interval.lower, interval.upper].map { end in
            difference(end, metric.kind).filter { !"p%".contains($0) }
        }
        return "[\(ends.joined(separator: ","))]"
    }

    // MARK: What runs

    private func add(_ running: [RunningRelease], to sheet: inout Sheet) {
        let present = running.filter { $0.share >= Self.leastShare }
        let gone = running.filter { $0.share == 0 && ($0.shareBefore ?? 0) >= Self.leastShare }
        let listed = Array(present.prefix(Self.mostReleases) + gone.prefix(Self.mostGone))
        let newest = figures.deploys.last
        sheet.heading(
            "running now", trailing: "last 15m" + (newest.map { ", hour before \(figures.clock($0.time))" } ?? ""))
        guard listed.contains(where: { !$0.parts.isEmpty }) else {
            sheet.line(.dim("no request names a version, a prompt or a model"))
            return
        }
        let table = SheetTable(
            "version, prompt, model", [.init("now", 6), .init("before", 6), .init("n", 7)],
            width: min(context.width, 110))
        table.addHeader(to: &sheet)
        for (place, release) in listed.enumerated() { add(release, place, table, to: &sheet) }
        let more = present.count + gone.count - listed.count
        if more > 0 { sheet.line(.dim("\(more) more")) }
    }

    private func add(_ release: RunningRelease, _ place: Int, _ table: SheetTable, to sheet: inout Sheet) {
        let isGone = release.share == 0
        let name = release.parts.map { part in
            [.agentVersion, .model, .variant].contains(part.dimension)
                ? short(part.value) : "\(part.dimension.releaseWord) \(short(part.value))"
        }
        let condition = release.parts.map { QueryText.equals($0.dimension.fieldName, $0.value) }
        table.addRow(
            StyledText(
                name.isEmpty ? "unnamed" : name.joined(separator: " \(context.glyphs[.middleDot]) "),
                isGone ? .dim : .text),
            [
                StyledText(
                    isGone ? "gone" : NumberFormat.percent(release.share, decimals: 0), isGone ? .dim : .text,
                    bold: !isGone), .dim(NumberFormat.percent(release.shareBefore, decimals: 0)),
                .dim(isGone ? "" : NumberFormat.count(release.requests)),
            ],
            target: .requests(
                "release \(place)", name.first ?? "unnamed",
                condition.isEmpty ? nil : condition.joined(separator: " and ")
            ), to: &sheet)
    }

    // MARK: Requests behind it

    /// The requests since a deploy; of a number those that show it.
    private func target(_ deploy: DeployReport, _ id: String, _ kind: DeployMetric.Kind? = nil) -> Target {
        let (what, condition, order): (String, String?, RequestsQuery.Order) =
            switch kind {
            case .successRate: ("failed", QueryText.failed, .newest)
            case .p95Latency: ("slowest", nil, .slowest)
            case .costPerRequest: ("costliest", nil, .costliest)
            case .evalScore, .outputLength, nil: ("requests", nil, .newest)
            }
        let conditions = [deploy.condition, condition].compactMap(\.self)
        return Target(
            id: "\(deploy.mark.time) \(deploy.mark.label) \(id)",
            requests: RequestsQuery(
                "\(deploy.new ?? deploy.mark.label) since \(figures.clock(deploy.mark.time)): \(what)",
                conditions.isEmpty ? nil : conditions.joined(separator: " and "), order: order, times: deploy.times),
            copies: deploy.mark.deploy?.rollbackCommand)
    }
}
