import Metrics
import Monitoring

/// Tells of alerts what the policy wants told, after every judgement and whenever somebody has said something.
struct Notifier {
    /// When something is told, or would be.
    struct Occasion {
        /// Of the last judgement, µs since 1970: also what is said after it counts from then, for the clock may be ahead of the data.
        var judgedAt: Int64
        /// µs since 1970 now.
        var clock: Int64
        var isLive: Bool
    }

    private let options: NotificationOptions
    private var desk: NotificationDesk
    /// Who is watched, and when that was looked at, µs since 1970.
    private var service: (name: String, at: Int64)?
    /// Why nobody was told when that was decided last, and after how many changes of alerts.
    private var decided: (off: NotificationDecision.Off?, events: Int)?

    /// A judgement that is older, µs, is of the past: who would be told of it has heard of it, or it is over.
    private static let backlog = 5 * Span.minute
    /// µs between two looks at who is watched.
    private static let servicePace = Span.minute

    init(_ options: NotificationOptions) {
        self.options = options
        desk = NotificationDesk(options.policy, state: options.state)
    }

    /// Tells by another policy from now on.
    mutating func adopt(_ policy: NotificationPolicy) {
        desk.policy = policy
        decided = nil
    }

    /// Whether a judgement without alerts would change nothing.
    func isQuiet(_ occasion: Occasion) -> Bool { desk.isQuiet(at: occasion.judgedAt) || off(occasion) != nil }

    /// Whether anything may come of a judgement: nearly always there is nothing to tell, and where nobody is told nothing changes but by
    /// alerts that do and by what people say.
    func hasWork(_ judge: Judge, _ occasion: Occasion) -> Bool {
        if hasOrders { return true }
        guard let off = off(occasion), desk.state.isBlank else {
            return judge.hasAlerts || !desk.isQuiet(at: occasion.judgedAt)
        }
        return decided?.off != off || decided?.events != judge.eventCount
    }

    /// Whether something was said that was not taken in.
    var hasOrders: Bool { !options.orders.isEmpty }

    var report: NotificationReport {
        var report = desk.report
        report.unkept = options.unkept?()
        return report
    }

    /// Takes in what was said, and tells what is to be told.
    /// - Parameter situation: what is known, with the requests held; asked for only where something may be told.
    mutating func turn(_ judge: Judge, _ occasion: Occasion, situation: () -> Situation) {
        let alerts = judge.alerts
        let orders = options.orders.take()
        let off = off(occasion)
        decided = (off, judge.eventCount)
        let before = desk.state
        // Requests are looked at by what is told alone, slices by whatever begins.
        let known = alerts.isEmpty || (off != nil && orders.isEmpty) ? nil : situation()
        if let known { look(at: known, occasion) }
        for order in orders {
            desk.take(
                order, among: alerts, service: service?.name ?? "", at: occasion.judgedAt, isLive: occasion.isLive)
        }
        let sent = desk.step(alerts, context(alerts, known, off), at: occasion.judgedAt)
        if occasion.isLive, desk.state != before { options.keep?(desk.state) }
        if let send = options.send { sent.forEach(send) }
    }

    private func off(_ occasion: Occasion) -> NotificationDecision.Off? {
        if options.send == nil { return .notAsked }
        if !occasion.isLive { return desk.tellsRecorded ? nil : .recorded }
        return occasion.clock - occasion.judgedAt > Self.backlog ? .backlog : nil
    }

    private mutating func look(at situation: Situation, _ occasion: Occasion) {
        if let service, (0..<Self.servicePace).contains(occasion.judgedAt - service.at) { return }
        service = (situation.service, occasion.judgedAt)
    }

    private func context(
        _ alerts: [Alert], _ situation: Situation?, _ off: NotificationDecision.Off?
    ) -> NotificationContext {
        var context = NotificationContext { alert in
            situation?.notification(of: alert)
                ?? AlertNotification(
                    action: .trigger, identity: alert.key, episode: alert.id, reason: "", rule: alert.name,
                    severity: alert.severity, summary: alert.state.summary, symptom: alert.comparison, window: 0,
                    startsAt: alert.state.since, time: alert.state.since)
        }
        context.off = off
        context.service = service?.name ?? ""
        for alert in alerts { context.flapping[alert.key] = alert.flapping.map { $0 * 100 } }
        context.isOutage = situation?.isOutage(alerts) ?? false
        return context
    }
}
