import Metrics
import Statistics
import Telemetry
import TestSupport
import Testing

/// What stores tell later of requests that were counted, and what they hold of the time before.
@Suite struct CorrectionsTests {
    // MARK: Amendments

    /// The same request as it becomes known later: other tokens, cost and outcome, and more tool calls.
    private static func changed(_ sample: Sample, using random: inout Xoshiro256) -> Sample {
        var after = sample
        if random.chance(0.5) { after.inputTokens = random.chance(0.9) ? Int64(random.below(5000)) : nil }
        if random.chance(0.5) { after.cost = random.chance(0.8) ? Int64(random.below(90_000_000)) : nil }
        if random.chance(0.3) {
            after.success = [true, false, nil][Int(random.below(3))]
            after.error = after.success == false ? "timeout" : ""
        }
        for _ in 0..<random.below(3) { after.tools.append(("search", random.chance(0.4))) }
        return after
    }

    private static func amendment(_ before: Sample, _ after: Sample, _ errors: (Symbol, Symbol)) -> Amendment {
        var amendment = Amendment()
        amendment.inputTokens = (after.inputTokens ?? 0) - (before.inputTokens ?? 0)
        amendment.hadTokens = before.inputTokens != nil || before.outputTokens != nil
        amendment.hasTokens = after.inputTokens != nil || after.outputTokens != nil
        amendment.outputTokensAfter = after.outputTokens
        amendment.cost = (after.cost ?? 0) - (before.cost ?? 0)
        amendment.wasPriced = before.cost != nil
        amendment.isPriced = after.cost != nil
        amendment.successBefore = before.success
        amendment.successAfter = after.success
        (amendment.errorTypeBefore, amendment.errorTypeAfter) = errors
        return amendment
    }

    private static func amend(_ bench: inout CountingBench, _ trace: String, _ before: Sample, _ after: Sample) {
        var record = Record()
        record.traceHash = IdentifierHash.hash(trace)
        // Not where the request was counted.
        record.time = after.time + 3 * Span.minute
        record.success = before.success == after.success ? nil : after.success
        record.completed = after.completed
        for tool in after.tools.dropFirst(before.tools.count) {
            var call = ToolCall()
            call.name = bench.symbol(tool.name, .tool)
            call.success = !tool.failed
            record.tools.append(call)
        }
        let errors = (bench.symbol(before.error, .errorType), bench.symbol(after.error, .errorType))
        let bytes: [UInt8] = [0]
        // A view of bytes that are there.
        unsafe bench.recorder.amend(record, bytes: bytes.span.bytes, Self.amendment(before, after, errors))
    }

    private static func models(_ bench: CountingBench) -> [String: RequestRow] {
        let table = bench.snapshot().totals(.all).tally.models
        return zip(table.names, table.rows).reduce(into: [:]) { $0[bench.symbols.name(of: $1.0)] = $1.1 }
    }

    private static func figures(_ bench: CountingBench, at time: Int64? = nil) -> Figures {
        let snapshot = bench.snapshot()
        let tally =
            time.map { snapshot.totals(.minute1, endingAt: $0 + 1).tally } ?? snapshot.totals(.all).tally
        var figures = Figures(tally, bench.symbols.names)
        figures.errors = figures.errors.filter { $0.value != 0 }
        return figures
    }

    /// A request that is amended leaves the numbers that it would have left if it had been known from the start.
    @Test(arguments: 0..<20 as Range<UInt64>)
    func anAmendedRequestCountsAsIfKnownFromTheStart(_ seed: UInt64) {
        var random = Xoshiro256(seed: seed)
        var amended = CountingBench()
        var known = CountingBench()
        var pairs: [(String, Sample, Sample)] = []
        for n in 0..<30 {
            var before = Sample.random(at: anyTime + Int64(n) * 20 * Span.second, using: &random)
            before.corrected = nil
            before.ratedPositive = nil
            pairs.append(("t\(n)", before, Self.changed(before, using: &random)))
        }
        for (trace, before, after) in pairs {
            amended.count(before, trace: trace)
            known.count(after, trace: trace)
        }
        for (trace, before, after) in pairs { Self.amend(&amended, trace, before, after) }
        #expect(Self.figures(amended) == Self.figures(known))
        // In its own slot.
        let middle = anyTime + 5 * Span.minute
        #expect(Self.figures(amended, at: middle) == Self.figures(known, at: middle))
        #expect(amended.recorder.read == 30 && amended.snapshot().late == 0)
        #expect(Self.models(amended) == Self.models(known))
    }

