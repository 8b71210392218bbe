import Query
import Statistics
import Telemetry
import TestSupport
import Testing

@testable import Metrics

/// Filters over columns against the language's own evaluation of each record.
@Suite struct RecordFilterTests {
    private static let conditions = [
        "latency > 20s", "latency_ms <= 30000", "ttft < 1.5s", "tokens >= 2500", "cost < $0.01", "cost_usd != 0.01",
        "quality <= 50%", "quality > 0.333333", "sentiment < 0", "input_tokens + output_tokens > 3000",
        "latency > ttft * 4", "abs(sentiment) < 0.5", "input_tokens != output_tokens", "hour < 12",
        "hour in (3, 4, 17)",
        "tool_calls = 3", "status_code >= 500", "success", "failed", "corrected = false", "success = corrected",
        "success != failed", "model = gpt-4o", "model != \"gpt-4o\"", "model ~ CLAUDE", "model in (gpt-4o, \"x\")",
        "task = refund", "error_type in (timeout, rate_limit)", "error_type not in (timeout)", "stop_reason = stop",
        "error_class = timeout", "outcome = failed", "outcome != unknown", "rated = down", "query_length = long",
        "session = s3", "session_id ~ s1", "trace_id ~ 7", "user != u3", "attr.plan = pro", "attr(\"plan\") != free",
        "attr.nothing = 1", "1 < 2", "model = \"\"", "error_type = model", "latency = 1s", "latency > -1s",
    ]

    /// Of fields with several values: the condition, and what it asks of them.
    private static let several: [(String, @Sendable (FullRecord, SymbolNames) -> Bool)] = [
        ("tool = search", { r, n in r.record.tools.contains { n[$0.name] == "search" } }),
        ("tool != search", { r, n in !r.record.tools.contains { n[$0.name] == "search" } }),
        ("tool ~ S", { r, _ in !r.record.tools.isEmpty }),
        ("tool in (sql, nothing)", { r, n in r.record.tools.contains { n[$0.name] == "sql" } }),
        ("tool_failed = sql", { r, n in r.record.tools.contains { n[$0.name] == "sql" && $0.success == false } }),
        ("flag = safety", { r, _ in r.record.flags.contains(.safety) }),
        ("flag not in (safety, parse_error)", { r, _ in r.record.flags.isDisjoint(with: [.safety, .parseError]) }),
        ("feature_flag = beta", { r, n in r.record.featureFlags.contains { n[$0] == "beta" } }),
        ("tool = model", { _, _ in false }),
    ]

    /// What a record says of a field; written anew here, on purpose.
    private static func value(_ reference: Reference, _ full: FullRecord, _ names: SymbolNames) -> Value? {
        let record = full.record
        func text(_ symbol: Symbol) -> Value? { symbol.isAbsent ? nil : .text(names[symbol]) }
        func part(_ number: Int64?, _ unit: Int64) -> Value? { number.flatMap { .share($0, of: unit) } }
        switch reference.name {
        case "latency": return part(record.latency, 1_000_000)
        case "ttft": return part(record.timeToFirstToken, 1_000_000)
        case "tokens":
            guard record.inputTokens != nil || record.outputTokens != nil else { return nil }
            return .count((record.inputTokens ?? 0) + (record.outputTokens ?? 0))
        case "input_tokens": return part(record.inputTokens, 1)
        case "output_tokens": return part(record.outputTokens, 1)
        case "cost": return part(full.cost, 1_000_000_000)
        case "quality": return part(record.quality, 1_000_000)
        case "sentiment": return part(record.sentiment, 1_000_000)
        case "hour": return .count(record.time / 3_600_000_000 % 24)
        case "tool_calls": return part(record.toolCallCount, 1)
        case "status_code": return part(record.statusCode, 1)
        case "success": return record.success.map(Value.boolean)
        case "failed": return record.success.map { .boolean(!$0) }
        case "corrected": return record.corrected.map(Value.boolean)
        case "model": return text(record.values[.model])
        case "task_type": return text(record.values[.taskType])
        case "error_type": return text(record.errorType)
        case "error_class":
            return record.errorType.isAbsent
                ? nil : .text(ErrorClass.classify(errorType: names[record.errorType], statusCode: nil).rawValue)
        case "stop_reason": return text(record.stopReason)
        case "outcome": return .text(record.success.map { $0 ? "ok" : "failed" } ?? "unknown")
        case "rated": return record.ratedPositive.map { .text($0 ? "up" : "down") }
        case "query_length":
            return record.inputLength.map { .text($0 < 200 ? "short" : $0 < 1000 ? "medium" : "long") }
        case "session_id": return full.sessionID.isEmpty ? nil : .text(full.sessionID)
        case "trace_id": return .text(full.traceID)
        case "user_id":
            // Only the hash is kept of it: any text of that hash is as good.
            return (0..<9).map { "u\($0)" }.first { IdentifierHash.hash($0) == record.userHash }.map(Value.text)
        case "attr.plan": return record.attributes.first.map { .text(names[$0.value]) }
        case "attr":
            return reference.arguments == [.text("plan")] ? record.attributes.first.map { .text(names[$0.value]) } : nil
        default: return nil
        }
    }

