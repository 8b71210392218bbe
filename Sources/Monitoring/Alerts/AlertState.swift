/// Where one alert is in its life.
package enum AlertPhase: String, Sendable, Codable, Hashable {
    /// True, but not yet for as long as the rule asks.
    case pending
    case firing
    /// False again, kept firing for `keep_firing_for`.
    case recovering
    case resolved
    /// What decides is not known.
    case nodata
    /// The rule is broken: it is never judged.
    case error
}

/// What a rule's condition said at one judgement.
package struct Evaluation: Sendable, Hashable {
    /// Nil if a metric is missing and the rule does not say to take it for zero.
    package var isTrue: Bool?
    /// The metric that decided, as a number in its base unit.
    package var value: Double?
    package var threshold: Double?
    package var summary: String

    package init(isTrue: Bool?, value: Double? = nil, threshold: Double? = nil, summary: String = "") {
        self.isTrue = isTrue
        self.value = value
        self.threshold = threshold
        self.summary = summary
    }
}

/// How long a condition must hold, and for how long an alert outlives it.
package struct AlertTiming: Sendable, Hashable {
    /// Consecutive true judgements until it fires, at least 1.
    package var forCount: Int
    /// µs from the first true judgement until it fires.
    package var forDuration: Int64
    /// µs that a firing alert survives its condition.
    package var keepFiringFor: Int64
    /// µs without a value after which a firing alert says `nodata`; 0: also an alert that has not fired.
    package var nodataAfter: Int64
    package var flapping = FlapThresholds()

    /// How long a firing alert outlives its data, µs, unless the rule says otherwise.
    package static let patience: Int64 = 300 * 1_000_000

    package init(
        forCount: Int = 1, forDuration: Int64 = 0, keepFiringFor: Int64 = 0, nodataAfter: Int64 = Self.patience
    ) {
        self.nodataAfter = max(0, nodataAfter)
        self.forCount = max(1, forCount)
        self.forDuration = max(0, forDuration)
        self.keepFiringFor = max(0, keepFiringFor)
    }
}

/// One change of phase: the alert's timeline is the list of these.
package struct AlertEvent: Sendable, Codable, Hashable {
    /// The judgement's time, µs since 1970.
    package var time: Int64
    package var rule: String
    package var severity: Severity
    /// Nil: the alert came into being, or a pending one vanished.
    package var from: AlertPhase?
    package var to: AlertPhase?
    package var value: Double?
    /// The alert as it was from then on; nil where it came to nothing.
    package var alert: Alert?
    /// Which slice of the traffic it is about, as of the alert.
    package var labels: [String: String] = [:]

    /// Of the alert that changed, as `Alert.key`.
    package var key: String { Self.key(rule, labels) }

    static func key(_ rule: String, _ labels: [String: String]) -> String {
        rule + labels.sorted { $0.key < $1.key }.map { "-\($0.key)=\($0.value)" }.joined()
    }
}

/// One alert's life as a pure machine: `step` takes what the condition said and returns what changed.
///
/// Semantics are Prometheus' (`for`, `keep_firing_for`; rules/alerting.go) with the requirements' count of consecutive
/// judgements beside the duration.
package struct AlertState: Sendable, Codable, Hashable {
    package private(set) var phase: AlertPhase?
    /// First true judgement of this episode, µs since 1970: the "since" people are told.
    package private(set) var since: Int64 = 0
    package private(set) var firedAt: Int64?
    package private(set) var resolvedAt: Int64?
    /// True judgements in a row before it fired.
    package private(set) var trueCount = 0
    private var falseSince: Int64?
    /// Since when what decides is not known, µs since 1970.
    package private(set) var missingSince: Int64?
    /// What the latest judgement said while the condition was true.
    package private(set) var value: Double?
    package private(set) var threshold: Double?
    package private(set) var summary = ""
    package private(set) var history = FlapHistory()

    /// A resolved alert is shown for this long.
    package static let remembered: Int64 = 3600 * 1_000_000

    package init() {}

    /// Of a rule that cannot be judged, with the reason for a summary.
    static func broken(since time: Int64, _ reason: String) -> AlertState {
        var state = AlertState()
        state.phase = .error
        state.since = time
        state.summary = reason
        return state
    }

    package var isFiring: Bool { phase == .firing || phase == .recovering }

    /// Whether it has fired and not ended: it fires, or nobody can tell any more.
    package var isOpen: Bool { isFiring || phase == .nodata && firedAt != nil }

    /// Whether nothing changes while nothing comes in.
    var isSettled: Bool { (phase == nil || phase == .nodata) && history.isSteady }

    /// When a recovering alert is resolved if its condition stays false, µs since 1970.
    package func resolvesAt(_ timing: AlertTiming) -> Int64? {
        phase == .recovering ? falseSince.map { $0 + timing.keepFiringFor } : nil
    }

    /// Advances by one judgement.
    /// - Returns: the phase before and after, if it changed.
    package mutating func step(
        _ evaluation: Evaluation, timing: AlertTiming, at now: Int64
    ) -> (from: AlertPhase?, to: AlertPhase?)? {
        let before = phase
        history.note(evaluation.isTrue, timing.flapping)
        if evaluation.isTrue != nil { missingSince = nil }
        switch evaluation.isTrue {
        case true?: becameTrue(evaluation, timing, now)
        case false?: becameFalse(evaluation, timing, now)
        case nil: becameUnknown(timing, now)
        }
        return before == phase ? nil : (before, phase)
    }

    private mutating func becameTrue(_ evaluation: Evaluation, _ timing: AlertTiming, _ now: Int64) {
        value = evaluation.value
        threshold = evaluation.threshold
        summary = evaluation.summary
        falseSince = nil
        switch phase {
        case .firing: return
        case .recovering: phase = .firing
        // It is the same alert as before its data went missing.
        case .nodata where firedAt != nil: phase = .firing
        case .pending: trueCount += 1
        case nil, .resolved, .nodata, .error:
            phase = .pending
            since = now
            trueCount = 1
            firedAt = nil
            resolvedAt = nil
        }
        if phase == .pending, trueCount >= timing.forCount, now - since >= timing.forDuration {
            phase = .firing
            firedAt = now
        }
    }

    private mutating func becameFalse(_ evaluation: Evaluation, _ timing: AlertTiming, _ now: Int64) {
        switch phase {
        case .pending:
            phase = nil
        case .firing, .recovering,
            .nodata where isOpen:
            let began = falseSince ?? now
            falseSince = began
            if now - began >= timing.keepFiringFor {
                phase = .resolved
                resolvedAt = now
            } else {
                phase = .recovering
            }
            if let current = evaluation.value { value = current }
        case .resolved: forget(now)
        default: phase = nil
        }
    }

    /// It keeps what is: no recovery, and no reason to fire; but not for ever.
    private mutating func becameUnknown(_ timing: AlertTiming, _ now: Int64) {
        let began = missingSince ?? now
        missingSince = began
        if phase == .resolved { return forget(now) }
        guard now - began >= timing.nodataAfter else { return }
        if isOpen {
            phase = .nodata
        } else if timing.nodataAfter > 0 {
            phase = nil
        } else if phase != .nodata {
            if phase == nil { since = now }
            phase = .nodata
        }
    }

    private mutating func forget(_ now: Int64) {
        guard let resolvedAt, now - resolvedAt > Self.remembered else { return }
        phase = nil
    }
}
