import Metrics
import Statistics
import Telemetry
import TestSupport
import Testing

/// Requests with an outcome set against those without it.
@Suite struct ContrastTests {
    /// Requests with every field; several chunks of them.
    private static let rows: RequestRows = {
        var bench = CountingBench(rowBudget: 64 << 20)
        _ = bench.count(3000, from: anyTime)
        var random = Xoshiro256(seed: 9)
        let plans = ["free", "a \"quoted\" plan", ""].map { bench.symbol($0, .attribute) }
        let (name, sameAsField) = (bench.symbol("plan", .attribute), bench.symbol("model", .attribute))
        let variants = ["canary", "control", "else"].map { bench.symbol($0, .variant) }
        let flags = ["ranker", "cache"].map { bench.symbol($0, .featureFlag) }
        let tools = ["search", "sql"].map { bench.symbol($0, .tool) }
        for i in 0..<3000 {
            bench.count(at: anyTime + Int64(3000 + i) * Span.second, trace: "a\(i)", cost: Int64(random.below(90_000)))
            {
                record in
                record.success = random.chance(0.9) ? random.chance(0.7) : nil
                record.latency = Int64(random.below(9_000_000))
                record.sessionNumber = random.chance(0.8) ? Int64(random.below(12)) : nil
                record.attachments = random.chance(0.5) ? Int64(random.below(3)) : nil
                record.values[.variant] = variants[Int(random.below(3))]
                record.attributes.append(Attribute(name: name, value: plans[Int(random.below(3))]))
                record.attributes.append(Attribute(name: sameAsField, value: plans[Int(random.below(2))]))
                record.featureFlags = Array(flags.prefix(Int(random.below(3))))
                if random.chance(0.3) { record.ratedPositive = random.chance(0.5) }
                for _ in 0..<random.below(4) {
                    // The same tool several times, too.
                    var call = ToolCall()
                    call.name = tools[Int(random.below(2))]
                    call.success = random.chance(0.5)
                    record.tools.append(call)
                }
            }
        }
        return bench.snapshot().rows
    }()