    /// A condition made of others, and how it is evaluated of a record.
    private struct Case {
        var source: String
        var evaluate: (FullRecord, SymbolNames) -> Bool?

        static func random(_ random: inout Xoshiro256, depth: Int) throws -> Case {
            if depth == 0 || random.chance(0.3) {
                if random.chance(0.25) {
                    let (source, holds) = RecordFilterTests.several[
                        Int(random.below(UInt64(RecordFilterTests.several.count)))]
                    return Case(source: source) { holds($0, $1) }
                }
                let source = RecordFilterTests.conditions[
                    Int(random.below(UInt64(RecordFilterTests.conditions.count)))]
                return try plain(source)
            }
            let a = try Self.random(&random, depth: depth - 1)
            let b = try Self.random(&random, depth: depth - 1)
            switch random.below(3) {
            case 0: return Case(source: "not (\(a.source))") { a.evaluate($0, $1).map { !$0 } }
            case 1:
                return Case(source: "(\(a.source)) and (\(b.source))") {
                    let (x, y) = (a.evaluate($0, $1), b.evaluate($0, $1))
                    return x == false || y == false ? false : x == nil || y == nil ? nil : true
                }
            default:
                return Case(source: "(\(a.source)) or (\(b.source))") {
                    let (x, y) = (a.evaluate($0, $1), b.evaluate($0, $1))
                    return x == true || y == true ? true : x == nil || y == nil ? nil : false
                }
            }
        }

        static func plain(_ source: String) throws -> Case {
            let expression = try RecordFilter(source).expression
            return Case(source: source) { full, names in
                switch expression.evaluate({ RecordFilterTests.value($0, full, names) }) {
                case .true: true
                case .false: false
                case .missing: nil
                }
            }
        }
    }

    private static let counted: (records: [FullRecord], rows: RequestRows) = {
        var bench = CountingBench(rowBudget: 64 << 20)
        let records = bench.count(2500, from: anyTime, step: 97 * Span.second, seed: 4)
        return (records, bench.snapshot().rows)
    }()

    private func check(_ wanted: Case) throws {
        let (records, rows) = Self.counted
        var run = FilterRun(try RecordFilter(wanted.source))
        var got: [Bool?] = []
        for chunk in rows.newest {
            let truth = run.truth(chunk, rows.names)
            for row in 0..<chunk.count { got.append(truth.contains(row)) }
        }
        let expected = records.map { wanted.evaluate($0, rows.names) }
        #expect(got == expected, "\(wanted.source)")
    }

    @Test func everyConditionComesToWhatTheLanguageSays() throws {
        for source in Self.conditions { try check(try Case.plain(source)) }
        for (source, holds) in Self.several { try check(Case(source: source) { holds($0, $1) }) }
    }

    @Test(arguments: 1...40 as ClosedRange<UInt64>)
    func anyConditionsJoinedComeToKleenesLogic(_ seed: UInt64) throws {
        var random = Xoshiro256(seed: seed)
        try check(try Case.random(&random, depth: 4))
    }

