import Query
import Testing

@Suite struct TemplateTests {
    private func render(_ template: String, _ values: [String: Value], missing: MissingPolicy = .unknown) throws
        -> String
    {
        try Template.compile(template, SampleCatalogue.window).render(
            missing: missing, SampleCatalogue.lookup(values))
    }

    @Test func everyFormatAgreesWithPython() throws {
        let rows = try #require(VectorFile.object("python_format")["rows"] as? [[String]])
        #expect(rows.count > 500)
        for row in rows {
            let value = Double(bitPattern: try #require(UInt64(row[0], radix: 16)))
            #expect(try render("{sentiment:\(row[1])}", ["sentiment": .number(value)]) == row[2], "\(row)")
        }
    }

    @Test(arguments: [
        ("{error_rate:.1%}", "15.0%"), ("{error_rate}", "15.0%"), ("{p95_latency}", "4.20s"),
        ("{p95_latency_s}", "4.2"),
        ("{p95_latency_ms:.0f}ms", "4200ms"), ("{cost_per_hour}", "$22.50/h"), ("${cost_per_hour:.2f}/hr", "$22.50/hr"),
        ("{output_length_drift_pct:+.1f}%", "+18.5%"), ("{output_length_drift:+.1%}", "+18.5%"),
        ("{requests}", "1,204"),
        ("{requests:d} {requests:,} {requests:+}", "1204 1,204 +1204"), ("{model}: {is_live}", "gpt-4o: true"),
        ("{{{model}}}", "{gpt-4o}"), ("", ""), ("no fields", "no fields"), ("{sentiment:.1f}", "–"), ("{rps}", "–"),
    ])
    func rendersValuesInTheirUnits(template: String, expected: String) throws {
        let values: [String: Value] = [
            "error_rate": .ratio(Ratio(15, of: 100)!), "p95_latency": .number(4.2), "cost_per_hour": .number(22.5),
            "output_length_drift": .number(0.185), "requests": .count(1204), "model": .text("gpt-4o"),
            "is_live": .boolean(true), "sentiment": .number(.nan),
        ]
        #expect(try render(template, values) == expected)
    }

    @Test(arguments: [
        ("{flag_rate(\"safety\"):.1%}", "2.5%"), ("{queue_depth('a:b)')} and {queue_depth:d}", "7 and 7"),
        ("{before(error_rate, 7d)}", "15.0%"),
    ])
    func aCallIsShownAsAName(template: String, expected: String) throws {
        let values: [String: Value] = [
            "flag_rate": .number(0.025), "queue_depth": .count(7), "before": .number(0.15),
        ]
        #expect(try render(template, values) == expected)
    }

    @Test func missingValuesAreADashOrZero() throws {
        #expect(try render("{error_rate:.1%} {model}", [:]) == "– –")
        #expect(try render("{error_rate:.1%} {model}", [:], missing: .zero) == "0.0% ")
    }

    @Test func valuesCannotSpeakToTheTerminal() throws {
        #expect(try render("{model}!", ["model": .text("a\u{1b}[31mb\u{9b}\u{202e}\n")]) == "a·[31mb···!")
    }

    @Test(arguments: [
        ("{eror_rate:.1%}", "unknown name \"eror_rate\"; did you mean error_rate?", "eror_rate"),
        ("So {flag_rte(\"a\")}", "unknown name \"flag_rte\"; did you mean flag_rate?", "flag_rte"),
        ("So {flag_rate(\"a\") .1%}", "a : and a format, or the closing brace, is expected", " .1%"),
        ("So {flag_rate(\"a)}", "this text has no closing \"", "\""),
        ("Rate {error_rate:.1x}", "a format such as .1%, .2f or +.1f is expected", ".1x"),
        ("{error_rate:}", "a format such as .1%, .2f or +.1f is expected", ""),
        ("{error_rate:.99f}", "a format such as .1%, .2f or +.1f is expected", ".99f"),
        ("{p95_latency:.1%}", "p95_latency is a time, no fraction that % could show", ".1%"),
        (
            "{output_length_drift_pct:.1%}", "output_length_drift_pct is a fraction, no fraction that % could show",
            ".1%"
        ),
        ("{model:.1f}", "model is text, not a number", ".1f"),
        ("a {error_rate", "this { is never closed", "{"), ("a } b", "this } closes nothing; write }} for a brace", "}"),
        ("{}", "a name is expected in the braces", ""), ("{true}", "a name is expected in the braces", "true"),
        ("{burn:.1f}", "burn needs arguments: burn(\"success\", 1h)", "burn"),
    ])
    func errorsPointAtTheirCharacters(template: String, message: String, about: String) {
        let error = #expect(throws: QueryError.self) { try Template.compile(template, SampleCatalogue.window) }
        #expect(error?.message == message)
        #expect(error.map { String(Array(template)[$0.range]) } == about)
    }

    @Test func noTemplateTraps() {
        let pieces = [
            "{", "}", "{{", "}}", "error_rate", ":", ".1%", "+", ".", "\u{1b}", " ", "é", "99999999999999999999f",
        ]
        var state: UInt64 = 1_234_567
        for _ in 0..<5000 {
            var source = ""
            for _ in 0..<6 {
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                source += pieces[Int(state >> 33) % pieces.count]
            }
            guard let template = try? Template.compile(source, SampleCatalogue.window) else { continue }
            #expect(!template.render { _ in .number(0.5) }.unicodeScalars.contains("\u{1b}"))
        }
    }
}
