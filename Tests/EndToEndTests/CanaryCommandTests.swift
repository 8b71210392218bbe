import PtyTesting
import Testing

/// Routing and plans from the command line.
@Suite struct CanaryCommandTests {
    @Test func usersAreAssignedAsTheRouterDoes() throws {
        #expect(try Agentdash.run(["assign", "user-12345"]).text == "control 67\n")
        #expect(try Agentdash.run(["assign", "--percent", "68", "user-12345"]).text == "canary 67\n")
        #expect(try Agentdash.run(["assign", "--algorithm", "sha256-32bit", "user-12345"]).text == "control 94\n")
        let several = try Agentdash.run(["assign", "user-12345", "user-alice-123", "a\u{1B}[31m"]).text
        #expect(several.hasPrefix("user-12345\tcontrol 67\nuser-alice-123\tcontrol 86\n"))
        #expect(!several.contains("\u{1B}"))
        #expect(try Agentdash.run(["assign", "--percent", "0", "x"]).ending == .code(64))
        #expect(try Agentdash.run(["assign"]).ending == .code(64))
    }

    @Test func aPlanSaysHowManyRequestsAreNeeded() throws {
        let run = try Agentdash.run([
            "canary", "plan", "--baseline", "5%", "--detect", "0.1", "--per-minute", "600",
        ])
        #expect(run.ending == .code(0))
        #expect(run.text.contains("at once   291 requests of the canary, 5,809 in all, 9m\n"))
        #expect(run.text.contains("watched   "))
        let alike = try Agentdash.run([
            "canary", "plan", "--baseline", "5%", "--detect", "10%", "--per-user", "9", "--likeness", "0.25",
        ])
        #expect(alike.text.contains("design effect 3.00") && alike.text.contains("at once   872 requests"))
        for wrong in [["--baseline", "5", "--detect", "10%"], ["--baseline", "5%", "--detect", "5%"], []] {
            #expect(try Agentdash.run(["canary", "plan"] + wrong).ending == .code(64))
        }
    }
}
