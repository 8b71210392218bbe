import Metrics
import Query
import Statistics

/// An A/B test: two halves of the traffic, neither of which is suspected, and no steps.
extension CanarySoak {
    /// Whether the canary was shown to fail less, by as much as matters.
    var failsLess: Bool {
        guard settings.mode == .ab, peaks.better >= bars.better, let a = control.errorRate, let b = canary.errorRate
        else {
            return false
        }
        return a - b >= settings.leastIncrease.errors || a >= 1.5 * b
    }

    /// Requests of each arm that tell control's error rate from one that is the margin higher, in four of five tests, looked at
    /// once; nil while control's rate is not known.
    package var planned: Double? {
        guard let rate = usualRate else { return nil }
        let ratio = canary.requests.value > 0 ? control.requests.value / canary.requests.value : 1
        return SampleSize(ratio: max(0.01, ratio), designEffect: designEffect)
            .canary(control: rate, canary: min(1, rate + settings.margin))
    }
}

extension CanaryDecision {
    /// What is said of an A/B test that nothing speaks against.
    static func ofComparison(_ soak: CanarySoak, _ metrics: [CanaryMetric]) -> CanaryDecision {
        let names = (control: soak.settings.controlName, canary: soak.settings.canaryName)
        let errors = metrics.first { $0.kind == .errorRate }
        let worse = metrics.filter(\.isSurelyWorse)
        let better = metrics.filter(\.isSurelyBetter)
        if soak.failsLess {
            let reason =
                "\(names.canary) fails less: \(NumberFormat.percent(errors?.canary)) against "
                + NumberFormat.percent(errors?.control)
            return worse.isEmpty
                ? CanaryDecision(.promote, [reason])
                : CanaryDecision(.hold, [reason] + worse.map { "but its \($0.kind.words) is worse" })
        }
        let n = soak.canary.failed.value + soak.canary.succeeded.value
        let margin = NumberFormat.plain((soak.settings.margin * 1000).rounded() / 10)
        if let planned = soak.planned, n >= planned {
            if soak.isAsGood {
                let quality = better.filter { $0.kind != .errorRate }
                return quality.isEmpty || !worse.isEmpty
                    ? CanaryDecision(
                        .inconclusive,
                        ["no difference of \(margin)pp in errors: keep either"]
                            + worse.map { "\(names.canary): \($0.kind.words) is worse" })
                    : CanaryDecision(
                        .promote,
                        quality.map { "\(names.canary): \($0.kind.words) is better" }
                            + ["errors are within \(margin)pp"])
            }
            return CanaryDecision(
                .inconclusive,
                ["not decided by the \(NumberFormat.grouped(planned.rounded(.up))) requests planned for each"])
        }
        var reasons: [String] = []
        if let planned = soak.planned {
            let perHour = soak.requestsPerHour
            let left = planned - n
            reasons.append(
                "\(NumberFormat.grouped(n)) of \(NumberFormat.grouped(planned.rounded(.up))) requests planned for each"
                    + (perHour > 0 ? ", \(NumberFormat.age(left / perHour * 3600)) more" : ""))
            reasons.append("to tell a difference of \(margin)pp in errors")
        } else {
            reasons.append("how many requests it takes is not known yet")
        }
        return CanaryDecision(.inconclusive, reasons)
    }
}
