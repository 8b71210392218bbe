/// What drift is looked for in, and how much of it is worth a word.
package struct DriftSettings: Sendable, Equatable {
    /// What is looked at, in the order of their rows.
    package var metrics: [DriftMetric.Kind]
    package var mixes: [MixShift.Kind]
    /// By which share a mean may change; of sentiment by how much. Nothing said: as is usual.
    package var thresholds: [DriftMetric.Kind: Double] = [:]
    /// The Jensen–Shannon distance that shares of names may move.
    package var mixThreshold = 0.1
    /// What is compared with unless something else was asked for.
    package var baseline = DriftBaseline.usual
    /// The cases of an eval set, by tag; nil: there is none.
    package var golden: GoldenSet?
    /// What was kept under names.
    package var saved = SavedBaselines()

    package init() {
        metrics = DriftMetric.Kind.allCases
        mixes = MixShift.Kind.allCases
    }

    package func threshold(_ kind: DriftMetric.Kind) -> Double { thresholds[kind] ?? kind.usualThreshold }
}

extension DriftMetric.Kind {
    /// A change beyond which nobody may overlook it.
    package var usualThreshold: Double {
        switch self {
        case .outputLength, .inputLength, .inputTokens, .outputTokens, .toolCalls: 0.15
        case .latency: 0.25
        case .sentiment: 0.1
        case .quality: 0.05
        }
    }
}
