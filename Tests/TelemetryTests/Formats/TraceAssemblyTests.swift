import Telemetry
import Testing

@testable import Telemetry

@Suite struct TraceAssemblyTests {
    /// A span of trace `trace` in ms after 2026-11-18.
    private func span(_ trace: Int, _ id: Int, parent: Int = 0, _ start: Int64, _ end: Int64, flags: Int = 256)
        -> SpanText
    {
        let digits = String(trace, radix: 16)
        let text = String(repeating: "0", count: 32 - digits.count) + digits
        func hex(_ number: Int) -> String {
            let digits = String(number, radix: 16)
            return number == 0 ? "" : String(repeating: "0", count: 16 - digits.count) + digits
        }
        let base: Int64 = 1_795_000_000_000
        return SpanText(
            trace: text, id: hex(id), parent: hex(parent), start: base + start, end: base + end,
            attributes: [
                ("gen_ai.operation.name", SpanText.string("chat")), ("gen_ai.usage.input_tokens", SpanText.int(1)),
            ],
            flags: flags)
    }

    @Test func aTraceWaitsTenSecondsOfEventTimeForItsChildren() {
        var reader = FormatReader(.otlp)
        reader.read(span(1, 1, 0, 1_000).line)
        reader.read(span(2, 2, 0, 5_000).line)
        reader.read(span(3, 3, 0, 10_999).line)
        #expect(reader.records.isEmpty)
        // One trace that is ahead of all others completes nothing.
        reader.read(span(4, 4, 0, 900_000).line)
        #expect(reader.records.isEmpty)
        reader.read(span(5, 5, 0, 10_998).line)
        #expect(reader.records.isEmpty)
        reader.advance(to: 1_795_000_011_000_000)
        #expect(reader.records.map(\.record.latency) == [1_000_000])
        reader.advance(to: 1_795_000_014_999_999)
        #expect(reader.records.count == 1)
        reader.advance(to: 1_795_000_015_000_000)
        #expect(reader.records.count == 2)
        reader.finish()
        #expect(reader.records.count == 5)
        #expect(reader.records.map(\.record.time) == reader.records.map(\.record.time).sorted())
    }

    @Test func whatComesAfterTheRequestIsCountedIsLate() {
        var reader = FormatReader(.otlp)
        reader.read(span(1, 1, 0, 1_000).line)
        reader.advance(to: 1_795_000_020_000_000)
        #expect(reader.totals == Totals(requests: 1, input: 1))
        reader.read(span(1, 2, parent: 1, 100, 200).line)
        reader.read(span(1, 1, 0, 1_000).line)
        reader.finish()
        #expect(reader.totals == Totals(requests: 1, input: 1))
        #expect(reader.decoder.otlp.assembler.late == 1)
        #expect(reader.decoder.otlp.assembler.duplicates == 1)
        #expect(reader.decoder.understanding.notes.contains { $0.contains("after their request") })
    }

    @Test func withoutARootTheEarliestParentlessSpanStandsIn() {
        let reader = FormatReader(
            reading: [
                span(1, 2, parent: 9, 100, 400), span(1, 3, parent: 2, 150, 200), span(1, 4, parent: 9, 500, 900),
            ]
            .map(\.line).joined(separator: "\n"))
        #expect(reader.requests.map(\.latency) == [300_000])
        #expect(reader.totals.input == 2)
    }

    @Test func aRemoteParentIsNotWaitedForLong() {
        var reader = FormatReader(.otlp)
        reader.read(span(1, 2, parent: 9, 0, 1_000, flags: 768).line)
        reader.read(span(2, 3, parent: 9, 0, 1_000).line)
        reader.advance(to: 1_795_000_062_000_000)
        #expect(reader.requests.count == 1)
        reader.advance(to: 1_795_000_602_000_000)
        #expect(reader.requests.count == 2)
    }

    @Test func costsAreAddedOnlyWhereAllAreKnown() {
        func cost(_ values: [(parent: Int, cost: Int64?, tokens: Int64?)]) -> Int64? {
            var spans: [SpanFact] = []
            for (place, value) in values.enumerated() {
                var fact = SpanFact()
                fact.id = UInt64(place + 1)
                fact.parent = UInt64(value.parent)
                fact.cost = value.cost
                fact.usage.input = value.tokens
                fact.role = .model
                spans.append(fact)
            }
            return SpanTree(spans).cost
        }
        // The root's own sum repeats its leaves'.
        #expect(cost([(0, 5, 30), (1, 2, 10), (1, 3, 20)]) == 5)
        #expect(cost([(0, nil, nil), (1, 2, 10), (1, 4, 20)]) == 6)
        // A leaf whose price isn't said is not free.
        #expect(cost([(0, nil, nil), (1, 2, 10), (1, nil, 20)]) == nil)
        #expect(cost([(0, 7, nil), (1, 2, 10), (1, nil, 20)]) == 7)
        #expect(cost([(0, nil, nil), (1, nil, nil)]) == nil)
    }

