import Configuration
import Delivery
import Foundation
import Monitoring
import Testing

/// The printed settings file is true, and every line of it that could be said can be.
struct DefaultSettingsTests {
    private func read(_ text: String) throws -> TomlDocument {
        // A folder of its own: files named in it are looked for beside it.
        let folder = FileManager.default.temporaryDirectory.appending(path: "settings-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let path = folder.appending(path: "agentdash.toml")
        try Data(text.utf8).write(to: path)
        defer { try? FileManager.default.removeItem(at: folder) }
        return try #require(try ConfigurationFile.load(path.path, environment: [:]))
    }

    @Test func `as it stands it says what counts without it`() throws {
        let document = try read(DefaultSettings.text)
        let rules = try RuleSettings(document)
        #expect(rules.packs == [.conservative] && rules.rules.isEmpty && rules.silence == nil)
        #expect(try ObjectiveSettings.parse(document) == ObjectiveSettings())
        #expect(try BudgetSettings.parse(document) == Budget())
        #expect(try RouteSettings.parse(document, secrets: .unread).isEmpty)
        let policy = try NotifySettings.parse(document, secrets: .unread).policy(routes: [], rules: [])
        #expect(policy == NotifySettings().policy(routes: [], rules: []))
        var usual = NotificationPolicy()
        usual.knownRoutes = []
        #expect(policy == usual)
        var drift = try DriftTable.parse(document)
        #expect(DriftMetric.Kind.allCases.allSatisfy { drift.threshold($0) == DriftSettings().threshold($0) })
        drift.thresholds = [:]
        #expect(drift == DriftSettings())
        #expect(try StateSettings.parse(document, environment: [:]).path == nil)
        #expect(try ThemeSettings(document).name == "midnight")
    }

    @Test func `whatever is left out can be said by taking the sign away`() throws {
        let said = DefaultSettings.text.split(separator: "\n", omittingEmptySubsequences: false).map { line in
            line.hasPrefix("#") && !line.hasPrefix("# ") ? line.dropFirst() : line
        }
        let document = try read(said.joined(separator: "\n"))
        let rule = try #require(try RuleSettings(document).rules.first)
        #expect(AlertRule(rule).problem == nil && rule.routes == ["tickets"] && rule.minimumRequests == 20)
        #expect(try RuleSettings(document).silence == 300_000_000)
        #expect(try ObjectiveSettings.parse(document).objectives.map(\.name) == ["success", "quick"])
        #expect(try !BudgetSettings.parse(document).isEmpty)
        let routes = try RouteSettings.parse(document, secrets: .unread)
        // Every route that is told of anything by default.
        let policy = NotificationPolicy()
        let needed = policy.routes.values.joined() + [policy.escalationRoute].compactMap(\.self)
        #expect(Set(routes.map(\.name)) == Set(needed))
        let notify = try NotifySettings.parse(document, secrets: .unread)
        #expect(notify.heartbeat?.interval == 60_000_000)
        #expect(notify.policy(routes: [], rules: [AlertRule(rule)]).ownRoutes == ["refund_errors": ["tickets"]])
        #expect(try StateSettings.parse(document, environment: [:]).path == "/var/lib/agentdash")
        #expect(try KeySettings.parse(document, actions: ["freeze", "next-theme"]).keys.count == 2)
        // Its file of tags is looked for, and is not there.
        #expect { try DriftTable.parse(document) } throws: {
            "\($0)".contains("drift.golden: ") && "\($0)".contains("tags.json: can't be opened")
        }
    }

    @Test func `a table that nobody reads is an error, with the nearest name`() throws {
        #expect {
            _ = try read("[rout.oncall]\nfile = { path = \"/a\" }\n")
        } throws: {
            "\($0)".contains(":1:2: rout: unknown table 'rout'; did you mean 'route'?")
        }
    }
}

struct WatchedSettingsTests {
    private func withHome(_ body: (URL, [String: String]) throws -> Void) throws {
        let home = FileManager.default.temporaryDirectory.appending(path: "settings-\(UUID().uuidString)")
        try FileManager.default.createDirectory(
            at: home.appending(path: ".config/agentdash"), withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: home) }
        try body(home.appending(path: ".config/agentdash/agentdash.toml"), ["HOME": home.path])
    }

    private func packs(_ change: WatchedSettings.Change?) throws -> [RulePack]? {
        guard case .document(let document)? = change else { return nil }
        return try document.map { try RuleSettings($0).packs } ?? []
    }

    @Test func `a file that comes, changes and goes is read each time, at most once a second`() throws {
        try withHome { file, environment in
            var watched = WatchedSettings(nil, environment: environment)
            #expect(watched.look(now: 0) == nil)
            try Data("[rules]\npacks = ['symptoms']\n".utf8).write(to: file)
            #expect(watched.look(now: 999_999) == nil)
            #expect(try packs(watched.look(now: 1_000_000)) == [.symptoms])
            #expect(watched.look(now: 2_000_000) == nil)
            try Data("[rules]\npacks = ['standard', 'anomaly']\n".utf8).write(to: file)
            #expect(try packs(watched.look(now: 3_000_000)) == [.standard, .anomaly])
            try FileManager.default.removeItem(at: file)
            #expect(watched.look(now: 4_000_000) == nil)
            #expect(try packs(watched.look(now: 5_000_000)) == [])
            #expect(watched.look(now: 6_000_000) == nil)
        }
    }

    @Test func `an error is told once, and a named file that is gone is waited for`() throws {
        try withHome { file, _ in
            try Data("[rules]\n".utf8).write(to: file)
            var watched = WatchedSettings(file.path, environment: [:])
            try Data("[rules\n# longer\n".utf8).write(to: file)
            guard case .problem(let error)? = watched.look(now: 0) else { return #expect(Bool(false), "no problem") }
            #expect(error.description.contains("agentdash.toml:1:"))
            #expect(watched.look(now: 1_000_000) == nil)
            try FileManager.default.removeItem(at: file)
            #expect(watched.look(now: 2_000_000) == nil)
            try Data("[rules]\npacks = ['symptoms']\n".utf8).write(to: file)
            #expect(try packs(watched.look(now: 3_000_000)) == [.symptoms])
            // Asked to, it is read whether or not it has changed.
            #expect(try packs(watched.read()) == [.symptoms])
        }
    }
}

extension WatchedSettings.Change? {
    static func == (change: Self, other: _OptionalNilComparisonType) -> Bool {
        if case .none = change { true } else { false }
    }
}
