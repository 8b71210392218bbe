import Foundation
import Monitoring
import Store
import Testing

@testable import Delivery

/// What waits on disk is sent once, whatever receivers, processes and networks do. Time is told; only the requests are real.
struct QueueTests {
    private let bench: DeliveryBench

    init() throws { bench = try DeliveryBench() }

    private func keys(_ server: LoopbackServer) throws -> [String] {
        try server.requests.map {
            "\(try member($0.body, "event_action") ?? "") \(try member($0.body, "dedup_key")?.prefix(4) ?? "")"
        }
    }

    private func actions(_ server: LoopbackServer) throws -> [String] {
        try server.requests.map { try member($0.body, "event_action") ?? "" }
    }

    @Test func `what is delivered leaves the disk and is told`() throws {
        let server = try LoopbackServer()
        let worker = try bench.worker(Sample.oncall(server))
        let outcomes = bench.settle(worker, [Sample.routed("a")])
        let expected = DeliveryOutcome(
            id: "a", route: "oncall", channel: "pagerduty 127.0.0.1:\(server.port)", time: bench.now,
            result: .delivered("HTTP 202"))
        #expect(outcomes == [expected])
        #expect(server.requests.count == 1)
        #expect(bench.waitingFiles.isEmpty)
        #expect(worker.status.waiting == 0 && worker.status.delivered == 1)
    }

    @Test func `an id is sent once, in this run and in the next`() throws {
        let server = try LoopbackServer()
        var worker: DeliveryWorker? = try bench.worker(Sample.oncall(server))
        for _ in 0..<2 { _ = bench.settle(try #require(worker), [Sample.routed("a"), Sample.routed("a")]) }
        let first = bench.now
        worker = nil
        let next = try bench.worker(Sample.oncall(server))
        bench.now += 3_600_000_000
        let outcomes = bench.settle(next, [Sample.routed("a")])
        #expect(server.requests.count == 1)
        // It is told when it was delivered, so that the next cooldown counts from there.
        #expect(outcomes.map(\.time) == [first])
        #expect(!outcomes.contains { !$0.isDelivered })
    }

    @Test func `a receiver that fails gets it again, later and later, until it takes it`() throws {
        let server = try LoopbackServer { _, before in .status(before < 3 ? 500 : 202, body: "oops") }
        let worker = try bench.worker(Sample.oncall(server))
        let outcomes = bench.settle(worker, [Sample.routed("a")])
        #expect(outcomes.map(\.result) == [.failed("HTTP 500: oops", retryAt: bench.now + 5_000_000)])
        #expect(bench.settle(worker, after: 4).isEmpty)
        #expect(
            bench.settle(worker, after: 1).map(\.result) == [.failed("HTTP 500: oops", retryAt: bench.now + 10_000_000)]
        )
        #expect(worker.status.problem?.result == .failed("HTTP 500: oops", retryAt: bench.now + 10_000_000))
        #expect(bench.settle(worker, after: 9).isEmpty)
        #expect(bench.settle(worker, after: 1).count == 1)
        #expect(bench.settle(worker, after: 20).map(\.isDelivered) == [true])
        #expect(server.requests.count == 4)
        #expect(worker.status.problem == nil)
    }

    @Test func `a receiver that refuses is told about and not asked again`() throws {
        let server = try LoopbackServer { _, _ in .status(400, body: "{\"status\":\"invalid event\"}") }
        let worker = try bench.worker(Sample.oncall(server))
        let outcomes = bench.settle(worker, [Sample.routed("a")])
        #expect(outcomes.map(\.result) == [.failed("HTTP 400: {\"status\":\"invalid event\"}", retryAt: nil)])
        #expect(bench.settle(worker, after: 86_000).isEmpty)
        #expect(server.requests.count == 1)
        #expect(bench.waitingFiles.isEmpty)
        #expect(worker.status.failed == 1)
        // Put in again, after the settings were mended, it is sent.
        server.become { _, _ in .status(202) }
        #expect(bench.settle(worker, [Sample.routed("a")]).map(\.isDelivered) == [true])
    }

    @Test func `a receiver that limits rates is left alone as long as it asks for`() throws {
        let server = try LoopbackServer { _, before in
            before == 0 ? .status(429, headers: ["Retry-After": "90"]) : .status(202)
        }
        let worker = try bench.worker(Sample.oncall(server))
        _ = bench.settle(worker, [Sample.routed("a")])
        // Not another one either.
        _ = bench.settle(worker, [Sample.routed("b", identity: "other")])
        #expect(bench.settle(worker, after: 89).isEmpty)
        #expect(server.requests.count == 1)
        #expect(bench.settle(worker, after: 4).count == 2)
        #expect(server.requests.count == 3)
    }

    @Test func `a receiver that hangs holds up no other, and gets it again`() throws {
        let (hanging, good) = (
            try LoopbackServer { _, before in before == 0 ? .hang : .status(202) }, try LoopbackServer()
        )
        bench.courier.patience = 300
        let routes = [Route(name: "oncall", channels: [try Sample.pagerDuty(hanging), try Sample.pagerDuty(good)])]
        let worker = try bench.worker(routes)
        let outcomes = bench.settle(worker, [Sample.routed("a")])
        #expect(outcomes.count == 2)
        #expect(outcomes.first?.isDelivered == true)
        #expect(
            outcomes.last?.result
                == .failed("127.0.0.1:\(hanging.port) doesn't answer in time (curl 28)", retryAt: bench.now + 5_000_000)
        )
        #expect(bench.settle(worker, after: 5).map(\.isDelivered) == [true])
        #expect(good.requests.count == 1)
        #expect(hanging.requests.count == 2)
    }

