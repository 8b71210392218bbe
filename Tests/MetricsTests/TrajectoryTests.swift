import Query
import Statistics
import Telemetry
import TestSupport
import Testing

@testable import Metrics

/// How the agent got there: counted in windows, and found among the requests held.
struct TrajectoryTests {
    private static func call(_ name: Symbol, failed: Bool? = false, valid: Bool? = nil) -> ToolCall {
        var call = ToolCall()
        call.name = name
        call.success = failed.map { !$0 }
        call.argumentsValid = valid
        return call
    }

    /// What an expression of the window comes to in the hour after midnight.
    private static func value(_ source: String, _ bench: CountingBench) throws -> Double? {
        let expression = try Expression.compile("\(source) > 0", WindowMetric.catalogue)
        let reference = try #require(expression.references.first)
        var reader = WindowReader(bench.snapshot(), at: midnight + Span.hour)
        return reader.value(of: reference, lasting: Span.hour)?.double
    }

    @Test func `windows tell calls in vain, wrong ones, repeated errors, cut answers and what fallbacks were worth`()
        throws
    {
        var bench = CountingBench()
        let search = bench.symbol("search", .tool)
        let stops = ["length", "max_tokens", "stop", "end_turn"].map { bench.symbol($0, .stopReason) }
        for i in 0..<40 {
            bench.count(at: midnight + Int64(i) * Span.minute) { record in
                record.success = i % 4 != 0
                record.stopReason = stops[i % 4]
                // Four calls each; every second request says how many of them were redundant.
                record.tools = (0..<4).map { n in
                    Self.call(
                        search, failed: i % 10 == 0 && n < 2 || i % 10 == 1 && n % 2 == 0, valid: n == 0 ? nil : n < 3)
                }
                record.toolCallCount = 4
                if i % 2 == 0 { record.redundantToolCalls = i % 4 == 0 ? 2 : 0 }
                record.weight = 2048
            }
        }
        let reroute = bench.symbol("reroute", .fallbackAction)
        for helped in [true, true, true, false, nil] {
            bench.count(.fallback, at: midnight + Span.minute) { record in
                record.fallbackAction = reroute
                record.fallbackHelped = helped
            }
        }
        #expect(try Self.value("tool_calls_per_success", bench) == 160.0 / 30)
        #expect(try Self.value("redundant_call_rate", bench) == 0.25)
        #expect(try Self.value("argument_validity", bench) == 2.0 / 3)
        #expect(try Self.value("repeated_tool_error_rate", bench) == 0.1)
        #expect(try Self.value("max_tokens_rate", bench) == 0.5)
        #expect(try Self.value("fallback_help_rate", bench) == 0.75)
        #expect(try #require(try Self.value("at_least(repeated_tool_error_rate)", bench)) < 0.1)
    }

    @Test func `what nobody says is not known`() throws {
        var bench = CountingBench()
        for i in 0..<40 { bench.count(at: midnight + Int64(i) * Span.minute) { $0.success = true } }
        for metric in [
            "tool_calls_per_success", "redundant_call_rate", "argument_validity", "repeated_tool_error_rate",
            "max_tokens_rate", "fallback_help_rate",
        ] {
            #expect(try Self.value(metric, bench) == nil, "\(metric)")
        }
    }

    @Test func `what is unknown of a call breaks a run of failures`() {
        func longest(_ calls: [Bool?]) -> Int {
            var run = FailureRun()
            for failed in calls { run.add(failed: failed) }
            return run.longest
        }
        #expect(longest([true, true, false, true, true, true]) == 3)
        #expect(longest([true, nil, true]) == 1)
        #expect(longest([]) == 0 && longest([false]) == 0)
    }

    @Test func `the requests that went in circles are found, the worst first, and steps beyond what is usual counted`()
        throws
    {
        var bench = CountingBench(rowBudget: 16 << 20)
        let (search, mail) = (bench.symbol("search", .tool), bench.symbol("mail", .tool))
        for i in 0..<400 {
            bench.count(at: midnight + Int64(i) * Span.second, trace: "t\(i)") { record in
                record.success = true
                record.steps = i < 300 ? Int64(i % 20 + 1) : i % 10 == 0 ? 40 : 5
                record.tools = [Self.call(search), Self.call(mail)]
                switch i {
                case 350: record.redundantToolCalls = 12
                case 360: record.tools = [Self.call(mail)] + (0..<8).map { _ in Self.call(search) }
                case 370: record.tools = (0..<5).map { _ in Self.call(search, failed: true) }
                case 100: record.redundantToolCalls = 50
                default: record.redundantToolCalls = 1
                }
            }
        }
        let rows = bench.snapshot().rows
        let times = midnight + 300 * Span.second...midnight + 400 * Span.second
        let found = rows.trajectories(in: times, limit: 2)
        #expect(found.usualSteps == 19)
        #expect(found.withSteps == 100 * 1024 && found.long == 10 * 1024)
        #expect(found.worst.map(\.request.traceID) == ["t370", "t350"])
        let all = rows.trajectories(in: times, limit: 9)
        #expect(all.worst.map(\.request.traceID) == ["t370", "t350", "t360"])
        #expect(all.worst.map(\.failuresInARow) == [5, 0, 0])
        #expect(all.worst[1].redundantCalls == 12 && all.worst[1].unusualSteps == 40)
        #expect(all.worst[2].sameToolInARow == 8 && all.worst[2].tool == search)
        #expect(rows.trajectories(in: times, where: try RecordFilter("trace_id = t350"), limit: 9).worst.count == 1)
    }

    @Test func `a filter finds the requests with a tool whose arguments were invalid`() throws {
        var bench = CountingBench(rowBudget: 1 << 20)
        let tool = bench.symbol("search", .tool)
        for i in 0..<30 {
            bench.count(at: midnight + Int64(i) * Span.second, trace: "t\(i)") { record in
                if i % 3 > 0 { record.tools = [Self.call(tool, valid: i % 3 == 1 ? nil : i % 2 == 0)] }
            }
        }
        let rows = bench.snapshot().rows
        func count(_ source: String) throws -> Int {
            rows.select(in: 0...anyTime, where: try RecordFilter(source), limit: 0).total
        }
        #expect(try count(#"tool_invalid = "search""#) == 5)
        #expect(try count(#"tool_invalid ~ """#) == 5)
        #expect(try count(#"tool_invalid != "search""#) == 25)
    }
}
