import Foundation
import Testing

@testable import Telemetry

@Suite struct OTLPMetricsTests {
    /// An export with one metric of one point. Times are in s after 2026-11-18.
    private func export(
        _ name: String, unit: String = "s", kind: String, temporality: Int, start: Int, time: Int, _ point: String,
        attributes: [(String, String)] = [], service: String = "shop"
    ) -> String {
        func list(_ attributes: [(String, String)]) -> String {
            attributes.map { "{\"key\":\"\($0.0)\",\"value\":{\"stringValue\":\"\($0.1)\"}}" }.joined(separator: ",")
        }
        return
            "{\"resourceMetrics\":[{\"resource\":{\"attributes\":[\(list([("service.name", service)]))]},\"scopeMetrics\":"
            + "[{\"metrics\":[{\"name\":\"\(name)\",\"unit\":\"\(unit)\",\"\(kind)\":{\"aggregationTemporality\":\(temporality),"
            + "\"dataPoints\":[{\"attributes\":[\(list(attributes))],\"startTimeUnixNano\":\"\(1_795_000_000 + start)000000000\","
            + "\"timeUnixNano\":\"\(1_795_000_000 + time)000000000\",\(point)}]}}]}]}]}"
    }

    private func aggregates(_ reader: FormatReader) -> [Aggregate] { reader.records(.snapshot).compactMap(\.aggregate) }

