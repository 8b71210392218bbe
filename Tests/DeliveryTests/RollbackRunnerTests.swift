import Foundation
import Metrics
import Monitoring
import Store
import Telemetry
import TestSupport
import Testing

@testable import Delivery

/// `--act`: a canary's command is run once, and what came of it is kept.
struct RollbackRunnerTests {
    private func report(_ command: [String], canary: String = "v2.4") throws -> CanaryReport {
        var bench = CountingBench()
        for name in ["control", "canary"] {
            let variant = bench.symbol(name, .variant)
            bench.count(at: midnight) { $0.values[.variant] = variant }
        }
        var report = try #require(CanaryReport(bench.snapshot(), CanaryWatch()))
        report.settings.rollback = try RollbackCommand(words: command)
        (report.controlVersion, report.canaryVersion) = ("v2.3", canary)
        return report
    }

    private func wait(for runner: RollbackRunner) -> RollbackRecord? {
        for _ in 0..<2000 {
            if let record = runner.look(now: 2) { return record }
            usleep(5000)
        }
        return nil
    }

    @Test func `it runs once, also after a restart`() throws {
        let bench = try DeliveryBench()
        let runner = try RollbackRunner(in: bench.folder)
        let record = try RollbackRecord(of: report(["echo", "back to {control}"]), by: "ada", at: 1)
        #expect(runner.known(record.key) == nil)
        #expect(try runner.start(record))
        #expect(try !runner.start(record))
        let ended = try #require(wait(for: runner))
        #expect(ended.status == 0 && ended.output == "back to v2.3\n" && ended.endedAt == 2 && !ended.hasFailed)
        #expect(ended.text == "ran echo 'back to v2.3': back to v2.3")
        let next = try RollbackRunner(in: bench.folder)
        #expect(try !next.start(record))
        #expect(next.known(record.key) == ended)
        // Another version is another canary.
        let other = try RollbackRecord(of: report(["true"], canary: "v2.5"), by: "ada", at: 3)
        #expect(try next.start(other))
        #expect(wait(for: next)?.status == 0)
    }

    @Test func `what fails is told of and not tried again`() throws {
        let bench = try DeliveryBench()
        let runner = try RollbackRunner(in: bench.folder)
        let record = try RollbackRecord(of: report(["sh", "-c", "echo no such version >&2; exit 3"]), by: "", at: 1)
        #expect(try runner.start(record))
        let ended = try #require(wait(for: runner))
        #expect(ended.hasFailed && ended.status == 3 && ended.text.hasSuffix("ended with 3: no such version"))
        #expect(try !runner.start(record))
    }

    @Test func `a program that is not there is told of`() throws {
        let bench = try DeliveryBench()
        let runner = try RollbackRunner(in: bench.folder)
        let record = try RollbackRecord(of: report(["/nowhere/deployctl"]), by: "", at: 1)
        #expect(try runner.start(record))
        #expect(!runner.isBusy)
        let known = try #require(runner.known(record.key))
        #expect(known.hasFailed && known.text.contains("not found"))
    }

    @Test func `of two processes one runs it`() throws {
        let bench = try DeliveryBench()
        let (first, second) = (try RollbackRunner(in: bench.folder), try RollbackRunner(in: bench.folder))
        let record = try RollbackRecord(of: report(["sleep", "1"]), by: "ada", at: 1)
        #expect(try first.start(record))
        #expect(try !second.start(record))
        // The other sees that it was begun.
        #expect(second.known(record.key)?.isOpen == true)
        #expect(wait(for: first) != nil)
        #expect(second.known(record.key)?.status == 0)
    }
}
