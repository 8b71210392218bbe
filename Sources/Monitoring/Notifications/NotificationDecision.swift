import Metrics
import Query

/// Why something is told.
package enum NotificationReason: String, Sendable, Codable, Hashable {
    case first = "first notification"
    case joined = "new alerts added"
    case repeated = "repeat interval elapsed"
    case escalated = "nobody acknowledged"
    case acknowledged
    case resolved = "all alerts resolved"
    /// With others, at the route's time.
    case digested = "digest"
}

/// What was decided for one alert and one route, with the times that countdowns are made from.
package struct NotificationDecision: Sendable, Codable, Hashable {
    /// Why nothing is told to anybody.
    package enum Off: String, Sendable, Codable, Hashable {
        case notAsked, recorded, backlog, noSuchRoute
    }

    package enum Outcome: Sendable, Codable, Hashable {
        case off(Off)
        /// It does not fire yet.
        case pending
        /// It waits for others of its group, or for the group's next time.
        case grouped(until: Int64)
        /// It is told with others, at the route's time.
        case gathered(until: Int64)
        case cooldown(until: Int64)
        /// Another alert says more: its rule, and whether because all slices fail alike. One that is silenced inhibits all the same.
        case inhibited(by: String, isOutage: Bool, silencedUntil: Int64? = nil)
        /// Percent of changes.
        case flapping(Double)
        case silenced(until: Int64, by: String, comment: String)
        case acknowledged(at: Int64, by: String)
        /// A second route hears of it then, if nobody acknowledges.
        case escalates(at: Int64)
        /// Given to the delivery, which has not said yet that it arrived.
        case handedOver(at: Int64, NotificationReason)
        case failed(at: Int64, why: String, retryAt: Int64)
        /// It arrived.
        case sent(at: Int64, NotificationReason, repeatAt: Int64?)
        /// That it is over arrived.
        case resolved(at: Int64)
        /// It is over, which is told then.
        case resolves(at: Int64)
        /// It was over before anybody heard of it.
        case endedUnsent
    }

    /// Rule and slice of the alert (`Alert.key`).
    package var alert: String
    package var rule: String
    package var route: String
    package var outcome: Outcome

    package init(alert: String, rule: String, route: String, outcome: Outcome) {
        self.alert = alert
        self.rule = rule
        self.route = route
        self.outcome = outcome
    }

    /// In words, as of a time in µs since 1970: "sent 14:02 (first notification)", "suppressed: cooldown, 212 s left".
    package func text(at now: Int64) -> String { outcome.text(at: now) }
}

extension NotificationDecision.Off {
    var text: String {
        switch self {
        case .notAsked: "--notify is not given"
        case .recorded: "recorded data"
        case .backlog: "catching up, this is of the past"
        case .noSuchRoute: "no such route is configured"
        }
    }
}

extension NotificationDecision.Outcome {
    func text(at now: Int64) -> String {
        switch self {
        case .off(let why): return "off: \(why.text)"
        case .pending: return "not firing yet"
        case .grouped(let until): return "grouped, flush in \(Self.left(until, now))"
        case .gathered(let until): return "in the digest of \(DigestSchedule.text(until))"
        case .cooldown(let until): return "suppressed: cooldown, \(Self.left(until, now)) left"
        case .inhibited(let by, let isOutage, let until):
            return "inhibited by \(by)" + (isOutage ? ": all slices fail alike" : "")
                + (until.map { ", itself silenced until \(Self.clock($0))" } ?? "")
        case .flapping(let percent): return "flapping \(NumberFormat.fixed(percent, decimals: 0))%"
        case .silenced(let until, let by, let comment):
            return "silenced until \(Self.clock(until))" + (by.isEmpty ? "" : " by \(by)")
                + (comment.isEmpty ? "" : ": \(comment)")
        case .acknowledged(let time, let by):
            return "acknowledged \(Self.clock(time))" + (by.isEmpty ? "" : " by \(by)") + ", no repeats"
        case .escalates(let time): return "escalates in \(Self.left(time, now)) if nobody acknowledges"
        case .handedOver(let time, let reason): return "sending since \(Self.clock(time)) (\(reason.rawValue))"
        case .failed(let time, let why, let retry):
            return "failed \(Self.clock(time)): \(why), again in \(Self.left(retry, now))"
        case .sent(let time, let reason, let next):
            return "sent \(Self.clock(time)) (\(reason.rawValue))"
                + (next.map { ", next in \(Self.left($0, now))" } ?? "")
        case .resolved(let time): return "resolve sent \(Self.clock(time))"
        case .resolves(let time): return "over, told in \(Self.left(time, now))"
        case .endedUnsent: return "over before anything was sent"
        }
    }

