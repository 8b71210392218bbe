package import Metrics
import Query

/// What objectives, budgets and the detector of anomalies would have known over the history that is held: what their rules
/// are replayed with.
///
/// They begin afresh: of the last day they are told minute by minute, of the days before hour by hour. Objectives and budgets
/// sum up what is held, as they do at any time; the detector learns from the hours of up to four weeks.
package struct WatchHistory: Sendable {
    private var known: [Int64: Watches] = [:]

    /// As long as minutes are held, µs, and as a rule is replayed.
    private static let near = Span.day
    private static let far = 7 * Span.day
    /// So long the detector learns, µs.
    private static let lesson = 28 * Span.day

    /// - Parameter watches: those that are to be replayed, however they stand.
    package init(_ snapshot: Snapshot, _ watches: Watches) {
        guard let now = snapshot.now, let first = snapshot.timeline.origin else { return }
        var watches = watches.restarted
        let end = now.alignedDown(to: Span.minute)
        let border = max(first, end - Self.near)
        var hour = max(first, end - Self.lesson).alignedDown(to: Span.hour)
        // The hour that the data begin in is not whole.
        if hour < first { hour += Span.hour }
        while hour + Span.hour <= border {
            watches.learn(hourFrom: hour, of: snapshot)
            hour += Span.hour
            guard hour >= end - Self.far else { continue }
            watches.recount(snapshot, at: hour)
            known[hour] = watches
        }
        var minute = border.alignedDown(to: Span.minute)
        while minute <= end {
            watches.step(snapshot, at: minute)
            known[minute] = watches
            minute += Span.minute
        }
    }

    /// What stood for a reference at a whole minute of the last day, or at a whole hour before; nil where it was not known.
    func value(of reference: Reference, at time: Int64) -> Value? { known[time]?.value(of: reference) }
}

extension Reference {
    /// Whether only minutes tell it: a budget's burn within less than an hour.
    var isOfMinutes: Bool {
        arguments.contains { argument in
            if case .duration(let seconds) = argument { seconds.microseconds < Span.hour } else { false }
        }
    }
}
