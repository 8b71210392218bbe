import Glibc
import Metrics
import Query
import Statistics

/// What is said of a canary, and why, in words.
package struct CanaryDecision: Sendable, Hashable {
    package var verdict: CanaryVerdict
    /// The first says most; never empty.
    package var reasons: [String]

    init(_ verdict: CanaryVerdict, _ reasons: [String]) { (self.verdict, self.reasons) = (verdict, reasons) }

    /// As of `now`, µs since 1970.
    ///
    /// - Parameters:
    ///   - metrics: of both arms up to now, as they are shown.
    ///   - last: the canary's newest request, µs since 1970.
    ///   - task: the name of the task type that fails more, if one does.
    init(_ soak: CanarySoak, _ metrics: [CanaryMetric], at now: Int64, until last: Int64, task: String?) {
        let accusations = Self.accusations(soak, metrics, task: task)
        if !accusations.isEmpty {
            self.init(.rollback, accusations)
        } else if let doubts = Self.doubts(soak) {
            self.init(.hold, doubts)
        } else if soak.settings.mode == .ab {
            self = Self.ofComparison(soak, metrics)
        } else {
            self = Self.progress(
                soak, metrics, soaked: max(0, min(now, last) - soak.stepSince), age: max(0, last - soak.since))
        }
    }

    private typealias Alpha = CanarySettings.Alpha

    // MARK: Rollback

    private static func accusations(_ soak: CanarySoak, _ metrics: [CanaryMetric], task: String?) -> [String] {
        var reasons: [String] = []
        let errors = metrics.first { $0.kind == .errorRate }
        for gate in CanaryGates.Gate.allCases where soak.findings.tripped.contains(gate) {
            reasons.append("\(gate.words(soak.settings.gates)), surely")
        }
        if soak.findings.failsMore {
            reasons.append(
                "fails more: \(NumberFormat.percent(errors?.canary)) against \(NumberFormat.percent(errors?.control))")
        }
        if soak.findings.isSlowMoreOften {
            let limit = NumberFormat.duration(Double(soak.settings.slowLimit) / 1e6)
            let shares = soak.slowShares
            reasons.append(
                "over \(limit) more often: \(NumberFormat.percent(shares?.canary)) against "
                    + NumberFormat.percent(shares?.control))
        }
        if let task { reasons.append("task type \(task) fails more than with control") }
        // Where users are not dealt out as they should be, the arms may differ by who is in them.
        if !reasons.isEmpty, let routing = misrouted(soak) { reasons.append("but \(routing)") }
        return reasons
    }

    // MARK: Hold

    /// What keeps any judgement from being trusted, or a gate that a few requests are beyond.
    private static func doubts(_ soak: CanarySoak) -> [String]? {
        if soak.isProviderWide {
            let now = NumberFormat.percent(soak.recentControlRate)
            return ["provider-wide", "control fails more than it used to as well: \(now) of the last 10m"]
        }
        if let evidence = soak.splitEvidence, evidence >= log(1 / Alpha.split), let share = soak.settings.share {
            let users = soak.canary.newUsers + soak.control.newUsers
            let found = NumberFormat.percent(Double(soak.canary.newUsers) / Double(max(1, users)))
            return ["mismatch", "\(found) of \(users) users are the canary's, not \(NumberFormat.percent(share))"]
        }
        if let moved = soak.movedShare, moved > 0.2 {
            return [
                "mismatch", "\(NumberFormat.percent(moved, decimals: 0)) of the canary's users had another variant",
            ]
        }
        if let routing = misrouted(soak) { return ["mismatch", routing] }
        let crossed = soak.crossed
        guard !crossed.isEmpty else { return nil }
        let n = Int((soak.canaryOfStep.effectiveJudged * soak.power).rounded(.down))
        return ["gate crossed, n=\(n)"] + crossed.map { "\($0.words(soak.settings.gates)), not yet certain" }
    }

    private static func misrouted(_ soak: CanarySoak) -> String? {
        guard soak.settings.routing != nil, let routing = soak.routing, routing.isBroken else { return nil }
        let elsewhere = NumberFormat.percent(max(routing.canaryElsewhere, routing.controlElsewhere))
        return "\(elsewhere) of an arm's requests are not where \(routing.algorithm.rawValue) sends them"
    }

    // MARK: Promotion

    private static func progress(_ soak: CanarySoak, _ metrics: [CanaryMetric], soaked: Int64, age: Int64)
        -> CanaryDecision
    {
        let settings = soak.settings
        let (isProven, isQuick) = (soak.isAsGood, soak.isAsQuick)
        let margin = NumberFormat.plain((settings.margin * 1000).rounded() / 10)
        let soakText =
            "soaked \(NumberFormat.age(Double(soaked) / 1e6)) of \(NumberFormat.age(Double(settings.minimumSoak) / 1e6))"
        if isProven, isQuick {
            let worse = metrics.filter(\.isSurelyWorse)
            if let metric = worse.first(where: { $0.kind == .satisfaction || $0.kind == .evalScore }) {
                return CanaryDecision(
                    .hold, ["\(metric.kind.words) is lower", "errors are within \(margin)pp of control"])
            }
            guard soaked >= settings.minimumSoak else {
                return CanaryDecision(.hold, ["soaking", "as good as control within \(margin)pp", soakText])
            }
            let next = settings.ramp.filter { $0 > soak.step }.min()
            let step = next.map { "\(soak.step)→\($0)%" }
            return CanaryDecision(
                .promote,
                [step ?? "all of the traffic", "as good as control within \(margin)pp", soakText]
                    + worse.map { "but \($0.kind.words) is higher" })
        }
        if age >= settings.maximumSoak {
            return CanaryDecision(
                .inconclusive,
                [
                    "not decided in \(NumberFormat.age(Double(settings.maximumSoak) / 1e6)): decide by hand",
                    "no gate crossed",
                ])
        }
        var reasons = ["no gate crossed"]
        if isProven { reasons.append("not shown to be as quick") }
        if let missing = soak.requestsMissing, missing >= 1 {
            var text = "about \(NumberFormat.count(missing.rounded(.up))) more requests"
            let perHour = soak.requestsPerHour
            if perHour > 0 { text += ", \(NumberFormat.age(missing / perHour * 3600))" }
            reasons.insert(text, at: 0)
        }
        if soaked < settings.minimumSoak { reasons.append(soakText) }
        return CanaryDecision(.inconclusive, reasons)
    }
}