    @Test func `a receiver that closes, or isn't there, gets it when it is back`() throws {
        let server = try LoopbackServer { _, before in before == 0 ? .close : .status(202) }
        let worker = try bench.worker(Sample.oncall(server))
        let outcomes = bench.settle(worker, [Sample.routed("a")])
        #expect(
            outcomes.first?.result
                == .failed(
                    "127.0.0.1:\(server.port) closed without an answer (curl 52)", retryAt: bench.now + 5_000_000))
        #expect(bench.settle(worker, after: 5).map(\.isDelivered) == [true])

        var gone: LoopbackServer? = try LoopbackServer()
        let routes = [Route(name: "gone", channels: [try Sample.pagerDuty(try #require(gone))])]
        gone = nil
        let next = try bench.worker(routes)
        let refused = bench.settle(next, [Sample.routed("b", to: "gone")])
        guard case .failed(let reason, .some)? = refused.first?.result else {
            Issue.record("\(refused)")
            return
        }
        #expect(reason.hasPrefix("can't connect to 127.0.0.1:"))
        #expect(bench.waitingFiles.count == 1)
    }

    @Test func `the end never overtakes the beginning`() throws {
        let server = try LoopbackServer { request, before in .status(before < 2 ? 503 : 202) }
        let worker = try bench.worker(Sample.oncall(server))
        _ = bench.settle(worker, [Sample.routed("a", at: Sample.start)])
        _ = bench.settle(worker, [Sample.routed("b", .acknowledge, at: Sample.start + 1)])
        _ = bench.settle(worker, [Sample.routed("c", .resolve, at: Sample.start + 2)])
        #expect(try actions(server) == ["trigger"])
        for _ in 0..<30 { _ = bench.settle(worker, after: 1) }
        #expect(try actions(server) == ["trigger", "trigger", "trigger", "acknowledge", "resolve"])
    }

    @Test func `at one time the beginning goes first, however they were put in`() throws {
        let server = try LoopbackServer()
        let worker = try bench.worker(Sample.oncall(server))
        _ = bench.settle(worker, [Sample.routed("z", .resolve), Sample.routed("y", .acknowledge), Sample.routed("x")])
        #expect(try actions(server) == ["trigger", "acknowledge", "resolve"])
    }

    @Test func `pages go before tickets`() throws {
        let server = try LoopbackServer()
        let worker = try bench.worker(Sample.oncall(server))
        _ = bench.settle(
            worker,
            [
                Sample.routed("a", identity: "1", severity: .p3), Sample.routed("b", identity: "2", severity: .p2),
                Sample.routed("c", identity: "3", severity: .p1, at: Sample.start + 9),
            ])
        let severities = try server.requests.map { try member($0.body, "payload", "severity") }
        #expect(severities == ["critical", "error", "info"])
    }

    @Test func `one alert's trouble keeps no other waiting`() throws {
        let poisoned = Sample.notification(identity: "poison").key
        let server = try LoopbackServer { request, _ in .status(request.body.contains(poisoned) ? 500 : 202) }
        let worker = try bench.worker(Sample.oncall(server))
        let outcomes = bench.settle(
            worker, [Sample.routed("a", identity: "poison", severity: .p1), Sample.routed("b", identity: "good")])
        #expect(outcomes.map(\.id) == ["a", "b"])
        #expect(outcomes.map(\.isDelivered) == [false, true])
    }

    @Test func `what waits survives a restart, with its patience`() throws {
        let server = try LoopbackServer { _, _ in .status(503) }
        var worker: DeliveryWorker? = try bench.worker(Sample.oncall(server))
        _ = bench.settle(
            try #require(worker), [Sample.routed("a"), Sample.routed("b", .resolve, at: Sample.start + 1)])
        _ = bench.settle(try #require(worker), after: 5)
        #expect(server.requests.count == 2)
        worker = nil
        #expect(bench.waitingFiles.count == 2)
        server.become { _, _ in .status(202) }
        let next = try bench.worker(Sample.oncall(server))
        // Its next try is due in 10 s, whoever makes it.
        #expect(bench.settle(next, after: 9).isEmpty)
        #expect(bench.settle(next, after: 2).map(\.isDelivered) == [true, true])
        #expect(try actions(server) == ["trigger", "trigger", "trigger", "resolve"])
        #expect(bench.waitingFiles.isEmpty)
    }

    @Test func `a process that dies on the way loses nothing`() throws {
        let server = try LoopbackServer { _, before in before == 0 ? .hang : .status(202) }
        var worker: DeliveryWorker? = try bench.worker(Sample.oncall(server))
        _ = worker?.turn([Sample.routed("a")], now: bench.now)
        while server.requests.isEmpty { usleep(2000) }
        worker = nil
        let next = try bench.worker(Sample.oncall(server))
        #expect(bench.settle(next, after: 1).map(\.isDelivered) == [true])
        #expect(server.requests.count == 2)
        // The body that the first left behind is its own affair while it lives.
        #expect(try bench.courier.bodies.names().isEmpty)
    }

    @Test func `what can't be delivered for a day is given up, and told`() throws {
        let server = try LoopbackServer { _, _ in .status(500) }
        let worker = try bench.worker(Sample.oncall(server))
        let start = bench.now
        var outcomes = bench.settle(worker, [Sample.routed("a")])
        while bench.now < start + 86_400_000_000 { outcomes += bench.settle(worker, after: 300) }
        #expect(outcomes.last?.result == .failed("given up after 24 h: HTTP 500", retryAt: nil))
        #expect(bench.waitingFiles.isEmpty)
        // Every five minutes at most, not more often.
        #expect((250...320).contains(server.requests.count))
    }

    @Test func `a clock that was set back keeps nobody waiting`() throws {
        let server = try LoopbackServer { _, before in .status(before == 0 ? 503 : 202) }
        let worker = try bench.worker(Sample.oncall(server))
        _ = bench.settle(worker, [Sample.routed("a")])
        bench.now -= 30 * 86_400_000_000
        #expect(bench.settle(worker).map(\.isDelivered) == [true])
    }

    @Test func `of two processes one sends, also what the other has`() throws {
        let server = try LoopbackServer()
        var first: DeliveryWorker? = try bench.worker(Sample.oncall(server))
        let second = try bench.worker(Sample.oncall(server))
        #expect(bench.settle(try #require(first)).isEmpty)
        #expect(bench.settle(second, [Sample.routed("a"), Sample.routed("b", identity: "2")]).isEmpty)
        #expect(server.requests.isEmpty)
        #expect(second.status.sender == getpid())
        #expect(second.status.waiting == 2)
        // The first has one of them too.
        _ = bench.settle(try #require(first), [Sample.routed("a")])
        _ = bench.settle(try #require(first), after: 1)
        #expect(try Set(keys(server)).count == 2)
        #expect(server.requests.count == 2)
        let told = bench.settle(second, after: 1)
        #expect(Set(told.map(\.id)) == ["a", "b"])
        #expect(!told.contains { !$0.isDelivered })
        #expect(second.status.waiting == 0)
        // When the first ends, the second sends, and nothing again.
        first = nil
        #expect(bench.settle(second, after: 1).isEmpty)
        _ = bench.settle(second, [Sample.routed("a"), Sample.routed("c", identity: "3")])
        #expect(server.requests.count == 3)
    }

    @Test func `what another process gave up is told where it came from`() throws {
        let server = try LoopbackServer { _, _ in .status(400) }
        let first = try bench.worker(Sample.oncall(server))
        _ = bench.settle(first)
        let second = try bench.worker(Sample.oncall(server))
        _ = bench.settle(second, [Sample.routed("a")])
        _ = bench.settle(first, after: 1)
        #expect(bench.settle(second, after: 1).map(\.result) == [.failed("HTTP 400", retryAt: nil)])
        #expect(server.requests.count == 1)
    }

    @Test func `many alerts, a receiver in trouble, two processes and restarts: nothing lost, nothing twice`() throws {
        // Of the first attempts most fail, in every way that leaves no doubt that the receiver didn't take it.
        let server = try LoopbackServer { _, before in
            switch before % 5 {
            case 0 where before < 40: .status(500)
            case 1 where before < 40: .status(429, headers: ["Retry-After": "1"])
            case 2 where before < 40: .close
            case 3 where before < 40: .status(503)
            default: .status(202)
            }
        }
        var workers = [try bench.worker(Sample.oncall(server)), try bench.worker(Sample.oncall(server))]
        var delivered: [String: Int] = [:]
        func note(_ outcomes: [DeliveryOutcome]) {
            for outcome in outcomes where outcome.isDelivered { delivered[outcome.id, default: 0] += 1 }
        }
        for number in 0..<20 {
            let batch = [
                Sample.routed("t\(number)", identity: "\(number)", at: Sample.start + Int64(number)),
                Sample.routed("r\(number)", .resolve, identity: "\(number)", at: Sample.start + Int64(number) + 100),
            ]
            // Each is known to one process, some to both.
            note(bench.settle(workers[number % 2], batch))
            if number % 3 == 0 { note(bench.settle(workers[(number + 1) % 2], batch)) }
            bench.now += 1_000_000
            if number % 7 == 6 {
                workers[number % 2] = try bench.worker(Sample.oncall(server))
            }
        }
        for _ in 0..<600 where !bench.waitingFiles.isEmpty {
            for worker in workers { note(bench.settle(worker)) }
            bench.now += 1_000_000
        }
        #expect(bench.waitingFiles.isEmpty)
        // What the receiver took: each trigger once, each resolve once and after its trigger.
        let taken = try server.requests.enumerated().filter { place, _ in place >= 40 || place % 5 == 4 }
            .map {
                "\(try member($0.element.body, "event_action") ?? "") \(try member($0.element.body, "dedup_key") ?? "")"
            }
        #expect(taken.count == 40)
        #expect(Set(taken).count == 40)
        for number in 0..<20 {
            let key = Sample.notification(identity: "\(number)").key
            let (trigger, resolve) = (taken.firstIndex(of: "trigger \(key)"), taken.firstIndex(of: "resolve \(key)"))
            #expect(try #require(trigger) < (try #require(resolve)))
        }
    }

    @Test func `a broken file in the queue is passed over`() throws {
        let server = try LoopbackServer()
        let lane = try bench.folder.folder("oncall.pagerduty")
        try DurableFile.create(Array("{".utf8), String(repeating: "0", count: 32) + ".json", in: lane)
        try DurableFile.create(Array("half a li".utf8), "sent", in: lane)
        let worker = try bench.worker(Sample.oncall(server))
        #expect(bench.settle(worker, [Sample.routed("a")]).map(\.isDelivered) == [true])
        #expect(bench.waitingFiles.isEmpty)
        let next = try bench.worker(Sample.oncall(server))
        #expect(bench.settle(next, [Sample.routed("a")]).map(\.isDelivered) == [true])
        #expect(server.requests.count == 1)
    }

    @Test func `what was sent is remembered in a file that doesn't grow for ever`() throws {
        var journal = SentJournal(bench.folder)
        for number in 0..<20_000 where number < 9000 || number > 19_990 {
            try journal.add(SentJournal.Entry(id: "\(number)", time: Int64(number), delivered: "HTTP 202"))
        }
        let again = SentJournal(bench.folder)
        #expect(again["19999"]?.delivered == "HTTP 202" && again["8000"] != nil && again["1"] == nil)
        let size = try #require(try DurableFile.read(bench.folder["sent"])).count
        #expect(size < 2 * SentJournal.length * 70)
    }

    @Test func `routes that aren't there, or lead nowhere, are told`() throws {
        let worker = try bench.worker([Route(name: "empty", channels: [])])
        let outcomes = bench.settle(worker, [Sample.routed("a", to: "onkall"), Sample.routed("b", to: "empty")])
        #expect(
            outcomes.map(\.result) == [
                .failed("there is no [route.onkall] in the configuration", retryAt: nil),
                .failed("route 'empty' has no channel", retryAt: nil),
            ])
    }

    @Test func `Alertmanager is told again while it fires, and not after`() throws {
        let server = try LoopbackServer { _, _ in .status(200) }
        let settings = AlertmanagerSettings(url: try #require(Address(server.url)))
        let routes = [Route(name: "oncall", channels: [.alertmanager(settings)])]
        var worker: DeliveryWorker? = try bench.worker(routes)
        _ = bench.settle(try #require(worker), [Sample.routed("a")])
        for _ in 0..<12 { _ = bench.settle(try #require(worker), after: 10) }
        #expect(server.requests.count == 3)
        // The last says that it ends five minutes from then.
        #expect(try member(try #require(server.requests.last).body, "0", "endsAt") == "2026-07-01T14:12:00Z")
        worker = nil
        let next = try bench.worker(routes)
        _ = bench.settle(next, after: 300)
        #expect(server.requests.count == 4)
        _ = bench.settle(next, [Sample.routed("b", .resolve, at: Sample.start + 1_000_000)])
        for _ in 0..<12 { _ = bench.settle(next, after: 10) }
        #expect(server.requests.count == 5)
        #expect(try member(try #require(server.requests.last).body, "0", "endsAt") == "2026-07-01T14:05:01Z")
    }

    @Test func `the heart beats while there are signs of life`() throws {
        let server = try LoopbackServer { _, before in .status(before == 1 ? 500 : 200) }
        let heartbeat = Heartbeat(url: try #require(Address(server.url + "/ping/abc")), interval: 60_000_000)
        let worker = try bench.worker([], heartbeat: heartbeat)
        _ = bench.settle(worker)
        #expect(server.requests.isEmpty)
        _ = bench.settle(worker, isAlive: true)
        bench.now += 59_000_000
        _ = bench.settle(worker, isAlive: true)
        #expect(server.requests.map(\.path) == ["/ping/abc"])
        bench.now += 1_000_000
        _ = bench.settle(worker, isAlive: true)
        #expect(worker.status.heartbeatProblem == "HTTP 500")
        bench.now += 600_000_000
        _ = bench.settle(worker)
        #expect(server.requests.count == 2)
        _ = bench.settle(worker, isAlive: true)
        #expect(worker.status.heartbeatProblem == nil)
    }
}
