import Statistics
import Testing

#if canImport(Glibc)
    import Glibc
#endif

@Suite struct RandomTests {
    @Test func splitMixGivesItsPublishedNumbers() {
        var generator = SplitMix64(seed: 1_234_567)
        let expected: [UInt64] = [
            6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423,
            4_593_380_528_125_082_431, 16_408_922_859_458_223_821,
        ]
        #expect(expected.map { _ in generator.next() } == expected)
    }

    @Test func xoshiroGivesTheNumbersOfItsDefinition() {
        var generator = Xoshiro256(seed: 42)
        #expect(generator.next() == 1_546_998_764_402_558_742)
        #expect(generator.next() == 6_990_951_692_964_543_102)
        for _ in 2..<99_999 { _ = generator.next() }
        #expect(generator.next() == 16_761_237_712_576_870_417)
    }

    @Test func variatesAreEqualToTheLastBitEverywhere() {
        var generator = Xoshiro256(seed: 7)
        let bits = [
            generator.uniform().bitPattern, generator.exponential(mean: 3).bitPattern, generator.normal().bitPattern,
            generator.normal(mean: 1500, deviation: 500).bitPattern, generator.below(1000),
        ]
        #expect(
            bits == [
                4_604_485_451_513_454_382, 4_607_005_098_548_586_670, 13_822_518_775_143_033_889,
                4_654_982_135_095_128_646, 938,
            ])
    }

    @Test func variatesHaveTheirMoments() {
        var generator = Xoshiro256(seed: 8)
        let n = 20_000.0
        var (normal, square, exponential, uniform) = (0.0, 0.0, 0.0, 0.0)
        for _ in 0..<Int(n) {
            let x = generator.normal(mean: 2, deviation: 3)
            normal += x
            square += (x - 2) * (x - 2)
            exponential += generator.exponential(mean: 4)
            uniform += generator.uniform(-1, 3)
        }
        #expect(abs(normal / n - 2) < 0.1)
        #expect(abs(square / n - 9) < 0.4)
        #expect(abs(exponential / n - 4) < 0.15)
        #expect(abs(uniform / n - 1) < 0.05)
    }

    @Test func boundedNumbersCoverTheirRangeEvenly() {
        var generator = Xoshiro256(seed: 9)
        var seen = [Int](repeating: 0, count: 7)
        for _ in 0..<7000 { seen[Int(generator.below(7))] += 1 }
        #expect(seen.allSatisfy { abs($0 - 1000) < 150 })
        #expect(generator.below(0) == 0)
        #expect(generator.below(1) == 0)
    }

    @Test func exponentialVariatesFollowTheLibrarysLogarithm() {
        var first = Xoshiro256(seed: 10)
        var second = Xoshiro256(seed: 10)
        for _ in 0..<2000 {
            #expect(isClose(first.exponential(mean: 1), -log(1 - second.uniform()), 1e-13))
        }
    }
}
