package import Monitoring
import Query

/// `[drift]` of `agentdash.toml`: what drift is looked for in, how much of it is worth a word, and what is compared with.
///
/// ```toml
/// [drift]
/// metrics = ["output_length", "latency", "tools", "intent"]
/// baseline = "7d"
/// golden = "tags.json"
/// [drift.thresholds]
/// output_length = 0.15
/// mix = 0.1
/// ```
package enum DriftTable {
    private static let mixKey = "mix"
    private static var measures: [String] { DriftMetric.Kind.allCases.map(\.rawValue) }
    private static var mixes: [String] { MixShift.Kind.allCases.map(\.rawValue) }

    /// Reads the table; without one everything is as usual.
    ///
    /// - Parameter golden: a file of tags, whatever the table says.
    /// - Throws: for the first thing wrong in it.
    package static func parse(
        _ document: TomlDocument?, golden: String? = nil
    ) throws(ConfigurationError) -> DriftSettings {
        var settings = DriftSettings()
        let table = try document.map { document throws(ConfigurationError) in
            try TomlSection(document).section("drift")
        }
        if let table = table ?? nil { try read(table, isGoldenGiven: golden != nil, into: &settings) }
        if let golden { settings.golden = try GoldenFile.load(golden) }
        return settings
    }

    private static func read(
        _ table: TomlSection, isGoldenGiven: Bool, into settings: inout DriftSettings
    ) throws(ConfigurationError) {
        try table.allow(["metrics", "thresholds", "baseline", "golden"])
        if let names = try table.strings("metrics") {
            let known = measures + mixes
            for (place, name) in names.enumerated() where !known.contains(name) {
                throw table.document.error(
                    at: table.path + ["metrics", String(place)], Suggestion.unknown("metric", name, among: known))
            }
            settings.metrics = DriftMetric.Kind.allCases.filter { names.contains($0.rawValue) }
            settings.mixes = MixShift.Kind.allCases.filter { names.contains($0.rawValue) }
        }
        if let thresholds = try table.section("thresholds") { try read(thresholds, into: &settings) }
        if let name = try table.string("baseline") {
            let baseline = DriftBaseline(name)
            if case .saved = baseline, SavedBaseline.name(from: name) != name {
                throw table.error(
                    "baseline", "expected \"7d\", \"previous-version\", or the name of a baseline that was kept")
            }
            settings.baseline = baseline
        }
        guard let path = try table.string("golden"), !isGoldenGiven else { return }
        do throws(ConfigurationError) {
            settings.golden = try GoldenFile.load(resolved(path, beside: table.document.file))
        } catch {
            throw table.error("golden", error.description)
        }
    }

    private static func read(
        _ thresholds: TomlSection, into settings: inout DriftSettings
    ) throws(ConfigurationError) {
        try thresholds.allow(measures + [mixKey])
        for name in thresholds.keys {
            guard let value = try thresholds.number(name) else { continue }
            guard value > 0, value < 1 else {
                let meant = value >= 1 && value < 100 ? "; \(value / 100) is meant?" : ""
                throw thresholds.error(name, "expected a fraction between 0 and 1, as 0.15\(meant)")
            }
            if let kind = DriftMetric.Kind(rawValue: name) {
                settings.thresholds[kind] = value
            } else {
                settings.mixThreshold = value
            }
        }
    }

    /// A file named without its folder lies beside the settings.
    private static func resolved(_ path: String, beside file: String) -> String {
        guard !path.hasPrefix("/"), let slash = file.lastIndex(of: "/") else { return path }
        return String(file[...slash]) + path
    }
}
