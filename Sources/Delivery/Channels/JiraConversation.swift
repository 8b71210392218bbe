import Monitoring
import Store

/// Looks for the alert's open issue; opens one or writes a comment, and closes it at the end.
struct JiraConversation: Conversation {
    private let notification: AlertNotification
    private let settings: JiraSettings
    private let redaction: Redaction
    private var stage = Stage.beginning

    private enum Stage {
        case beginning, searching, creating
        case commenting(issue: String)
        case listing(issue: String)
        case closing(issue: String)
    }

    private struct Issues: Decodable {
        struct Issue: Decodable { var key: String }
        var issues: [Issue]
    }

    private struct Created: Decodable { var key: String }

    private struct Transitions: Decodable {
        struct Transition: Decodable {
            struct Status: Decodable { var name: String }
            var id: String
            var name: String
            var to: Status?
        }
        var transitions: [Transition]
    }

    init(_ notification: AlertNotification, _ settings: JiraSettings, _ redaction: Redaction) {
        self.notification = notification
        self.settings = settings
        self.redaction = redaction
    }

    mutating func next(_ reply: HTTPReply?) -> ConversationStep {
        if let reply, !reply.isSuccess { return .end(reply.result(redaction)) }
        let body = reply?.body ?? []
        switch stage {
        case .beginning:
            stage = .searching
            return .send(JiraIssue.search(notification, settings))
        case .searching: return found(StoredJSON.value(Issues.self, from: body))
        case .creating:
            return .end(
                .delivered("opened \(StoredJSON.value(Created.self, from: body).map { shown($0.key) } ?? "an issue")"))
        case .commenting(let issue):
            guard notification.action == .resolve, settings.resolveTransition != nil else {
                return .end(.delivered("comment on \(shown(issue))"))
            }
            stage = .listing(issue: issue)
            return .send(JiraIssue.transitions(of: issue, settings))
        case .listing(let issue): return listed(StoredJSON.value(Transitions.self, from: body), issue)
        case .closing(let issue): return .end(.delivered("closed \(shown(issue))"))
        }
    }

    private mutating func found(_ issues: Issues?) -> ConversationStep {
        guard let issues else {
            let reason =
                "the answer to the search holds no issues: is \(settings.url.host) a Jira of API \(settings.version)?"
            return .end(.failed(AttemptFailure(reason)))
        }
        guard let issue = issues.issues.first(where: { Self.isKey($0.key) })?.key else {
            guard notification.action == .trigger else { return .end(.delivered("no open issue")) }
            stage = .creating
            return .send(JiraIssue.create(notification, settings))
        }
        stage = .commenting(issue: issue)
        return .send(JiraIssue.comment(notification, on: issue, settings))
    }

    private mutating func listed(_ transitions: Transitions?, _ issue: String) -> ConversationStep {
        let wanted = settings.resolveTransition?.lowercased()
        let known = transitions?.transitions ?? []
        guard
            let match = known.first(where: { $0.name.lowercased() == wanted })
                ?? known.first(where: { $0.to?.name.lowercased() == wanted })
        else {
            // The comment is there: what is missing is said, and nothing is tried again.
            let names = known.map(\.name).joined(separator: ", ")
            return .end(
                .delivered(
                    "comment on \(shown(issue)); no transition '\(settings.resolveTransition ?? "")', only \(shown(names))"
                ))
        }
        stage = .closing(issue: issue)
        return .send(JiraIssue.transition(issue, to: match.id, settings))
    }

    private func shown(_ text: String) -> String { redaction.shown(text, limit: 80) }

    /// `AGENT-12`: it becomes a part of an address.
    private static func isKey(_ text: String) -> Bool {
        !text.isEmpty && text.utf8.count <= 100
            && text.unicodeScalars.allSatisfy {
                $0.isASCII && ($0.properties.isAlphabetic || $0.properties.numericType != nil || $0 == "-" || $0 == "_")
            }
    }
}
