import Export
import Foundation
import Glibc
import Monitoring
import Store
import Testing

@testable import Delivery

/// A folder of its own for each test, removed with it, and what makes workers in it.
final class DeliveryBench {
    let folder: StateFolder
    var courier: Courier
    /// The time that workers are told, µs since 1970.
    var now: Int64 = 1_782_914_700_000_000
    private let path: String

    init() throws {
        path = NSTemporaryDirectory() + "delivery-\(UUID().uuidString)"
        folder = try StateFolder(path)
        courier = Courier(bodies: try folder.folder("bodies"))
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func worker(_ routes: [Route], heartbeat: Heartbeat? = nil) throws -> DeliveryWorker {
        try DeliveryWorker(folder, routes: routes, heartbeat: heartbeat, courier: courier, random: { 0.5 })
    }

    /// Lets the worker do all that is to be done at this time.
    func settle(
        _ worker: DeliveryWorker, _ arrivals: [RoutedNotification] = [], isAlive: Bool = false
    ) -> [DeliveryOutcome] {
        var outcomes = worker.turn(arrivals, isAlive: isAlive, now: now)
        while worker.isBusy {
            poll(nil, 0, 2)
            outcomes += worker.turn(now: now)
        }
        return outcomes
    }

    /// The same so many seconds later.
    func settle(_ worker: DeliveryWorker, after seconds: Int64) -> [DeliveryOutcome] {
        now += seconds * 1_000_000
        return settle(worker)
    }

    /// Files that wait in all lanes.
    var waitingFiles: [String] {
        let lanes = (try? folder.names()) ?? []
        return lanes.flatMap { (try? folder.folder($0).names()) ?? [] }.filter { $0.utf8.count == 37 }
    }
}

/// Notifications to be sent.
enum Sample {
    /// 2026-07-01T14:05:00Z.
    static let start: Int64 = 1_782_914_700_000_000

    static func notification(
        _ action: AlertNotification.Action = .trigger, identity: String = "agentdash/checkout-agent/errors",
        severity: Severity = .p2, at time: Int64 = start
    ) -> AlertNotification {
        AlertNotification(
            action: action, identity: identity, episode: "e1", reason: "first notification", rule: "errors",
            severity: severity, service: "checkout-agent", summary: "WARNING: Error rate 15.0% exceeds 10%",
            symptom: "15.0% > 10%", metric: "error_rate", value: 0.15, threshold: 0.1, window: 300_000_000,
            requests: 412,
            startsAt: start, endsAt: action == .resolve ? time : nil, time: time)
    }

    static func routed(
        _ id: String, _ action: AlertNotification.Action = .trigger, to route: String = "oncall",
        identity: String = "agentdash/checkout-agent/errors", severity: Severity = .p2, at time: Int64 = start
    ) -> RoutedNotification {
        RoutedNotification(
            route: route, notification: notification(action, identity: identity, severity: severity, at: time), id: id)
    }

    static func pagerDuty(_ server: LoopbackServer, key: String = "R0UTINGKEY0000000000000000000000") throws -> Channel
    {
        .pagerDuty(
            PagerDutySettings(routingKey: Secret(key), url: try #require(Address(server.url + "/v2/enqueue"))))
    }

    static func oncall(_ server: LoopbackServer) throws -> [Route] {
        [Route(name: "oncall", channels: [try pagerDuty(server)])]
    }
}

/// JSON with its keys sorted, for comparison.
func canonical(_ text: String) throws -> String {
    let value = try JSONSerialization.jsonObject(with: Data(text.utf8), options: .fragmentsAllowed)
    return try canonical(value)
}

func canonical(_ value: Any) throws -> String {
    let data = try JSONSerialization.data(
        withJSONObject: value, options: [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes, .fragmentsAllowed])
    return String(decoding: data, as: UTF8.self)
}

/// A member of an object, by path.
func member(_ text: String, _ path: String...) throws -> String? {
    var value: Any? = try JSONSerialization.jsonObject(with: Data(text.utf8))
    for name in path {
        if let index = Int(name), let list = value as? [Any] {
            value = index < list.count ? list[index] : nil
        } else {
            value = (value as? [String: Any])?[name]
        }
    }
    return value.map { "\($0)" }
}
