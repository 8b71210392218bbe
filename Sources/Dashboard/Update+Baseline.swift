import Canvas
import Metrics
import Monitoring
import Query

/// What drift is measured against: choosing it, keeping a window under a name, and learning anew what is usual.
extension Model {
    /// Asks for a name to keep the window under, or for one of those that there are.
    mutating func startBaseline() {
        guard SizeClass(size) != .line, latest != nil else { return }
        var prompt = Prompt(.baseline)
        prompt.choices = baselineChoices.map { Prompt.Choice(text: $0.baseline?.name ?? Self.learns, help: $0.help) }
        let asked = baseline ?? latest?.watches.drift.baseline ?? .usual
        prompt.chosen = baselineChoices.firstIndex { $0.baseline == asked } ?? 0
        self.prompt = prompt
    }

    private static let learns = "learn anew"

    /// nil: what is now is usual to whoever looks for what is not.
    private var baselineChoices: [(baseline: DriftBaseline?, help: String)] {
        let usual: [DriftBaseline] = [.usual, .previousVersion]
        let kept = baselines.all.map { saved in
            (
                DriftBaseline.saved(saved.name) as DriftBaseline?,
                "kept \(ClockTime(saved.to).rfc3339)\(saved.by.isEmpty ? "" : " by \(saved.by)"), "
                    + "n=\(NumberFormat.count(saved.profile.requests))"
            )
        }
        let learning: [(DriftBaseline?, String)] =
            latest?.watches.looksForAnomalies == true ? [(nil, "what is now is usual: the anomaly detector")] : []
        return usual.map { ($0, $0.help) } + kept + learning
    }

    /// What the prompt says: a choice, or the name of a new one.
    mutating func applyBaseline(_ prompt: Prompt) -> [Effect] {
        if let chosen = prompt.chosen {
            self.prompt = nil
            let choices = baselineChoices
            guard choices.indices.contains(chosen) else { return [] }
            guard let baseline = choices[chosen].baseline else { return rebaseline() }
            compare(with: baseline)
            return []
        }
        return keepBaseline(prompt)
    }

    mutating func compare(with baseline: DriftBaseline) {
        self.baseline = baseline
        notice = "drift is measured against \(baseline.help)"
    }

    private mutating func keepBaseline(_ prompt: Prompt) -> [Effect] {
        let text = prompt.editor.text
        func refuse(_ why: String) -> [Effect] {
            var refused = prompt
            refused.complaint = QueryError(why, at: 0..<text.count, in: text)
            self.prompt = refused
            return []
        }
        guard let name = SavedBaseline.name(from: text.printable) else {
            return refuse("7d, usual and previous-version mean something else: another name")
        }
        guard let snapshot = shown?.snapshot, let now = snapshot.now else {
            self.prompt = nil
            return []
        }
        let profile = BehaviourProfile(snapshot, window: window)
        guard Int(profile.effectiveRequests) >= DriftReport.minimumCount else {
            return refuse("too few requests in this window, n=\(Int(profile.effectiveRequests)): a longer one (w)")
        }
        let saved = SavedBaseline(
            name: name, from: window.duration.map { now - $0 } ?? snapshot.firstTime ?? now, to: now, by: user,
            profile: profile)
        guard baselines.keep(saved, at: now) else {
            return refuse("\(SavedBaselines.limit) are kept: forget one (:forget-baseline)")
        }
        self.prompt = nil
        // What was looked at stays in sight: this window is no drift from itself.
        notice = "kept as \(name): \(keys.name(of: .baseline) ?? "baseline") and Tab compare with it"
        return [.keepBaseline(saved)]
    }

    mutating func forgetBaseline(_ name: String) -> [Effect] {
        baselines.forget(name, at: latest?.snapshot.now ?? 0)
        if baseline == .saved(name) { baseline = nil }
        notice = "forgot \(name)"
        return [.forgetBaseline(name)]
    }

    /// What is now is as it should be.
    mutating func rebaseline() -> [Effect] {
        guard latest?.watches.looksForAnomalies == true else {
            notice = "nothing looks for what is unusual (--rules anomaly)"
            return []
        }
        notice = "what is usual is learned anew"
        return [.rebaseline]
    }
}

extension DriftBaseline {
    /// In a few words.
    var help: String {
        switch self {
        case .usual: "the same hours of the days before"
        case .previousVersion: "what ran before the last deploy"
        case .saved(let name): "what was kept as \(name)"
        }
    }
}
