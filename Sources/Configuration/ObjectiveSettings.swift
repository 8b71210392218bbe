import Metrics
package import Monitoring
import Query

/// `[slo.NAME]` and `[[latency]]` of `agentdash.toml`: what users may rely on.
///
/// ```toml
/// [slo.success]
/// objective = 0.95
/// window = "30d"
/// [slo.quick]
/// good = "latency <= 8s"
/// objective = 0.95
/// burn = [{ long = "1h", short = "5m", factor = 14.4, severity = "P1" }]
/// [slo.refunds]
/// where = 'task_type = "refund"'
/// good = 'success and tool_calls <= 12 and tool != "escalate"'
/// objective = 0.9
/// [[latency]]
/// tier = "chat"
/// [[latency]]
/// where = 'task_type = "batch"'
/// p95 = "2m"
/// ```
package struct ObjectiveSettings: Sendable, Hashable {
    package let objectives: [Objective]
    package let latency: [LatencyBudget]

    package init(objectives: [Objective] = [], latency: [LatencyBudget] = []) {
        self.objectives = objectives
        self.latency = latency
    }

    /// Reads the tables; without them there are no objectives.
    ///
    /// - Throws: for the first thing wrong in them.
    package static func parse(_ document: TomlDocument) throws(ConfigurationError) -> ObjectiveSettings {
        let root = TomlSection(document)
        var objectives: [Objective] = []
        if let all = try root.section("slo") {
            for name in all.keys {
                guard let table = try all.section(name) else { continue }
                objectives.append(try objective(name, table))
            }
        }
        return ObjectiveSettings(objectives: objectives, latency: try latency(root))
    }

    // MARK: Objectives

    private static func objective(_ name: String, _ table: TomlSection) throws(ConfigurationError) -> Objective {
        try table.allow(["objective", "window", "good", "where", "burn"])
        let kind = try kind(name, table)
        guard let share = try share(table, "objective") else {
            throw table.document.error(
                at: table.path, key: true, "an objective is missing: objective = 0.95")
        }
        let target = (share * 1e6).rounded()
        guard target.magnitude < 1e15, abs(share * 1e6 - target) < 1e-3 else {
            throw table.error("objective", "expected a share with at most six decimals, as 0.9995")
        }
        let period = try table.duration("window") ?? Objective.usualPeriod
        do {
            return try Objective(
                name: name, kind: kind, target: Int64(target), period: period, windows: try windows(table))
        } catch let error as ConfigurationError {
            throw error
        } catch let error as ObjectiveError {
            switch error {
            case .target: throw table.error("objective", "\(error)")
            case .period: throw table.error("window", "\(error)")
            case .neverFires: throw table.error("burn", "\(error)")
            }
        } catch {
            throw table.document.error(at: table.path, "\(error)")
        }
    }

    /// A share as a number, or in percent.
    private static func share(_ table: TomlSection, _ key: String) throws(ConfigurationError) -> Double? {
        guard case .string(let text)? = table.table[key] else { return try table.number(key) }
        guard text.hasSuffix("%"), let percent = Double(text.dropLast()) else {
            throw table.error(key, "expected a share such as 0.95 or \"95%\"")
        }
        if percent > 0, percent < 1 {
            throw table.error(key, "\(text) is less than one in a hundred; \"\(percent * 100)%\" is meant?")
        }
        return percent / 100
    }

    private static func kind(_ name: String, _ table: TomlSection) throws(ConfigurationError) -> Objective.Kind {
        let population = try filter(table)
        guard let good = try table.string("good") else {
            guard let kind = Objective.Kind.named(name) else {
                throw table.document.error(
                    at: table.path, key: true, "says nothing of what a good request is: good = \"latency <= 8s\"")
            }
            return try population.map { population throws(ConfigurationError) in
                try Self.kind(table, "where") { () throws(QueryError) in try kind.among(population) }
            } ?? kind
        }
        return try Self.kind(table, "good") { () throws(QueryError) in
            try Objective.Kind(good: good, among: population)
        }
    }

    private static func kind(
        _ table: TomlSection, _ key: String, _ read: () throws(QueryError) -> Objective.Kind
    ) throws(ConfigurationError) -> Objective.Kind {
        do throws(QueryError) {
            return try read()
        } catch {
            throw table.error(key, "\(error)")
        }
    }

    private static func windows(_ table: TomlSection) throws(ConfigurationError) -> [BurnWindow]? {
        guard table.table["burn"] != nil else { return nil }
        var windows: [BurnWindow] = []
        for entry in try table.sections("burn", expected: "an array of tables") {
            try entry.allow(["long", "short", "factor", "severity"])
            guard let long = try entry.duration("long"), let factor = try entry.number("factor") else {
                throw table.document.error(
                    at: entry.path, "expected { long = \"1h\", short = \"5m\", factor = 14.4, severity = \"P1\" }")
            }
            guard factor > 0, factor < 1e6, let ratio = Ratio(Int64((factor * 1e6).rounded()), of: 1_000_000) else {
                throw entry.error("factor", "expected a number above 0")
            }
            let name = try entry.string("severity") ?? Severity.p2.rawValue
            guard let severity = Severity(rawValue: name) else {
                throw entry.error(
                    "severity", Suggestion.unknown("severity", name, among: Severity.allCases.map(\.rawValue)))
            }
            let short = try entry.duration("short") ?? max(Span.minute, long / 12)
            guard short <= long else { throw entry.error("short", "is longer than the long window") }
            windows.append(BurnWindow(long: long, short: short, factor: ratio, severity: severity))
        }
        return windows
    }

    // MARK: Latency

    private static func latency(_ root: TomlSection) throws(ConfigurationError) -> [LatencyBudget] {
        var budgets: [LatencyBudget] = []
        for table in try root.sections("latency", expected: "an array of tables") {
            try table.allow(["tier", "p50", "p95", "p99", "where"])
            var tier: LatencyTier?
            if let name = try table.string("tier") {
                tier = LatencyTier(rawValue: name)
                if tier == nil {
                    throw table.error(
                        "tier", Suggestion.unknown("tier", name, among: LatencyTier.allCases.map(\.rawValue)))
                }
            }
            var budget = LatencyBudget(tier ?? .chat, filter: try filter(table))
            let own = (try seconds(table, "p50"), try seconds(table, "p95"), try seconds(table, "p99"))
            guard tier != nil || own.0 != nil || own.1 != nil || own.2 != nil else {
                throw root.document.error(at: table.path, "expected a tier, or p50, p95 and p99")
            }
            if own.0 != nil || own.1 != nil || own.2 != nil { budget.tier = nil }
            // What is not stated is the tier's; without one, nothing limits it.
            let rest = tier?.budgets ?? (.infinity, .infinity, .infinity)
            (budget.p50, budget.p95, budget.p99) = (own.0 ?? rest.0, own.1 ?? rest.1, own.2 ?? rest.2)
            budgets.append(budget)
        }
        return budgets
    }

    private static func filter(_ table: TomlSection) throws(ConfigurationError) -> RecordFilter? {
        guard let condition = try table.string("where") else { return nil }
        do throws(QueryError) {
            return try RecordFilter(condition)
        } catch {
            throw table.error("where", "\(error)")
        }
    }

    private static func seconds(_ table: TomlSection, _ key: String) throws(ConfigurationError) -> Double? {
        try table.duration(key).map { Double($0) / 1e6 }
    }
}