    /// What tells good from bad by several fields does so of what is known in the end, whether rows were looked at before or
    /// not.
    @Test(arguments: [(50, 1, 1), (50, 2, 7), (300, 3, 0), (300, 4, 40)] as [(Int64, UInt64, Int64)])
    func anAmendedRequestIsGoodOrBadAsIfKnownFromTheStart(_ n: Int64, _ seed: UInt64, every: Int64) throws {
        var random = Xoshiro256(seed: seed)
        let criteria = [
            Criterion(.condition(try RecordFilter("success and cost < $0.05 and tool_failed != sql"))),
            Criterion(
                .condition(try RecordFilter("cost < $0.04")), among: try RecordFilter("tool_failed != search")),
            Criterion(.completedStrongly, among: try RecordFilter("error_type != timeout")),
        ]
        var (amended, known) = (CountingBench(), CountingBench())
        amended.recorder = Recorder(rowBudget: 4 << 20, criteria: criteria)
        known.recorder = Recorder(rowBudget: 4 << 20, criteria: criteria)
        var pairs: [(String, Sample, Sample)] = []
        for i in 0..<n {
            var before = Sample.random(at: anyTime + i * Span.second, using: &random)
            before.corrected = nil
            before.ratedPositive = nil
            pairs.append(("t\(i)", before, Self.changed(before, using: &random)))
        }
        for (i, (trace, before, after)) in pairs.enumerated() {
            amended.count(before, trace: trace)
            known.count(after, trace: trace)
            guard every > 0, Int64(i) % every == 0 else { continue }
            _ = amended.recorder.snapshot(asOf: nil, source: amended.source, names: amended.symbols.names)
        }
        for (trace, before, after) in pairs { Self.amend(&amended, trace, before, after) }
        let (found, wanted) = (amended.snapshot().criteria, known.snapshot().criteria)
        for criterion in criteria {
            let (from, to) = (anyTime - Span.minute, anyTime + Span.hour)
            let sums = (found[criterion]?.sum(from: from, to: to), wanted[criterion]?.sum(from: from, to: to))
            #expect(sums.0 == sums.1, "\(criterion.good)")
        }
    }

    /// The requests that are held are amended as well: counted once more they come to the same.
    @Test(arguments: [10, 300] as [Int64], 0..<5 as Range<UInt64>)
    func whatIsHeldOfAnAmendedRequestIsAmended(_ n: Int64, _ seed: UInt64) throws {
        var random = Xoshiro256(seed: seed)
        // Small chunks: some rows are in one, some are not yet.
        var bench = CountingBench(rowBudget: 1 << 20)
        var known = CountingBench()
        var pairs: [(String, Sample, Sample)] = []
        for i in 0..<n {
            var before = Sample.random(at: anyTime + i * Span.second, using: &random)
            before.corrected = nil
            before.ratedPositive = nil
            pairs.append(("t\(i)", before, Self.changed(before, using: &random)))
        }
        for (trace, before, after) in pairs {
            bench.count(before, trace: trace)
            known.count(after, trace: trace)
        }
        let before = bench.snapshot().rows
        for (trace, before, after) in pairs { Self.amend(&bench, trace, before, after) }
        bench.recorder.applyAmendments(bench.symbols.names)
        var recount = CountingBench()
        var walk = RowWalk(try RecordFilter("1 < 2"), from: nil)
        walk.refill(bench.recorder)
        while let row = walk.next(bench.symbols.names) {
            walk.count(row, in: &recount.recorder, names: bench.symbols.names)
        }
        let tally = recount.snapshot().totals(.all).tally
        var figures = Figures(tally, bench.symbols.names)
        figures.errors = figures.errors.filter { $0.value != 0 }
        #expect(figures == Self.figures(known))
        #expect(before.select(in: anyTime...anyTime, limit: 1).rows.first?.cost == pairs[0].1.cost)
        #expect(bench.snapshot().rows.find(traceID: "t0")?.cost == pairs[0].2.cost)
    }

    @Test func anAmendmentOfAForgottenRequestCountsAtItsOwnTime() {
        var bench = CountingBench()
        bench.count(at: anyTime, trace: "t") { $0.inputTokens = 10 }
        var after = Sample(time: anyTime)
        after.inputTokens = 5
        Self.amend(&bench, "unknown", Sample(time: anyTime), after)
        let tally = bench.snapshot().totals(.all).tally
        #expect(tally.inputTokens == 15 * 1024 && tally.requests.raw == 1)
    }

