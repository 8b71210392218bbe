package import Metrics

/// What is known and what is thought of it: the one value that screens and reports are made from.
package struct Situation: Sendable {
    package let snapshot: Snapshot
    package let alerts: [Alert]
    package let rules: [WatchedRule]
    /// Changes of alerts' phases, oldest first.
    package let events: [AlertEvent]
    /// Since when pages and tickets fire without a pause, µs since 1970.
    package let troubleSince: Int64?
    /// When the last page or ticket ended, µs since 1970.
    package let recoveredAt: Int64?
    /// Time of the last judgement, µs since 1970.
    package let judgedUpTo: Int64?
    /// Objectives, budgets and what is not as usual, as of the last judgement.
    package let watches: Watches
    /// What it is about; nil: all requests.
    package var filter: RecordFilter?
    /// The same of the requests that pass the filter; nil while none is set.
    package var filtered: FilteredSituation?
    /// What was told of the whole's alerts, and why not.
    package var notifications = NotificationReport()
    /// How often the rules would have fired over the history held; nil: nobody has asked.
    package var trial: RuleTrial?

    package init(
        snapshot: Snapshot, alerts: [Alert], rules: [WatchedRule], events: [AlertEvent], troubleSince: Int64? = nil,
        recoveredAt: Int64? = nil,
        judgedUpTo: Int64?, watches: Watches = Watches()
    ) {
        self.snapshot = snapshot
        self.alerts = alerts
        self.rules = rules
        self.events = events
        self.troubleSince = troubleSince
        self.recoveredAt = recoveredAt
        self.judgedUpTo = judgedUpTo
        self.watches = watches
    }

    /// The canary as of now; nil if none takes traffic.
    package func canary() -> CanaryReport? { CanaryReport(snapshot, watches.canary ?? CanaryWatch()) }

    /// Versions that run in the shadow, the newest first.
    package func shadows() -> [ShadowReport] {
        ShadowReport.all(snapshot, margin: (watches.canary?.settings ?? CanarySettings()).margin)
    }

    package func verdict(window: Window) -> Verdict { verdict(window: window, canary: canary(), explained: nil) }

    /// - Parameters:
    ///   - canary: the one of now.
    ///   - explained: what explains the failures, where that was looked for already.
    ///   - deploys: oldest first, where they are known already.
    package func verdict(
        window: Window, canary: CanaryReport?, explained: Verdict.Explained?, deploys: [DeployMark]? = nil
    ) -> Verdict {
        Verdict(
            snapshot, alerts: alerts, canary: canary, troubleSince: troubleSince, recoveredAt: recoveredAt,
            explained: explained, deploys: deploys, filter: filter, window: window)
    }
}
