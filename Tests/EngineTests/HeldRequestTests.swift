import Ingest
import Metrics
import Monitoring
import Telemetry
import TestSupport
import Testing

@testable import Engine

/// Requests that are put together from several lines: when they are let go.
@Suite struct HeldRequestTests {
    /// Gives its text, and then never more and never an end, as a file that is followed.
    private struct Followed: ChunkProducer {
        var text: String
        mutating func next() -> [UInt8]? {
            defer { text = "" }
            return Array(text.utf8)
        }
    }

    private static func followed(_ text: String) -> Ingest.SourceLocation {
        .program(name: "transcript", Followed(text: text))
    }

    /// RFC 3339 of 2027-01-15T08:00:00Z and so many seconds.
    static let start: Int64 = 1_800_000_000 * Span.second
    private static func stamp(_ second: Int) -> String {
        "2027-01-15T08:\(second / 600)\(second / 60 % 10):\(second % 60 / 10)\(second % 10).000Z"
    }

    static func prompt(_ second: Int) -> String {
        #"{"type":"user","sessionId":"s","uuid":"u\#(second)","timestamp":"\#(stamp(second))","message":{"role":"user","content":"please"}}"#
            + "\n"
    }

    static func answer(_ second: Int) -> String {
        #"{"type":"assistant","sessionId":"s","timestamp":"\#(stamp(second))","message":{"id":"m\#(second)","role":"assistant","model":"claude-sonnet-4-5","content":[],"stop_reason":"end_turn","usage":{"input_tokens":25,"output_tokens":7}}}"#
            + "\n"
    }

    /// A turn of Codex: what was said, what it used, and that it is complete but for the line that says so.
    private static func codex(_ second: Int) -> String {
        [
            #""type":"session_meta","payload":{"id":"c"}"#,
            #""type":"event_msg","payload":{"type":"user_message","message":"x"}"#,
            #""type":"event_msg","payload":{"type":"token_count","info":{"total_token_usage":{"input_tokens":9,"output_tokens":3},"last_token_usage":{"input_tokens":9,"output_tokens":3}}}"#,
            #""type":"response_item","payload":{"type":"message","role":"assistant","content":[]}"#,
        ].map { "{\"timestamp\":\"\(stamp(second))\",\($0)}\n" }.joined()
    }

    @Test(arguments: [false, true])
    func theLastTurnOfALiveTranscriptIsLetGoByTheClock(_ isCodex: Bool) {
        let text = isCodex ? Self.codex(2) : Self.prompt(0) + Self.answer(2)
        let clock = TestClock(Self.start + 3 * Span.second)
        var options = Run.options([Self.followed(text)], clock: clock.now)
        options.nowMode = .clock
        let reader = Reader(options)
        reader.drain()
        #expect(reader.situation().requests(.all) == 0 && reader.isHolding)
        clock.advance(by: 6 * Span.second)
        reader.look(clock)
        if !isCodex { #expect(reader.situation().requests(.all) == 0) }
        // Codex's turn has no word of its end: a minute passes.
        clock.advance(by: isCodex ? Span.minute : Span.second)
        reader.look(clock)
        #expect(reader.situation().requests(.all) == 1 && !reader.isHolding)
        #expect(reader.situation().snapshot.totals(.all).tally.outputTokens == (isCodex ? 3 : 7) * 1024)
    }

    @Test func theLastTurnOfARecordedTranscriptIsLetGoAfterAWhileOfSilence() {
        let clock = TestClock(longAfter)
        let reader = Reader(Run.options([Self.followed(Self.prompt(0) + Self.answer(2))], clock: clock.now))
        reader.drain()
        #expect(reader.situation().requests(.all) == 0 && reader.isHolding)
        clock.advance(by: 10 * Span.second)
        reader.look(clock)
        #expect(reader.situation().requests(.all) == 1 && !reader.isHolding)
    }

    /// The records of others tell that time has passed.
    @Test func theLastTurnIsLetGoByTheTimeOfOtherRecords() {
        let clock = TestClock(longAfter)
        let others = Story.seconds(600, from: Self.start)
        let reader = Reader(
            Run.options([Self.followed(Self.prompt(0) + Self.answer(2)), Self.followed(others)], clock: clock.now))
        reader.drain()
        #expect(reader.situation().requests(.all) == 601)
    }

    /// However the input is cut, what is held is let go at the same records.
    @Test(arguments: [7, 100, 4000])
    func whatIsHeldIsLetGoInTheSamePlaceForEveryChunking(_ largest: Int) throws {
        var text = ""
        for minute in 0..<8 {
            text += Self.prompt(minute * 60) + Self.answer(minute * 60 + 2)
            text += Story.seconds(50, from: Self.start + Int64(minute * 60 + 5) * Span.second)
        }
        let whole = try Run.read(text)
        #expect(whole.requests(.all) == 408)
        let cut = Pieces.cut(text, largest: largest, seed: 4)
        let situation = try OneReading.situation(Run.options([.program(name: "story", cut)]))
        #expect(situation.account == whole.account)
    }
}
