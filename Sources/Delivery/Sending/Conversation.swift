import Export
import Monitoring

/// What is said to a receiver to deliver one notification, one step after the other. Pure: whoever holds it does what it says and
/// tells what came of it.
protocol Conversation: Sendable {
    /// - Parameter reply: to the request before; nil at the beginning.
    mutating func next(_ reply: HTTPReply?) -> ConversationStep
}

enum ConversationStep: Sendable {
    case send(HTTPRequest)
    case run(ProgramCall)
    /// A line for the end of a file.
    case append(line: String, path: String)
    case end(AttemptResult)
}

/// A program and what it reads.
struct ProgramCall: Sendable {
    var arguments: [String]
    var input: [UInt8]
    /// ms.
    var patience: Int
    /// What it exits with for "try again later"; EX_TEMPFAIL of sysexits.h.
    static let temporaryFailure: Int32 = 75
}

/// One request, and its status decides.
struct SingleRequest: Conversation {
    let request: HTTPRequest
    let redaction: Redaction

    mutating func next(_ reply: HTTPReply?) -> ConversationStep {
        guard let reply else { return .send(request) }
        return .end(reply.result(redaction))
    }
}

/// One step that isn't HTTP.
struct SingleStep: Conversation {
    let step: ConversationStep

    mutating func next(_ reply: HTTPReply?) -> ConversationStep { step }
}

extension Channel {
    /// How a notification is delivered.
    ///
    /// - Parameter now: µs since 1970.
    func conversation(about notification: AlertNotification, now: Int64) -> any Conversation {
        switch self {
        case .pagerDuty(let settings):
            SingleRequest(request: PagerDutyEvent.request(notification, settings), redaction: redaction)
        case .slack(let settings):
            SingleRequest(request: SlackMessage.request(notification, settings), redaction: redaction)
        case .webhook(let settings):
            SingleRequest(request: WebhookMessage.request(notification, settings), redaction: redaction)
        case .alertmanager(let settings):
            SingleRequest(
                request: AlertmanagerAlert.request(notification, settings, now: now), redaction: redaction)
        case .jira(let settings): JiraConversation(notification, settings, redaction)
        case .grafana(let settings): GrafanaConversation(notification, settings, redaction)
        case .command(let settings):
            SingleStep(
                step: .run(
                    ProgramCall(
                        arguments: settings.arguments,
                        input: Array((NotificationDocument.json(notification).line + "\n").utf8),
                        patience: settings.patience)))
        case .file(let settings):
            SingleStep(step: .append(line: NotificationDocument.json(notification).line, path: settings.path))
        case .email(let settings): SingleStep(step: .run(Mail.call(notification, settings)))
        }
    }
}
