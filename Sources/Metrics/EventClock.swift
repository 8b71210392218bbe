/// What "now" is for the data being read: the clock where data is live, the data's own time where it was recorded.
///
/// The data's time is the newest record time that another record supports, by lying within five minutes of it or beyond it:
/// one skewed record does not move it. All decisions depend on the records and the clock handed in, never on how input was
/// cut into chunks.
package struct EventClock: Sendable {
    /// How to decide; `automatic` turns live when a record's time lies within five minutes of the clock.
    package enum Mode: String, Sendable, CaseIterable {
        case automatic = "auto"
        case clock
        case data
    }

    package private(set) var isLive: Bool
    private let mode: Mode
    /// The two largest times seen.
    private var largest: Int64?
    private var second: Int64?
    /// Whether any time needed no clamping: until then clamped ones are all there is to go by.
    private var hasOwnTime = false
    /// Times that were put back because they lay more than five minutes ahead.
    package private(set) var clamped = 0

    /// 1970 to 2100.
    private static let plausible: ClosedRange<Int64> = 0...4_102_444_800 * Span.second

    /// Whether now is the clock whatever the data says.
    package var isClockForced: Bool { mode == .clock }

    /// How near the clock data must be to be live, how far ahead of it a time may lie, and how near records support each other.
    package static let tolerance = 5 * Span.minute

    package init(mode: Mode = .automatic) {
        self.mode = mode
        isLive = mode == .clock
    }

    /// Takes in a record's time.
    /// - Parameter clock: µs since 1970 now.
    /// - Returns: the time to count the record at.
    package mutating func observe(_ time: Int64, clock: Int64) -> Int64 {
        // Times that no calendar of ours knows would break arithmetic, whatever the mode.
        let isImplausible = !Self.plausible.contains(time)
        guard isImplausible || mode != .data && time > clock + Self.tolerance else {
            if !hasOwnTime {
                hasOwnTime = true
                largest = nil
                second = nil
            }
            note(time)
            if mode == .automatic, time >= clock - Self.tolerance { isLive = true }
            return time
        }
        clamped += 1
        // Among records that know their time, one from the future says nothing about now.
        if hasOwnTime || isImplausible { return now(clock: clock) ?? clock }
        note(clock)
        // Not one skewed record but a clock that is ahead of ours.
        if mode == .automatic, second != nil { isLive = true }
        return clock
    }

    private mutating func note(_ time: Int64) {
        guard let top = largest else {
            largest = time
            return
        }
        if time >= top {
            second = top
            largest = time
        } else if second.map({ time > $0 }) ?? true {
            second = time
        }
    }

    /// Counts a time that was put back to now because no other record came near it.
    package mutating func noteClamped() { clamped += 1 }

    /// The newest supported time (of a single record, its own); nil before the first.
    package var dataTime: Int64? {
        guard let largest, let second else { return largest }
        return largest - second <= Self.tolerance ? largest : second
    }

    /// Whether two records were seen: one alone does not say what time it is.
    package var isSupported: Bool { second != nil }

    /// Now: the clock for live data, the data's time otherwise; nil while there is neither.
    package func now(clock: Int64) -> Int64? {
        isLive ? clock : dataTime
    }
}
