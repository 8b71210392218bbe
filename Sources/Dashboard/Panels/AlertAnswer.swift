import Metrics
import Monitoring
import Query

/// What people have said to an alert, in the room of a row.
enum AlertAnswer {
    /// By whom.
    case acknowledged(String)
    /// For so many more µs.
    case silenced(Int64)

    /// nil: nobody has said anything, or there is nothing to say it to.
    init?(_ alert: Alert, _ situation: Situation) {
        guard alert.state.isFiring || alert.state.phase == .pending, let now = situation.snapshot.now else {
            return nil
        }
        let state = situation.notifications.state
        if let silence = state.silences.covering(alert, at: now) {
            self = .silenced(silence.endsAt - now)
        } else if let given = state.acknowledgement(of: alert) {
            self = .acknowledged(given.by)
        } else {
            return nil
        }
    }

    /// `ack`, `quiet 23m`.
    var brief: String {
        switch self {
        case .acknowledged: "ack"
        case .silenced(let left): "quiet " + NumberFormat.age(Double(left) / 1e6)
        }
    }

    /// `acknowledged by ada`, `silenced for 23m`.
    var words: String {
        switch self {
        case .acknowledged(let who): "acknowledged" + (who.isEmpty ? "" : " by \(who)")
        case .silenced(let left): "silenced for " + NumberFormat.age(Double(left) / 1e6)
        }
    }
}
