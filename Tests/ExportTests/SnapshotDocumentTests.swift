import Export
import Foundation
import Metrics
import Monitoring
import Telemetry
import TestSupport
import Testing

@Suite struct SnapshotDocumentTests {
    private static let length: Int64 = 8100

    /// More than two hours of an agent that uses every field; judged as an engine would.
    private static func situation() throws -> Situation {
        var bench = CountingBench()
        bench.source = InputStatus(name: "agent.jsonl", state: .ended)
        bench.source.rejected = 2
        bench.source.rejections = [InputStatus.Rejected(line: 7, source: "agent.jsonl", reason: "not JSON")]
        var judge = Judge(rules: RulePack.conservative.rules)
        let names = Names(bench)
        for second in 0..<length as Range<Int64> {
            let time = midnight + second * Span.second
            bench.count(at: time, trace: "tr_\(second)", cost: 10_000_000) { names.fill(&$0, second) }
            if second % 100 == 0 {
                bench.count(.feedback, at: time, trace: "tr_\(second)") { $0.ratedPositive = second % 300 != 0 }
            }
            if (time + Span.second) % Judge.interval == 0 {
                judge.step(bench.snapshot(asOf: time + Span.second), at: time + Span.second)
            }
        }
        let queue = bench.symbol("human_review", .queue)
        let action = bench.symbol("reroute", .fallbackAction)
        let end = midnight + length * Span.second
        bench.count(.queue, at: end) { record in
            record.queue = queue
            record.queueDepth = 14
        }
        bench.count(.fallback, at: end) { $0.fallbackAction = action }
        bench.count(.deploy, at: end) { record in
            var deploy = Deploy()
            deploy.version = "v9"
            record.deploy = deploy
        }
        return Situation(
            snapshot: bench.snapshot(), alerts: judge.alerts, rules: [], events: judge.events, judgedUpTo: end)
    }

    private struct Names {
        let model, task, error, tool, stop, control, canary: Symbol

        init(_ bench: CountingBench) {
            model = bench.symbol("gpt-4o", .model)
            task = bench.symbol("sql", .taskType)
            error = bench.symbol("timeout", .errorType)
            tool = bench.symbol("search", .tool)
            stop = bench.symbol("end_turn", .stopReason)
            control = bench.symbol("control", .variant)
            canary = bench.symbol("canary", .variant)
        }

        func fill(_ record: inout Record, _ second: Int64) {
            record.success = second < 7500 || second % 4 != 0
            if record.success == false { record.errorType = error }
            if second % 50 == 0 { record.success = nil }
            record.latency = 1_234_567 + second
            record.timeToFirstToken = 200_000
            record.inputTokens = 100
            record.outputTokens = 20
            record.cachedInputTokens = 50
            record.outputLength = (second < 3600 ? 400 : 700) + second % 100
            record.sentiment = 250_000
            record.quality = 900_000
            record.corrected = second % 10 == 0
            record.flags = second % 5 == 0 ? [.emptyResponse, .safety] : []
            record.stopReason = stop
            record.values[.model] = model
            record.values[.taskType] = task
            record.values[.variant] = second % 10 == 0 ? canary : control
            var call = ToolCall()
            call.name = tool
            call.success = second % 3 != 0
            call.latency = 10_000
            record.tools = [call]
            record.toolCallCount = 1
            var span = SpanPart()
            span.kind = .model
            span.duration = 900_000
            record.spans = [span]
        }
    }

    private static func object(_ situation: Situation, _ window: Window = .minutes15) throws -> [String: Any] {
        let text = SnapshotDocument(situation, window: window).json.text
        return try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
    }

    private static let always: Set<String> = [
        "schema", "window", "window_s", "covered_s", "source", "verdict", "records", "requests", "successes",
        "failures",
        "unknown_outcomes", "empty_responses", "flags", "request_rate_per_s", "errors", "error_types", "error_classes",
        "alerts", "deploys", "versions", "by",
    ]

