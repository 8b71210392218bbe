import Metrics
import Monitoring
import Statistics
import Telemetry

/// Both arms' counts of the time that a report is about, whole and by points of time.
struct CanaryArms {
    let controlName: String
    let canaryName: String
    let control: ArmRow
    let canary: ArmRow
    /// µs; what the counts are of.
    let times: ClosedRange<Int64>

    private let snapshot: Snapshot
    private let symbols: (control: Symbol?, canary: Symbol)

    /// Nil where the canary is not among the variants seen.
    init?(_ report: CanaryReport, _ snapshot: Snapshot) {
        let variants = snapshot.arms.variants
        guard let now = snapshot.now, let canary = variants.first(where: { snapshot.names[$0] == report.canaryName })
        else { return nil }
        let control = variants.first { snapshot.names[$0] == report.controlName }
        // As the report counts them.
        let begin = report.since
        let rows = snapshot.arms.sum(from: begin, to: snapshot.limit(now))
        controlName = report.controlName
        canaryName = report.canaryName
        self.control = control.flatMap { rows[$0] } ?? ArmRow()
        self.canary = rows[canary] ?? ArmRow()
        times = min(begin, now)...now
        self.snapshot = snapshot
        symbols = (control, canary)
    }

    /// Both arms by equal steps of whole minutes.
    struct Points {
        var times: Range<Int64>
        var step: Int64
        var rows: [(control: ArmRow, canary: ArmRow)]
    }

    /// - Parameters:
    ///   - end: µs; within the times.
    ///   - most: points at most, and at least one.
    ///   - requests: that the smaller arm has in a point on average.
    func points(until end: Int64, most: Int, requests: Double) -> Points {
        let start = times.lowerBound.alignedDown(to: Span.minute)
        let minutes = (end - start) / Span.minute + 1
        let smaller = min(control.requests.value, canary.requests.value)
        let wanted = Int64(max(4, min(Double(most), smaller / requests)))
        let step = max(1, (minutes + wanted - 1) / wanted) * Span.minute
        let count = max(1, (end - start) / step + 1)
        let rows = (0..<count).map { i in
            let table = snapshot.arms.sum(
                from: start + i * step, to: min(start + (i + 1) * step, snapshot.limit(times.upperBound)))
            return (
                control: symbols.control.flatMap { table[$0] } ?? ArmRow(), canary: table[symbols.canary] ?? ArmRow()
            )
        }
        return Points(times: start..<start + count * step, step: step, rows: rows)
    }
}