    @Test(arguments: ["metrics-latest.jsonl", "metrics-default.jsonl"])
    func theWritersMetricsAreCounted(name: String) throws {
        let text = try fixture(name)
        let reader = FormatReader(reading: text)
        var requests: Int64 = 0
        var failures: Int64 = 0
        var tokens: [String: Int64] = [:]
        for resource in try #require(independent(text)[0]["resourceMetrics"] as? [[String: Any]]) {
            for scope in try #require(resource["scopeMetrics"] as? [[String: Any]]) {
                for metric in try #require(scope["metrics"] as? [[String: Any]]) {
                    let points = try #require(
                        (metric["histogram"] as? [String: Any])?["dataPoints"] as? [[String: Any]])
                    for point in points {
                        let attributes = try #require(point["attributes"] as? [[String: Any]])
                        func value(_ key: String) -> String? {
                            let found = attributes.first { $0["key"] as? String == key }
                            return (found?["value"] as? [String: Any])?["stringValue"] as? String
                        }
                        let count = try #require(Int64(point["count"] as? String ?? ""))
                        if metric["name"] as? String == "gen_ai.client.operation.duration" {
                            requests += count
                            if value("error.type") != nil { failures += count }
                        } else if let type = value("gen_ai.token.type") {
                            tokens[type, default: 0] += try #require(point["sum"] as? NSNumber).int64Value
                        }
                    }
                }
            }
        }
        #expect(requests == 4)
        let all = aggregates(reader)
        #expect(all.map(\.requests).reduce(0, +) == requests)
        #expect(all.flatMap(\.errors.values).reduce(0, +) == failures)
        #expect(all.compactMap(\.inputTokens).reduce(0, +) == tokens["input"])
        #expect(all.compactMap(\.outputTokens).reduce(0, +) == tokens["output"])
        #expect(all.compactMap(\.latencyHistogram).flatMap(\.counts).reduce(0, +) == requests)
        #expect(all.allSatisfy { $0.latencyHistogram == nil || $0.isBucketed })
    }

    @Test func runningTotalsAreTakenApart() {
        func point(_ count: Int, _ counts: [Int]) -> String {
            "\"count\":\"\(count)\",\"sum\":\(count),\"explicitBounds\":[1,2],\"bucketCounts\":"
                + "[\(counts.map { "\"\($0)\"" }.joined(separator: ","))]"
        }
        let name = "gen_ai.client.operation.duration"
        var reader = FormatReader()
        for (start, time, text) in [
            (0, 60, point(5, [5, 0, 0])), (0, 120, point(8, [6, 2, 0])), (0, 120, point(8, [6, 2, 0])),
            (0, 180, point(8, [6, 2, 0])),
            // Another run, by its start; then one whose count alone shows it.
            (200, 240, point(3, [0, 3, 0])), (200, 300, point(2, [2, 0, 0])),
        ] {
            reader.read(export(name, kind: "histogram", temporality: 2, start: start, time: time, text))
        }
        reader.finish()
        #expect(aggregates(reader).map(\.requests) == [5, 3, 0, 3, 2])
        #expect(aggregates(reader).map(\.duration) == [60_000_000, 60_000_000, 60_000_000, 40_000_000, 100_000_000])
        #expect(aggregates(reader).map { $0.latencyHistogram?.counts.reduce(0, +) ?? 0 } == [5, 3, 0, 3, 2])
    }

    @Test func changesAreAddedAsTheyAre() {
        var reader = FormatReader()
        let name = "claude_code.token.usage"
        for (time, type, sum) in [
            (60, "input", 100), (60, "output", 20), (60, "cacheRead", 1_000), (60, "cacheCreation", 50),
            (120, "input", 7), (120, "input", 7),
        ] {
            reader.read(
                export(
                    name, unit: "tokens", kind: "sum", temporality: 1, start: time - 60, time: time,
                    "\"asDouble\":\(sum)",
                    attributes: [("type", type), ("model", "claude")]))
        }
        reader.read(
            export(
                "claude_code.cost.usage", unit: "USD", kind: "sum", temporality: 1, start: 60, time: 120,
                "\"asDouble\":0.015",
                attributes: [("model", "claude")]))
        reader.finish()
        #expect(aggregates(reader).map(\.inputTokens) == [1_150, 7])
        #expect(aggregates(reader).map(\.outputTokens) == [20, nil])
        #expect(aggregates(reader).map(\.cost) == [nil, 15_000_000])
        #expect(aggregates(reader).map(\.requests) == [0, 0])
    }

    @Test func whatSpansCountIsNotCountedFromMetricsToo() {
        let point = "\"count\":\"5\",\"sum\":5,\"explicitBounds\":[1],\"bucketCounts\":[\"5\",\"0\"]"
        let metric = export(
            "gen_ai.client.operation.duration", kind: "histogram", temporality: 1, start: 0, time: 1, point)
        let span = SpanText(
            id: "00000000000000f0", start: 1_795_000_000_000, end: 1_795_000_000_500,
            attributes: [("gen_ai.operation.name", SpanText.string("chat"))])
        for lines in [[metric, span.line], [span.line, metric]] {
            let reader = FormatReader(reading: lines.joined(separator: "\n"))
            #expect(reader.requests.count == 1)
            #expect(reader.records(.snapshot).isEmpty)
        }
        // Another service's metrics are its own.
        var other = span
        other.resource = [("service.name", SpanText.string("billing"))]
        #expect(FormatReader(reading: metric + "\n" + other.line).records(.snapshot).count == 1)
    }

    @Test func boundsMeantForMillisecondsAreToldOf() {
        let zeros = Array(repeating: "\"0\"", count: 6).joined(separator: ",")
        let point =
            "\"count\":\"3\",\"sum\":2,\"explicitBounds\":[0,5,10,25,50,75],\"bucketCounts\":[\"0\",\"3\",\(zeros)]"
        let reader = FormatReader(
            reading: export(
                "gen_ai.client.operation.duration", kind: "histogram", temporality: 2, start: 0, time: 60, point))
        #expect(reader.decoder.understanding.notes.contains { $0.contains("≤5 s") })
        #expect(aggregates(reader).map(\.requests) == [3])
    }

    @Test func exponentialBucketsKeepTheirPlaces() throws {
        // Scale 6 in ms: nothing changes. Scale 8: four buckets become one.
        var buckets = LatencyBuckets()
        buckets.add(exponential: [1, 2, 3], offset: 600, scale: 6, zeros: 4, unit: 1)
        var histogram = try #require(buckets.histogram)
        #expect(histogram.scale == 6 && histogram.offset == 600 && histogram.zeroCount == 4)
        #expect(histogram.counts == [1, 2, 3])
        #expect(!buckets.isBucketed)
        buckets = LatencyBuckets()
        buckets.add(exponential: [1, 1, 1, 1, 5], offset: 2_400, scale: 8, zeros: 0, unit: 1)
        histogram = try #require(buckets.histogram)
        #expect(histogram.offset == 600)
        #expect(histogram.counts == [4, 5])
        // In seconds each bucket lies where its middle is in ms.
        for (scale, value) in [(6, 1.5), (10, 0.02), (4, 30), (20, 2.25)] as [(Int, Double)] {
            let index = Int((log2(value) * pow(2, Double(scale))).rounded(.up)) - 1
            buckets = LatencyBuckets()
            buckets.add(exponential: [7], offset: index, scale: scale, zeros: 0, unit: 1_000)
            histogram = try #require(buckets.histogram)
            let middle = pow(2, (Double(histogram.offset) + 0.5) / 64)
            #expect(abs(middle / (value * 1_000) - 1) < pow(2, 0.75 / pow(2, Double(min(scale, 6)))) - 1)
            #expect(histogram.counts == [7])
        }
    }

    @Test func explicitBucketsAreCountedAtTheirMiddle() throws {
        var buckets = LatencyBuckets()
        buckets.add(explicit: [1, 2, 3], bounds: [100, 400], unit: 1, least: 20, greatest: 900)
        let histogram = try #require(buckets.histogram)
        func index(_ value: Double) -> Int { Int((log2(value) * 64).rounded(.up)) - 1 }
        let expected = [(index((20 * 100.0).squareRoot()), Int64(1)), (index(200), 2), (index(600), 3)]
        for (bucket, count) in expected { #expect(histogram.counts[bucket - histogram.offset] == count) }
        #expect(buckets.isBucketed)
        for value in [1e-6, 0.5, 1, 3, 1_000, 12_345.678, 1e9] {
            #expect(abs(LatencyBuckets.log2(value) - log2(value)) < 1e-11)
        }
        // Nonsense is survived.
        buckets.add(explicit: [1, 1], bounds: [.infinity], unit: 1_000, least: nil, greatest: nil)
        buckets.add(explicit: [1, 1, 1], bounds: [-5, 0], unit: 1, least: -9, greatest: -1)
        buckets.add(exponential: [1], offset: Int.max, scale: -10, zeros: -4, unit: 1)
        buckets.add(exponential: [1, 1], offset: 1 << 31, scale: -10, zeros: 0, unit: 1)
        _ = buckets.histogram
    }

    @Test func anExponentialTotalMayCoarsen() throws {
        func point(_ scale: Int, _ offset: Int, _ counts: [Int]) -> String {
            let total = counts.reduce(0, +)
            return
                "\"count\":\"\(total)\",\"sum\":\(total),\"scale\":\(scale),\"zeroCount\":\"0\",\"positive\":{\"offset\":\(offset),"
                + "\"bucketCounts\":[\(counts.map { "\"\($0)\"" }.joined(separator: ","))]}"
        }
        var reader = FormatReader()
        for (time, text) in [(60, point(3, 8, [1, 1])), (120, point(2, 4, [3, 1]))] {
            reader.read(
                export(
                    "gen_ai.client.operation.duration", kind: "exponentialHistogram", temporality: 2, start: 0,
                    time: time, text))
        }
        reader.finish()
        #expect(aggregates(reader).map(\.requests) == [2, 2])
        #expect(aggregates(reader).compactMap(\.latencyHistogram).map { $0.counts.reduce(0, +) } == [2, 2])
    }

    @Test func seriesAreBounded() {
        var reader = FormatReader()
        for number in 0..<6_000 {
            reader.read(
                export(
                    "claude_code.cost.usage", kind: "sum", temporality: 2, start: 0, time: 60 + number,
                    "\"asDouble\":1",
                    attributes: [("user", "u\(number)")]))
        }
        #expect(reader.decoder.otlp.metrics.seriesCount == MetricsReader.maximumSeries)
    }

    private let duration = "gen_ai.client.operation.duration"
    private let one = "\"count\":\"1\",\"sum\":1,\"explicitBounds\":[1,2],\"bucketCounts\":[\"1\",\"0\",\"0\"]"

    @Test func changesCountOnceInAnyOrder() {
        var reader = FormatReader()
        for time in [60, 180, 120, 180, 60, 240] {
            reader.read(export(duration, kind: "histogram", temporality: 1, start: time - 60, time: time, one))
        }
        reader.finish()
        #expect(aggregates(reader).map(\.requests).reduce(0, +) == 4)
        #expect(reader.decoder.understanding.notes.contains { $0.hasPrefix("2 repeated") })
    }

    @Test(arguments: [1, 2]) func twoScopesHaveSeriesOfTheirOwn(temporality: Int) {
        let line = export(duration, kind: "histogram", temporality: temporality, start: 0, time: 60, one)
        let scope =
            line.firstRange(of: "[{\"metrics\"").map { String(line[$0.lowerBound...].dropFirst().dropLast(4)) } ?? ""
        let both = line.replacing(
            scope,
            with: scope.replacing("{\"metrics\"", with: "{\"scope\":{\"name\":\"a\"},\"metrics\"") + ","
                + scope.replacing("{\"metrics\"", with: "{\"scope\":{\"name\":\"b\"},\"metrics\""))
        let reader = FormatReader(reading: both)
        #expect(reader.rejections.isEmpty)
        #expect(aggregates(reader).map(\.requests) == [2])
    }

    @Test func namesOfTwoGenerationsTellOfTheSameRequests() {
        var reader = FormatReader()
        let tokens = [("gen_ai.token.type", "input")]
        func sum(_ count: Int) -> String {
            "\"count\":\"1\",\"sum\":\(count),\"explicitBounds\":[],\"bucketCounts\":[\"1\"]"
        }
        for name in [duration, "gen_ai.client.inference.duration"] {
            reader.read(export(name, kind: "histogram", temporality: 1, start: 0, time: 60, one))
        }
        reader.read(
            export(
                "gen_ai.client.token.usage", unit: "{token}", kind: "histogram", temporality: 1, start: 0, time: 60,
                sum(70), attributes: tokens))
        reader.read(
            export(
                "gen_ai.client.inference.usage.input_tokens", unit: "{token}", kind: "sum", temporality: 1, start: 0,
                time: 60, "\"asInt\":\"70\""))
        reader.finish()
        #expect(aggregates(reader).map(\.requests) == [1])
        #expect(aggregates(reader).map(\.inputTokens) == [70])
    }
}
