/// A key, a token, or an address that is one. It goes to the receiver and nowhere else: described or dumped, it says nothing.
package struct Secret: Sendable, Hashable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// For what is sent only.
    let value: String

    package init(_ value: String) { self.value = value }

    package var isEmpty: Bool { value.isEmpty }
    package var description: String { "(secret)" }
    package var debugDescription: String { "(secret)" }
    package var customMirror: Mirror { Mirror(self, children: [:]) }
}

/// Where something is sent to by HTTP. The whole of it may be a secret (Slack's are): only its host is ever shown.
package struct Address: Sendable, Hashable, CustomStringConvertible {
    /// For what is sent only.
    let url: Secret
    /// `hooks.slack.com` or `127.0.0.1:9093`.
    package let host: String

    /// Where PagerDuty takes events.
    package static let pagerDuty = Address(
        url: Secret("https://events.pagerduty.com/v2/enqueue"), host: "events.pagerduty.com")

    private init(url: Secret, host: String) {
        self.url = url
        self.host = host
    }

    /// nil for what isn't `http://` or `https://` with a host, or holds blanks or controls.
    package init?(_ text: String) {
        guard text.unicodeScalars.allSatisfy({ $0.value > 0x20 && $0.value < 0x7F }) else { return nil }
        guard let mark = text.firstRange(of: "://") else { return nil }
        let scheme = text[..<mark.lowerBound].lowercased()
        guard scheme == "http" || scheme == "https" else { return nil }
        let authority = text[mark.upperBound...].prefix { !"/?#".contains($0) }
        let host = authority.split(separator: "@", omittingEmptySubsequences: false).last.map(String.init) ?? ""
        guard !host.isEmpty, host.first != ":" else { return nil }
        self.host = host
        url = Secret(text)
    }

    /// An address that is a secret as a whole.
    package init?(secret: Secret) { self.init(secret.value) }

    /// Whether it holds a password before its host: `https://user:password@host`.
    package var holdsCredentials: Bool {
        url.value.drop { $0 != ":" }.dropFirst(3).prefix { !"/?#".contains($0) }.contains("@")
    }

    package var description: String { host }

    /// What would give it away: the whole, and the parts of its path that are keys in many services.
    var secrets: [Secret] {
        let path = url.value.dropFirst(url.value.prefix { $0 != ":" }.count + 3).drop { !"/?#".contains($0) }
        let parts = path.split { "/?#&=".contains($0) }.filter { $0.count >= 8 }
        return [url, Secret(String(path))] + parts.map { Secret(String($0)) }
    }

    /// The address with a path behind it, whichever of the two has the slash.
    func appending(_ path: String) -> String {
        var base = url.value
        while base.hasSuffix("/") { base.removeLast() }
        return base + path
    }
}

/// Takes secrets out of what programs and receivers say before anybody sees it.
struct Redaction: Sendable {
    private let secrets: [String]

    init(_ secrets: [Secret]) {
        // Longer ones first: one may be a part of another.
        self.secrets = secrets.map(\.value).filter { $0.count >= 4 }.sorted { $0.count > $1.count }
    }

    /// The text on one line without secrets and controls, at most `limit` characters.
    func shown(_ text: String, limit: Int = 200) -> String {
        var text = text
        for secret in secrets { text = text.replacing(secret, with: "(secret)") }
        return MessageText.line(text, limit: limit)
    }
}
