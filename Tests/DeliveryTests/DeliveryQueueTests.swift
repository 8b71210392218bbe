import Foundation
import Monitoring
import Store
import Testing
import Threads

@testable import Delivery

/// The queue on its own thread, with the real clock.
struct DeliveryQueueTests {
    private static let clock: @Sendable () -> Int64 = { Int64(Date().timeIntervalSince1970 * 1e6) }

    private func wait(until condition: () -> Bool) {
        for _ in 0..<5000 where !condition() { usleep(2000) }
    }

    @Test func `enqueued is delivered, without anybody waiting for it`() throws {
        let bench = try DeliveryBench()
        let server = try LoopbackServer()
        let outcomes = Locked<[DeliveryOutcome]>([])
        let queue = try DeliveryQueue(
            in: bench.folder, routes: Sample.oncall(server), clock: Self.clock,
            onOutcome: { outcome in outcomes.withLock { $0.append(outcome) } })
        #expect(queue.enqueue(Sample.routed("early")))
        #expect(queue.status.waiting == 1)
        try queue.start()
        for number in 0..<20 { queue.enqueue(Sample.routed("\(number)", identity: "\(number)")) }
        wait { outcomes.withLock { $0.count } == 21 }
        #expect(server.requests.count == 21)
        #expect(!outcomes.withLock { $0 }.contains { !$0.isDelivered })
        queue.stop()
        #expect(queue.status.waiting == 0 && queue.status.delivered == 21)
    }

    @Test func `what is left when it is stopped is sent by the next`() throws {
        let bench = try DeliveryBench()
        let server = try LoopbackServer { _, _ in .status(503) }
        let first = try DeliveryQueue(in: bench.folder, routes: Sample.oncall(server), clock: Self.clock)
        try first.start()
        first.enqueue(Sample.routed("a"))
        wait { first.status.problem != nil }
        first.stop()
        server.become { _, _ in .status(202) }
        let later: @Sendable () -> Int64 = { Self.clock() + 60_000_000 }
        let second = try DeliveryQueue(in: bench.folder, routes: Sample.oncall(server), clock: later)
        try second.start()
        wait { second.status.delivered == 1 }
        second.stop()
        #expect(server.requests.count == 2)
    }

    @Test func `two queues on one folder send what both were told once`() throws {
        let bench = try DeliveryBench()
        let server = try LoopbackServer()
        let outcomes = Locked<[String]>([])
        let queues = try (0..<2).map { number in
            try DeliveryQueue(
                in: bench.folder, routes: Sample.oncall(server), clock: Self.clock,
                onOutcome: { outcome in
                    if outcome.isDelivered { outcomes.withLock { $0.append("\(number) \(outcome.id)") } }
                })
        }
        for queue in queues { try queue.start() }
        for number in 0..<10 {
            for queue in queues { queue.enqueue(Sample.routed("\(number)", identity: "\(number)")) }
        }
        wait { Set(outcomes.withLock { $0 }).count == 20 }
        for queue in queues { queue.stop() }
        #expect(server.requests.count == 10)
        // Both are told of every one.
        #expect(Set(outcomes.withLock { $0 }).count == 20)
    }

    @Test func `too many at once are told of, not waited for`() throws {
        let bench = try DeliveryBench()
        let outcomes = Locked<[DeliveryOutcome]>([])
        let queue = try DeliveryQueue(
            in: bench.folder, routes: [], clock: Self.clock,
            onOutcome: { outcome in outcomes.withLock { $0.append(outcome) } })
        for number in 0..<DeliveryQueue.capacity { #expect(queue.enqueue(Sample.routed("\(number)"))) }
        #expect(!queue.enqueue(Sample.routed("over")))
        #expect(outcomes.withLock { $0 }.map(\.id) == ["over"])
        #expect(queue.status.waiting == DeliveryQueue.capacity)
    }

    /// Settings that are read again while a receiver hangs: nobody waits, nothing is lost, and each goes by the routes of its time.
    @Test func `other routes count once what is on its way has come`() throws {
        let bench = try DeliveryBench()
        let old = try LoopbackServer { _, _ in .hang }
        let new = try LoopbackServer()
        let outcomes = Locked<[DeliveryOutcome]>([])
        let queue = try DeliveryQueue(
            in: bench.folder, routes: Sample.oncall(old), clock: Self.clock,
            onOutcome: { outcome in outcomes.withLock { $0.append(outcome) } })
        try queue.start()
        queue.enqueue(Sample.routed("a"))
        wait { !old.requests.isEmpty }
        let start = Self.clock()
        let routes = try Sample.oncall(new)
        queue.adopt(routes, heartbeat: nil)
        #expect(Self.clock() - start < 1_000_000)
        for number in 0..<5 { queue.enqueue(Sample.routed("\(number)", identity: "\(number)")) }
        #expect(new.requests.isEmpty)
        old.hangUp()
        wait { outcomes.withLock { $0.filter(\.isDelivered) }.count >= 5 }
        #expect(new.requests.count >= 5 && old.requests.count == 1)
        queue.stop()
    }

    @Test func `stopping doesn't wait for a receiver that hangs`() throws {
        let bench = try DeliveryBench()
        let server = try LoopbackServer { _, _ in .hang }
        let queue = try DeliveryQueue(in: bench.folder, routes: Sample.oncall(server), clock: Self.clock)
        try queue.start()
        queue.enqueue(Sample.routed("a"))
        wait { !server.requests.isEmpty }
        let start = Self.clock()
        queue.stop(within: 50)
        #expect(Self.clock() - start < 5_000_000)
        #expect(queue.status.waiting == 1)
    }
}
