import Metrics
package import Monitoring
import Query

/// `[rules]`, `[[rule]]` and the switch of silence in `[source]`: what is judged.
///
/// ```toml
/// [rules]
/// packs = ["conservative", "symptoms"]
/// [source]
/// silent_after = "5m"                 # P1 agent_unresponsive; left out, silence is told and wakes nobody
/// [[rule]]
/// name = "refunds_fail"
/// severity = "P2"
/// when = "error_rate > 10%"
/// slice = "task_type"
/// ```
package struct RuleSettings: Sendable, Hashable {
    /// nil: the file doesn't say.
    package var packs: [RulePack]?
    package var rules: [RuleDefinition] = []
    /// µs.
    package var silence: Int64?

    package init() {}

    /// Reads the tables. What is wrong within a condition breaks its rule alone, which is shown as broken.
    ///
    /// - Throws: for the first unknown key, value of the wrong kind, and name that stands twice.
    package init(_ document: TomlDocument) throws(ConfigurationError) {
        let root = TomlSection(document)
        if case .array = root.table["rules"] { throw root.error("rules", Self.remedy) }
        if let table = try root.section("rules") {
            if let key = table.keys.first(where: Self.keys.contains) {
                throw table.error(key, atKey: true, Self.remedy)
            }
            try table.allow(["packs"])
            packs = try Self.packs(table)
        }
        if let table = try root.section("source") {
            try table.allow(["silent_after"])
            silence = try table.duration("silent_after")
        }
        for table in try root.sections("rule", expected: "an array of tables") {
            let rule = try Self.rule(table)
            guard !rules.contains(where: { $0.name == rule.name }) else {
                throw table.error("name", "another rule is called '\(rule.name)'")
            }
            rules.append(rule)
        }
    }

    /// What to write instead of `[[rules]]`, and of a rule within `[rules]`.
    private static let remedy = "a rule of your own is a table [[rule]]; [rules] says which packs are judged"

    private static func packs(_ table: TomlSection) throws(ConfigurationError) -> [RulePack]? {
        guard let names = try table.strings("packs") else { return nil }
        var packs: [RulePack] = []
        for name in names {
            guard let pack = RulePack(rawValue: name) else {
                throw table.error(
                    "packs", Suggestion.unknown("pack", name, among: RulePack.allCases.map(\.rawValue)))
            }
            packs.append(pack)
        }
        return packs
    }

    private static let keys = [
        "name", "severity", "when", "evidence", "window", "min_requests", "for_count", "for", "keep_firing_for",
        "missing", "slice",
        "summary", "runbook", "eval_cases", "route",
    ]

    private static func rule(_ table: TomlSection) throws(ConfigurationError) -> RuleDefinition {
        try table.allow(keys)
        guard let name = try table.string("name"), !name.isEmpty else { throw missing("name", table) }
        guard let when = try table.string("when") else { throw missing("when", table) }
        var rule = RuleDefinition(name, try choice("severity", table) ?? .p2, when: when)
        rule.evidence = try table.string("evidence") ?? ""
        rule.summary = try table.string("summary") ?? ""
        rule.window = try table.duration("window") ?? rule.window
        rule.minimumRequests = try count("min_requests", table, from: 0) ?? rule.minimumRequests
        rule.forDuration = try table.duration("for") ?? 0
        // A time alone is what is waited for; without one, three judgements.
        rule.forCount = try count("for_count", table, from: 1) ?? (rule.forDuration > 0 ? 1 : rule.forCount)
        rule.keepFiringFor = try table.duration("keep_firing_for") ?? 0
        rule.missing = try choice("missing", table) ?? rule.missing
        rule.slice = try table.string("slice")
        rule.runbook = try table.string("runbook")
        rule.evalCases = try table.strings("eval_cases") ?? []
        rule.routes = try table.strings("route") ?? []
        return rule
    }

    private static func missing(_ key: String, _ table: TomlSection) -> ConfigurationError {
        table.document.error(at: table.path, "a rule needs a \(key)")
    }

    private static func count(
        _ key: String, _ table: TomlSection, from least: Int
    ) throws(ConfigurationError) -> Int? {
        guard let value = table.table[key] else { return nil }
        guard case .integer(let count) = value, (least...1_000_000_000).contains(count) else {
            throw table.error(key, "expected a whole number from \(least) on")
        }
        return count
    }

    private static func choice<T: RawRepresentable<String> & CaseIterable>(
        _ key: String, _ table: TomlSection
    ) throws(ConfigurationError) -> T? {
        guard let name = try table.string(key) else { return nil }
        if let value = T(rawValue: name) { return value }
        throw table.error(key, Suggestion.unknown(key, name, among: T.allCases.map(\.rawValue)))
    }
}
