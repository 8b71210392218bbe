import Export
import Query

/// How often canaries of known quality are rolled back and moved on, by everything that judges them at once.
struct CanarySimulation {
    private struct Row {
        var name: String
        var trial: CanaryTrial
        var trials: Int
        var outcomes: [CanaryTrial.Outcome] = []
        /// Rolled back, and moved on, at most so often.
        var mostRollbacks: Double?
        var mostPromotions: Double?
        /// Rolled back at least so often, and after so many of its requests in half of the cases.
        var leastRollbacks: Double?
        var mostRequests: Int?

        func share(_ path: (CanaryTrial.Outcome) -> Int?) -> Double {
            Double(outcomes.count { path($0) != nil }) / Double(max(1, outcomes.count))
        }

        func median(_ path: (CanaryTrial.Outcome) -> Int?) -> Int? {
            let values = outcomes.compactMap(path).sorted()
            return values.isEmpty ? nil : values[values.count / 2]
        }
    }

    private var rows: [Row]

    /// Two standard errors above what is allowed are chance.
    private static func slack(_ share: Double, _ n: Int) -> Double {
        2 * (share * (1 - share) / Double(n)).squareRoot()
    }

    static func run(trials: Int, seed: UInt64) -> CanarySimulation {
        var rows: [Row] = []
        for rate in [0.01, 0.02, 0.025, 0.03, 0.05] {
            for (what, correlation, hasCycle) in [
                ("", 0, false), (", users alike (ICC 0.3)", 0.3, false), (", daily cycle", 0, true),
                (", users alike, daily cycle", 0.3, true),
            ] as [(String, Double, Bool)] {
                rows.append(
                    Row(
                        name: "\(NumberFormat.percent(rate)) both\(what)",
                        trial: CanaryTrial(
                            control: rate, canary: rate, correlation: correlation, hasCycle: hasCycle, seed: seed),
                        trials: trials, mostRollbacks: 0.05))
            }
        }
        rows.append(
            Row(
                name: "3% both, successes sampled 1 in 10",
                trial: CanaryTrial(control: 0.03, canary: 0.03, isSampled: true, seed: seed), trials: trials,
                mostRollbacks: 0.05))
        rows.append(
            Row(
                name: "5% → 10%, at the margin", trial: CanaryTrial(control: 0.05, canary: 0.1, seed: seed),
                trials: trials, mostPromotions: 0.06, leastRollbacks: 0.9, mostRequests: 200))
        rows.append(
            Row(
                name: "5% → 15%", trial: CanaryTrial(control: 0.05, canary: 0.15, seed: seed), trials: trials,
                leastRollbacks: 0.95, mostRequests: 100))
        rows.append(
            Row(
                name: "latency ×2", trial: CanaryTrial(control: 0.02, canary: 0.02, slowness: 2, seed: seed),
                trials: trials, leastRollbacks: 0.9))
        for place in rows.indices {
            rows[place].outcomes = (0..<rows[place].trials).map { n in
                var trial = rows[place].trial
                trial.seed = seed &+ UInt64(n) &* 0x9e37_79b9
                return trial.run()
            }
        }
        return CanarySimulation(rows: rows)
    }

    /// Prints the table; a promise that is not kept is a failure.
    func print() throws(BenchmarkFailure) {
        func cell(_ text: String, _ width: Int) -> String {
            String(repeating: " ", count: max(0, width - text.count)) + text
        }
        Output.line(
            "20,000 requests a trial, 5% of the users to the canary, looked at every 50 requests\n"
                + "control → canary".padding(to: 40) + cell("trials", 7) + cell("rolled back", 13) + cell("after", 8)
                + cell("as good", 10) + cell("after", 8))
        for row in rows {
            func share(_ path: (CanaryTrial.Outcome) -> Int?) -> String { NumberFormat.percent(row.share(path)) }
            func median(_ path: (CanaryTrial.Outcome) -> Int?) -> String { row.median(path).map { "\($0)" } ?? "–" }
            Output.line(
                row.name.padding(to: 40) + cell("\(row.outcomes.count)", 7) + cell(share(\.rollback), 13)
                    + cell(median(\.rollback), 8) + cell(share(\.promotion), 10) + cell(median(\.promotion), 8))
        }
        for row in rows {
            let n = row.outcomes.count
            if let most = row.mostRollbacks, row.share(\.rollback) > most + Self.slack(most, n) {
                throw BenchmarkFailure("\(row.name): too many are rolled back")
            }
            if let most = row.mostPromotions, row.share(\.promotion) > most + Self.slack(most, n) {
                throw BenchmarkFailure("\(row.name): too many are moved on")
            }
            if let least = row.leastRollbacks, row.share(\.rollback) < least {
                throw BenchmarkFailure("\(row.name): too few are rolled back")
            }
            if let most = row.mostRequests, let median = row.median(\.rollback), median > most {
                throw BenchmarkFailure("\(row.name): rolled back after \(median) of its requests, not \(most)")
            }
        }
    }
}

extension String {
    fileprivate func padding(to width: Int) -> String { self + String(repeating: " ", count: max(0, width - count)) }
}
