import Query
import Testing

@Suite struct NumberFormatTests {
    @Test(
        arguments: [
            (0, "0ms"), (0.00085, "0.85ms"), (0.0042, "4.20ms"), (0.85, "850ms"), (0.9994, "999ms"), (0.9996, "1.00s"),
            (1.21, "1.21s"), (15.3, "15.30s"), (59.994, "59.99s"), (59.996, "1m00s"), (123, "2m03s"), (3599.7, "1h00m"),
            (11_520, "3h12m"), (172_799, "47h59m"), (446_400, "5d04h"), (-1.5, "-1.50s"), (1e300, ">999Md"),
            (.nan, "–"), (-.infinity, "–"),
        ] as [(Double, String)])
    func durations(seconds: Double, expected: String) {
        #expect(NumberFormat.duration(seconds) == expected)
    }

    @Test func compactDurationsSaveADigit() {
        #expect(NumberFormat.duration(31.24, compact: true) == "31.2s")
        #expect(NumberFormat.duration(9.991, compact: true) == "9.99s")
        #expect(NumberFormat.duration(59.96, compact: true) == "1m00s")
        #expect(NumberFormat.duration(microseconds: 4_210_000) == "4.21s")
        #expect(NumberFormat.duration(microseconds: nil) == "–")
        #expect(NumberFormat.age(1330) == "22m")
        #expect(NumberFormat.age(-3) == "0s")
    }

    @Test(
        arguments: [
            (0, "$0.00"), (0.0094, "$0.0094"), (0.011, "$0.0110"), (0.00001, "<$0.0001"), (0.09996, "$0.10"),
            (14.2, "$14.20"), (99.996, "$100"), (212.4, "$212"), (999.6, "$1.0k"), (1234, "$1.2k"), (45_678, "$45.7k"),
            (1.5e6, "$1.5M"), (-22.5, "-$22.50"), (1e30, "$>999E"), (.nan, "–"),
        ] as [(Double, String)])
    func dollars(value: Double, expected: String) {
        #expect(NumberFormat.dollars(value) == expected)
    }

    @Test(
        arguments: [
            (0, "0"), (379, "379"), (1204, "1,204"), (9999.4, "9,999"), (9999.6, "10.0k"), (41_234, "41.2k"),
            (99_960, "100k"),
            (151_000, "151k"), (999_999, "1.0M"), (-1204, "-1,204"), (-0.2, "0"), (9.3e18, "9.3E"), (1e22, ">999E"),
            (1e300, ">999E"), (-.infinity, "–"),
        ] as [(Double, String)])
    func counts(value: Double, expected: String) {
        #expect(NumberFormat.count(value) == expected)
    }

    @Test(
        arguments: [
            (0, "0.0%"), (0.15, "15.0%"), (0.0004, "<0.1%"), (0.0005, "0.1%"), (0.9997, ">99.9%"), (1, "100.0%"),
            (-0.0001, "0.0%"), (1.8, "180.0%"), (.nan, "–"), (1e308, "–"),
        ] as [(Double, String)])
    func percents(value: Double, expected: String) {
        #expect(NumberFormat.percent(value) == expected)
    }

    @Test func changesCarryTheirSign() {
        #expect(NumberFormat.change(0.83) == "+83%")
        #expect(NumberFormat.change(-0.081, decimals: 1) == "-8.1%")
        #expect(NumberFormat.change(1.2) == "+120%")
        #expect(NumberFormat.change(0.001) == "0%")
        #expect(NumberFormat.change(-0.001) == "0%")
        #expect(NumberFormat.change(50) == ">+999%")
        #expect(NumberFormat.change(nil) == "–")
        #expect(NumberFormat.points(0.12) == "+12pp")
        #expect(NumberFormat.points(nil) == "–")
    }

    @Test func ratesAndPlainNumbers() {
        #expect(NumberFormat.rate(25.3) == "25.3")
        #expect(NumberFormat.rate(0.42) == "0.42")
        #expect(NumberFormat.rate(9.996) == "10.0")
        #expect(NumberFormat.rate(379.4) == "379")
        #expect(NumberFormat.rate(0.001) == "<0.01")
        #expect(NumberFormat.rate(0) == "0.00")
        #expect(NumberFormat.plain(0.15) == "0.15")
        #expect(NumberFormat.plain(30) == "30")
        #expect(NumberFormat.plain(-0.0) == "0")
        #expect(NumberFormat.fixed(0.8325, decimals: 3) == "0.833")
        #expect(NumberFormat.fixed(nil, decimals: 3) == "–")
    }

    @Test func everyUnitHasItsText() {
        let texts = Unit.allCases.map { NumberFormat.text(0.5, $0) }
        #expect(
            texts == [
                "0.5", "0", "0", "0", "50.0%", "0.5%", "500ms", "0.50ms", "$0.50", "$0.50/h", "0.50/s", "0.50/min",
                "0 tok/min",
            ])
        #expect(Unit.allCases.allSatisfy { NumberFormat.text(nil, $0) == "–" })
    }

    @Test func columnsKeepTheirWidth() {
        #expect(NumberFormat.aligned("4.21s", width: 7) == "  4.21s")
        #expect(NumberFormat.aligned("–", width: 3) == "  –")
        #expect(NumberFormat.aligned("$1,204", width: 4) == "####")
        #expect(NumberFormat.aligned("x", width: -1) == "")
    }

    @Test func noNumberIsLongOrHasAnExponent() {
        var state: UInt64 = 42
        for _ in 0..<5000 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            let value = Double(bitPattern: state)
            for unit in Unit.allCases where unit != .plain && unit != .fraction && unit != .percent {
                let text = NumberFormat.text(value, unit)
                #expect(text.count <= 18, "\(value) \(unit)")
                #expect(!text.contains("e"), "\(value) \(unit)")
            }
            #expect(!NumberFormat.plain(value).contains("e"))
        }
    }
}
