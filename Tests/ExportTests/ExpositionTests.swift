import Export
import Metrics
import Monitoring
import Testing

/// `--format prometheus`.
@Suite struct ExpositionTests {
    private struct Sample: Hashable {
        var name: String
        var labels: [String: String]
        var value: Double
    }

    /// The exposition format, read strictly: nil where a line is none of it, a family is torn or a sample told twice.
    private static func parse(_ text: String) -> (types: [String: String], samples: [Sample])? {
        var types: [String: String] = [:]
        var samples: [Sample] = []
        var family = ""
        guard text.isEmpty || text.hasSuffix("\n") else { return nil }
        for line in text.split(separator: "\n") {
            if let match = line.wholeMatch(of: /# HELP ([a-z_]+) .+/) {
                family = String(match.1)
                guard types[family] == nil else { return nil }
            } else if let match = line.wholeMatch(of: /# TYPE ([a-z_]+) (counter|gauge|histogram)/) {
                guard match.1 == family else { return nil }
                types[family] = String(match.2)
            } else if let match = line.wholeMatch(of: /([a-z_]+)(?:\{(.*)\})? (\S+)/) {
                guard match.1.hasPrefix(family), types[family] != nil, let value = Double(match.3) else { return nil }
                var labels: [String: String] = [:]
                for label in (match.2 ?? "").matches(of: /([a-z_]+)="((?:[^"\\]|\\[\\"n])*)"(?:,|$)/) {
                    labels[String(label.1)] = String(label.2)
                }
                // Everything between the braces was labels.
                let length = labels.reduce(0) { $0 + $1.key.unicodeScalars.count + $1.value.unicodeScalars.count + 4 }
                guard (match.2 ?? "").unicodeScalars.count == max(0, length - 1) else { return nil }
                samples.append(Sample(name: String(match.1), labels: labels, value: value))
            } else {
                return nil
            }
        }
        let keys = samples.map { "\($0.name)\($0.labels.sorted { $0.key < $1.key })" }
        return Set(keys).count == keys.count ? (types, samples) : nil
    }

    @Test func itIsTheFormatWhateverTheNamesAre() throws {
        for situation in [HostileSituation.whole, HostileSituation.nothing] {
            for window in Window.allCases {
                #expect(Self.parse(Exposition(situation, window: window).text) != nil)
            }
        }
    }

    @Test func bucketsCumulateToTheCount() throws {
        let situation = HostileSituation.whole
        let (types, samples) = try #require(Self.parse(Exposition(situation, window: .minutes5).text))
        #expect(types["agentdash_latency_seconds"] == "histogram")
        let buckets = samples.filter { $0.name == "agentdash_latency_seconds_bucket" }
        #expect(buckets.map(\.value) == buckets.map(\.value).sorted())
        let count = samples.first { $0.name == "agentdash_latency_seconds_count" }?.value
        #expect(count == 1080 && buckets.last?.value == count && buckets.last?.labels == ["le": "+Inf"])
        // Latencies are 1.000 s … 2.079 s, one a millisecond: 1.024 s and what is below are 25.
        #expect(buckets.first { $0.labels["le"] == "1.024" }?.value == 25)
        #expect(buckets.first { $0.labels["le"] == "2.048" }?.value == 1049)
    }

    @Test func countersAreOfEverythingAndGaugesOfTheWindow() throws {
        let situation = HostileSituation.whole
        let (types, samples) = try #require(Self.parse(Exposition(situation, window: .minutes5).text))
        func value(_ name: String) -> Double? { samples.first { $0.name == name }?.value }
        #expect(value("agentdash_requests_total") == 1080)
        #expect(value("agentdash_window_requests") == situation.snapshot.totals(.minutes5).tally.requests.value)
        for (name, type) in types { #expect((type == "counter") == name.hasSuffix("_total"), "\(name)") }
        #expect(samples.contains { $0.name == "agentdash_alert_firing" && $0.labels["alert"] == "elevated_error_rate" })
        #expect(samples.contains { $0.name == "agentdash_canary" && $0.labels["arm"] == "control" })
    }
}
