import Export
import Metrics
import Monitoring
import Scenario

/// What every pack of rules says of healthy traffic, and how soon it finds what goes wrong.
///
/// Healthy traffic has ±50% of requests and latency over the day and 2% of noise in every minute beside chance: see
/// `SeasonalTraffic`. It lasts a day, and nine, for what compares with the same hour of the days before.
struct AlertReport {
    private struct Peace {
        var replay: AlertReplay
        var firings: [AlertReplay.Firing]

        func count(_ pack: RulePack) -> Int { firings.count { $0.pack == pack.rawValue } }
        var days: Double { Double(replay.healthyHours) / 24 }

        /// Which pack says more than it may, and how much.
        var excess: (pack: RulePack, most: Int)? {
            RulePack.allCases.lazy.map { ($0, Int(most($0) * days)) }.first { count($0) > $1 }
        }

        /// What a pack may say of a healthy day: nothing, but once in a while over many.
        private func most(_ pack: RulePack) -> Double { pack == .anomaly ? 3 : 0.2 }
    }

    private struct Trouble {
        var fault: TrafficFault
        var rate: Double
        var firings: [AlertReplay.Firing]

        func delay(_ pack: String, _ rule: String) -> Int64? {
            firings.first { $0.pack == pack && $0.rule == rule }?.time
        }
    }

    private var peace: [Peace] = []
    private var troubles: [Trouble] = []

    /// Requests a minute.
    private let rates: [Double]

    private init(rates: [Double]) { self.rates = rates }

    /// Replays everything: some minutes' work.
    static func replay(rates: [Double], seed: UInt64) throws(BenchmarkFailure) -> AlertReport {
        var report = AlertReport(rates: rates)
        let long: Int64 = 9 * 24
        for rate in rates {
            for (hours, seeds) in [(24, 3), (long, rate > 100 ? 1 : 2)] as [(Int64, UInt64)] {
                for seed in seed..<seed + seeds {
                    let replay = AlertReplay(rate: rate, healthyHours: hours, seed: seed)
                    report.peace.append(Peace(replay: replay, firings: try replay.run()))
                }
            }
        }
        for fault in TrafficFault.allCases {
            // Two days are enough where so many come, and three weeks of them are long to replay.
            for rate in rates where fault != .creep || rate < 100 {
                let replay = AlertReplay(rate: rate, healthyHours: rate > 100 ? 48 : long, fault: fault, seed: seed)
                report.troubles.append(Trouble(fault: fault, rate: rate, firings: try replay.run()))
            }
        }
        return report
    }

    /// Prints the report; too much said, or a fault that nothing finds, is a failure.
    func print(json: Bool) throws(BenchmarkFailure) {
        Output.line(json ? document.text : text)
        for peace in peace {
            guard let (pack, most) = peace.excess else { continue }
            throw BenchmarkFailure(
                "\(pack.rawValue) fires \(peace.count(pack)) times in \(peace.replay.healthyHours) healthy hours at "
                    + "\(Self.number(peace.replay.rate)) a minute, more than \(most)")
        }
        for fault in TrafficFault.allCases {
            let seen = troubles.filter { $0.fault == fault }
            if !seen.isEmpty, seen.allSatisfy(\.firings.isEmpty) {
                throw BenchmarkFailure("nothing finds \(fault.rawValue)")
            }
        }
    }

    // MARK: Text

    private var text: String { (peaceText + [""] + troubleText).joined(separator: "\n") }

    private var peaceText: [String] {
        var lines = [
            Columns.line(
                ["healthy traffic", "hours", "seed"] + RulePack.allCases.map { String($0.rawValue.prefix(9)) })
        ]
        for peace in peace {
            lines.append(
                Columns.line(
                    ["\(Self.number(peace.replay.rate)) a minute", String(peace.replay.healthyHours)]
                        + [String(peace.replay.seed)] + RulePack.allCases.map { String(peace.count($0)) }))
            for rule in Self.rules(peace.firings) {
                let times = peace.firings.filter { $0.pack == rule.pack && $0.rule == rule.name }.map(\.time)
                let hours = times.prefix(8).map { Columns.number(Double($0) / Double(Span.hour), 1) }
                lines.append(
                    "    \(rule.pack) \(rule.name): \(times.count), after \(hours.joined(separator: " ")) h"
                        + (times.count > hours.count ? " …" : ""))
            }
        }
        return lines
    }

    private var troubleText: [String] {
        let head = Self.cells("fault, pack, rule", rates.map { Self.number($0) + "/min" })
        return [head]
            + TrafficFault.allCases.flatMap { fault in
                let seen = troubles.filter { $0.fault == fault }
                let rules = Self.rules(seen.flatMap(\.firings))
                return [fault.rawValue]
                    + rules.map { rule in
                        Self.cells(
                            "  \(rule.pack) \(rule.name)",
                            rates.map { rate in
                                guard let one = seen.first(where: { $0.rate == rate }) else { return "" }
                                return one.delay(rule.pack, rule.name).map(Self.duration) ?? "–"
                            })
                    }
            }
    }

    private static func cells(_ first: String, _ rest: [String]) -> String {
        Columns.padded(first, 44) + rest.map { Columns.padded($0, 10, right: true) }.joined()
    }

    /// Those that fired, in the order in which they did first.
    private static func rules(_ firings: [AlertReplay.Firing]) -> [(pack: String, name: String)] {
        var seen: Set<String> = []
        return firings.sorted { $0.time < $1.time }.filter { seen.insert($0.pack + " " + $0.rule).inserted }
            .map { ($0.pack, $0.rule) }
    }

    private static func number(_ rate: Double) -> String { Columns.number(rate, 0) }

    /// `40s`, `3m10s`, `5h20m`, `6d4h`.
    private static func duration(_ time: Int64) -> String {
        let seconds = time / Span.second
        if seconds < 60 { return "\(seconds)s" }
        if seconds < 3_600 { return "\(seconds / 60)m\(seconds % 60)s" }
        if seconds < 48 * 3_600 { return "\(seconds / 3_600)h\(seconds / 60 % 60)m" }
        return "\(seconds / 86_400)d\(seconds / 3_600 % 24)h"
    }

    // MARK: JSON

    private var document: JSONValue {
        .members(
            ("healthy", .array(peace.map { Self.document($0.replay, $0.firings) })),
            (
                "faults",
                .array(
                    troubles.map { trouble in
                        .members(
                            ("fault", .string(trouble.fault.rawValue)), ("per_minute", .number(trouble.rate)),
                            ("firings", Self.document(trouble.firings)))
                    })
            ))
    }

    private static func document(_ replay: AlertReplay, _ firings: [AlertReplay.Firing]) -> JSONValue {
        .members(
            ("per_minute", .number(replay.rate)), ("hours", .integer(replay.healthyHours)),
            ("seed", .integer(Int64(replay.seed))), ("firings", document(firings)))
    }

    private static func document(_ firings: [AlertReplay.Firing]) -> JSONValue {
        .array(
            firings.map { firing in
                .members(
                    ("pack", .string(firing.pack)), ("rule", .string(firing.rule)),
                    ("after_s", .number(Double(firing.time) / 1e6)))
            })
    }
}