    @Test func aSelectionIsWhatIsTrue() throws {
        let (records, rows) = Self.counted
        let filter = try RecordFilter("latency > 20s and not tool = search")
        let selected = rows.select(in: Int64.min...Int64.max, where: filter, order: .newest, limit: 7)
        let expected = records.filter { full in
            (full.record.latency ?? 0) > 20_000_000
                && !full.record.tools.contains { rows.names[$0.name] == "search" }
        }
        #expect(selected.total == expected.count && selected.total > 100)
        #expect(selected.rows.map(\.traceID) == expected.suffix(7).reversed().map(\.traceID))
    }

    @Test func thresholdsAreExact() throws {
        for (comparison, expected) in [
            (">", 3...Int64.max), (">=", 2...Int64.max), ("<", Int64.min...1), ("<=", Int64.min...2), ("=", 2...2),
        ] as [(String, ClosedRange<Int64>)] {
            let sign = try #require(ComparisonOperator(rawValue: comparison))
            #expect(FilterPlan.range(sign, Ratio(2), 1) == expected)
        }
        let half = try #require(Ratio(5, of: 2))
        #expect(FilterPlan.range(.greater, half, 1) == 3...Int64.max)
        #expect(FilterPlan.range(.greaterOrEqual, half, 1) == 3...Int64.max)
        #expect(FilterPlan.range(.less, half, 1) == Int64.min...2)
        #expect(FilterPlan.range(.equal, half, 1) == nil)
        #expect(FilterPlan.range(.equal, half, 2) == 5...5)
        let below = try #require(Ratio(-5, of: 2))
        #expect(FilterPlan.range(.greater, below, 1) == -2...Int64.max)
        #expect(FilterPlan.range(.lessOrEqual, below, 1) == Int64.min...(-3))
        #expect(FilterPlan.range(.greater, Ratio(.max), 1_000_000) == nil)
        #expect(FilterPlan.range(.less, Ratio(.max), 1_000_000) == Int64.min...Int64.max)
    }

    @Test func errorsPointAtWhatIsMeant() {
        for (source, place) in [("modl = x", 0), ("latency > 5", 10), ("model = x and", 13), ("attr.x > 3", 0)] {
            let error = #expect(throws: QueryError.self) { _ = try RecordFilter(source) }
            #expect(error?.range.lowerBound == place, "\(source): \(error?.description ?? "")")
        }
    }

    @Test func filtersJoinWithoutChangingTheirMeaning() throws {
        let either = try RecordFilter("success or model = gpt-4o")
        let both = try either.and(try RecordFilter("latency > 1s"))
        #expect(both.source == "(success or model = gpt-4o) and latency > 1s")
        var long = both
        for _ in 0..<60 { long = try long.and(try RecordFilter("not failed")) }
        #expect(long.source.hasSuffix("and not failed"))
    }

    @Test func anyValueCanBeQuoted() throws {
        let hostile = [
            "", "refund_api", "a \"b\" \\c\\", "\\", "\"", "\u{301}x", "x\u{600}", "\u{1b}[2J", "\r\n", "\\u{41}",
            "e\u{301}", "👩‍👩‍👧", "🇩🇪", "\u{1F3FB}", "\u{D4E}", "' or 1 = 1", "\u{202e}abc", "ก\u{e33}", "null", "\u{0}",
        ]
        for value in hostile {
            for field in ["tool", "error_type", "a field of mine", "x\"\u{301}"] {
                let filter = try RecordFilter(RecordFilter.quoted(field: field, value: value))
                guard case .compare(.equal, .reference, .constant(.text(let text)), nil) = filter.expression.root else {
                    Issue.record("\(filter.source)")
                    continue
                }
                #expect(Array(text.unicodeScalars) == Array(value.unicodeScalars), "\(filter.source)")
                let known = field == "tool" || field == "error_type"
                #expect(known || filter.fields == [FilterField(field: .attribute, argument: field)])
            }
        }
        #expect(RecordFilter.quoted(field: "tool", value: "refund_api") == "tool = \"refund_api\"")
        #expect(RecordFilter.quoted(field: "failed", value: "true") == "failed = true")
    }

    @Test func theCatalogueExplainsEveryField() {
        for (field, entry) in zip(RecordField.allCases, RecordField.catalogue.entries) {
            #expect(entry.name == field.rawValue && !entry.help.isEmpty)
        }
        #expect(Set(RecordField.catalogue.names).count == RecordField.catalogue.names.count)
        for dimension in Dimension.ofRequest { #expect(RecordField(dimension) != nil) }
    }
}
