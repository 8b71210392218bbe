import Metrics
import Monitoring
import Query
import Scenario

/// How often planted causes are found first, how often something is found where there is nothing, and how long a thousand
/// slices take.
struct ExplanationSimulation {
    private struct Row {
        var name: String
        var trials = 0
        /// Told first, told at all, and what else was told beside it.
        var first = 0
        var told = 0
        var beside = 0
        /// What was told first instead.
        var instead = ""
    }

    private var rows: [Row] = []
    private var slices = 0
    private var requests = 0
    /// Seconds: all of it, and the judgement of what was counted.
    private var times: [Double] = []
    private var judgingTimes: [Double] = []
    /// The same of slow requests, which have to be found first.
    private var slowTimes: [Double] = []

    /// Of trials without a cause this share may tell something: each of them is looked at for q ≤ 5%.
    private static let mostInNull = 0.05
    /// And so often a cause must be told first: what nearly always goes along with a part of it wins by chance now and then.
    private static let leastFirst = 0.97
    /// Seconds that a thousand slices may take.
    private static let most = 0.05

    static func run(trials: Int, seed: UInt64) throws -> ExplanationSimulation {
        var simulation = ExplanationSimulation()
        for isSampled in [false, true] {
            for cause in PlantedTraffic.Cause.allCases.map(Optional.some) + [nil] {
                var row = Row(name: (cause?.rawValue ?? "none") + (isSampled ? ", of 30,000 sampled 1 in 10" : ""))
                for n in 0..<trials {
                    let trial = ExplanationTrial(
                        cause: cause, requests: isSampled ? 30_000 : 6_000, values: 12, isSampled: isSampled,
                        seed: seed &+ UInt64(n) &* 0x9e37_79b9)
                    let found = ExplanationTrial.explanation(of: try trial.situation()).rows
                    row.trials += 1
                    if trial.isFound(found.first) {
                        row.first += 1
                    } else if let other = found.first {
                        row.instead = other.label
                    }
                    if !found.isEmpty { row.told += 1 }
                    row.beside += found.dropFirst().count { !$0.isEcho }
                }
                simulation.rows.append(row)
            }
        }
        let wide = ExplanationTrial(cause: .toolInLocale, requests: 100_000, values: 240, isSampled: false, seed: seed)
        let situation = try wide.situation()
        let now = situation.snapshot.now ?? 0
        let times = min(situation.snapshot.firstTime ?? now, now)...now
        let question = OutcomeQuestion(.failing, in: times)
        let ofSlow = OutcomeQuestion(.slow, in: times)
        for _ in 0..<15 {
            let watch = Stopwatch()
            let contrast = situation.snapshot.rows.contrast(question)
            let counted = watch.thread
            let explanation = Explanation(contrast)
            simulation.times.append(watch.thread)
            simulation.judgingTimes.append(watch.thread - counted)
            simulation.slices = explanation.tested
            simulation.requests = explanation.seen
            let slowWatch = Stopwatch()
            _ = Explanation(situation.snapshot.rows.contrast(ofSlow))
            simulation.slowTimes.append(slowWatch.thread)
        }
        return simulation
    }

    /// Prints the table; a promise that is not kept is a failure.
    func print() throws(BenchmarkFailure) {
        func cell(_ text: String, _ width: Int) -> String {
            String(repeating: " ", count: max(0, width - text.count)) + text
        }
        func line(_ name: String, _ cells: String...) -> String {
            name + String(repeating: " ", count: max(0, 72 - name.count)) + cells.map { cell($0, 11) }.joined()
        }
        Output.line("6,000 requests: 35% fail where the cause is, 3% elsewhere")
        Output.line(line("cause", "trials", "found first", "any told", "others"))
        for row in rows {
            Output.line(
                line(
                    row.name, "\(row.trials)", NumberFormat.percent(Double(row.first) / Double(row.trials)),
                    NumberFormat.percent(Double(row.told) / Double(row.trials)),
                    NumberFormat.fixed(Double(row.beside) / Double(row.trials), decimals: 2)))
        }
        let milliseconds = { (seconds: Double) in NumberFormat.fixed(seconds * 1e3, decimals: 1) }
        Output.line(
            "\(slices) slices of \(requests) requests: \(milliseconds(times.median)) ms, of which "
                + "\(milliseconds(judgingTimes.median)) ms judge what was counted; slow ones "
                + "\(milliseconds(slowTimes.median)) ms")
        for row in rows {
            if row.name.hasPrefix("none") {
                let share = Double(row.told) / Double(row.trials)
                // Two standard errors above what is allowed are chance.
                let slack = 2 * (Self.mostInNull * (1 - Self.mostInNull) / Double(row.trials)).squareRoot()
                if share > Self.mostInNull + slack {
                    throw BenchmarkFailure("\(row.name): something is told too often")
                }
            } else if Double(row.first) < Self.leastFirst * Double(row.trials) {
                throw BenchmarkFailure("\(row.name): told first was \(row.instead)")
            }
        }
        if slices < 1_000 || max(times.median, slowTimes.median) > Self.most {
            throw BenchmarkFailure("judging slices takes too long")
        }
    }
}
