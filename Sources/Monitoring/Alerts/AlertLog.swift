/// What the log of changes says of an earlier time: which alerts there were, and since when there was trouble.
struct AlertLog {
    /// Firing ones first, by severity and age; with the values of their last change.
    private(set) var alerts: [Alert] = []
    private(set) var trouble = Trouble()

    /// - Parameter events: oldest first, as `Judge.events`.
    init(_ events: [AlertEvent], asOf time: Int64) {
        var held: [String: Alert] = [:]
        var rest = events.prefix { $0.time <= time }[...]
        while let next = rest.first {
            // Judged at one time, noted at one time.
            while let event = rest.first, event.time == next.time {
                held[event.key] = event.to == nil ? nil : event.alert
                rest.removeFirst()
            }
            trouble.note(
                held.values.filter { $0.severity != .p3 }.map { (Trouble.Subject($0), $0.state) }, at: next.time)
        }
        alerts = trouble.marked(
            Alert.ranked(
                held.values.filter { alert in
                    alert.state.resolvedAt.map { time - $0 <= AlertState.remembered } ?? true
                }.sorted { $0.key < $1.key }))
    }
}
