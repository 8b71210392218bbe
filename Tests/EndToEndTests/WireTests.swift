import PtyTesting
import Testing

/// What the picture costs on the wire, as screen.md limits it.
@Suite struct WireTests {
    /// Ten minutes of records up to now, ten a second.
    private func startSettled(
        _ environment: [String: String] = [:], columns: Int = 80, rows: Int = 24
    ) throws -> PtySession {
        let folder = try TemporaryFolder()
        let now = RecordLines.now
        let lines = (0..<6000).map { RecordLines.request($0, at: now - 600_000 + Int64($0) * 100) }
        let path = try folder.write(lines.joined(), to: "a.jsonl")
        let session = try Agentdash.start(
            [path, "-"], environment: environment, columns: columns, rows: rows, input: .pipe)
        try session.require("n=6,000")
        return session
    }

    /// A repaint of everything is the first paint again, without the reading that may go before.
    @Test(arguments: [
        ("", 80, 24, 8_000), ("truecolor", 80, 24, 8_000), ("", 200, 60, 24_000), ("truecolor", 200, 60, 24_000),
    ])
    func aWholePaintIsSmall(colours: String, columns: Int, rows: Int, limit: Int) throws {
        let session = try Agentdash.start(
            environment: ["COLORTERM": colours], columns: columns, rows: rows, input: .pipe)
        session.feed(RecordLines.requests(0..<900))
        session.endInput()
        try session.require("END OF INPUT")
        try session.require("n=900")
        session.pause(milliseconds: 1000)
        let before = session.output.count
        session.send("\u{0C}")
        try #require(session.wait { $0.output.count > before + 2_000 })
        session.pause(milliseconds: 500)
        #expect(session.output.count - before < limit)
        session.expectQuit()
    }

    /// From the first byte on, with what takes the screen.
    @Test(arguments: [
        ("", 80, 24, 8_000), ("truecolor", 80, 24, 8_000), ("", 200, 60, 24_000), ("truecolor", 200, 60, 24_000),
    ])
    func theFirstPaintIsSmall(colours: String, columns: Int, rows: Int, limit: Int) throws {
        let folder = try TemporaryFolder()
        let path = try folder.write(RecordLines.requests(0..<900), to: "a.jsonl")
        let session = try Agentdash.start(
            [path], environment: ["COLORTERM": colours], columns: columns, rows: rows)
        // The picture stands once its last line does: whether it holds the numbers or says that they are read. What follows it, a
        // test that is held up reads together with it.
        try session.require("q quit")
        let painted = try #require(session.output.firstRange(of: Array("quit".utf8))).upperBound
        #expect((1000..<limit).contains(painted), "\(painted)")
        try session.require("n=900")
        session.expectQuit()
    }

    @Test(arguments: [("", 80, 24, 500), ("", 200, 60, 1_500)])
    func aSteadyStreamSendsLittle(colours: String, columns: Int, rows: Int, limit: Int) throws {
        let session = try startSettled(["COLORTERM": colours], columns: columns, rows: rows)
        session.pause(milliseconds: 2000)
        let (before, start) = (session.output.count, ContinuousClock.now)
        var number = 1000
        for _ in 0..<100 {
            session.feed((number..<number + 10).map { RecordLines.request($0, at: RecordLines.now) }.joined())
            number += 10
            session.pause(milliseconds: 100)
        }
        let seconds = (ContinuousClock.now - start) / .seconds(1)
        let rate = Double(session.output.count - before) / seconds
        #expect(rate < Double(limit))
        try session.require("LIVE")
        session.expectQuit()
    }

    @Test func anIdleLiveScreenSendsLittleAndRestsBetweenSeconds() throws {
        let session = try startSettled()
        session.pause(milliseconds: 2000)
        let (bytes, ticks) = (session.output.count, session.processorTicks)
        session.pause(milliseconds: 4000)
        #expect(session.output.count - bytes < 2_000)
        #expect(session.processorTicks - ticks < 200)
        session.expectQuit()
    }

    /// What reached the screen in differences is what a painting from nothing shows.
    @Test func differencesAddUpToThePicture() throws {
        let session = try startSettled(columns: 200, rows: 60)
        for number in 0..<30 {
            session.feed((0..<30).map { RecordLines.request(number * 37 + $0 * 25, at: RecordLines.now) }.joined())
            if number % 7 == 3 { session.send(["1", "\u{1B}", "w", "5"][number / 7 % 4]) }
            session.pause(milliseconds: 100)
        }
        // Frozen, nothing changes any more.
        session.send("\u{1B} ")
        try session.require("PAUSED")
        session.pause(milliseconds: 1500)
        let picture = session.screen.visible
        let received = session.output.count
        session.send("\u{0C}")
        #expect(session.wait { $0.output.count > received + 5_000 })
        // The banner counts what is newer.
        #expect(session.wait { $0.screen.visible.dropFirst() == picture.dropFirst() }, session.picture)
        session.expectQuit()
    }
}
