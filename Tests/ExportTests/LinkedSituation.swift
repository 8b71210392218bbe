import Metrics
import Monitoring
import Telemetry
import TestSupport

/// One failure with a trace that has an address.
enum LinkedSituation {
    static func make(url: String) -> Situation {
        var bench = CountingBench()
        let text = "tr_1"
        bench.count(at: anyTime, trace: text + url) { record in
            record.success = false
            record.latency = nil
            record.traceURLText = text.utf8.count..<(text + url).utf8.count
        }
        return Situation(snapshot: bench.snapshot(), alerts: [], rules: [], events: [], judgedUpTo: nil)
    }
}