    /// Whether it arrived or is on its way.
    package var isTold: Bool {
        switch self {
        case .handedOver, .sent, .resolved, .resolves: true
        default: false
        }
    }

    /// In a word or two, for a column.
    package var brief: String {
        switch self {
        case .off: "off"
        case .pending: "not yet"
        case .grouped, .resolves: "waits"
        case .gathered: "digest"
        case .cooldown: "cooldown"
        case .inhibited: "inhibited"
        case .flapping: "flapping"
        case .silenced: "silenced"
        case .acknowledged: "ack"
        case .escalates: "escalates"
        case .handedOver: "sending"
        case .failed: "FAILED"
        case .sent(let time, _, _), .resolved(let time): Self.clock(time)
        case .endedUnsent: "unsent"
        }
    }

    /// The same in seven columns.
    package var word: String {
        switch self {
        case .cooldown: "cools"
        case .inhibited: "inhibit"
        case .flapping: "flaps"
        case .silenced: "quiet"
        case .escalates: "escal."
        default: brief
        }
    }

    package var isFailure: Bool { if case .failed = self { true } else { false } }

    /// Of several routes that is shown which says most.
    package var rank: Int {
        switch self {
        case .failed: 5
        case .handedOver: 4
        case .sent, .resolved: 3
        case .escalates, .pending, .off, .endedUnsent: 1
        default: 2
        }
    }

    /// The same for as long as nothing new was decided: countdowns and numbers move without.
    var milestone: String {
        switch self {
        case .off(let why): "off \(why.rawValue)"
        case .pending: "pending"
        case .grouped: "grouped"
        case .gathered(let until): "gathered \(until)"
        case .cooldown: "cooldown"
        case .inhibited(let by, _, let until): "inhibited \(by)" + (until == nil ? "" : " silenced")
        case .flapping: "flapping"
        case .silenced(let until, let by, _): "silenced \(until) \(by)"
        case .acknowledged(let time, _): "acknowledged \(time)"
        case .escalates: "escalates"
        case .handedOver(let time, _): "handed over \(time)"
        // Tried in vain once more for the same reason is nothing new.
        case .failed(_, let why, _): "failed \(why)"
        case .sent(let time, _, _): "sent \(time)"
        case .resolved: "resolved"
        case .resolves: "resolves"
        case .endedUnsent: "ended"
        }
    }

    fileprivate static func clock(_ time: Int64) -> String { ClockTime(time).text(seconds: false) }

    /// Seconds while they matter: `212 s`, then `12m30s`, `3h58m`.
    fileprivate static func left(_ time: Int64, _ now: Int64) -> String {
        let seconds = max(0, (time - now + 999_999) / Span.second)
        return seconds < 600 ? "\(seconds) s" : NumberFormat.duration(Double(seconds), compact: true)
    }
}

extension Incident.Attempt {
    /// In words, as of a time in µs since 1970: "took it 14:02", "failed 14:02: HTTP 500, again in 12 s".
    package func text(at now: Int64) -> String {
        guard let why else { return "took it \(NotificationDecision.Outcome.clock(time))" }
        return "failed \(NotificationDecision.Outcome.clock(time)): \(why), "
            + (retryAt.map { "again in \(NotificationDecision.Outcome.left($0, now))" } ?? "given up")
    }
}
