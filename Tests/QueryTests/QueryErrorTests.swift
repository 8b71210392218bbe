import Query
import Testing

@Suite struct QueryErrorTests {
    @Test func aPercentageWrittenAsANumberIsPointedAt() throws {
        let error = try #require(refusal("error_rate > 15"))
        #expect(error.message == "error_rate is a fraction between 0 and 1; did you mean 15% (0.15)?")
        #expect(error.range == 13..<15)
        #expect(
            error.rendered == """
                error_rate > 15
                             ^^
                error_rate is a fraction between 0 and 1; did you mean 15% (0.15)?
                """)
        #expect(error.description.hasPrefix("column 14: "))
    }

    @Test(arguments: [
        ("eror_rate > 10%", "unknown name \"eror_rate\"; did you mean error_rate?", "eror_rate"),
        ("requests > 5 and p95_latncy > 5s", "unknown name \"p95_latncy\"; did you mean p95_latency?", "p95_latncy"),
        ("zzzzzz > 1", "unknown name \"zzzzzz\"", "zzzzzz"),
        ("p95_latency > 5%", "p95_latency is a time, 5% is a fraction", "5%"),
        ("p95_latency > 30", "p95_latency is a time; did you mean 30s?", "30"),
        ("error_rate > 5s", "error_rate is a fraction, 5s is a time", "5s"),
        ("error_rate > 150%", "error_rate is never above 100%", "150%"),
        ("error_rate < -0.5", "error_rate is never below 0%", "-0.5"),
        ("error_rate > 1500", "error_rate is a fraction between 0 and 1", "1500"),
        ("output_length_drift > 15", "output_length_drift is a fraction; did you mean 15% (0.15)?", "15"),
        ("sentiment < -3", "sentiment is never below -1", "-3"),
        (
            "cost_per_hour > $50", "cost_per_hour is a cost per hour, $50 is an amount in dollars; did you mean $50/h?",
            "$50"
        ),
        ("error_count > 5%", "error_count is a plain number, 5% is a fraction", "5%"),
        ("p95_latency > cost_per_hour", "p95_latency is a time, cost_per_hour is a cost per hour", "cost_per_hour"),
        ("p95_latency + 5% > 3s", "p95_latency is a time, 5% is a fraction", "5%"),
        (
            "p95_latency * cost_per_hour > 3", "a time cannot be multiplied by a cost per hour",
            "p95_latency * cost_per_hour"
        ),
        ("model > 5", "model is text; it knows =, != and in only", "model > 5"),
        ("requests ~ 5", "requests is a plain number; ~ looks into a text", "requests"),
        ("error_rate", "error_rate is a fraction, not a condition; compare it with something", "error_rate"),
        ("requests > 5 and model", "model is text, not a condition; compare it with something", "model"),
        ("requests = gpt-4", "unknown name \"gpt-4\"", "gpt-4"),
        ("requests > 'five'", "requests is a plain number, 'five' is text", "'five'"),
        ("0.1 < error_rate < 0.5", "comparisons do not chain; join two of them with \"and\"", "<"),
        ("requests > 5 &&  is_live", "write \"and\"", "&&"),
        ("!is_live", "write \"not\"", "!"),
        ("requests > 5x", "unknown unit \"x\" in 5x; units are %, ms, s, m, h, d, k, M, $ and $…/h", "5x"),
        ("requests > 12345678901234567890", "12345678901234567890 has too many digits", "12345678901234567890"),
        ("requests > $", "$ is not a number", "$"),
        ("requests >", "a name or a number is expected here", ""),
        ("requests > > 5", "a name or a number is expected, not >", ">"),
        ("requests 5", "\"and\" or \"or\" is expected, not 5", "5"),
        ("(requests > 5", "\")\" is expected here", ""),
        ("requests > 5)", "\"and\" or \"or\" is expected, not )", ")"),
        ("model = 'gpt", "this text has no closing '", "'"),
        ("model in ()", "the list is empty", ")"),
        ("model in gpt", "\"(\" is expected, not gpt", "gpt"),
        ("requests in (5, 5%)", "requests is a plain number, 5% is a fraction", "5%"),
        ("requests # 5", "# has no meaning here", "#"),
        ("", "an expression is expected, such as error_rate > 10%", ""),
        ("burn > 2", "burn needs arguments: burn(\"success\", 1h)", "burn"),
        ("burn(\"success\") > 2", "burn takes 2 arguments: burn(\"success\", 1h)", "burn(\"success\")"),
        (
            "burn(\"sucess\", 1h) > 2", "\"sucess\" is not one of the known values; did you mean \"success\"?",
            "\"sucess\""
        ),
        ("burn(success, 5) > 2", "a time such as 1h is expected here", "5"),
        ("change(model, 7d) > 2%", "the name of a number is expected here", "model"),
        ("requests(5) > 2", "requests takes no arguments", "requests(5)"),
        ("abs(model) = 2", "model is text; abs takes numbers", "model"),
        ("requests > 5 / 0", "this has no exact value", "5 / 0"),
    ])
    func errorsPointAtTheirCharacters(source: String, message: String, about: String) throws {
        let error = try #require(refusal(source))
        #expect(error.message == message)
        #expect(String(Array(source)[error.range]) == about)
    }

    @Test func theCaretStandsInItsLine() throws {
        let error = try #require(refusal("requests > 20\nand eror_rate > 10%\nand is_live"))
        #expect(error.rendered.split(separator: "\n").prefix(2) == ["and eror_rate > 10%", "    ^^^^^^^^^"])
    }

    @Test func nothingATerminalObeysGetsIntoAnError() throws {
        for hostile in ["\u{1b}[2J", "\u{9b}31m", "\u{202e}", "\u{7f}", "\u{7}", "\r\n\u{1b}]0;x\u{7}"] {
            for source in ["requests > \(hostile)", "mo\(hostile)del = x", "x\(hostile)", "requests > 5 \(hostile) y"] {
                let error = try #require(refusal(source))
                for text in [error.rendered, error.description] {
                    #expect(text.unicodeScalars.allSatisfy { $0 == "\n" || $0.properties.generalCategory != .control })
                    #expect(!text.unicodeScalars.contains("\u{202e}"))
                }
            }
        }
    }

    @Test func whatIsTooLongOrTooDeepIsRefused() {
        #expect(refusal(String(repeating: "(", count: 2000)) != nil)
        #expect(refusal(String(repeating: "not ", count: 1000) + "is_live") != nil)
        #expect(refusal("requests > " + String(repeating: "-", count: 2000) + "1") != nil)
        #expect(refusal("requests > 1" + String(repeating: "+1", count: 1500)) != nil)
        #expect(refusal(String(repeating: "a", count: 100_000)) != nil)
        #expect(refusal("requests > 1" + String(repeating: "\u{301}", count: 100_000)) != nil)
        #expect(refusal("is_live" + String(repeating: " and is_live", count: 300)) == nil)
    }

    @Test func noTextTrapsTheCompiler() throws {
        let words = [
            "error_rate", "p95_latency", "model", "burn", "abs", "(", ")", ",", ">", "<=", "=", "!=", "~", "in", "not",
            "and", "or", "5", "5%", "$5/h", "10ms", "1.5k", "'x'", "\"", "-", "+", "*", "/", "gpt-4o", "0", ".", "é",
            "\u{1b}",
            "99999999999999", "true", "is_live", "output_length_drift_pct", "$", "M", "{", "\u{301}",
        ]
        var state: UInt64 = 88_172_645_463_325_252
        func next(_ bound: Int) -> Int {
            state ^= state << 13
            state ^= state >> 7
            state ^= state << 17
            return Int(state % UInt64(bound))
        }
        var accepted = 0
        for _ in 0..<20_000 {
            let pieces = (0..<(1 + next(9))).map { _ in words[next(words.count)] }
            let source = pieces.joined(separator: next(3) == 0 ? "" : " ")
            do {
                let expression = try Expression.sample(source)
                accepted += 1
                let value: Value? = [nil, .count(1), .number(0.5), .text("x"), .boolean(true)][next(5)]
                let result = expression.evaluate { _ in value }
                #expect((result == .true) == (expression.evaluate(missing: .unknown) { _ in value } == .true))
                _ = expression.decision(missing: .zero) { _ in value }
            } catch {
                #expect(error.range.upperBound <= max(1, source.count))
                #expect(!error.message.isEmpty && !error.rendered.isEmpty)
            }
        }
        #expect(accepted > 20)
    }
}
