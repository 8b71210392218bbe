package import Telemetry

/// What "now" is for the data being read: the clock where data is live, the data's own time where it was recorded.
///
/// The data's time is its newest time that is believed. A time up to five minutes ahead of that is believed at once. What
/// lies further ahead is either a gap in the data or a clock that is wrong, and only the records that follow can tell: it is
/// doubted until most records since agree with it, by their number or by going on for five minutes, and dismissed once most
/// disagree. One host that is alone with its time among several is never believed. All decisions depend on the records and the
/// clock handed in, never on how input was cut into chunks.
package struct EventClock: Sendable {
    /// How to decide; `automatic` turns live when a record's time lies within five minutes of the clock.
    package enum Mode: String, Sendable, CaseIterable {
        case automatic = "auto"
        case clock
        case data
    }

    /// When a verdict is asked for.
    package enum Occasion: Sendable {
        /// A record was observed.
        case record
        /// Everything there is at the moment was read; more may come.
        case rest
        /// No more will come.
        case end
    }

    /// What to do with the records whose times are doubted.
    package enum Verdict: Sendable, Equatable {
        /// Nothing yet.
        case wait
        /// Count those up to this time at their own.
        case believe(upTo: Int64)
        /// Count those beyond this time at the data's time.
        case dismiss(beyond: Int64)
    }

    package private(set) var isLive: Bool
    private let mode: Mode
    /// The newest time that is believed; nil until there is one.
    package private(set) var newest: Int64?
    /// Times up to this one are believed although they lie further ahead.
    private var leap: Int64 = .min
    private var doubts: [Doubt] = []
    /// Records since the first doubted one that agree with the data's time.
    private var dissent = 0
    private var host = Symbol.absent
    private var hasSeveralHosts = false
    /// Whether any time needed no clamping: until then clamped ones are all there is to go by.
    private var hasOwnTime = false
    private var aheadOfClock = 0
    /// Whether the record observed last is doubted: it is to be kept for a verdict.
    package private(set) var isDoubtful = false
    /// Times that were put back because they lay more than five minutes ahead.
    package private(set) var clamped = 0

    private struct Doubt {
        var time: Int64
        var host: Symbol
    }

    /// 1970 to 2100.
    private static let plausible: ClosedRange<Int64> = 0...4_102_444_800 * Span.second

    /// Whether now is the clock whatever the data says.
    package var isClockForced: Bool { mode == .clock }

    /// How near the clock data must be to be live, how far ahead of it a time may lie, and how far ahead of the data's time it
    /// is believed at once.
    package static let tolerance = 5 * Span.minute
    /// What lies less far ahead is kept until the data has come so far: requests that took long may come before shorter ones.
    private static let patience = 15 * Span.minute
    /// Records that tell what time it is at the beginning.
    private static let opening = 8
    /// Records in agreement that make a gap, if they don't go on for five minutes before.
    private static let majority = 32
    /// Records against the doubted ones that make a verdict, if they are twice as many.
    private static let dissenters = 8
    /// Doubted records kept at most.
    package static let doubtLimit = 64

    package init(mode: Mode = .automatic) {
        self.mode = mode
        isLive = mode == .clock
    }

    // MARK: Records

    /// Takes in a record's time.
    /// - Parameters:
    ///   - host: which machine's clock it is by, where that is known.
    ///   - clock: µs since 1970 now.
    /// - Returns: the time to count the record at; see `isDoubtful`.
    package mutating func observe(_ time: Int64, host: Symbol = .absent, clock: Int64) -> Int64 {
        isDoubtful = false
        // Times that no calendar of ours knows would break arithmetic, whatever the mode.
        let isImplausible = !Self.plausible.contains(time)
        guard isImplausible || mode != .data && time > clock + Self.tolerance else {
            hasOwnTime = true
            if mode == .automatic, time >= clock - Self.tolerance { isLive = true }
            hear(time, host)
            return time
        }
        clamped += 1
        // Among records that know their time, one from the future says nothing about now.
        if hasOwnTime || isImplausible {
            let now = now(clock: clock) ?? clock
            if !isLive, newest == nil { hear(now, host) }
            return now
        }
        aheadOfClock += 1
        // Not one skewed record but a clock that is ahead of ours.
        if mode == .automatic, aheadOfClock > 1 { isLive = true }
        hear(clock, host)
        return clock
    }

    private mutating func hear(_ time: Int64, _ host: Symbol) {
        guard isLive || time <= horizon else {
            doubts.append(Doubt(time: time, host: host))
            isDoubtful = true
            return
        }
        if !doubts.isEmpty, let newest, time >= newest - Self.tolerance { dissent += 1 }
        believe(time, host)
    }

    private mutating func believe(_ time: Int64, _ host: Symbol) {
        newest = max(newest ?? time, time)
        guard !host.isAbsent else { return }
        if self.host.isAbsent { self.host = host } else if host != self.host { hasSeveralHosts = true }
    }

    /// Times up to this one are believed at once; the far past before there is any.
    package var horizon: Int64 { newest.map { max($0 + Self.tolerance, leap) } ?? leap }

    // MARK: Verdicts

    /// What to do with doubted records now. Each that is counted is to be reported by `admit` or `dismiss`.
    package mutating func verdict(_ occasion: Occasion) -> Verdict {
        guard let first = doubts.first, let last = doubts.last else { return .wait }
        if isLive { return .believe(upTo: .max) }
        guard let newest else {
            // One that is out of order makes it worth waiting for more.
            let goesOn =
                last.time - first.time >= Self.tolerance
                && zip(doubts, doubts.dropFirst()).allSatisfy { $0.time <= $1.time }
            guard occasion != .record || doubts.count >= Self.opening || goesOn else { return .wait }
            return believe()
        }
        // Who disagreed long ago says nothing about a gap that comes later.
        let isMost = doubts.count > max(1, min(dissent, Self.majority)) && !isOneHostOfSeveral
        if isMost {
            let isEnough = doubts.count >= Self.majority || spread >= Self.tolerance
            if isEnough || occasion == .end || occasion == .rest && dissent == 0 { return believe() }
        }
        let isOver = occasion == .end || doubts.count >= Self.doubtLimit
        // Asked now and then: what is not so far ahead stays.
        let isOutvoted = dissent >= 2 * doubts.count && dissent.isMultiple(of: Self.dissenters)
        guard isOver || dissent > 0 && isOutvoted else { return .wait }
        return .dismiss(beyond: newest + (isOver ? Self.tolerance : Self.patience))
    }

    /// What most agree on: half of them lie before it.
    private mutating func believe() -> Verdict {
        let times = doubts.map(\.time).sorted()
        leap = times[(times.count - 1) / 2] + Self.tolerance
        dissent = 0
        return .believe(upTo: leap)
    }

    /// µs between the first and the last of the doubted times.
    private var spread: Int64 {
        var (low, high) = (Int64.max, Int64.min)
        for doubt in doubts { (low, high) = (min(low, doubt.time), max(high, doubt.time)) }
        return high - low
    }

    private var isOneHostOfSeveral: Bool {
        guard let first = doubts.first?.host, !first.isAbsent, !host.isAbsent else { return false }
        return (hasSeveralHosts || first != host) && doubts.allSatisfy { $0.host == first }
    }

    /// A doubted record is counted at its own time.
    package mutating func admit(_ time: Int64, host: Symbol = .absent) {
        forget(time)
        believe(time, host)
    }

    /// A doubted record is counted at the data's time.
    /// - Parameter isClamped: it was counted as clamped already.
    package mutating func dismiss(_ time: Int64, isClamped: Bool) {
        forget(time)
        if !isClamped { clamped += 1 }
    }

    private mutating func forget(_ time: Int64) {
        if let place = doubts.firstIndex(where: { $0.time == time }) { doubts.remove(at: place) }
        if doubts.isEmpty { dissent = 0 }
    }

    // MARK: Now

    /// The newest time that is believed; before there is one, the newest that most of the first records agree on. nil before
    /// the first.
    package var dataTime: Int64? {
        if let newest { return newest }
        let times = doubts.map(\.time).sorted()
        guard !times.isEmpty else { return nil }
        let middle = times[(times.count - 1) / 2]
        return times.last { $0 <= middle + Self.tolerance }
    }

    /// Now: the clock for live data, the data's time otherwise; nil while there is neither.
    package func now(clock: Int64) -> Int64? {
        isLive ? clock : dataTime
    }
}
