import Foundation
import Telemetry
import Testing

@Suite struct TimestampTests {
    @Test(arguments: [
        ("\"1970-01-01T00:00:00Z\"", 0), ("\"2023-11-16T18:15:46.680590Z\"", 1_700_158_546_680_590),
        ("\"2023-11-16t18:15:46.68059z\"", 1_700_158_546_680_590),
        ("\"2023-11-16 18:15:46.680590\"", 1_700_158_546_680_590),
        ("\"2023-11-16T18:15:46\"", 1_700_158_546_000_000), ("\"2023-11-16T18:15\"", 1_700_158_500_000_000),
        ("\"2023-11-16T18:15Z\"", 1_700_158_500_000_000), ("\"2023-11-16T18:15:46,5Z\"", 1_700_158_546_500_000),
        ("\"2023-11-16T18:15:46.123456789Z\"", 1_700_158_546_123_456),
        ("\"2023-11-16T18:15:46.1234567890123456789Z\"", 1_700_158_546_123_456),
        ("\"2023-11-16T20:15:46+02:00\"", 1_700_158_546_000_000),
        ("\"2023-11-16T12:45:46-05:30\"", 1_700_158_546_000_000),
        ("\"2023-11-16T20:15:46+0200\"", 1_700_158_546_000_000), ("\"2023-11-16T20:15:46+02\"", 1_700_158_546_000_000),
        ("\"2023-11-16 20:15:46.5 +02:00\"", 1_700_158_546_500_000),
        ("\"2016-12-31T23:59:60Z\"", 1_483_228_800_000_000),
        ("\"2024-02-29T00:00:00Z\"", 1_709_164_800_000_000), ("\"2000-03-01T00:00:00Z\"", 951_868_800_000_000),
        ("\"9999-12-31T23:59:59.999999Z\"", 253_402_300_799_999_999),
        ("\"2023\\u002d11-16T18:15:46Z\"", 1_700_158_546_000_000),
        ("1700158546", 1_700_158_546_000_000), ("1700158546.68059", 1_700_158_546_680_590),
        ("1.70015854668059e9", 1_700_158_546_680_590), ("99999999999", 99_999_999_999_000_000),
        ("100000000000", 100_000_000_000_000), ("1700158546680", 1_700_158_546_680_000),
        ("1700158546680.5", 1_700_158_546_680_500), ("99999999999999", 99_999_999_999_999_000),
        ("100000000000000", 100_000_000_000_000), ("1700158546680590", 1_700_158_546_680_590),
        ("1700158546680590123", 1_700_158_546_680_590), ("\"1700158546680\"", 1_700_158_546_680_000),
        ("\"1795216171.323072\"", 1_795_216_171_323_072), ("0", 0),
    ])
    func everyDocumentedFormIsRead(text: String, time: Int64) {
        let record = record("{\"latency_ms\":1,\"timestamp\":\(text)}")
        #expect(record.hasTime)
        #expect(record.time == time, "\(text)")
    }

    @Test(arguments: [
        "\"yesterday\"", "\"2023-13-01T00:00:00Z\"", "\"2023-02-29T00:00:00Z\"", "\"2023-04-31T00:00:00Z\"",
        "\"2023-11-16T24:00:00Z\"", "\"2023-11-16T18:60:00Z\"", "\"2023-11-16T18:15:61Z\"", "\"2023-11-16T18:15:46.Z\"",
        "\"2023-11-16T18:15:46+2\"", "\"2023-11-16T18:15:46 UTC\"", "\"2023-11-16T18:15:46Zjunk\"", "\"2023-11-16\"",
        "\"2023-11-16T18:15:4\"", "\"17001585466x\"", "\"-5\"", "true", "[]", "{}", "\"2023-00-16T18:15:46Z\"",
    ])
    func whatIsNoTimeIsRejectedByName(text: String) {
        #expect(reason("{\"latency_ms\":1,\"timestamp\":\(text)}").hasPrefix("timestamp is not a time"), "\(text)")
    }

    @Test(arguments: ["-1", "\"0001-01-01T00:00:00Z\"", "\"1969-12-31T23:59:59Z\"", "1e30", "1e400", "9e20"])
    func timesOutsideTheCalendarAreRejected(text: String) {
        #expect(reason("{\"latency_ms\":1,\"timestamp\":\(text)}").contains("between 1970 and 9999"), "\(text)")
    }

    @Test func everyDayOfTheCalendarAgreesWithFoundation() {
        var calendar = Calendar(identifier: .iso8601)
        calendar.timeZone = TimeZone(secondsFromGMT: 0)!
        var reader = LineReader()
        for day in stride(from: 0, to: 400 * 366, by: 17) {
            let date = Date(timeIntervalSince1970: Double(day) * 86_400)
            let parts = calendar.dateComponents([.year, .month, .day], from: date)
            func padded(_ value: Int?, _ width: Int) -> String {
                let digits = String(value!)
                return String(repeating: "0", count: width - digits.count) + digits
            }
            let text = "\(padded(parts.year, 4))-\(padded(parts.month, 2))-\(padded(parts.day, 2))T01:02:03Z"
            #expect(reader.decode("{\"latency_ms\":1,\"timestamp\":\"\(text)\"}") == .record)
            #expect(reader.record.time == Int64(day) * 86_400_000_000 + 3_723_000_000)
        }
    }

    @Test func aMinuteSeenBeforeIsReadAsOneThatIsNew() {
        var reader = LineReader()
        for second in 0...99 {
            for rest in [".000Z", ".999Z", ".05aZ", ":123Z", ".123z", ".123+", "/123Z", ".12\\"] {
                let digits = second < 10 ? "0\(second)" : "\(second)"
                let line = "{\"latency_ms\":1,\"timestamp\":\"2026-03-10T12:34:\(digits)\(rest)\"}"
                var other = LineReader()
                #expect(reader.decode(line) == other.decode(line), "\(line)")
                if second <= 60, rest.hasSuffix("Z"), rest.dropLast().allSatisfy({ $0 == "." || $0.isNumber }) {
                    let milliseconds = Int64(rest.dropFirst().dropLast()) ?? -1
                    #expect(
                        reader.record.time == 1_773_146_040_000_000 + Int64(second) * 1_000_000 + milliseconds * 1_000)
                }
            }
        }
    }

    @Test func theRecordsTimeIsItsEnd() {
        let start = "\"start_time\":1000,"
        #expect(record("{\(start)\"end_time\":1003,\"latency_ms\":500,\"timestamp\":9}").time == 1_003_000_000)
        #expect(record("{\(start)\"latency_ms\":500,\"timestamp\":9}").time == 1_000_500_000)
        #expect(record("{\"latency_ms\":500,\"timestamp\":9}").time == 9_000_000)
        #expect(record("{\"latency_ms\":500,\"timestamp\":9}").startTime == nil)
        #expect(record("{\(start)\"input_tokens\":5}").time == 1_000_000_000)
        let none = record(#"{"latency_ms":500,"timestamp":null,"end_time":""}"#)
        #expect(!none.hasTime)
        #expect(none.time == 0)
    }

    @Test func latencyFollowsFromStartAndEnd() {
        #expect(record(#"{"start_time":10,"end_time":12.5,"success":true}"#).latency == 2_500_000)
        #expect(record(#"{"start_time":10,"end_time":12.5,"latency_ms":1}"#).latency == 1_000)
        #expect(reason(#"{"start_time":10,"end_time":9,"success":true}"#) == "end_time is before start_time")
    }
}
