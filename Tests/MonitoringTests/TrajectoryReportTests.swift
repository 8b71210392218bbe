import Metrics
import Statistics
import Telemetry
import TestSupport
import Testing

@testable import Monitoring

/// What is told of trajectories.
@Suite struct TrajectoryReportTests {
    private static func bench() -> CountingBench {
        var bench = CountingBench(rowBudget: 4 << 20)
        let cut = bench.symbol("max_tokens", .stopReason)
        let stop = bench.symbol("stop", .stopReason)
        for i in 0..<200 {
            bench.count(at: midnight + Int64(i) * Span.minute, trace: "t\(i)") { record in
                record.success = true
                record.steps = i < 150 ? 4 : 9
                record.stopReason = i >= 150 && i % 2 == 0 ? cut : stop
                record.flags = i % 10 == 0 ? .circuitBreaker : .lowConfidence
                record.redundantToolCalls = i == 180 ? 12 : 0
                record.toolCallCount = i == 180 ? 13 : 1
            }
        }
        let actions = [("reroute", true), ("reroute", true), ("reroute", false), ("skip_step", nil)]
        for (action, helped) in actions {
            let symbol = bench.symbol(action, .fallbackAction)
            bench.count(.fallback, at: midnight + 190 * Span.minute) { record in
                record.fallbackAction = symbol
                record.fallbackHelped = helped
            }
        }
        return bench
    }

    private static func report(_ bench: CountingBench) throws -> TrajectoryReport {
        let snapshot = bench.snapshot()
        let now = try #require(snapshot.now)
        let times = now - 49 * Span.minute...now
        return TrajectoryReport(
            snapshot, now: snapshot.totals(lasting: 49 * Span.minute, endingAt: now).tally,
            then: snapshot.baseline(for: Span.hour).tally, in: times)
    }

    @Test func `each number stands beside what it was, and what is not known is left out`() throws {
        let report = try Self.report(Self.bench())
        func measure(_ kind: TrajectoryMeasure.Kind) -> TrajectoryMeasure? {
            report.measures.first { $0.kind == kind }
        }
        #expect(measure(.stepsPerRequest)?.value == 9 && measure(.stepsPerRequest)?.before == 4)
        #expect(measure(.cutAnswers)?.value == 0.5 && measure(.cutAnswers)?.before == 0)
        #expect(measure(.breakerTrips)?.value == 0.1)
        #expect(measure(.longTrajectories)?.value == 1 && report.usualSteps == 4)
        #expect(measure(.redundantCalls)?.part == 12 * 1024 && measure(.redundantCalls)?.whole == 62 * 1024)
        #expect(measure(.validArguments) == nil && measure(.repeatedToolErrors) == nil)
        #expect(report.worst.map(\.request.traceID) == ["t180"])
    }

    @Test func `fallbacks tell how many helped, and how sure that is`() throws {
        let fallbacks = try Self.report(Self.bench()).fallbacks
        #expect(fallbacks.map(\.name) == ["reroute", "skip_step"])
        #expect(fallbacks[0].share == 2.0 / 3 && fallbacks[1].share == nil && fallbacks[1].interval == nil)
        let interval = try #require(fallbacks[0].interval)
        #expect(abs(interval.lower - 0.2077) < 1e-3 && abs(interval.upper - 0.9385) < 1e-3)
    }
}
