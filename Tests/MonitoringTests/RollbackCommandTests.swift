import Monitoring
import TestSupport
import Testing

@Suite struct RollbackCommandTests {
    private func report(control: String, canary: String) throws -> CanaryReport {
        var report = try CanaryTests.Trial(minutes: 12, canary: 0.5).report()
        (report.controlVersion, report.canaryVersion) = (control, canary)
        return report
    }

    @Test(arguments: [
        ("deployctl rollback {control}", ["deployctl", "rollback", "v2.3"]),
        ("  a   'b c' \"d'e\" f''g  ", ["a", "b c", "d'e", "fg"]),
        ("x --from={canary} --to={control}", ["x", "--from=v2.4", "--to=v2.3"]),
        ("x {control_variant}/{canary_variant} ''", ["x", "control/canary", ""]),
    ])
    func aLineIsDividedIntoWordsAndNoShellSeesIt(line: String, words: [String]) throws {
        #expect(try RollbackCommand(line: line).arguments(for: report(control: "v2.3", canary: "v2.4")) == words)
    }

    @Test func withoutVersionsVariantsAreNamed() throws {
        #expect(
            try RollbackCommand(line: "x {control} {canary}").arguments(for: report(control: "", canary: ""))
                == ["x", "control", "canary"])
    }

    @Test(arguments: ["", "   ", "x 'a", "x {version}", "{control} x", "\"\" x"])
    func whatCanNotBeMeantIsRefused(line: String) {
        #expect(throws: RollbackCommand.Mistake.self) { try RollbackCommand(line: line) }
    }

    @Test(arguments: [
        "-rf", "--help", "a b", "$(reboot)", "v1;reboot", "`id`", "v1\n", "v\u{1B}[2J", "{canary}", "vé",
        String(repeating: "v", count: 201),
    ])
    func whatTheInputNamesIsANameOrNothing(version: String) throws {
        let command = try RollbackCommand(line: "deployctl rollback {control}")
        #expect(throws: RollbackCommand.Mistake.self) {
            try command.arguments(for: report(control: version, canary: "v2"))
        }
        // Where it isn't asked for it does no harm.
        #expect(
            try RollbackCommand(line: "deployctl undo").arguments(for: report(control: version, canary: "v2")).count
                == 2)
    }

    @Test func theLineCanBePastedIntoAShell() {
        #expect(RollbackCommand.text(["x", "a b", "it's", "", "v1.2"]) == "x 'a b' 'it'\\''s' '' v1.2")
    }
}
