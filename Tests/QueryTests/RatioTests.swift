import Query
import Testing

@Suite struct RatioTests {
    @Test func ratiosRoundToTheNearestDouble() throws {
        let rows = try #require(VectorFile.object("ratios")["rows"] as? [[String]])
        #expect(rows.count > 300)
        for row in rows {
            let numerator = try #require(Int64(row[0]))
            let denominator = try #require(Int64(row[1]))
            let ratio = try #require(Ratio(numerator, of: denominator))
            #expect(String(ratio.nearestDouble.bitPattern, radix: 16) == row[2], "\(row)")
        }
    }

    @Test func ratiosCompareExactlyWhereDoublesCannot() throws {
        let large = Int64.max
        let a = try #require(Ratio(large - 1, of: large))
        let b = try #require(Ratio(large - 2, of: large - 1))
        #expect(a.nearestDouble == b.nearestDouble)
        #expect(b < a)
        #expect(a != b)
        let least = Ratio(Int64.min)
        #expect(least < a && Ratio(-1) > least)
        #expect(Ratio(15, of: 100) == Ratio(3, of: 20))
        #expect(Ratio(15, of: 100)?.hashValue == Ratio(3, of: 20)?.hashValue)
    }

    @Test func aShareOfNothingIsMissing() {
        #expect(Ratio(0, of: 0) == nil)
        #expect(Ratio(5, of: -1) == nil)
        #expect(Value.share(0, of: 0) == nil)
        #expect(Value.share(1, of: 4)?.double == 0.25)
        #expect(Value.text("1").double == nil)
        #expect(Value.number(.nan).double == nil)
    }

    @Test func hugeCountsNeverTrap() throws {
        let huge: [Value] = [
            .count(.max), .count(.min), .ratio(try #require(Ratio(.min, of: .max))),
            .ratio(try #require(Ratio(.max, of: .max - 1))), .number(.greatestFiniteMagnitude),
            .number(.leastNonzeroMagnitude),
            .count(0),
        ]
        let expressions = try [
            "requests * error_count > 1", "requests + error_count > 1", "requests - error_count = 0",
            "requests / error_count > 5%", "-requests < error_count", "abs(requests) >= requests",
            "requests * 999999999999999 > error_count * 0.000000000000001",
        ].map { try Expression.sample($0) }
        for a in huge {
            for b in huge {
                for expression in expressions {
                    let result = expression.evaluate(SampleCatalogue.lookup(["requests": a, "error_count": b]))
                    let decision = expression.decision(SampleCatalogue.lookup(["requests": a, "error_count": b]))
                    #expect(result == .true || decision == nil)
                }
            }
        }
    }
}
