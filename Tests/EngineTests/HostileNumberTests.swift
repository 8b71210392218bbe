import Metrics
import Monitoring
import Testing

@testable import Engine

struct HostileNumberTests {
    @Test func hugeCountsTimesHugeWeightsNeitherTrapNorTurnNegative() throws {
        let line =
            #"{"trace_id":"t","timestamp":1700000000,"latency_ms":10,"input_tokens":90000000000,"output_tokens":90000000000,"#
            + #""cost_usd":900000,"success":true,"sample_rate":0.000001}"#
        let situation = try Run.read(line + "\n")
        let totals = situation.snapshot.totals(.all)
        #expect((totals.tokensPerMinute ?? -1) > 0)
        #expect((totals.costPerHour ?? -1) > 0)
    }

    @Test func aTimeOfFiftyYearsAgoDoesNotMakeTheDataFiftyYearsOld() throws {
        var text = "{\"timestamp\":0,\"latency_ms\":1,\"success\":true}\n"
        for i in 0..<50 { text += "{\"timestamp\":\(1_700_000_000 + i),\"latency_ms\":1,\"success\":true}\n" }
        let situation = try Run.read(text)
        #expect(situation.snapshot.totals(.all).seconds < 3600)
        #expect(situation.snapshot.read == 51)
    }

    @Test func shadowTrafficIsNoUsersTraffic() throws {
        var text = ""
        for i in 0..<50 {
            text += "{\"trace_id\":\"a\(i)\",\"timestamp\":\(1_700_000_000 + i),\"latency_ms\":1,\"success\":true}\n"
            text +=
                "{\"trace_id\":\"s\(i)\",\"timestamp\":\(1_700_000_000 + i),\"latency_ms\":1,\"success\":false,\"shadow_of\":\"a\(i)\"}\n"
        }
        let situation = try Run.read(text)
        #expect(situation.snapshot.totals(.all).tally.failed.raw == 0)
        #expect(situation.snapshot.totals(.all).tally.requests.raw == 50)
    }
}