    @Test func aChangedRatingAmendsCompletionButIsNotOneMore() {
        var bench = CountingBench()
        bench.count(at: anyTime, trace: "t") { $0.success = true }
        bench.count(.feedback, at: anyTime + 1, trace: "t") { $0.ratedPositive = true }
        var record = Record()
        record.kind = .feedback
        record.traceHash = IdentifierHash.hash("t")
        record.ratedPositive = false
        bench.recorder.amend(learned: record)
        let tally = bench.snapshot().totals(.all).tally
        #expect(tally.completedStrongly == 0 && tally.completedWeakly == 1024)
        #expect(tally.ratings == 1 && bench.snapshot().unmatched == 0)
    }

    // MARK: History

    /// Samples as a store gives them: the newest window first, then blocks of what is older, the newest first.
    private static func filledIn(_ samples: [Sample], window: Int64, block: Int) -> CountingBench {
        var bench = CountingBench()
        let start = samples[samples.count - 1].time - window
        let first = samples.firstIndex { $0.time >= start } ?? 0
        for (n, sample) in samples.enumerated().dropFirst(first) { bench.count(sample, trace: "t\(n)") }
        var end = first
        while end > 0 {
            let begin = max(0, end - block)
            for n in begin..<end { bench.fillIn(samples[n], trace: "t\(n)") }
            end = begin
        }
        return bench
    }

    /// Whatever the order, every window and the totals are as if the records had come in order.
    @Test(arguments: [20 * Span.minute, 5 * Span.hour, 30 * Span.hour, 4 * Span.day])
    func historyFilledInBehindCountsAsIfReadInOrder(_ length: Int64) {
        var random = Xoshiro256(seed: UInt64(length))
        let samples = (0..<900).map { n in
            Sample.random(at: anyTime + length * Int64(n) / 900, using: &random)
        }
        var ordered = CountingBench()
        for (n, sample) in samples.enumerated() { ordered.count(sample, trace: "t\(n)") }
        let filled = Self.filledIn(samples, window: 15 * Span.minute, block: 100)
        let (got, expected) = (filled.snapshot(), ordered.snapshot())
        #expect(got.late == 0 && got.read == 900 && got.duplicates == 0)
        #expect(got.now == expected.now && got.firstTime == expected.firstTime)
        for window in Window.allCases {
            let (a, b) = (got.totals(window), expected.totals(window))
            #expect(Figures(a.tally, filled.symbols.names) == Figures(b.tally, ordered.symbols.names), "\(window)")
            #expect(a.seconds == b.seconds, "\(window)")
        }
        let (mine, theirs) = (got.baseline(for: 15 * Span.minute), expected.baseline(for: 15 * Span.minute))
        #expect(mine.kind == theirs.kind)
        #expect(
            (mine.tally.requests.raw - theirs.tally.requests.raw).magnitude
                <= max(3, UInt64(theirs.tally.requests.raw) / 10))
    }

    /// However much history there is, the newest requests are remembered.
    @Test func historyCrowdsOutNoRecentRequestAndNoRecentFailure() {
        var bench = CountingBench()
        bench.count(at: anyTime, trace: "new") { record in
            record.success = false
        }
        for n in 0..<270_000 {
            bench.fillIn(at: anyTime - Span.day + Int64(n), trace: "old\(n)", success: false)
        }
        bench.count(.outcome, at: anyTime + 1, trace: "new") { $0.escalated = true }
        // Of history, too, what is remembered.
        bench.count(.outcome, at: anyTime + 2, trace: "old269999") { $0.escalated = true }
        let snapshot = bench.snapshot()
        #expect(snapshot.unmatched == 0)
        #expect(snapshot.exemplars.failures(in: (anyTime - 1)...anyTime, limit: 5).map(\.traceID) == ["new"])
        bench.fillIn(at: anyTime, trace: "new", success: false)
        #expect(bench.snapshot().duplicates == 1)
    }
}

extension CountingBench {
    fileprivate mutating func fillIn(_ sample: Sample, trace: String) {
        var record = Record()
        record.time = sample.time
        sample.fill(&record, symbols)
        fillIn(record, cost: sample.cost, trace: trace)
    }

    fileprivate mutating func fillIn(at time: Int64, trace: String, success: Bool) {
        var record = Record()
        record.time = time
        record.success = success
        fillIn(record, cost: nil, trace: trace)
    }

    private mutating func fillIn(_ record: Record, cost: Int64?, trace: String) {
        var record = record
        record.hasTime = true
        let bytes = Array(trace.utf8)
        record.traceText = 0..<bytes.count
        record.traceHash = IdentifierHash.hash(trace)
        // A view of bytes that are there.
        unsafe recorder.fillIn(record, bytes: bytes.span.bytes, cost: cost, names: { symbols.names })
    }
}
