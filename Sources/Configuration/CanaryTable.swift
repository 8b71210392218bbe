import Metrics
package import Monitoring
import Statistics
import Telemetry

/// `[canary]` of `agentdash.toml`: how a canary is compared with its control.
///
/// ```toml
/// [canary]
/// control = "control"
/// canary = "canary"
/// max_error_rate_increase = 0.05
/// max_error_rate = 0.03
/// min_eval_score = 0.85
/// ramp = [5, 10, 25, 50, 100]
/// min_soak = "30m"
/// max_soak = "4h"
/// margin = 0.05
/// latency_limit = "5s"
/// share = 0.05
/// key = "variant"
/// mode = "canary"
/// routing = "sha256-mod100"
/// on_rollback = "deployctl rollback {control}"
/// ask_before_rollback = true
/// ```
package enum CanaryTable {
    /// Reads the table; without one everything is as usual.
    ///
    /// - Throws: for the first thing wrong in it.
    package static func parse(_ document: TomlDocument) throws(ConfigurationError) -> CanarySettings {
        var settings = CanarySettings()
        guard let table = try TomlSection(document).section("canary") else { return settings }
        try table.allow([
            "control", "canary", "max_error_rate_increase", "max_error_rate", "min_eval_score", "ramp", "min_soak",
            "max_soak", "margin", "latency_limit", "share", "key", "mode", "routing", "on_rollback",
            "ask_before_rollback",
        ])
        settings.mode =
            try word(table, "mode", CanarySettings.Mode.init(rawValue:), CanarySettings.Mode.allCases.map(\.rawValue))
            ?? settings.mode
        if settings.mode == .ab {
            // Two halves, and no steps.
            settings.share = 0.5
            settings.ramp = [50]
        }
        settings.key = try key(table) ?? settings.key
        settings.routing = try word(table, "routing", UserBucket.init(rawValue:), UserBucket.allCases.map(\.rawValue))
        settings.rollback = try rollback(table)
        settings.asksBeforeRollback = try table.boolean("ask_before_rollback") ?? settings.asksBeforeRollback
        settings.controlName = try name(table, "control") ?? settings.controlName
        settings.canaryName = try name(table, "canary") ?? settings.canaryName
        if settings.controlName == settings.canaryName {
            throw table.error("canary", "control and canary are the same variant, \(settings.canaryName)")
        }
        func hundredths(_ key: String) throws(ConfigurationError) -> Int64? {
            try share(table, key).map { Int64(($0 * 10_000).rounded()) }
        }
        let usual = settings.gates
        settings.gates.maximumIncrease = try hundredths("max_error_rate_increase") ?? usual.maximumIncrease
        settings.gates.maximumErrorRate = try hundredths("max_error_rate") ?? usual.maximumErrorRate
        settings.gates.minimumEvalScore = try hundredths("min_eval_score") ?? usual.minimumEvalScore
        settings.margin = try share(table, "margin") ?? settings.margin
        if settings.mode == .ab, table.table["ramp"] != nil { throw table.error("ramp", "an A/B test has no steps") }
        settings.ramp = try ramp(table) ?? settings.ramp
        settings.minimumSoak = try table.duration("min_soak") ?? settings.minimumSoak
        settings.maximumSoak = try table.duration("max_soak") ?? settings.maximumSoak
        if settings.maximumSoak < settings.minimumSoak { throw table.error("max_soak", "is shorter than min_soak") }
        settings.latencyLimit = try table.duration("latency_limit")
        settings.share = try share(table, "share") ?? settings.share
        return settings
    }

    private static func name(_ table: TomlSection, _ key: String) throws(ConfigurationError) -> String? {
        let name = try table.string(key)
        if name?.isEmpty == true { throw table.error(key, "expected what requests say in variant") }
        return name
    }

    /// The field whose values are the variants: one that a request has one value of.
    private static func key(_ table: TomlSection) throws(ConfigurationError) -> Dimension? {
        guard let name = try table.string("key") else { return nil }
        guard let key = Dimension.ofRequest.first(where: { $0.fieldName == name }) else {
            let known = Dimension.ofRequest.map(\.fieldName).joined(separator: ", ")
            throw table.error("key", "expected a field with one value a request: \(known)")
        }
        return key
    }

    /// One of a few words.
    private static func word<Value>(
        _ table: TomlSection, _ key: String, _ value: (String) -> Value?, _ known: [String]
    ) throws(ConfigurationError) -> Value? {
        guard let text = try table.string(key) else { return nil }
        guard let value = value(text) else {
            throw table.error(key, "expected \(known.map { "\"\($0)\"" }.joined(separator: " or "))")
        }
        return value
    }

    /// A line, or the program and its arguments.
    private static func rollback(_ table: TomlSection) throws(ConfigurationError) -> RollbackCommand? {
        guard let value = table.table["on_rollback"] else { return nil }
        do throws(RollbackCommand.Mistake) {
            if case .array(let elements) = value {
                var words: [String] = []
                for element in elements {
                    guard case .string(let word) = element else {
                        throw RollbackCommand.Mistake(
                            description: "expected a program and its arguments, all of them texts")
                    }
                    words.append(word)
                }
                return try RollbackCommand(words: words)
            }
            guard case .string(let line) = value else {
                throw RollbackCommand.Mistake(
                    description: "expected a program with its arguments, as \"deployctl rollback {control}\"")
            }
            return try RollbackCommand(line: line)
        } catch {
            throw table.error("on_rollback", error.description)
        }
    }

    /// A fraction; 5 for 5% is pointed at.
    private static func share(_ table: TomlSection, _ key: String) throws(ConfigurationError) -> Double? {
        guard let share = try table.number(key) else { return nil }
        guard share > 0, share < 1 else {
            let meant = share >= 1 && share < 100 ? "; \(share / 100) is meant?" : ""
            throw table.error(key, "expected a share between 0 and 1, as 0.05\(meant)")
        }
        return share
    }

    private static func ramp(_ table: TomlSection) throws(ConfigurationError) -> [Int]? {
        guard let value = table.table["ramp"] else { return nil }
        guard case .array(let elements) = value else { throw table.mismatch("ramp", "percents as [5, 25, 100]", value) }
        var steps: [Int] = []
        for element in elements {
            guard case .integer(let step) = element, (1...100).contains(step), step > steps.last ?? 0 else {
                throw table.error("ramp", "expected percents from 1 to 100, each above the one before")
            }
            steps.append(Int(step))
        }
        guard !steps.isEmpty else { throw table.error("ramp", "expected at least one step") }
        return steps
    }
}
