import Foundation
import Monitoring
import Store
import Testing

@testable import Delivery

/// `--act`: a canary's command is run once, and what came of it is kept.
struct RollbackRunnerTests {
    private func record(
        _ arguments: [String], canary: String = "v2.4", since: Int64 = 0, by: String = "ada", at now: Int64 = 1
    ) -> RollbackRecord {
        RollbackRecord(
            of: RollbackTarget(
                controlVariant: "control", canaryVariant: "canary", controlVersion: "v2.3", canaryVersion: canary,
                since: since), arguments: arguments, by: by, at: now)
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
        let record = record(["echo", "back to v2.3"])
        #expect(runner.known(record.key) == nil)
        #expect(try runner.start(record) == .started)
        #expect(try runner.start(record) == .busy)
        let ended = try #require(wait(for: runner))
        #expect(ended.status == 0 && ended.output == "back to v2.3\n" && ended.endedAt == 2 && !ended.hasFailed)
        #expect(ended.text == "ran echo 'back to v2.3': back to v2.3")
        let next = try RollbackRunner(in: bench.folder)
        #expect(try next.start(record) == .knownBefore)
        #expect(next.known(record.key) == ended)
        // Another version is another canary.
        let other = self.record(["true"], canary: "v2.5", at: 3)
        #expect(try next.start(other) == .started)
        #expect(wait(for: next)?.status == 0)
    }

    @Test func `what fails is told of and not tried again`() throws {
        let bench = try DeliveryBench()
        let runner = try RollbackRunner(in: bench.folder)
        let record = record(["sh", "-c", "echo no such version >&2; exit 3"])
        #expect(try runner.start(record) == .started)
        let ended = try #require(wait(for: runner))
        #expect(ended.hasFailed && ended.status == 3 && ended.text.hasSuffix("ended with 3: no such version"))
        #expect(try runner.start(record) == .knownBefore)
    }

    @Test func `a program that is not there is told of`() throws {
        let bench = try DeliveryBench()
        let runner = try RollbackRunner(in: bench.folder)
        let record = record(["/nowhere/deployctl"])
        #expect(try runner.start(record) == .started)
        #expect(!runner.isBusy)
        let known = try #require(runner.known(record.key))
        #expect(known.hasFailed && known.text.contains("not found"))
    }

    @Test func `of two processes one runs it`() throws {
        let bench = try DeliveryBench()
        let (first, second) = (try RollbackRunner(in: bench.folder), try RollbackRunner(in: bench.folder))
        let record = record(["sleep", "1"])
        #expect(try first.start(record) == .started)
        #expect(try second.start(record) == .knownBefore)
        // The other sees that it was begun.
        #expect(second.known(record.key)?.isOpen == true)
        #expect(wait(for: first) != nil)
        #expect(second.known(record.key)?.status == 0)
    }

    @Test func `what runs goes on when its starter has ended`() throws {
        let bench = try DeliveryBench()
        let record = record(["sh", "-c", "sleep 0.3; echo done; echo over >&2"])
        do {
            let runner = try RollbackRunner(in: bench.folder)
            #expect(try runner.start(record) == .started)
        }
        let next = try RollbackRunner(in: bench.folder)
        #expect(next.known(record.key)?.isOpen == true && next.newest == 1)
        var output = ""
        for _ in 0..<1000 where !output.hasSuffix("over\n") {
            usleep(5000)
            output = (try? String(contentsOfFile: next.outputPath(record.key), encoding: .utf8)) ?? ""
        }
        #expect(output == "done\nover\n")
    }

    @Test func `without versions each canary is one of its own`() {
        #expect(record(["x"], canary: "", since: 1).key != record(["x"], canary: "", since: 2).key)
        #expect(record(["x"], since: 1).key == record(["x"], since: 2).key)
    }
}