    /// What holds for a request of an outcome, and for one of which the opposite is known.
    private static func conditions(_ contrast: RequestContrast) -> (cases: String, others: String) {
        let threshold = contrast.threshold ?? 0
        func fraction(_ digits: Int) -> String { String(String(1_000_000_000 + threshold).suffix(digits)) }
        switch contrast.question.outcome {
        case .failing: return ("success = false", "success = true")
        case .slow:
            let seconds = "\(threshold / 1_000_000).\(fraction(6))s"
            return ("latency > \(seconds)", "latency <= \(seconds)")
        case .expensive: return ("cost > $0.\(fraction(9))", "cost <= $0.\(fraction(9))")
        case .ratedDown: return (#"rated = "down""#, #"rated = "up""#)
        case .canary: return (#"variant = "canary""#, #"variant = "control""#)
        }
    }

    /// As many as a list of requests with the same condition has.
    @Test(arguments: RequestOutcome.allCases, [nil, "tool = sql or latency > 3s"])
    func countsAreThoseOfTheRequestsThemselves(_ outcome: RequestOutcome, _ filter: String?) throws {
        let filter = try filter.map { try RecordFilter($0) }
        let times = anyTime + 700 * Span.second...anyTime + 5200 * Span.second
        let contrast = Self.rows.contrast(OutcomeQuestion(outcome, in: times, where: filter))
        let conditions = Self.conditions(contrast)
        func select(_ condition: String) throws -> (weight: Int64, count: Int) {
            let own = try RecordFilter(condition)
            let (rows, total) = Self.rows.select(in: times, where: try filter?.and(own) ?? own, limit: .max / 8)
            return (rows.reduce(0) { $0 + $1.record.weight }, total)
        }
        let (cases, others) = (try select(conditions.cases), try select(conditions.others))
        #expect(contrast.cases.sum == cases.weight && contrast.others.sum == others.weight)
        #expect(contrast.casesSeen == cases.count && contrast.seen == cases.count + others.count)
        #expect(cases.count > 20)
        #expect(Set(contrast.slices.map(\.slice)).count == contrast.slices.count)
        let fields = Set(contrast.slices.map(\.slice.field.name))
        var wanted: Set = ["tool", "plan", "model", "feature_flag", "session_number", "attachments"]
        // Those of the requests that have no variant.
        if outcome != .canary { wanted.formUnion(["query_length", "flag", "task_type", "variant"]) }
        #expect(fields.isSuperset(of: wanted), "\(fields)")
        let sets = contrast.members(of: Array(contrast.slices.indices))
        for (slice, set) in zip(contrast.slices, sets) {
            let inside = try select("\(conditions.cases) and \(slice.slice.condition)")
            let rest = try select("\(conditions.others) and \(slice.slice.condition)")
            #expect(slice.cases.sum == inside.weight && slice.others.sum == rest.weight, "\(slice.slice.label)")
            #expect(slice.casesSeen == inside.count && slice.seen == inside.count + rest.count, "\(slice.slice.label)")
            let count = contrast.count(of: set)
            #expect(count.cases == slice.cases && count.others == slice.others && count.casesSeen == slice.casesSeen)
        }
    }

    @Test func anOutcomeIsNotExplainedByItself() {
        let times = anyTime...anyTime + Span.hour
        func fields(_ outcome: RequestOutcome) -> Set<String> {
            Set(Self.rows.contrast(OutcomeQuestion(outcome, in: times)).slices.map(\.slice.field.name))
        }
        let ofFailures: Set = ["error_type", "status_code", "success", "tool_failed"]
        #expect(fields(.failing).isDisjoint(with: ofFailures) && fields(.slow).isSuperset(of: ofFailures))
        #expect(!fields(.canary).contains("variant") && fields(.slow).contains("variant"))
        // In an hour the hour only says when it was.
        #expect(!fields(.slow).contains("hour"))
        let day = Self.rows.contrast(OutcomeQuestion(.slow, in: anyTime - Span.day...anyTime + Span.day)).slices
        #expect(day.contains { $0.slice.condition == "hour = 13" })
    }

    @Test func slowIsWhatOneInTwentyExceedsOrTheBudget() throws {
        let times = Int64.min / 2...Int64.max / 2
        let free = Self.rows.contrast(OutcomeQuestion(.slow, in: times))
        #expect(free.casesSeen > 0 && Double(free.cases.sum) <= 0.05 * Double(free.cases.sum + free.others.sum))
        let tight = Self.rows.contrast(OutcomeQuestion(.slow, in: times, latencyBudget: 2_000_000))
        #expect(tight.threshold == 2_000_000 && tight.casesSeen > free.casesSeen)
        let loose = Self.rows.contrast(OutcomeQuestion(.slow, in: times, latencyBudget: .max))
        #expect(loose.threshold == free.threshold)
    }

    @Test func ratingsOfLaterRecordsCount() {
        var bench = CountingBench(rowBudget: 1 << 20)
        let refund = bench.symbol("refund", .taskType)
        for i in 0..<40 as Range<Int64> {
            bench.count(at: anyTime + i, trace: "t\(i)") { if i < 10 { $0.values[.taskType] = refund } }
            // The last one counts.
            for isPositive in [i < 10, i >= 10] {
                bench.count(.feedback, at: anyTime + i + (isPositive == (i < 10) ? 50 : 60), trace: "t\(i)") {
                    $0.ratedPositive = isPositive
                }
            }
        }
        let contrast = bench.snapshot().rows.contrast(OutcomeQuestion(.ratedDown, in: anyTime...anyTime + 99))
        #expect(contrast.casesSeen == 10 && contrast.seen == 40)
        #expect(contrast.slices.first { $0.slice.label == "task_type=refund" }?.casesSeen == 10)
    }

    @Test func onlyTheNewestAreLookedAtAndItIsSaid() {
        let times = anyTime...anyTime + 6000 * Span.second
        let contrast = Self.rows.contrast(OutcomeQuestion(.failing, in: times, limit: 1000))
        #expect(contrast.isCut && contrast.times.lowerBound > times.lowerBound && contrast.seen < 5000)
        #expect(!Self.rows.contrast(OutcomeQuestion(.failing, in: times)).isCut)
        let nothing = RequestRows().contrast(OutcomeQuestion(.failing, in: times))
        #expect(nothing.seen == 0 && nothing.slices.isEmpty && !nothing.isCut)
    }
}
