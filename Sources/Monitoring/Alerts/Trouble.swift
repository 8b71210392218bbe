/// Since when something urgent has been wrong, told from the states of pages and tickets at every judgement.
///
/// An alert that hands over to another, still pending, is no pause; neither is one whose data went missing.
struct Trouble: Sendable {
    /// Since when pages and tickets have fired without a pause, µs since 1970.
    private(set) var since: Int64?
    /// When the last page or ticket ended, µs since 1970; also when the alert itself is forgotten.
    private(set) var recoveredAt: Int64?

    /// Takes in the states of the alerts that are more than a note.
    mutating func note(_ urgent: [AlertState], at now: Int64) {
        if let began = urgent.filter(\.isFiring).map(\.since).min() {
            since = min(since ?? began, began)
        } else if since != nil, !urgent.contains(where: { $0.phase == .pending || $0.isOpen }) {
            since = nil
            recoveredAt = now
        }
    }
}
