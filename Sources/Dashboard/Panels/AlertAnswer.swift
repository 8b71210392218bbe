import Canvas
import Metrics
import Monitoring
import Query

/// What people have said to an alert, in the room of a row.
struct AlertAnswer {
    private enum Said {
        /// By whom.
        case acknowledged(String)
        /// For so many more µs.
        case silenced(Int64)
    }

    private let said: Said
    /// Why a restart forgets it, and nobody else hears of it; nil: it is kept.
    let unkept: String?

    /// nil: nobody has said anything, or there is nothing to say it to.
    init?(_ alert: Alert, _ situation: Situation) {
        guard alert.state.isFiring || alert.state.phase == .pending, let now = situation.snapshot.now else {
            return nil
        }
        let report = situation.notifications
        let isForgotten: Bool
        if let silence = report.state.silences.covering(alert, at: now) {
            said = .silenced(silence.endsAt - now)
            isForgotten = report.isForgotten(silence)
        } else if let given = report.state.acknowledgement(of: alert) {
            said = .acknowledged(given.by)
            isForgotten = report.isForgotten(acknowledgementOf: alert)
        } else {
            return nil
        }
        unkept = isForgotten ? report.unkept?.why : nil
    }

    var isSilence: Bool { if case .silenced = said { true } else { false } }

    /// What is not kept is not done with.
    var role: Role { unkept == nil ? .accent : .critical }

    /// `ack`, `quiet 23m`, `ack unkept`.
    var brief: String {
        switch said {
        case .acknowledged: unkept == nil ? "ack" : "ack unkept"
        case .silenced(let left):
            unkept == nil ? "quiet " + NumberFormat.age(Double(left) / 1e6) : "quiet unkept"
        }
    }

    /// The same in seven columns.
    var word: String {
        switch (said, unkept) {
        case (.acknowledged, nil): "ack"
        case (.silenced, nil): "quiet"
        case (_, _?): "unkept"
        }
    }

    /// `acknowledged by ada`, `silenced for 23m`.
    var words: String {
        switch said {
        case .acknowledged(let who): "acknowledged" + (who.isEmpty ? "" : " by \(who)")
        case .silenced(let left): "silenced for " + NumberFormat.age(Double(left) / 1e6)
        }
    }
}