    @Test func everyDocumentedKeyIsThereWhereItIsKnown() throws {
        let object = try Self.object(try Self.situation())
        let known = Self.always.union([
            "as_of", "success_rate", "error_rate", "strong_completion_rate", "weak_completion_rate", "signal_share",
            "escalation_rate", "abandonment_rate", "stop_reasons", "latency_ms", "ttft_ms", "latency_ms_by_span_kind",
            "tokens", "cost_usd", "tools", "satisfaction", "fallbacks", "queues", "drift", "drift_baseline",
            "drift_movements", "input_mix", "canary",
            "explanation", "trajectory",
        ])
        #expect(Set(object.keys) == known)
        func keys(_ path: String...) -> Set<String> {
            var value: Any? = object
            for key in path { value = (value as? [String: Any])?[key] }
            if let list = value as? [Any] { value = list.first }
            return Set((value as? [String: Any] ?? [:]).keys)
        }
        #expect(keys("verdict") == ["state", "sentence", "since"])
        #expect(keys("latency_ms") == ["p50", "p95", "p99", "max", "mean", "count"])
        #expect(keys("tokens") == ["input", "output", "cached_input", "per_minute"])
        #expect(
            keys("cost_usd") == ["total", "per_hour", "per_request", "per_success", "priced_share", "by_model"])
        #expect(keys("tools", "search") == ["calls", "errors", "share"])
        #expect(keys("satisfaction") == ["positive", "negative", "rate"])
        #expect(
            keys("drift", "output_length")
                == [
                    "baseline", "current", "change", "psi", "psi_threshold", "ks", "ks_p", "threshold", "n",
                    "baseline_n", "drifted",
                ])
        #expect(keys("drift", "tools") == ["js", "threshold", "n", "baseline_n", "drifted", "shares"])
        #expect(keys("drift_baseline") == ["kind"])
        #expect(keys("drift_movements").isSuperset(of: ["text"]))
        #expect(keys("input_mix").isSuperset(of: ["purpose", "new"]))
        let explained = try #require((object["explanation"] as? [[String: Any]])?.first)
        #expect(
            Set(explained.keys).isSuperset(of: [
                "label", "where", "share_of_cases", "share_of_others", "lift", "relative_risk_low", "excess", "phi",
                "q",
                "cases_seen",
            ]))
        #expect(keys("canary").isSuperset(of: ["control", "canary", "verdict", "reasons", "metrics"]))
        #expect(
            keys("canary", "metrics", "error_rate") == ["control", "canary", "difference", "interval", "n"])
        #expect(keys("records", "rejected_examples") == ["source", "line", "reason"])
        #expect(keys("by", "model", "gpt-4o").isSuperset(of: ["requests", "error_rate", "cost_usd"]))
        let alert = try #require((object["alerts"] as? [[String: Any]])?.first)
        #expect(
            Set(alert.keys).isSuperset(of: [
                "id", "name", "severity", "state", "value", "threshold", "summary", "since",
            ]))
    }

    @Test func numbersAreThoseOfTheWindow() throws {
        let object = try Self.object(try Self.situation(), .minutes5)
        #expect(object["schema"] as? Int == 1)
        #expect(object["requests"] as? Int == 300)
        let failures = try #require(object["failures"] as? Int)
        let successes = try #require(object["successes"] as? Int)
        #expect(successes + failures + (object["unknown_outcomes"] as? Int ?? -1) == 300)
        #expect(
            (object["error_rate"] as? Double).map { abs($0 - Double(failures) / Double(failures + successes)) < 1e-8 }
                == true)
        #expect((object["errors"] as? [String: Int]) == ["timeout": failures])
        #expect((object["queues"] as? [String: Int]) == ["human_review": 14])
        let latency = try #require(object["latency_ms"] as? [String: Double])
        #expect(latency["max"] == 1242.666 && latency["count"] == 300)
        #expect(latency["p50"].map { abs($0 / 1242.5 - 1) < 0.006 } == true)
        let verdict = try #require(object["verdict"] as? [String: Any])
        #expect(verdict["state"] as? String == "degraded")
        let alerts = try #require(object["alerts"] as? [[String: Any]])
        let firing = alerts.filter { $0["state"] as? String == "firing" }.compactMap { $0["name"] as? String }
        #expect(firing == ["elevated_error_rate", "drift_detected"])
        let exemplar = try #require(alerts.first?["exemplar"] as? [String: Any])
        #expect((exemplar["trace_id"] as? String)?.hasPrefix("tr_") == true)
    }

    @Test func whatIsNotKnownIsLeftOut() throws {
        let empty = CountingBench()
        let nothing = Situation(snapshot: empty.snapshot(), alerts: [], rules: [], events: [], judgedUpTo: nil)
        for window in Window.allCases {
            let object = try Self.object(nothing, window)
            #expect(Set(object.keys) == Self.always)
            #expect((object["verdict"] as? [String: Any])?["state"] as? String == "no_data")
        }
        var bench = CountingBench()
        bench.count(at: anyTime)
        let one = Situation(snapshot: bench.snapshot(), alerts: [], rules: [], events: [], judgedUpTo: nil)
        let object = try Self.object(one)
        #expect(object["requests"] as? Int == 1 && object["unknown_outcomes"] as? Int == 1)
        for key in [
            "success_rate", "error_rate", "latency_ms", "cost_usd", "tokens", "drift", "satisfaction", "canary",
        ] {
            #expect(object[key] == nil, "\(key)")
        }
    }

    // MARK: Hostile names

    private static let hostile = [
        "\u{1b}[31m\u{1b}]0;owned\u{7}", "line\nbreak\r\t", "\u{9b}2J\u{0}", "\u{202e}txt.exe", "\"},{\"a\":\"",
        "\u{7f}",
        String(repeating: "𝕏", count: 5000), " ", "–",
    ]

    private static func hostileSituation() -> Situation {
        var bench = CountingBench()
        for (i, name) in hostile.enumerated() {
            for n in 0..<60 {
                let time = midnight + Int64(i * 60 + n) * Span.second
                let symbols = Dimension.ofRequest.map { ($0, bench.symbol(name, $0)) }
                let (error, tool) = (bench.symbol(name, .errorType), bench.symbol(name, .tool))
                bench.count(at: time, trace: name, cost: 1) { record in
                    record.success = false
                    record.latency = 1_000_000
                    record.errorType = error
                    for (dimension, symbol) in symbols { record.values[dimension] = symbol }
                    var call = ToolCall()
                    call.name = tool
                    record.tools = [call]
                }
            }
            let queue = bench.symbol(name, .queue)
            bench.count(.queue, at: midnight + 600 * Span.second) { $0.queue = queue }
        }
        var judge = Judge(rules: RulePack.conservative.rules)
        for i in 1...60 as ClosedRange<Int64> {
            let now = midnight + i * Judge.interval
            judge.step(bench.snapshot(asOf: now), at: now)
        }
        return Situation(
            snapshot: bench.snapshot(), alerts: judge.alerts, rules: [], events: judge.events, judgedUpTo: nil)
    }

    private static func isHarmless(_ text: String) -> Bool {
        text.unicodeScalars.allSatisfy {
            $0 == "\n"
                || ($0.value >= 0x20 && !(0x7f...0x9f).contains($0.value) && !(0x202a...0x202e).contains($0.value))
        }
    }

    @Test func noControlCharacterOfANameGetsThrough() throws {
        let situation = Self.hostileSituation()
        for window in Window.allCases {
            #expect(Self.isHarmless(SnapshotText(situation, window: window).text))
            #expect(Self.isHarmless(SnapshotDocument(situation, window: window).json.text))
            _ = try Self.object(situation, window)
        }
        // One line for the verdict, one for the source, then labelled rows: no name broke a line.
        let rows = SnapshotText(situation, window: .all).text.split(separator: "\n").dropFirst(2)
        let labels = [
            "records", "requests", "latency", "success", "errors", "class", "tokens", "moved", "drift", "alert",
            "canary",
            "deploy", "running",
        ]
        #expect(rows.allSatisfy { row in labels.contains { row.hasPrefix($0) } })
    }

    @Test func aNameLikeAFoldedOneSharesItsKey() throws {
        var bench = CountingBench()
        let other = bench.symbol("other", .errorType)
        let unnamed = bench.symbol("unnamed", .errorType)
        for (i, error) in [other, .other, unnamed, .absent].enumerated() {
            bench.count(at: anyTime + Int64(i)) { record in
                record.success = false
                record.errorType = error
            }
        }
        let situation = Situation(snapshot: bench.snapshot(), alerts: [], rules: [], events: [], judgedUpTo: nil)
        let text = SnapshotDocument(situation, window: .all).json.text
        // Once among the counts, once among the types, once among the classes, once among the shares.
        #expect(text.components(separatedBy: "\"other\":").count == 5)
        #expect(try Self.object(situation)["errors"] as? [String: Int] == ["other": 2, "unnamed": 2])
    }

    @Test func errorTypesCarryTheirClassesWhichAddUp() throws {
        var bench = CountingBench()
        let failures: [(String, Int)] = [
            ("openai.APITimeoutError", 3), ("timeout", 2), ("HTTP 429", 4), ("never heard of", 1),
        ]
        var time = anyTime
        for (name, count) in failures {
            let error = bench.symbol(name, .errorType)
            for _ in 0..<count {
                time += 1
                bench.count(at: time) { record in
                    record.success = false
                    record.errorType = error
                }
            }
        }
        for error in [Symbol.absent, .other] {
            bench.count(at: time) { record in
                record.success = false
                record.errorType = error
            }
        }
        let situation = Situation(snapshot: bench.snapshot(), alerts: [], rules: [], events: [], judgedUpTo: nil)
        let object = try Self.object(situation, .all)
        let types = try #require(object["error_types"] as? [String: [String: Any]])
        #expect(types["openai.APITimeoutError"]?["class"] as? String == "timeout")
        #expect(types["openai.APITimeoutError"]?["failures"] as? Int == 3)
        #expect(types["HTTP 429"]?["severity"] as? String == "warning")
        #expect(types["unnamed"]?["class"] as? String == "unknown_error")
        #expect(Set(types["other"]?.keys.map(\.self) ?? []) == ["failures"])
        let classes = try #require(object["error_classes"] as? [String: [String: Any]])
        let sums = classes.mapValues { $0["failures"] as? Int }
        #expect(sums == ["timeout": 5, "rate_limit": 4, "unknown_error": 2, "other": 1])
        #expect(classes["timeout"]?["action"] as? String == ErrorClass.timeout.action)
        #expect((object["errors"] as? [String: Int])?.values.reduce(0, +) == 12)
        let text = SnapshotText(situation, window: .all).text
        #expect(text.contains("class     timeout 5 (warning): \(ErrorClass.timeout.action)"))
    }

    @Test func extremeNumbersStayNumbers() throws {
        var bench = CountingBench()
        for i in 0..<50 {
            bench.count(at: anyTime + Int64(i), cost: Int64(1) << 40) { record in
                record.weight = Record.maximumWeight
                record.success = true
                record.latency = 0
                record.inputTokens = 0
                record.outputTokens = 0
                record.outputLength = i % 2 == 0 ? 0 : 1_000_000_000
            }
        }
        let situation = Situation(snapshot: bench.snapshot(), alerts: [], rules: [], events: [], judgedUpTo: nil)
        let text = SnapshotDocument(situation, window: .all).json.text
        #expect(!text.contains("null") && !text.lowercased().contains("nan") && !text.contains("inf"))
        _ = try Self.object(situation, .all)
    }

    @Test func theTextSaysTheSameNumbers() throws {
        let situation = try Self.situation()
        let text = SnapshotText(situation, window: .minutes5).text
        let object = try Self.object(situation, .minutes5)
        let failures = try #require(object["failures"] as? Int)
        #expect(text.hasPrefix("DEGRADED since "))
        #expect(text.contains("300: ") && text.contains("\(failures) failed"))
        #expect(text.contains("timeout \(failures)"))
        #expect(text.contains("alert     P2 elevated_error_rate firing"))
    }
}
