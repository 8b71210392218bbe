/// What "now" is for the data being read: the clock where data is live, the data's own time where it was recorded.
///
/// The data's time is the newest record time that another record supports, by lying within five minutes of it: one skewed
/// record does not move it. All decisions depend on the records and the clock handed in, never on how input was cut into chunks.
package struct EventClock: Sendable {
    /// How to decide; `automatic` turns live when the data's time comes within five minutes of the clock.
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
    /// Times that were put back to the clock because they lay more than five minutes ahead of it.
    package private(set) var clamped = 0

    /// 1970 to 2100.
    private static let plausible: ClosedRange<Int64> = 0...4_102_444_800 * Span.second

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
        var time = time
        // Times that no calendar of ours knows would break arithmetic, whatever the mode.
        if !Self.plausible.contains(time) {
            time = dataTime ?? clock
            clamped += 1
        }
        if mode != .data, time > clock + Self.tolerance {
            time = clock
            clamped += 1
        }
        if let top = largest {
            if time >= top {
                second = top
                largest = time
            } else if second.map({ time > $0 }) ?? true {
                second = time
            }
        } else {
            largest = time
        }
        if mode == .automatic, !isLive, let known = dataTime, known >= clock - Self.tolerance { isLive = true }
        return time
    }

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
