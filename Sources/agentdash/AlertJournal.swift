import Canvas
import Monitoring
import Query

/// A line for each change of an alert and for each thing told of it, on standard output.
struct AlertJournal {
    /// What is of before is not news, µs since 1970: after a restart the input is read again.
    private let start: Int64
    private var newestEvent: AlertEvent?
    private var newestEntry: NotificationReport.Entry?

    init(from start: Int64) { self.start = start }

    /// - Throws: `ExitCode` 2, having said so, when nothing more can be written.
    mutating func write(_ situation: Situation) throws {
        // Both are in the order in which they came about; what was written last is looked for from their ends.
        let events = situation.events.reversed().prefix { $0 != newestEvent }
        let entries = situation.notifications.log.reversed().prefix { $0 != newestEntry }
        newestEvent = events.first ?? newestEvent
        newestEntry = entries.first ?? newestEntry
        var lines: [(time: Int64, text: String)] = []
        for event in events.reversed() where event.time >= start {
            guard let to = event.to else { continue }
            lines.append((event.time, "\(event.severity.rawValue) \(event.key) \(to.rawValue)\(Self.summary(event))"))
        }
        for entry in entries.reversed() where entry.time >= start {
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
