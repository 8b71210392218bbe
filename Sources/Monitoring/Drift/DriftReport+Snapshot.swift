package import Metrics
import Telemetry

extension DriftReport {
    /// What was counted already of a window and of its usual baseline.
    package struct Counted: Sendable {
        package var now: Tally
        package var baseline: Baseline
        package var then: Tally

        package init(now: Tally, baseline: Baseline, then: Tally) {
            self.now = now
            self.baseline = baseline
            self.then = then
        }
    }

    /// Compares a window with what is asked for.
    /// - Parameter counted: where it was counted for something else too.
    package init(
        _ snapshot: Snapshot, window: Window, _ question: DriftQuestion = DriftQuestion(), counted: Counted? = nil
    ) {
        let ages = DriftAges(snapshot, window: window, question)
        let now = counted.flatMap { ages.isWholeWindow ? $0.now : nil } ?? snapshot.tally(of: ages.current)
        let nowMix = snapshot.mix(of: [ages.current])
        let current = BehaviourProfile(now, nowMix, snapshot.names)
        var held = HeldPart(stride: nowMix.stride)
        if !snapshot.rows.isWhole { held.from = nowMix.from.flatMap { $0 > ages.current.lowerBound ? $0 : nil } }
        var past: BehaviourProfile?
        switch ages.basis {
        case .saved(let name, _):
            past = question.saved[name]?.profile
            held.isAlone = false
        case .previousVersion, .usual, .instead:
            let then = ages.then(counted) ?? snapshot.tally(of: ages.compared)
            var mix = snapshot.mix(of: ages.compared)
            if mix.requests.raw < Self.minimumCount, let span = snapshot.heldBefore(ages.current) {
                mix = snapshot.mix(of: [span])
                held.comparedWith = span
            }
            held.isAlone = mix.requests.raw < Self.minimumCount
            if !then.isEmpty || !held.isAlone { past = BehaviourProfile(then, mix, snapshot.names) }
        }
        self.init(basis: ages.basis, now: current, then: past, settings: question.settings)
        self.held = held
        if let first = movements.first {
            movements[0] = first.located(DriftOrigin(first, in: snapshot, endingAt: ages.current.upperBound))
        }
    }
}

extension BehaviourProfile {
    /// What requests are like in a window, to be kept.
    package init(_ snapshot: Snapshot, window: Window) {
        let span = DriftAges(snapshot, window: window, DriftQuestion()).current
        self.init(snapshot.tally(of: span), snapshot.mix(of: [span]), snapshot.names)
    }
}

/// Which times are compared.
struct DriftAges {
    private(set) var basis: DriftBasis
    /// µs since 1970.
    private(set) var current: Range<Int64>
    private(set) var compared: [Range<Int64>] = []
    /// Whether what is current is the window as everything else on the screen sees it.
    private(set) var isWholeWindow = true

    /// The longest that a version is compared over, µs.
    private static let longest = Span.day

    init(_ snapshot: Snapshot, window: Window, _ question: DriftQuestion) {
        let end = snapshot.now ?? 0
        let begin = window.duration.map { end - $0 } ?? snapshot.timeline.origin ?? end
        current = min(begin, end)..<end
        let usual = snapshot.usualBaseline(for: window.duration)
        basis = .usual(usual)
        switch question.baseline {
        case .usual: break
        case .saved(let name):
            if let saved = question.saved[name] {
                basis = .saved(name, at: saved.to)
                return
            }
            basis = .instead(of: question.baseline, usual)
        case .previousVersion:
            let marks = snapshot.deploys.filter { $0.time < end }
            if let mark = marks.last, let origin = snapshot.timeline.origin, mark.time > origin {
                basis = .previousVersion(mark.label, since: mark.time)
                let begin = max(origin, mark.time - Self.longest, marks.dropLast().last?.time ?? .min)
                compared = [min(begin, mark.time - 1)..<mark.time]
                isWholeWindow = mark.time <= current.lowerBound
                current = max(current.lowerBound, mark.time)..<end
                return
            }
            basis = .instead(of: question.baseline, usual)
        }
        compared = snapshot.spans(of: usual, for: window.duration)
    }

    /// The baseline's numbers, where they were counted.
    func then(_ counted: DriftReport.Counted?) -> Tally? {
        switch basis {
        case .usual(let baseline), .instead(_, let baseline):
            counted.flatMap { $0.baseline == baseline ? $0.then : nil }
        case .previousVersion, .saved: nil
        }
    }
}

extension Snapshot {
    fileprivate func tally(of span: Range<Int64>) -> Tally {
        totals(lasting: max(1, span.upperBound - span.lowerBound), endingAt: span.upperBound).tally
    }

    fileprivate func tally(of spans: [Range<Int64>]) -> Tally {
        var tally = Tally()
        for span in spans { tally.add(timeline.sum(from: span.lowerBound, to: span.upperBound).tally) }
        return tally
    }

    /// The record of this instant is in a window too.
    fileprivate func mix(of spans: [Range<Int64>]) -> RequestMix {
        let end = now ?? 0
        return rows.mix(
            in: spans.map { $0.upperBound == end ? $0.lowerBound..<limit(end) : $0 }.filter { !$0.isEmpty },
            where: rowFilter)
    }

    /// When requests that are still held were before a window, as long as it is or longer.
    fileprivate func heldBefore(_ window: Range<Int64>) -> Range<Int64>? {
        guard let reach = rows.reach, window.lowerBound - reach >= window.upperBound - window.lowerBound else {
            return nil
        }
        return reach..<window.lowerBound
    }
}
