import Metrics
import Statistics
import Telemetry
import TestSupport
import Testing

/// Slots that are seldom written take less room, and nothing else about them changes.
@Suite struct PackingTests {
    private static let numbers: [Int64] = [
        0, 1, -1, 63, 64, 127, 128, 1000, 1023, 1024, 1025, -1024, 1_500, 1 << 20, 1 << 53, (1 << 54) + 1, -(1 << 60),
        .max, .min, .max - 1023, .min + 1024,
    ]

    private static func number(_ random: inout Xoshiro256) -> Int64 {
        numbers[Int(random.below(UInt64(numbers.count)))]
    }

    private static func row(_ random: inout Xoshiro256) -> RequestRow {
        var row = RequestRow()
        row.requests.weighted = number(&random)
        row.requests.raw = number(&random)
        row.failed.raw = number(&random)
        row.succeeded.weighted = number(&random)
        row.inputTokens = number(&random)
        row.outputTokens = number(&random)
        row.cost = number(&random)
        row.priced = number(&random)
        return row
    }

    @Test func aPackedTableUnpacksToTheSameRows() {
        var random = Xoshiro256(seed: 1)
        for count in [1, 31, 32, 200, 256] {
            var table = NameTable<RequestRow>()
            for i in 0..<count {
                let row = Self.row(&random)
                table.update(Symbol(rawValue: UInt32(i * i + 2))) { $0 = row }
            }
            var packed = table
            packed.pack()
            #expect(!packed.isEmpty && packed.isWorthPacking == (packed.names.count >= 32))
            var merged = NameTable<RequestRow>()
            merged.merge(packed)
            #expect(merged.names == table.names && merged.rows == table.rows)
            // Found where it is looked for, and written where it is written again.
            #expect(packed[table.names[0]] == table.rows[0])
            packed.update(.other) { $0.cost = 7 }
            #expect(packed.names == table.names + [.other] && packed.rows.dropLast() == table.rows[...])
        }
    }

    @Test func slicesAndArmsKeepTheirDistributions() {
        var random = Xoshiro256(seed: 2)
        var slices = NameTable<SliceRow>()
        var arms = NameTable<ArmRow>()
        for i in 0..<64 {
            let name = Symbol(rawValue: UInt32(i + 2))
            slices.update(name) { $0.counts = Self.row(&random) }
            arms.update(name) { $0.version = Symbol(rawValue: 99) }
            for _ in 0..<random.below(30) {
                let value = Int64(random.below(1 << random.below(40)))
                let weight = Int64([1024, 1500, 10_240][Int(random.below(3))])
                slices.update(name) { $0.latency.record(value, weight: weight) }
                arms.update(name) { row in
                    row.latency.record(value, weight: weight)
                    row.evalScore.record(value % 1_000_000, weight: weight)
                    row.squaredWeights += value
                    row.cost.record(value, weight: weight)
                    row.movedUsers -= 1
                }
            }
        }
        var (packedSlices, packedArms) = (slices, arms)
        packedSlices.pack()
        packedArms.pack()
        // Into an empty table, and into one that has the same rows.
        for times in 1...2 as ClosedRange<Int64> {
            var (some, others) = (NameTable<SliceRow>(), NameTable<ArmRow>())
            var (expected, expectedArms) = (NameTable<SliceRow>(), NameTable<ArmRow>())
            for _ in 0..<times {
                some.merge(packedSlices)
                expected.merge(slices)
                others.merge(packedArms)
                expectedArms.merge(arms)
            }
            #expect(some.names == expected.names && others.names == expectedArms.names)
            #expect(some.rows.map(\.counts) == expected.rows.map(\.counts))
            #expect(some.rows.map(\.latency) == expected.rows.map(\.latency))
            #expect(others.rows.map(\.latency) == expectedArms.rows.map(\.latency))
            #expect(others.rows.map(\.evalScore) == expectedArms.rows.map(\.evalScore))
            #expect(others.rows.map(\.squaredWeights) == expectedArms.rows.map(\.squaredWeights))
            #expect(others.rows.map(\.cost) == expectedArms.rows.map(\.cost))
            #expect(others.rows.map(\.movedUsers) == expectedArms.rows.map(\.movedUsers))
            #expect(others.rows.allSatisfy { $0.version.rawValue == 99 })
        }
    }

    /// Two hundred models, of which every slot has many: windows over packed slots, some of them written again.
    @Test func windowsOverManyNamesEqualPlainSums() {
        var random = Xoshiro256(seed: 3)
        var bench = CountingBench()
        var samples: [Sample] = []
        var clock = anyTime
        for i in 0..<6000 {
            clock += Int64(random.below(UInt64(4 * Span.second)))
            let late = random.chance(0.02) ? Int64(random.below(UInt64(2 * Span.hour))) : 0
            var sample = Sample.random(at: clock - late, using: &random)
            sample.model = "model-\(random.below(200))"
            samples.append(sample)
            bench.count(sample)
            guard i % 2000 == 1999 else { continue }
            let snapshot = bench.snapshot()
            for (window, slot) in [
                (Window.minutes5, 5 * Span.second), (.hour1, 5 * Span.second), (.hours6, Span.minute),
                (.hours24, Span.minute),
            ] {
                let from = (clock - (window.duration ?? 0)).alignedDown(to: slot)
                let expected = Figures(samples.filter { $0.time >= from && $0.time <= clock })
                let tally = snapshot.totals(window, endingAt: clock).tally
                #expect(Figures(tally, snapshot.names) == expected, "\(window) after \(i)")
            }
            #expect(Figures(snapshot.timeline.sumOfAll(), snapshot.names) == Figures(samples))
            let (hour, start) = snapshot.slices.sum(.model, from: clock - 50 * Span.minute, to: clock + 1)
            let expected = Figures(samples.filter { $0.time >= start })
            for (name, row) in zip(hour.names, hour.rows) {
                #expect(row.counts.requests.weighted == expected.models[snapshot.names[name]])
                #expect(row.counts.cost == expected.modelCosts[snapshot.names[name]])
            }
            #expect(hour.rows.reduce(0) { $0 + $1.latency.count } == expected.latencyCount)
        }
    }
}
