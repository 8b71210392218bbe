import Canvas
import Monitoring
import Query

/// A line for each change of an alert and for each thing told of it, on standard output.
struct AlertJournal {
    private var writtenUpTo: Int64 = .min
    private var toldUpTo: Int64 = .min
    /// Of that time, what was written.
    private var told: Set<NotificationReport.Entry> = []

    mutating func write(_ situation: Situation) throws {
        var lines: [(time: Int64, text: String)] = []
        for event in situation.events where event.time > writtenUpTo {
            guard let to = event.to else { continue }
            lines.append((event.time, "\(event.severity.rawValue) \(event.key) \(to.rawValue)\(Self.summary(event))"))
        }
        writtenUpTo = max(writtenUpTo, situation.events.last?.time ?? .min)
        for entry in situation.notifications.log where entry.time >= toldUpTo && !told.contains(entry) {
            if entry.time > toldUpTo { told = [] }
            toldUpTo = entry.time
            told.insert(entry)
            let decision = entry.decision
            lines.append((entry.time, "\(decision.route) \(decision.alert): \(decision.text(at: entry.time))"))
        }
        guard !lines.isEmpty else { return }
        let sorted = lines.enumerated().sorted { ($0.element.time, $0.offset) < ($1.element.time, $1.offset) }
        let text = sorted.map { "\(ClockTime($0.element.time).rfc3339) \($0.element.text)".printable + "\n" }
        try Output.write(text.joined())
    }

    private static func summary(_ event: AlertEvent) -> String {
        guard let summary = event.alert?.state.summary, !summary.isEmpty, event.to != .resolved else { return "" }
        return ": \(summary)"
    }
}
