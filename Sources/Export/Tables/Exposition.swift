package import Metrics
package import Monitoring
import Query
import Statistics
import Telemetry

/// `agentdash snapshot --format prometheus`: the text exposition format (version 0.0.4).
///
/// What was counted of everything that was read are counters and a classic histogram: a file that grows makes them grow.
/// The numbers of the window are gauges named `agentdash_window_…`, latencies with the label `quantile`: they go up and
/// down, and no rate may be taken of them. The histogram's bounds are powers of two in ms, the only ones that the sketch
/// can count exactly.
package struct Exposition {
    private let measurements: Measurements

    package init(_ situation: Situation, window: Window) {
        measurements = Measurements(situation, window: window)
    }

    private var snapshot: Snapshot { measurements.situation.snapshot }

    /// With the newline of its last line.
    package var text: String {
        var families = Families()
        addTotals(to: &families)
        for measurement in measurements.all { add(measurement, to: &families) }
        if let now = snapshot.now {
            families.add(
                "agentdash_as_of_seconds", .gauge, "Time of the numbers, seconds since 1970", [],
                DecimalText.text(Double(now) / 1e6))
        }
        families.add(
            "agentdash_window_seconds", .gauge, "Time that the window really covers", [],
            DecimalText.text(measurements.totals.seconds))
        return families.text
    }

    // MARK: Of everything

    private func addTotals(to families: inout Families) {
        let tally = snapshot.timeline.sumOfAll()
        func count(_ name: String, _ help: String, _ value: Double, _ labels: [(String, String)] = []) {
            families.add("agentdash_\(name)_total", .counter, help, labels, DecimalText.text(value))
        }
        count("requests", "Requests read", tally.requests.value)
        count("successes", "Requests known to have succeeded", tally.succeeded.value)
        for type in ErrorTypes(tally.errors, snapshot.names).types {
            count("failures", "Requests known to have failed", type.count.value, [("error_type", type.name)])
        }
        if tally.totalTokens != nil {
            for (kind, units) in [("input", tally.inputTokens), ("output", tally.outputTokens)] {
                count("tokens", "Tokens", Double(units) / 1024, [("kind", kind)])
            }
        }
        if let cost = tally.costInDollars { count("cost_dollars", "Cost of priced requests", cost) }
        addHistogram(tally.latency, to: &families)
    }

    private func addHistogram(_ latency: ExponentialHistogram, to families: inout Families) {
        guard !latency.isEmpty else { return }
        let name = "agentdash_latency_seconds"
        func add(_ suffix: String, _ labels: [(String, String)], _ value: Double) {
            families.add(
                name, suffix: suffix, .histogram, "Latency of requests", labels, DecimalText.text(value))
        }
        // 1 ms to 17 min.
        for exponent in 0...20 {
            let bound: Int64 = 1000 << Int64(exponent)
            let below = latency.count - latency.count(above: bound)
            add("_bucket", [("le", DecimalText.text(Double(bound) / 1e6))], Double(below) / 1024)
        }
        add("_bucket", [("le", "+Inf")], Double(latency.count) / 1024)
        add("_sum", [], Double(latency.sum) / 1024e6)
        add("_count", [], Double(latency.count) / 1024)
    }

    // MARK: Of the window

    private func add(_ measurement: Measurement, to families: inout Families) {
        guard let value = measurement.value else { return }
        var labels: [(String, String)] = []
        if let dimension = measurement.dimension, let name = measurement.name { labels.append((dimension, name)) }
        switch measurement.statistic {
        case "p50"?: labels.append(("quantile", "0.5"))
        case "p95"?: labels.append(("quantile", "0.95"))
        case "p99"?: labels.append(("quantile", "0.99"))
        case "max"?: labels.append(("quantile", "1"))
        // The others are in the family's name, but for a canary's arms.
        case let statistic? where measurement.metric.name == "canary": labels.append(("arm", statistic))
        default: break
        }
        let isOfWindow = !["verdict", "records", "queue_depth", "alert", "canary", "canary_verdict", "canary_share"]
            .contains(measurement.metric.name)
        let kind: Families.Kind = measurement.metric.exposition.hasSuffix("_total") ? .counter : .gauge
        families.add(
            "agentdash_\(isOfWindow ? "window_" : "")\(measurement.metric.exposition)", kind, measurement.metric.help,
            labels, DecimalText.text(value))
    }
}

/// Samples by family, in the order in which families came: the format wants each in one piece.
private struct Families {
    enum Kind: String { case counter, gauge, histogram }

    private var order: [String] = []
    private var heads: [String: String] = [:]
    private var samples: [String: [String]] = [:]

    mutating func add(
        _ name: String, suffix: String = "", _ kind: Kind, _ help: String, _ labels: [(String, String)],
        _ value: String
    ) {
        if heads[name] == nil {
            order.append(name)
            heads[name] = "# HELP \(name) \(Self.escapedHelp(help))\n# TYPE \(name) \(kind.rawValue)\n"
        }
        let list = labels.map { "\($0)=\"\(Self.escaped($1))\"" }.joined(separator: ",")
        samples[name, default: []].append("\(name)\(suffix)\(list.isEmpty ? "" : "{\(list)}") \(value)\n")
    }

    var text: String { order.map { (heads[$0] ?? "") + (samples[$0] ?? []).joined() }.joined() }

    /// A label's value: backslash, quote and newline have escapes.
    private static func escaped(_ text: String) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\\": result += "\\\\"
            case "\"": result += "\\\""
            case "\n": result += "\\n"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }

    private static func escapedHelp(_ text: String) -> String {
        text.split(separator: "\\", omittingEmptySubsequences: false).joined(separator: "\\\\")
    }
}
