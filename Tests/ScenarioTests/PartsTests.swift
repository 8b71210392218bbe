import Statistics
import Testing

@testable import Scenario

/// For tests beside this file that read stories as strangers do.
func bucket(_ user: String) -> Int { UserBucket.mod100.bucket(of: user) }

@Suite struct PartsTests {
    @Test(arguments: [
        ("user-12345", 67), ("user-alice-123", 86), ("alice-123", 73), ("user-0", 89), ("user-1", 79), ("user-42", 79),
        ("user-999", 66),
    ])
    func `users fall into the reference's buckets`(user: String, expected: Int) {
        #expect(UserBucket.mod100.bucket(of: user) == expected)
    }

    @Test func `of a thousand users 40 are in 5 percent and 509 in 50`() {
        let buckets = (0..<1_000).map { UserBucket.mod100.bucket(of: "user-\($0)") }
        #expect(buckets.filter { $0 < 5 }.count == 40)
        #expect(buckets.filter { $0 < 50 }.count == 509)
    }

    @Test func `a deck deals its cards exactly, however often`() {
        var random = SplitMix64(seed: 1)
        var deck = Deck([5, 3, 2])
        for _ in 0..<20 {
            let hand = (0..<10).map { _ in deck.draw(&random) }
            #expect((0..<3).map { kind in hand.filter { $0 == kind }.count } == [5, 3, 2])
        }
        var empty = Deck([])
        #expect(empty.draw(&random) == 0)
    }

    @Test func `the generator is SplitMix64`() {
        var random = SplitMix64(seed: 1_234_567)
        let drawn = (0..<3).map { _ in random.next() }
        #expect(drawn == [6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423])
    }

    @Test func `normal deviates have mean 0 and deviation 1, log-normal ones their median`() {
        var random = SplitMix64(seed: 9)
        let deviates = (0..<20_000).map { _ in Double(random.normal()) / 65_536 }
        let mean = deviates.reduce(0, +) / 20_000
        let variance = deviates.reduce(0) { $0 + $1 * $1 } / 20_000
        #expect(abs(mean) < 0.02)
        #expect(abs(variance - 1) < 0.03)
        let sorted = (0..<20_001).map { _ in random.logNormal(median: 1_000, sigma: 500) }.sorted()
        #expect(abs(sorted[10_000] - 1_000) < 20)
        // One deviation above, the 84.13th percentile, is the median times e to the 0.5.
        #expect(abs(sorted[16_827] - 1_649) < 50)
    }

    @Test func `powers of two rise without a step`() {
        #expect(powerOfTwo(0) == 65_536)
        #expect(powerOfTwo(3 << 16) == 8 << 16)
        #expect(powerOfTwo(-1 << 16) == 32_768)
        #expect(powerOfTwo(1 << 40) == 1 << 32)
        let values = stride(from: -200_000, to: 200_000, by: 37).map(powerOfTwo)
        #expect(zip(values, values.dropFirst()).allSatisfy { $0 <= $1 })
        // The square root of two.
        #expect(abs(powerOfTwo(32_768) - 92_682) < 20)
    }

    @Test func `identifiers do not repeat`() {
        var identifiers = Identifiers(seed: 4)
        let drawn = (0..<100_000).map { _ in identifiers.next() }
        #expect(Set(drawn).count == drawn.count)
    }

    @Test func `numbers and times are written exactly`() {
        var line = LineWriter()
        line.decimal("a", -7, places: 2)
        line.decimal("b", 1_234_567, places: 6)
        line.integer("c", .min)
        line.integer("d", 0)
        line.time("e", milliseconds: 1_773_100_800_007)
        line.time("f", milliseconds: -1)
        line.time("g", milliseconds: 951_782_400_000)
        line.identifier("h", prefix: "tr_", 0xAB)
        line.objects("i", [1, 2]) { $0.integer("n", $1) }
        line.object("j") { $0.flag("ok", true) }
        line.text("k", "z")
        line.end()
        let expected = """
            {"a":-0.07,"b":1.234567,"c":-9223372036854775808,"d":0,"e":"2026-03-10T00:00:00.007Z",\
            "f":"1969-12-31T23:59:59.999Z","g":"2000-02-29T00:00:00.000Z","h":"tr_000000ab",\
            "i":[{"n":1},{"n":2}],"j":{"ok":true},"k":"z"}

            """
        #expect(String(decoding: line.bytes, as: UTF8.self) == expected)
    }

    @Test func `pending lines come in the order of time and, at equal times, of writing`() {
        var lines = PendingLines(start: 0, end: 100, chunk: 50)
        for (number, time) in [(1, 40), (2, 10), (3, 99), (4, 10), (5, 100), (6, -1)] {
            var line = LineWriter()
            line.integer("n", number)
            line.end()
            lines.add(line, at: time)
        }
        #expect(String(decoding: lines.take(chunk: 0), as: UTF8.self) == "{\"n\":2}\n{\"n\":4}\n{\"n\":1}\n")
        #expect(String(decoding: lines.take(chunk: 1), as: UTF8.self) == "{\"n\":3}\n")
        #expect(lines.take(chunk: 0).isEmpty)
    }
}
