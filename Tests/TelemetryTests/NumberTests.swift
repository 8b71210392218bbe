import Telemetry
import Testing

@Suite struct NumberTests {
    @Test(arguments: [
        ("0", 0), ("-0", 0), ("-0.0", 0), ("1", 1_000), ("0.1234567891", 123), ("0.0005", 1),
        ("0.00049999999999999999999", 0),
        ("1e3", 1_000_000), ("1E+3", 1_000_000), ("1.5e-3", 2), ("1e-9", 0), ("1e-400", 0), ("0e999999999999999999", 0),
        ("1297.24", 1_297_240), ("12345.6785", 12_345_679), ("0.1e1", 1_000), ("100000000000000000000e-20", 1_000),
        ("0.00000000000000000000000001e26", 1_000), ("31622400000", 31_622_400_000_000),
    ])
    func millisecondsBecomeMicroseconds(text: String, microseconds: Int64) {
        #expect(record("{\"latency_ms\":\(text)}").latency == microseconds, "\(text)")
    }

    @Test func numbersOfEveryLengthAreExact() {
        var reader = LineReader()
        for digits in 1...9 {
            for places in 0...9 {
                let text = "123456789".prefix(digits) + (places == 0 ? "" : ".") + "506070850".prefix(places)
                // Thousandths, rounded half away from zero.
                let all = Int64("123456789".prefix(digits) + "506070850".prefix(places)) ?? 0
                let unit = (0..<max(places - 3, 0)).reduce(Int64(1)) { unit, _ in unit * 10 }
                let expected = (0..<max(3 - places, 0)).reduce((all + unit / 2) / unit) { value, _ in value * 10 }
                for end in ["}", ",\"x\":1}", " }"] {
                    #expect(reader.decode("{\"latency_ms\":\(text)\(end)") == .record)
                    #expect(reader.record.latency == expected, "\(text)")
                }
            }
        }
    }

    @Test(arguments: ["1e400", "9007199254740993", "31622400000.001", "1e19", "123456789012345678901234567890"])
    func numbersOutOfRangeAreRejected(text: String) {
        #expect(reason("{\"latency_ms\":\(text)}") == "number out of range in latency_ms (at column 15)", "\(text)")
    }

    @Test func largeCountsAreExact() {
        #expect(record(#"{"input_tokens":999999999999}"#).inputTokens == 999_999_999_999)
        #expect(record(#"{"input_tokens":12.0}"#).inputTokens == 12)
        #expect(record(#"{"input_tokens":1.2e3}"#).inputTokens == 1_200)
    }

    @Test(arguments: [
        "01", "-01", "00", "1.", ".5", "+1", "1e", "1e+", "-", "0x10", "1_000", "1,5", "--1", "1..2", "1e5.5",
    ])
    func numbersThatJSONDoesNotKnowAreRejected(text: String) {
        #expect(reason("{\"latency_ms\":\(text)}").hasPrefix("not JSON"), "\(text)")
        #expect(reason("{\"latency_ms\":1,\"other\":\(text)}").hasPrefix("not JSON"), "\(text)")
    }

    @Test(arguments: ["NaN", "Infinity", "-Infinity"])
    func notANumberIsNamed(text: String) {
        #expect(reason("{\"latency_ms\":\(text)}").contains("NaN and Infinity"))
        #expect(reason("{\"x\":\(text)}").contains("NaN and Infinity"))
    }

    @Test func moneyIsExactInNanoDollars() {
        #expect(record(#"{"cost_usd":0.0105}"#).cost == 10_500_000)
        #expect(record(#"{"cost_usd":6.000000000000001e-05}"#).cost == 60_000)
        #expect(record(#"{"cost_usd":0.00424755,"tool_cost_usd":1,"compute_cost_usd":0.5}"#).toolCost == 1_000_000_000)
        #expect(record(#"{"cost_usd":1000000}"#).cost == 1_000_000_000_000_000)
        #expect(reason(#"{"cost_usd":1000000.01}"#).contains("cost_usd"))
    }

    @Test func rangesAreNamed() {
        #expect(reason(#"{"latency_ms":-5}"#) == "latency_ms is negative (at column 15)")
        #expect(reason(#"{"duration_ms":-0.5}"#) == "duration_ms is negative (at column 16)")
        #expect(reason(#"{"input_tokens":-1}"#) == "input_tokens is negative (at column 17)")
        #expect(reason(#"{"latency_ms":1,"quality_score":1.1}"#).hasPrefix("quality_score is not between 0 and 1"))
        #expect(reason(#"{"latency_ms":1,"quality_score":-0.1}"#).hasPrefix("quality_score is not between 0 and 1"))
        #expect(reason(#"{"latency_ms":1,"sentiment":-1.01}"#).hasPrefix("sentiment is not between -1 and 1"))
        #expect(reason(#"{"eval_score":85}"#).hasPrefix("eval_score is not between 0 and 1"))
        #expect(reason(#"{"latency_ms":1,"sample_rate":0}"#).hasPrefix("sample_rate is not above 0"))
        #expect(reason(#"{"latency_ms":1,"sample_rate":1.5}"#).hasPrefix("sample_rate is not above 0"))
        #expect(reason(#"{"latency_ms":1,"sample_rate":-1}"#).hasPrefix("sample_rate is not above 0"))
        #expect(reason(#"{"trace_id":"t","rating":6}"#).hasPrefix("rating is not between 1 and 5"))
        #expect(reason(#"{"trace_id":"t","score":0.5}"#).hasPrefix("score is not 0 or 1"))
        #expect(reason(#"{"latency_ms":1,"status_code":1000}"#).hasPrefix("number out of range in status_code"))
    }

    @Test func fractionsAreMillionths() {
        let record = record(#"{"latency_ms":1,"sentiment":-0.25,"quality_score":0.9999996}"#)
        #expect(record.sentiment == -250_000)
        #expect(record.quality == 1_000_000)
    }

    @Test(arguments: [
        ("1", 1_024), ("0.1", 10_240), ("0.5", 2_048), ("0.3", 3_413), ("null", 1_024), ("1e-3", 1_024_000),
        ("1e-30", Record.maximumWeight), ("1e-11", Record.maximumWeight),
    ])
    func aSampledRecordStandsForMany(rate: String, weight: Int64) {
        #expect(record("{\"latency_ms\":1,\"sample_rate\":\(rate)}").weight == weight)
    }
}
