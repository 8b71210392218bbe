import Metrics
import Monitoring
import Query

/// Freezing and moving in time.
extension Model {
    /// Small steps in a large one.
    static let largeStep: Int64 = 10

    mutating func freeze() {
        guard let current, let now = current.snapshot.now else { return }
        pause = Pause(held: current, filter: filter, time: now)
    }

    mutating func unfreeze() { pause = nil }

    /// Moves by so many steps; the screen is frozen if it was not. A step is a column of a sparkline, or what is still told apart.
    mutating func scrub(by steps: Int64) {
        if pause == nil { freeze() }
        guard let pause else { return }
        let step = step(at: pause)
        let aligned = pause.time.alignedDown(to: step)
        // The first step back leads to the last whole one.
        let start = steps < 0 && aligned < pause.time ? aligned + step : aligned
        move(to: start + steps * step)
    }

    /// To the alert that fired last before what is shown, or next after it.
    mutating func jumpToAlert(before: Bool) {
        guard let held = pause?.held ?? current, let now = held.snapshot.now else { return }
        let shown = pause?.time ?? now
        let times = held.firingTimes
        guard let time = before ? times.last(where: { $0 < shown }) : times.first(where: { $0 > shown }) else {
            notice = before ? "no alert fired before" : "no alert fired after"
            return
        }
        if pause == nil { pause = Pause(held: held, filter: filter, time: now) }
        move(to: time)
    }

    /// Shows a moment, of those that there is anything of.
    mutating func move(to time: Int64) {
        if pause == nil { freeze() }
        guard let snapshot = pause?.held.snapshot, let first = snapshot.firstTime, let now = snapshot.now else {
            return
        }
        pause?.time = min(now, max(first, time))
    }

    /// µs.
    private func step(at pause: Pause) -> Int64 {
        let column = window.duration.map { $0 / 60 } ?? Span.hour
        guard let now = pause.held.snapshot.now else { return Span.minute }
        // Slots of 5 s are kept for an hour, those of a minute for a day.
        let finest =
            now - pause.time < 55 * Span.minute
            ? 10 * Span.second : now - pause.time < Span.day ? Span.minute : Span.hour
        return max(finest, column.alignedDown(to: finest))
    }
}
