import Metrics
import Statistics
import Telemetry
import TestSupport
import Testing

/// What variants are compared by.
@Suite struct ArmTests {
    private struct Request {
        var variant: String
        var user: UInt64
        var task: String
        var weight: Int64
        var success: Bool?
        var cost: Int64?
        var tokens: Int64?
        var tools: Int64?
        var time: Int64
    }

    private static func requests(_ n: Int64, seed: UInt64) -> [Request] {
        var random = Xoshiro256(seed: seed)
        return (0..<n).map { i in
            Request(
                variant: ["control", "canary", ""][Int(random.below(3))], user: random.below(40),
                task: ["refund", "chat", ""][Int(random.below(3))], weight: [1024, 1500, 20_480][Int(random.below(3))],
                success: random.chance(0.9) ? random.chance(0.8) : nil,
                cost: random.chance(0.8) ? Int64(random.below(4_000_000_000)) : nil,
                tokens: random.chance(0.8) ? Int64(random.below(9000)) : nil,
                tools: random.chance(0.5) ? Int64(random.below(9)) : nil, time: midnight + i * 700_000)
        }
    }

    private static func bench(_ requests: [Request]) -> CountingBench {
        var bench = CountingBench()
        let symbols = bench.symbols
        for request in requests {
            bench.count(at: request.time, cost: request.cost) { record in
                record.values[.variant] = symbols.intern(request.variant, .variant)
                record.values[.taskType] = symbols.intern(request.task, .taskType)
                record.userHash = request.user
                record.weight = request.weight
                record.success = request.success
                record.inputTokens = request.tokens
                record.toolCallCount = request.tools
            }
        }
        return bench
    }

    private static func list(_ array: InlineArray<64, Int64>) -> [Int64] { array.indices.map { array[$0] } }

    @Test func meansAndVariancesAreThoseOfTheRequests() throws {
        let requests = Self.requests(3000, seed: 5)
        let bench = Self.bench(requests)
        let table = bench.snapshot().arms.sum(from: midnight, to: .max)
        for name in ["control", "canary"] {
            let row = try #require(table[bench.symbol(name, .variant)])
            func check(_ moments: Moments, _ value: (Request) -> Int64?) throws {
                let values = requests.filter { $0.variant == name }.compactMap { request in
                    value(request).map { (Double($0), Double(request.weight) / 1024) }
                }
                let weight = values.reduce(0) { $0 + $1.1 }
                let mean = values.reduce(0) { $0 + $1.0 * $1.1 } / weight
                let variance = values.reduce(0) { $0 + ($1.0 - mean) * ($1.0 - mean) * $1.1 } / weight
                #expect(Double(moments.weight) / 1024 == weight)
                #expect(abs(try #require(moments.mean) / mean - 1) < 1e-9)
                #expect(abs(try #require(moments.variance) / variance - 1) < 1e-9)
            }
            try check(row.cost) { $0.cost }
            try check(row.tokens) { $0.tokens }
            try check(row.toolCalls) { $0.tools }
        }
        #expect(Moments().mean == nil && Moments().variance == nil)
    }

    @Test func outcomesAreToldByTaskAndByGroupsOfUsers() throws {
        let requests = Self.requests(2000, seed: 6)
        let bench = Self.bench(requests)
        let arms = bench.snapshot().arms
        let tasks = arms.outcomesByTask(from: midnight, to: .max)
        let groups = arms.userGroups(from: midnight, to: .max)
        for name in ["control", "canary"] {
            let variant = bench.symbol(name, .variant)
            let judged = requests.filter { $0.variant == name && $0.success != nil }
            for task in ["refund", "chat"] {
                let wanted = judged.filter { $0.task == task }
                let outcomes = try #require(tasks[bench.symbol(task, .taskType)])[variant]
                #expect(outcomes.judged.raw == wanted.count)
                #expect(outcomes.failed.weighted == wanted.reduce(0) { $0 + ($1.success == false ? $1.weight : 0) })
            }
            let users = judged.filter { $0.user != 0 }
            let row = try #require(groups[variant])
            #expect(Self.list(row.judged).reduce(0, +) == users.reduce(0) { $0 + $1.weight })
            #expect(
                Self.list(row.failed).reduce(0, +) == users.reduce(0) { $0 + ($1.success == false ? $1.weight : 0) })
            #expect(row.squaredWeights == users.reduce(0) { $0 + $1.weight * $1.weight / 1024 })
            // Forty users fall into many groups, and each always into the same.
            #expect(Self.list(row.judged).count { $0 > 0 } > 20)
        }
    }

    @Test func usersAreCountedOnceAndWhereTheyMoveThatIsSaid() throws {
        var requests: [Request] = []
        func add(_ variant: String, _ user: UInt64, minute: Int64) {
            requests.append(
                Request(
                    variant: variant, user: user, task: "", weight: 1024, time: midnight + minute * Span.minute))
        }
        // Control alone, for long; then a canary comes and users are counted anew.
        for user in 1...50 { add("control", UInt64(user), minute: 0) }
        for user in 1...50 { add("control", UInt64(user), minute: 20) }
        for user in 51...60 { add("canary", UInt64(user), minute: 21) }
        for user in 1...50 { add("control", UInt64(user), minute: 22) }
        for user in 51...60 { add("canary", UInt64(user), minute: 23) }
        // Three of them are sent to the canary.
        for user in 1...3 { add("canary", UInt64(user), minute: 24) }
        add("canary", 0, minute: 24)
        let bench = Self.bench(requests)
        func users(_ name: String, from minute: Int64) throws -> [Int64] {
            let table = bench.snapshot().arms.sum(from: midnight + minute * Span.minute, to: .max)
            let row = try #require(table[bench.symbol(name, .variant)])
            return [row.newUsers, row.movedUsers]
        }
        #expect(try users("control", from: 0) == [100, 0])
        #expect(try users("control", from: 21) == [50, 0])
        #expect(try users("canary", from: 21) == [10, 3])
    }
}