    @Test func spansThatAreEachOthersParentsAreRead() {
        let reader = FormatReader(
            reading: [span(1, 1, parent: 2, 0, 100), span(1, 2, parent: 1, 10, 90), span(1, 3, parent: 3, 20, 80)]
                .map(\.line).joined(separator: "\n"))
        #expect(reader.requests.count == 1)
        #expect(reader.totals.input == 3)
    }

    @Test func manyTracesNeverEndingStayBounded() {
        var limits = TraceAssembler.Limits()
        limits.traces = 100
        limits.bytes = 200_000
        var assembler = TraceAssembler(limits: limits)
        var taken = 0
        var spans = 0
        var (most, mostBytes) = (0, 0)
        for number in 0..<20_000 {
            var fact = SpanFact()
            fact.id = UInt64(number + 1)
            // Every fourth trace has a root; all spans have one time, so that nothing is ever complete by time.
            fact.parent = number % 4 == 0 ? 0 : 7
            (fact.start, fact.end) = (1_000, 2_000)
            assembler.add(fact, trace: UInt64(number / 2 + 1), text: { [] })
            assembler.settle()
            most = max(most, assembler.count)
            mostBytes = max(mostBytes, assembler.heldBytes)
            while let trace = assembler.popReady() {
                taken += 1
                spans += trace.spans.count
            }
        }
        assembler.finish()
        while let trace = assembler.popReady() {
            taken += 1
            spans += trace.spans.count
        }
        #expect(most <= limits.traces)
        #expect(mostBytes <= limits.bytes + 2_000)
        #expect(taken == 10_000)
        #expect(spans + assembler.late == 20_000)
        #expect(assembler.heldBytes == 0)
    }

    @Test func aTraceOfManySpansKeepsItsRoot() {
        var limits = TraceAssembler.Limits()
        limits.spansPerTrace = 50
        var assembler = TraceAssembler(limits: limits)
        for number in 2...500 {
            var fact = SpanFact()
            fact.id = UInt64(number)
            fact.parent = 1
            assembler.add(fact, trace: 1, text: { [] })
        }
        var root = SpanFact()
        root.id = 1
        root.end = 77
        assembler.add(root, trace: 1, text: { [] })
        assembler.finish()
        let trace = assembler.popReady()
        #expect(trace?.spans.count == 51)
        #expect(trace?.rootEnd == 77)
        #expect(assembler.dropped == 449)
    }

    @Test func theHeapGivesTheLeastFirst() {
        var heap = DeadlineHeap()
        var generator = SeededGenerator(3)
        var expected: [Int64] = []
        for _ in 0..<500 {
            let deadline = Int64.random(in: 0...100, using: &generator)
            expected.append(deadline)
            heap.push(deadline, .random(in: 0...9, using: &generator))
        }
        var taken: [Int64] = []
        while let first = heap.first {
            taken.append(first.0)
            heap.removeFirst()
        }
        #expect(taken == expected.sorted())
    }

    @Test func recentHashesForgetOnlyTheOldest() {
        var recent = RecentHashes(capacity: 100)
        for hash in 0..<1_000 as Range<UInt64> {
            let isNew = recent.insert(hash)
            let isNewAgain = recent.insert(hash)
            #expect(isNew && !isNewAgain)
            if hash >= 100 { #expect(recent.contains(hash - 100)) }
        }
        #expect(!recent.contains(0))
    }
}

@Suite struct HashPlacesTests {
    @Test func theyAreWhatADictionaryHolds() {
        var generator = SeededGenerator(5)
        var places = HashPlaces()
        var expected: [UInt64: Int] = [:]
        for step in 0..<20_000 {
            // Few different low bits, so that many stand in each other's way; 0 among them.
            let hash = UInt64.random(in: 0..<40, using: &generator) | UInt64.random(in: 0..<8, using: &generator) << 32
            #expect(places[hash] == expected[hash])
            if expected[hash] != nil, Bool.random(using: &generator) {
                places.remove(hash)
                expected[hash] = nil
            } else if expected[hash] == nil {
                places.insert(hash, step)
                expected[hash] = step
            }
            #expect(places.count == expected.count)
        }
        for (hash, place) in expected { #expect(places[hash] == place) }
    }
}
