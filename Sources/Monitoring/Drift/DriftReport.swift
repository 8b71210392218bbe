package import Metrics
import Telemetry

/// What has changed in how the agent behaves and in what it is asked.
package struct DriftReport: Sendable {
    /// What is compared with.
    package var basis: DriftBasis
    package var metrics: [DriftMetric]
    /// Of what is known now.
    package var mixes: [MixShift] = []
    /// nil where no request was flagged so.
    package var injections: InjectionTrend?
    /// The live traffic beside the eval set; nil without one.
    package var coverage: EvalCoverage?
    /// Everything that drifts, the worst first, and since when the first of them does.
    package var movements: [DriftMovement] = []
    /// What is compared.
    package var now = BehaviourProfile()
    package var then: BehaviourProfile?
    /// What prompts, tokens, intents and locales are told of.
    package var held = HeldPart()

    /// Fewer than this say nothing.
    package static let minimumCount = 20

    /// What is known only of requests that are held one by one.
    package struct HeldPart: Sendable, Hashable {
        /// Since when all of them are held, µs since 1970, where that is later than the window's begin.
        package var from: Int64?
        /// One in so many was looked at.
        package var stride = 1
        /// When those that they are compared with were, where the baseline's are not held any more, µs since 1970.
        package var comparedWith: Range<Int64>?
        /// Whether there is nothing to compare them with.
        package var isAlone = true
    }

    package subscript(kind: DriftMetric.Kind) -> DriftMetric? { metrics.first { $0.kind == kind } }
    package subscript(kind: MixShift.Kind) -> MixShift? { mixes.first { $0.kind == kind } }

    /// What requests are for: by intent where there are any, else by task type.
    package var purposes: MixShift? { self[.intents] ?? self[.taskTypes] }

    /// Names that requests did not come with before, the most frequent first.
    package var newcomers: [(kind: MixShift.Kind, mover: MixShift.Mover)] {
        let kinds = [purposes?.kind, .locales, .languages].compactMap { $0 }
        return kinds.flatMap { kind in (self[kind]?.newcomers ?? []).map { (kind, $0) } }
    }

    /// Compares the measures that every slot counts.
    package init(baseline: Baseline, now: Tally, then: Tally) {
        self.init(
            basis: .usual(baseline), now: BehaviourProfile(measuresOf: now), then: BehaviourProfile(measuresOf: then))
    }

    /// Compares two profiles.
    package init(
        basis: DriftBasis, now: BehaviourProfile, then: BehaviourProfile?, settings: DriftSettings = DriftSettings()
    ) {
        self.basis = basis
        self.now = now
        self.then = then
        metrics = settings.metrics.map {
            DriftMetric($0, now: now.measures[$0], then: then?.measures[$0], threshold: settings.threshold($0))
        }
        mixes = settings.mixes.compactMap { kind in
            now.mixes[kind].map {
                MixShift(kind, now: $0, then: then?.mixes[kind], threshold: settings.mixThreshold)
            }
        }
        injections = InjectionTrend(now: now, then: then)
        coverage = settings.golden.flatMap { EvalCoverage($0, live: now) }
        movements = findMovements()
    }
}

/// What drift is asked for with.
package struct DriftQuestion: Sendable, Equatable {
    package var settings: DriftSettings
    /// What is compared with.
    package var baseline: DriftBaseline
    /// What is kept under names.
    package var saved: SavedBaselines

    /// - Parameters:
    ///   - baseline: nil: as the settings say.
    ///   - saved: nil: as the settings know.
    package init(
        _ settings: DriftSettings = DriftSettings(), baseline: DriftBaseline? = nil, saved: SavedBaselines? = nil
    ) {
        self.settings = settings
        self.baseline = baseline ?? settings.baseline
        self.saved = saved ?? settings.saved
    }
}

extension Situation {
    /// What has changed, as the settings ask for it.
    /// - Parameter counted: where the window was counted for something else too.
    package func drift(window: Window, counted: DriftReport.Counted? = nil) -> DriftReport {
        DriftReport(snapshot, window: window, DriftQuestion(watches.drift), counted: counted)
    }
}
