import Monitoring
import TestSupport
import Testing

/// The requirements' detector gives the requirements' numbers, traps included.
@Suite struct FixedBaselineDetectorTests {
    private typealias Metric = FixedBaselineDetector.Metric

    @Test(arguments: ["ewma_001_completion_step", "ewma_001_latency_step", "ewma_001_zero_baseline_trap"])
    func seriesGiveTheLoggedFindings(key: String) throws {
        let vector = try #require(try VectorFile.object("fixed_baseline")[key] as? [String: Any])
        let series = try #require(vector["series"] as? [[String: Double]])
        let log = try #require(vector["log"] as? [[String: Any]])
        #expect(series.count == log.count)
        var detector = FixedBaselineDetector()
        for (values, expected) in zip(series, log) {
            let known = Dictionary(
                uniqueKeysWithValues: values.compactMap { name, value in Metric(rawValue: name).map { ($0, value) } })
            let findings = detector.step(known).map { [$0.metric.rawValue, $0.level.rawValue] }
            #expect(findings == expected["fired"] as? [[String]])
            for (name, average) in try #require(expected["ewma"] as? [String: Double]) {
                let metric = try #require(Metric(rawValue: name))
                let own = try #require(detector.average(of: metric))
                #expect(abs(own - average) <= 1e-12 * average)
            }
        }
    }

    @Test func aSmallCostMayTripleUnseen() throws {
        var detector = FixedBaselineDetector()
        var findings = detector.step([.averageCost: 0.0005])
        for _ in 0..<40 { findings += detector.step([.averageCost: 0.0015]) }
        #expect(findings.isEmpty)
        #expect(detector.average(of: .averageCost) == 0.0014998670772004216)
    }

    /// Of the mean over 1,000 traces, every 50 traces.
    @Test func delaysInTracesAreThoseOfTheTable() throws {
        let vector = try #require(
            try VectorFile.object("fixed_baseline")["ewma_001_detection_delay_traces"] as? [String: Any])
        for row in try #require(vector["rows"] as? [[String: Any]]) {
            let drop = try #require(row["drop"] as? Double)
            // A drop of exactly a threshold is reached when doubles no longer tell the difference.
            guard drop != 0.05, drop != 0.1 else { continue }
            var detector = FixedBaselineDetector()
            _ = detector.step([.completionRate: 1])
            var first: [String: Int] = [:]
            for traces in stride(from: FixedBaselineDetector.tracesBetweenSteps, through: 20_000, by: 50) {
                let share = min(1, Double(traces) / Double(FixedBaselineDetector.tracesInWindow))
                for finding in detector.step([.completionRate: 1 - drop * share]) {
                    first[finding.level.rawValue] = min(traces, first[finding.level.rawValue] ?? .max)
                }
            }
            #expect(first["warning"] == row["warning_0.05"] as? Int, "\(drop)")
            #expect(first["critical"] == row["critical_0.10"] as? Int, "\(drop)")
        }
    }

    @Test func whatIsNowIsNormalAfterRebaselining() {
        var detector = FixedBaselineDetector()
        _ = detector.step([.completionRate: 0.9])
        for _ in 0..<10 { _ = detector.step([.completionRate: 0.7]) }
        detector.rebaseline()
        #expect(detector.step([.completionRate: 0.7]).isEmpty)
    }
}
