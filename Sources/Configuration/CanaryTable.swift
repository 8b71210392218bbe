import Metrics
package import Monitoring

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
            "max_soak", "margin", "latency_limit", "share",
        ])
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
        settings.ramp = try ramp(table) ?? settings.ramp
        settings.minimumSoak = try table.duration("min_soak") ?? settings.minimumSoak
        settings.maximumSoak = try table.duration("max_soak") ?? settings.maximumSoak
        if settings.maximumSoak < settings.minimumSoak { throw table.error("max_soak", "is shorter than min_soak") }
        settings.latencyLimit = try table.duration("latency_limit")
        settings.share = try share(table, "share")
        return settings
    }

    private static func name(_ table: TomlSection, _ key: String) throws(ConfigurationError) -> String? {
        let name = try table.string(key)
        if name?.isEmpty == true { throw table.error(key, "expected what requests say in variant") }
        return name
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
