/// A row of equal spans, all closed, for sparklines and charts.
package struct Bars: Sendable {
    /// Start of the first bar, µs.
    package var start: Int64
    /// Length of a bar, µs.
    package var step: Int64
    /// Oldest first; empty tallies where nothing was counted.
    package var tallies: [Tally]

    package func values(_ value: (Tally) -> Double?) -> [Double?] {
        // Looked at in place: a tally is large.
        let span = tallies.span
        return span.indices.map { value(span[$0]) }
    }

    /// Which bar a time falls into.
    package func index(of time: Int64) -> Int? {
        guard time >= start else { return nil }
        let i = Int((time - start) / step)
        return i < tallies.count ? i : nil
    }
}

/// What a change is measured against.
package enum Baseline: Sendable, Hashable {
    /// The same hours of the days before, of which `days` are held.
    case sameHours(days: Int)
    /// The first 60 minutes of data.
    case firstHour
    /// The window before this one.
    case previousWindow
    /// Nothing to compare with yet.
    case none
}

extension Snapshot {
    /// `count` bars over the span of `window`, the last of them ended at or before `end` (now, if nil): a bar moves only when
    /// its time is over.
    ///
    /// - Parameter former: bars of the same count and parts; handed back where they are of the same times, as they were then.
    package func bars(
        _ window: Window, count: Int, endingAt end: Int64? = nil, parts: Tally.Parts = [.latency],
        orAsBefore former: Bars? = nil
    ) -> Bars {
        guard let end = end ?? now, let first = firstTime, count > 0 else {
            return Bars(start: 0, step: Span.minute, tallies: [])
        }
        let span = window.duration ?? max(Span.minute, end - first)
        return bars(lasting: span, count: count, endingAt: end, parts: parts, orAsBefore: former)
    }

    /// `count` bars over `span` µs.
    package func bars(
        lasting span: Int64, count: Int, endingAt end: Int64, parts: Tally.Parts, orAsBefore former: Bars? = nil
    ) -> Bars {
        let step = barStep(span: span, count: count, endingAt: end)
        let last = end.alignedDown(to: step)
        let start = last - Int64(count) * step
        if let former, (former.start, former.step, former.tallies.count) == (start, step, count) { return former }
        let tallies = (0..<count).map { i in
            let from = start + Int64(i) * step
            return timeline.sum(from: from, to: from + step, parts: parts).tally
        }
        return Bars(start: start, step: step, tallies: tallies)
    }

    /// A bar's length: whole slots of the finest ring that holds all bars, so that they neither overlap nor leave gaps.
    private func barStep(span: Int64, count: Int, endingAt end: Int64) -> Int64 {
        let exact = max(1, span / Int64(max(1, count)))
        for unit in Timeline.slotLengths {
            let nearest = max(unit, (exact + unit / 2) / unit * unit)
            let shorter = max(unit, exact / unit * unit)
            for step in [nearest, shorter] {
                // A bar more than is shown, so that the choice does not depend on how far the last one has got.
                let start = end - Int64(count + 1) * step
                // Of the past there are no more slots than those from the data's beginning on.
                let held = isPast ? max(start, firstTime ?? start) : start
                if timeline.slotLength(from: held, endingAt: end) <= unit { return step }
            }
        }
        return max(Span.day, (exact + Span.day / 2) / Span.day * Span.day)
    }

    /// The baseline of every change on the screen, and its numbers.
    ///
    /// The same hours of the last 7 days once 3 days are held; until then the first 60 minutes of data once 60 minutes follow
    /// them; before that the preceding window.
    package func baseline(
        for duration: Int64?, endingAt end: Int64? = nil, parts: Tally.Parts = .all
    ) -> (kind: Baseline, tally: Tally) {
        guard let end = end ?? now, let first = timeline.origin else { return (.none, Tally()) }
        let held = end - first
        if held >= 3 * Span.day {
            let days = Int(min(7, held / Span.day))
            return (.sameHours(days: days), timeline.hours(hours(before: end, duration ?? held, days), parts: parts))
        }
        if held >= 2 * Span.hour { return (.firstHour, timeline.openingHour()) }
        guard let duration, held > duration else { return (.none, Tally()) }
        let (tally, _) = timeline.sum(from: end - 2 * duration, to: end - duration, parts: parts)
        return tally.isEmpty ? (.none, tally) : (.previousWindow, tally)
    }

    /// How many seconds a baseline covers; nil where there is none.
    package func seconds(of baseline: Baseline, for duration: Int64?, endingAt end: Int64? = nil) -> Double? {
        switch baseline {
        case .sameHours(let days):
            guard let end = end ?? now, let first = timeline.origin else { return nil }
            let held = timeline.heldHours(hours(before: end, duration ?? end - first, days))
            return held > 0 ? Double(held) * 3600 : nil
        case .firstHour: return 3600
        case .previousWindow:
            guard let duration, let end = end ?? now, let first = firstTime else { return nil }
            // The data may have begun within that window.
            return max(1, Double(min(duration, end - duration - first)) / 1e6)
        case .none: return nil
        }
    }

    /// Which baseline there is, without its numbers.
    package func usualBaseline(for duration: Int64?) -> Baseline { baseline(for: duration, parts: []).kind }

    /// When a baseline was, µs since 1970, the newest span first; empty where there is none.
    package func spans(of baseline: Baseline, for duration: Int64?, endingAt end: Int64? = nil) -> [Range<Int64>] {
        guard let end = end ?? now, let first = timeline.origin else { return [] }
        switch baseline {
        case .sameHours(let days):
            return hours(before: end, duration ?? end - first, days).map { $0..<$0 + Span.hour }
        case .firstHour: return [first..<first + Span.hour]
        case .previousWindow: return duration.map { [end - 2 * $0..<end - $0] } ?? []
        case .none: return []
        }
    }

    /// The hours that the window touches, on each of the days before.
    private func hours(before end: Int64, _ duration: Int64, _ days: Int) -> [Int64] {
        let last = (end - 1).alignedDown(to: Span.hour)
        let touched = min(24, (last - (end - duration).alignedDown(to: Span.hour)) / Span.hour + 1)
        return (1...days).flatMap { day in
            (0..<touched).map { last - $0 * Span.hour - Int64(day) * Span.day }
        }
    }
}