extension CanarySoak {
    /// Gates that the numbers as they stand are beyond, certain or not; the absolute ones not where control is beyond them too.
    package var crossed: [CanaryGates.Gate] {
        let both = crossedByBoth
        return beyond(canaryOfStep).filter { !both.contains($0) }
    }

    /// Absolute gates that both arms are beyond.
    package var crossedByBoth: [CanaryGates.Gate] {
        let controls = beyond(controlOfStep)
        return beyond(canaryOfStep).filter(controls.contains)
    }

    private func beyond(_ arm: ArmRow) -> [CanaryGates.Gate] {
        let evals =
            arm.evalScore.isEmpty
            ? nil : CanaryGates.Share(part: arm.evalScore.sum, whole: arm.evalScore.count &* 1_000_000)
        return settings.gates.crossed(
            control: CanaryGates.Share(failuresOf: control), canary: CanaryGates.Share(failuresOf: arm),
            evalScore: evals)
    }
}

extension CanaryGates.Gate {
    package func words(_ gates: CanaryGates) -> String {
        switch self {
        case .errorRateIncrease: "errors over control by more than \(Self.percent(gates.maximumIncrease))pp"
        case .errorRate: "errors over \(Self.percent(gates.maximumErrorRate))%"
        case .evalScore: "eval score under \(Self.percent(gates.minimumEvalScore))%"
        }
    }

    private static func percent(_ hundredths: Int64) -> String { NumberFormat.plain(Double(hundredths) / 100) }
}
