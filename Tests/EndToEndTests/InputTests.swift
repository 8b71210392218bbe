import PtyTesting
import Testing

/// Where records come from, seen by the number of requests on the screen.
@Suite struct InputTests {
    @Test func recordsComeThroughThePipeAndKeysFromTheTerminal() throws {
        let session = try Agentdash.start(input: .pipe)
        session.feed(RecordLines.requests(0..<30, from: RecordLines.now - 30_000))
        try session.require("n=30")
        try session.require("LIVE")
        // Letters on the pipe are no keys.
        session.feed("qqq\n")
        session.send("?")
        try session.require("1 rejected")
        try session.require("Keys")
        session.send("?")
        try session.require("1 Latency")
        session.expectQuit()
    }

    @Test func aFileIsReadAndThenFollowed() throws {
        let folder = try TemporaryFolder()
        let path = try folder.write(RecordLines.requests(0..<20), to: "a.jsonl")
        let session = try Agentdash.start([path])
        try session.require("n=20")
        try session.require("DATA 2026-03-09")
        try folder.append(RecordLines.requests(20..<25, from: RecordLines.start + 20_000), to: "a.jsonl")
        try session.require("n=25")
        session.expectQuit()
    }

    @Test func anUnfinishedLastLineWaitsForItsEnd() throws {
        let folder = try TemporaryFolder()
        let whole = RecordLines.request(3, at: RecordLines.start + 3000)
        let path = try folder.write(RecordLines.requests(0..<3) + whole.prefix(40), to: "a.jsonl")
        let session = try Agentdash.start([path])
        try session.require("n=3")
        try folder.append(String(whole.dropFirst(40)), to: "a.jsonl")
        try session.require("n=4")
        #expect(!session.shows("rejected"), session.picture)
        session.expectQuit()
    }

    @Test func aFileThatDoesNotExistYetIsWaitedFor() throws {
        let folder = try TemporaryFolder()
        let session = try Agentdash.start([folder["later.jsonl"]])
        try session.require("WAITING")
        try session.require("does not exist yet")
        try folder.write(RecordLines.requests(0..<7), to: "later.jsonl")
        try session.require("n=7")
        session.expectQuit()
    }

    @Test func twoFilesAreOneStream() throws {
        let folder = try TemporaryFolder()
        let paths = [
            try folder.write(RecordLines.requests(0..<20), to: "a.jsonl"),
            try folder.write(RecordLines.requests(100..<130, from: RecordLines.start + 500), to: "b.jsonl"),
        ]
        let session = try Agentdash.start(paths)
        try session.require("n=50")
        try session.require("+1")
        try folder.append(RecordLines.requests(130..<135, from: RecordLines.start + 40_000), to: "b.jsonl")
        try session.require("n=55")
        session.expectQuit()
    }

    @Test func aFileAndThePipeAreOneStream() throws {
        let folder = try TemporaryFolder()
        let path = try folder.write(RecordLines.requests(0..<20), to: "a.jsonl")
        let session = try Agentdash.start([path, "-"], input: .pipe)
        session.feed(RecordLines.requests(20..<31))
        try session.require("n=31")
        session.endInput()
        try folder.append(RecordLines.requests(40..<42, from: RecordLines.start + 40_000), to: "a.jsonl")
        try session.require("n=33")
        session.expectQuit()
    }

    @Test func aRotatedFileIsFollowedUnderItsName() throws {
        let folder = try TemporaryFolder()
        let path = try folder.write(RecordLines.requests(0..<20), to: "a.jsonl")
        let session = try Agentdash.start([path])
        try session.require("n=20")
        try folder.append(RecordLines.requests(20..<22, from: RecordLines.start + 20_000), to: "a.jsonl")
        try folder.rename("a.jsonl", to: "a.jsonl.1")
        try folder.write(RecordLines.requests(30..<35, from: RecordLines.start + 30_000), to: "a.jsonl")
        try session.require("n=27")
        session.expectQuit()
    }

    @Test func damagedLinesAreCountedAndDisturbNothing() throws {
        let folder = try TemporaryFolder()
        let text =
            RecordLines.requests(0..<10) + "{\"trace_id\":\"x\",\"latency_ms\":\n\u{0}\u{0}\u{0}\n"
            + "Traceback (most recent call last):\n\n" + RecordLines.requests(10..<20)
        let session = try Agentdash.start([try folder.write(text, to: "a.jsonl")])
        try session.require("n=20")
        try session.require("3 rejected")
        session.expectQuit()
    }

    @Test func aFileWithoutAnyRecordSaysWhy() throws {
        let folder = try TemporaryFolder()
        let session = try Agentdash.start([try folder.write("one\ntwo\n", to: "a.jsonl")])
        try session.require("2 lines were no records")
        try session.require("line 2: not JSON")
        session.expectQuit()
    }

    @Test func atTheEndOfInputThePictureStaysAndTheProcessorRests() throws {
        let session = try Agentdash.start(input: .pipe)
        session.feed(RecordLines.requests(0..<40, from: RecordLines.now - 40_000))
        session.endInput()
        try session.require("END OF INPUT")
        try session.require("n=40")
        // What the end made it do is over when nothing is sent any more.
        var received = -1
        while received != session.output.count {
            received = session.output.count
            session.pause(milliseconds: 1000)
        }
        let before = session.processorTicks
        session.pause(milliseconds: 2000)
        #expect(before > 0)
        #expect(session.processorTicks - before <= 2)
        #expect(session.output.count == received)
        try session.require("n=40")
        session.expectQuit()
    }

    @Test func anEndWithoutARecordIsSaid() throws {
        let session = try Agentdash.start(input: .pipe)
        session.endInput()
        try session.require("the input ended without a record")
        try session.require("END OF INPUT")
        session.expectQuit()
    }

    @Test func aRedirectedFileIsReadToItsEnd() throws {
        let folder = try TemporaryFolder()
        let path = try folder.write(RecordLines.requests(0..<12), to: "a.jsonl")
        let session = try Agentdash.startShell("agentdash < '\(path)'")
        try session.require("END OF INPUT")
        try session.require("n=12")
        session.expectQuit()
    }

    @Test func dashOnATerminalIsRefused() throws {
        let session = try Agentdash.start(["-"])
        #expect(session.waitForEnding() == .code(2))
        try session.require("pipe records in")
        #expect(session.leftBehind.isEmpty)
    }

    @Test func withoutAnythingToReadItSaysHowToBegin() throws {
        let session = try Agentdash.start()
        #expect(session.waitForEnding() == .code(2))
        try session.require("nothing to read")
    }
}
