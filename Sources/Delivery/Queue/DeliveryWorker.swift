import Glibc
import Monitoring
import Store

/// All lanes, advanced by one thread that hands in the time.
final class DeliveryWorker {
    private let routes: [Route]
    private let heartbeat: Heartbeat?
    private let courier: Courier
    private var lanes: [Lane] = []
    private var beating: Attempt?
    /// When the last one was sent, µs since 1970.
    private var beatAt: Int64?
    private(set) var status = DeliveryStatus()

    /// - Parameters:
    ///   - folder: for everything that is kept.
    ///   - counts: of the one before in this process.
    ///   - random: 0 ..< 1, for what is not to happen at the same time everywhere.
    init(
        _ folder: StateFolder, routes: [Route], heartbeat: Heartbeat?, courier: Courier,
        counts: DeliveryStatus = DeliveryStatus(), random: @escaping @Sendable () -> Double
    ) throws(StoreError) {
        self.routes = routes
        self.heartbeat = heartbeat
        self.courier = courier
        (status.delivered, status.failed) = (counts.delivered, counts.failed)
        for route in routes {
            var ordinals: [String: Int] = [:]
            for channel in route.channels {
                lanes.append(
                    try Lane(
                        route: route.name, channel: channel, ordinal: ordinals[channel.kind, default: 0], in: folder,
                        random: random))
                ordinals[channel.kind, default: 0] += 1
            }
        }
        sweepBodies()
    }

    /// Takes in what has arrived and does all that is to be done now, without waiting.
    ///
    /// - Parameters:
    ///   - isAlive: whether there was a sign of life since the last turn.
    ///   - mayStart: false: what is on its way is seen to its end, and nothing else is begun.
    func turn(
        _ arrivals: [RoutedNotification] = [], isAlive: Bool = false, mayStart: Bool = true, now: Int64
    ) -> [DeliveryOutcome] {
        var outcomes: [DeliveryOutcome] = []
        for routed in arrivals { outcomes += accept(routed, now) }
        for lane in lanes {
            outcomes += lane.look(now: now)
            outcomes += lane.work(courier, mayStart: mayStart, now: now)
        }
        beat(isAlive && mayStart, now)
        note(outcomes)
        return outcomes
    }

    /// What becomes readable when there is something to do.
    var descriptors: [Int32] {
        lanes.compactMap(\.attempt).flatMap(\.descriptors) + (beating?.descriptors ?? [])
    }

    var isBusy: Bool { beating != nil || lanes.contains { $0.attempt != nil } }

    private func accept(_ routed: RoutedNotification, _ now: Int64) -> [DeliveryOutcome] {
        let reached = lanes.filter { $0.route == routed.route }
        guard reached.isEmpty else { return reached.compactMap { $0.accept(routed, now: now) } }
        let name = MessageText.line(routed.route, limit: 40)
        let isThere = routes.contains { $0.name == routed.route }
        let reason = isThere ? "route '\(name)' has no channel" : "there is no [route.\(name)] in the configuration"
        return [
            DeliveryOutcome(
                id: routed.id, route: routed.route, channel: "", time: now, result: .failed(reason, retryAt: nil))
        ]
    }

    private func beat(_ isAlive: Bool, _ now: Int64) {
        if let attempt = beating, let result = attempt.advance() {
            beating = nil
            switch result {
            case .delivered: status.heartbeatProblem = nil
            case .failed(let failure): status.heartbeatProblem = failure.reason
            case .refused(let reason): status.heartbeatProblem = reason
            }
        }
        guard let heartbeat, isAlive, beating == nil else { return }
        if let beatAt, now >= beatAt, now < beatAt + heartbeat.interval { return }
        beatAt = now
        beating = Attempt(heartbeat.request, Redaction(heartbeat.url.secrets), courier, now: now)
    }

    private func note(_ outcomes: [DeliveryOutcome]) {
        for outcome in outcomes {
            switch outcome.result {
            case .delivered: status.delivered += 1
            case .failed(_, nil):
                status.failed += 1
                status.problem = outcome
            case .failed: status.problem = outcome
            }
        }
        status.waiting = lanes.reduce(0) { $0 + $1.count }
        status.sending = lanes.count { $0.attempt != nil }
        status.oldest = lanes.compactMap(\.oldest).min()
        status.sender = lanes.lazy.filter { $0.count > 0 }.compactMap(\.holder).first
        if status.waiting == 0, case .failed(_, .some)? = status.problem?.result { status.problem = nil }
    }

    /// Bodies of processes that are no more.
    private func sweepBodies() {
        for name in (try? courier.bodies.names()) ?? [] {
            let parts = name.split(separator: "-")
            guard parts.count == 3, parts[0] == "body", let process = Int32(parts[1]) else { continue }
            if process != getpid(), kill(process, 0) != 0, errno == ESRCH { courier.bodies.remove(name) }
        }
    }
}
