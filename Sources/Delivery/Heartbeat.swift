/// An address that is asked for while agentdash judges: whoever watches it learns when agentdash itself has stopped.
package struct Heartbeat: Sendable, Hashable {
    package var url: Address
    /// µs between two.
    package var interval: Int64

    package init(url: Address, interval: Int64 = 60_000_000) {
        self.url = url
        self.interval = interval
    }

    var request: HTTPRequest { HTTPRequest(method: .get, url: url.url.value, host: url.host) }
}
