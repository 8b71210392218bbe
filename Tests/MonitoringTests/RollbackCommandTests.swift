import Metrics
import Monitoring
import Telemetry
import TestSupport
import Testing

@Suite struct RollbackCommandTests {
    private func target(control: String, canary: String) -> RollbackTarget {
        RollbackTarget(
            controlVariant: "control", canaryVariant: "canary", controlVersion: control, canaryVersion: canary,
            since: midnight)
    }

    @Test(arguments: [
        ("deployctl rollback {control}", ["deployctl", "rollback", "v2.3"]),
        ("  a   'b c' \"d'e\" f''g  ", ["a", "b c", "d'e", "fg"]),
        ("x --from={canary} --to={control}", ["x", "--from=v2.4", "--to=v2.3"]),
        ("x {control_variant}/{canary_variant} ''", ["x", "control/canary", ""]),
    ])
    func aLineIsDividedIntoWordsAndNoShellSeesIt(line: String, words: [String]) throws {
        #expect(try RollbackCommand(line: line).arguments(for: target(control: "v2.3", canary: "v2.4")) == words)
    }

    @Test func withoutVersionsVariantsAreNamed() throws {
        #expect(
            try RollbackCommand(line: "x {control} {canary}").arguments(for: target(control: "", canary: ""))
                == ["x", "control", "canary"])
    }

    @Test(arguments: ["", "   ", "x 'a", "x {version}", "{control} x", "\"\" x"])
    func whatCanNotBeMeantIsRefused(line: String) {
        #expect(throws: RollbackCommand.Mistake.self) { try RollbackCommand(line: line) }
    }

    @Test(arguments: [
        "-rf", "--help", "a b", "$(reboot)", "v1;reboot", "`id`", "v1\n", "v\u{1B}[2J", "{canary}", "vé", "../prod",
        "v1..2", "/etc/x", "http://evil", "@/etc/passwd", "+x", "a=b", ".hidden",
        String(repeating: "v", count: 201),
    ])
    func whatTheInputNamesIsANameOrNothing(version: String) throws {
        let command = try RollbackCommand(line: "deployctl rollback {control}")
        #expect(throws: RollbackCommand.Mistake.self) {
            try command.arguments(for: target(control: version, canary: "v2"))
        }
        // Where it isn't asked for it does no harm.
        #expect(
            try RollbackCommand(line: "deployctl undo").arguments(for: target(control: version, canary: "v2")).count
                == 2)
    }

    // MARK: What is rolled back

    /// A canary that fails for half an hour, whose requests name what `versions` says.
    private func report(_ versions: @escaping (_ isCanary: Bool, _ number: Int) -> String) throws -> CanaryReport {
        var settings = CanarySettings()
        settings.rollback = try RollbackCommand(line: "deployctl rollback {control}")
        var bench = CountingBench()
        var watch = CanaryWatch(settings)
        for number in 0..<3600 {
            let isCanary = number % 4 == 0
            let variant = bench.symbol(isCanary ? "canary" : "control", .variant)
            let version = bench.symbol(versions(isCanary, number), .agentVersion)
            bench.count(at: midnight + Int64(number) * Span.second / 2) { record in
                record.values[.variant] = variant
                record.values[.agentVersion] = version
                record.success = !(isCanary && number % 3 == 0)
                record.latency = Span.second
            }
            let now = midnight + Int64(number) * Span.second / 2
            if number % 20 == 0 { watch.step(bench.snapshot(asOf: now), at: now) }
        }
        return try #require(CanaryReport(bench.snapshot(), watch))
    }

    @Test func aStrayRequestChoosesNoVersion() throws {
        let report = try report { isCanary, number in number >= 3590 ? "v0.1" : isCanary ? "v2.4" : "v2.3" }
        #expect(report.verdict == .rollback)
        #expect(try report.rollbackArguments?.get() == ["deployctl", "rollback", "v2.3"])
        #expect(try report.rollback?.get().canaryVersion == "v2.4")
    }

    @Test func anArmOfSeveralVersionsIsNotRolledBackTo() throws {
        let report = try report { isCanary, number in isCanary ? "v2.4" : number % 8 < 4 ? "v2.3" : "v2.2" }
        #expect(report.verdict == .rollback)
        #expect(throws: RollbackCommand.Mistake.self) { try report.rollbackArguments?.get() }
    }

    @Test func nothingIsToBeRunWhereNothingIsToBeRolledBack() throws {
        #expect(try CanaryTests.Trial(minutes: 12).report().rollbackArguments == nil)
    }

    @Test func theLineCanBePastedIntoAShell() {
        #expect(RollbackCommand.text(["x", "a b", "it's", "", "v1.2"]) == "x 'a b' 'it'\\''s' '' v1.2")
    }
}
