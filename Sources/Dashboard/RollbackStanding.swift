import Canvas
import Monitoring

/// Where the rollback of the canary stands that a verdict asks for.
package enum RollbackStanding: Sendable, Hashable {
    /// Nothing is run (no `--act`), or nothing is to be.
    case off
    /// A command waits to be confirmed.
    case offered(String)
    /// It can't be run, or somebody ran it: what there is to say.
    case told(String, isBad: Bool)
}

/// Rolling a canary back: what it was asked for, and what came of it.
extension Model {
    /// Takes over where the rollback stands now; an offer is told once.
    mutating func arrived(_ standing: RollbackStanding) {
        guard standing != rollback else { return }
        rollback = standing
        isAboutToRollBack = false
        let key = keys.name(of: .rollback) ?? "rollback"
        switch standing {
        case .off: break
        case .offered(let command): notice = "canary ROLLBACK: \(key) runs \(command)"
        case .told(let text, _): notice = "canary: \(text)"
        }
    }

    /// Runs the command; asked twice, for it can't be taken back.
    mutating func rollBack() -> [Effect] {
        switch rollback {
        case .told(let text, _): notice = text
        case .off:
            let canary = latest?.canary()
            notice =
                canary?.verdict == .rollback
                ? "nothing is run without --act and [canary] on_rollback" : "no canary is to be rolled back"
        case .offered(let command):
            guard isAboutToRollBack else {
                isAboutToRollBack = true
                notice = "once more runs: \(command)"
                return []
            }
            isAboutToRollBack = false
            return [.rollBack(command)]
        }
        return []
    }
}
