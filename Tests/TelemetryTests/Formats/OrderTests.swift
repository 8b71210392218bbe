import Telemetry
import Testing

@testable import Telemetry

/// Writers send in any order and more than once: the totals are the same.
@Suite struct OrderTests {
    private static let count = 200

    /// Spans of traces two seconds apart, each with a root and three calls.
    private func spans() -> [SpanText] {
        (0..<Self.count).flatMap { trace -> [SpanText] in
            let number = String(trace + 1, radix: 16)
            let text = String(repeating: "0", count: 32 - number.count) + number
            let start = 1_795_000_000_000 + Int64(trace) * 2_000
            let calls = (1...3).map { call in
                SpanText(
                    trace: text, id: "00000000000000a\(call)", parent: "00000000000000ff", start: start,
                    end: start + 100 * Int64(call),
                    attributes: [
                        ("gen_ai.operation.name", SpanText.string("chat")),
                        ("gen_ai.usage.input_tokens", SpanText.int(trace + call)),
                        ("gen_ai.usage.output_tokens", SpanText.int(call)),
                    ])
            }
            return calls + [SpanText(trace: text, id: "00000000000000ff", start: start, end: start + 900)]
        }
    }

    private var expected: Totals {
        Totals(
            requests: Self.count, input: Int64(3 * (0..<Self.count).reduce(0, +) + 6 * Self.count),
            output: Int64(6 * Self.count))
    }

    @Test func aFileInAnyOrderAddsUpToTheSame() {
        var generator = SeededGenerator(11)
        let lines = spans().map(\.line)
        for order in [lines, lines.reversed(), lines.shuffled(using: &generator), lines + lines] {
            let reader = FormatReader(reading: order.joined(separator: "\n"))
            #expect(reader.totals == expected)
            #expect(reader.decoder.otlp.assembler.late == 0)
        }
    }

    @Test func theClockWaitsForNothingButTheTime() {
        var reader = FormatReader()
        for span in spans() { reader.read(span.line) }
        #expect(reader.records.isEmpty)
        #expect(reader.decoder.heldTraces == Self.count)
        reader.advance(to: reader.decoder.heldTime + 60_000_000)
        #expect(reader.totals == expected)
        #expect(reader.decoder.heldTraces == 0)
    }

    @Test func whatLingersIsBounded() {
        var limits = TraceAssembler.Limits()
        limits.lingering = 10
        var assembler = TraceAssembler(limits: limits)
        var most = 0
        for number in 1...1_000 as ClosedRange<UInt64> {
            var fact = SpanFact()
            fact.id = number
            fact.end = Int64(number) * 60_000_000
            assembler.add(fact, trace: number, text: { [] })
            assembler.settle()
            most = max(most, assembler.count)
        }
        #expect(most == 10)
    }

    @Test func anEvaluationFollowsItsRequest() {
        let values =
            #"[{"key":"gen_ai.evaluation.name","value":{"stringValue":"Relevance"}},{"key":"gen_ai.evaluation.score.value","value":{"doubleValue":0.5}}]"#
        var span = SpanText(id: "00000000000000ff", start: 1_795_000_000_000, end: 1_795_000_001_000)
        let log =
            #"{"resourceLogs":[{"scopeLogs":[{"logRecords":[{"timeUnixNano":"1795000001500000000","eventName":"gen_ai.evaluation.result","traceId":""#
            + span.trace + #"","spanId":"00000000000000ff","attributes":"# + values + "}]}]}]}"
        let alone = FormatReader(reading: [log, span.line].joined(separator: "\n"))
        #expect(alone.records.map(\.record.kind) == [.eval, .request])
        let after = FormatReader(reading: [span.line, log].joined(separator: "\n"))
        #expect(after.records.map(\.record.kind) == [.request, .eval])
        #expect(after.records.map(\.trace) == [span.trace, span.trace])
        span.events =
            "[{\"name\":\"gen_ai.evaluation.result\",\"timeUnixNano\":\"1795000000500000000\",\"attributes\":\(values)}]"
        let within = FormatReader(reading: span.line)
        #expect(within.records.map(\.record.kind) == [.request, .eval])
    }

    @Test func aSpanWithoutATimeIsTold() {
        var unset = SpanText(id: "00000000000000aa", start: 1_795_000_000_000, end: 0)
        let none = SpanText(id: "00000000000000ab", start: 0, end: 0).span
            .replacing("\"startTimeUnixNano\":\"0000000\",\"endTimeUnixNano\":\"0000000\",", with: "")
        let line = unset.line.replacing(unset.span, with: unset.span + "," + none)
        let reader = FormatReader(reading: line.replacing("\"0000000\"", with: "\"0\""))
        #expect(reader.requests.map(\.time) == [1_795_000_000_000_000])
        #expect(reader.decoder.understanding.notes.contains { $0.hasPrefix("1 spans without ids or times") })
        unset.end = unset.start + 5
        #expect(FormatReader(reading: unset.line).requests.map(\.latency) == [5_000])
    }
}
