import Telemetry
import Testing

@Suite struct PriceTests {
    /// The cost vectors of the requirements and of the analytics report: model, uncached input, output, cache read,
    /// cache write, nano-dollars.
    static let vectors: [(String, Int64, Int64, Int64, Int64, Int64)] = [
        ("claude-sonnet", 1_000, 500, 0, 0, 10_500_000), ("claude-sonnet", 50, 100, 0, 0, 1_650_000),
        ("gpt-4o-mini", 1_000, 500, 0, 0, 450_000), ("claude-sonnet-4-6", 1_000, 500, 0, 0, 10_500_000),
        ("claude-sonnet-4-6", 3, 12, 13_216, 25, 4_247_550), ("gpt-4o", 2_370, 214, 60_024, 0, 83_095_000),
        ("gemini/gemini-2.5-pro", 199_999, 1_000, 0, 0, 259_998_750),
        ("gemini/gemini-2.5-pro", 200_000, 1_000, 0, 0, 260_000_000),
        ("gemini/gemini-2.5-pro", 200_001, 1_000, 0, 0, 515_002_500),
        ("gemini/gemini-2.5-pro", 1_000, 1_000, 250_000, 0, 80_000_000),
        ("claude-opus-4-6", 1_000, 500, 0, 0, 17_500_000),
    ]

    @Test(arguments: vectors.indices)
    func costsAreTheVectors(index: Int) {
        let (model, uncached, output, read, write, cost) = Self.vectors[index]
        var reader = LineReader()
        var calculator = CostCalculator(symbols: reader.symbols)
        let line =
            "{\"model\":\"\(model)\",\"input_tokens\":\(uncached + read + write),\"output_tokens\":\(output),"
            + "\"cached_input_tokens\":\(read),\"cache_write_tokens\":\(write)}"
        #expect(reader.decode(line) == .record)
        #expect(calculator.cost(of: reader.record) == cost)
        #expect(calculator.cost(of: reader.record) == cost)
    }

    @Test func anInputWithoutItsCachedTokensIsCompleted() {
        let price = PriceTable.builtIn.price(of: "claude-sonnet-4-6")
        #expect(price?.cost(input: 3, output: 12, cacheRead: 13_216, cacheWrite: 25) == 4_247_550)
        let flat = ModelPrice(rates: TokenRates(input: 1_000_000, output: 0))
        #expect(flat.cost(input: 100, output: 0, cacheRead: 40, cacheWrite: 10) == 100_000)
        #expect(flat.cost(input: -1, output: 0, cacheRead: 0, cacheWrite: 0) == nil)
        #expect(flat.cost(input: .max, output: .max, cacheRead: .max, cacheWrite: .max) == nil)
        let dear = ModelPrice(rates: TokenRates(input: .max, output: .max))
        #expect(dear.cost(input: .max, output: .max, cacheRead: 0, cacheWrite: 0) == nil)
    }

    @Test(
        arguments: [
            ("{\"cost_usd\":0.5,\"model\":\"gpt-4o\",\"input_tokens\":1000}", 500_000_000),
            ("{\"cost_usd\":0.5,\"tool_cost_usd\":0.25,\"compute_cost_usd\":0.125,\"latency_ms\":1}", 875_000_000),
            ("{\"model\":\"gpt-4o\",\"input_tokens\":1000000,\"tool_cost_usd\":1}", 3_500_000_000),
            ("{\"model\":\"nobody-knows\",\"input_tokens\":1000,\"tool_cost_usd\":1}", nil),
            ("{\"model\":\"nobody-knows\",\"input_tokens\":1000,\"cost_usd\":0}", 0), ("{\"input_tokens\":1000}", nil),
            ("{\"model\":\"gpt-4o\",\"latency_ms\":1}", nil), ("{\"tool_cost_usd\":1,\"latency_ms\":1}", 1_000_000_000),
            ("{\"model\":\"gpt-4o\",\"input_tokens\":0,\"output_tokens\":0}", 0),
        ] as [(String, Int64?)])
    func theRecordsOwnCostWinsAndTheUnknownStaysUnknown(line: String, cost: Int64?) {
        var reader = LineReader()
        var calculator = CostCalculator(symbols: reader.symbols)
        #expect(reader.decode(line) == .record)
        #expect(calculator.cost(of: reader.record) == cost)
    }

    @Test(arguments: [
        ("openai/gpt-4o", "gpt-4o"), ("gpt-4o-2024-08-06", "gpt-4o"),
        ("openrouter/anthropic/claude-sonnet-4-5", "claude-sonnet-4-5"),
        ("claude-sonnet-4-5-20250929", "claude-sonnet-4-5"),
        ("vertex_ai/claude-sonnet-4-5@20250929", "claude-sonnet-4-5"),
        ("bedrock/anthropic.claude-3-5-sonnet-20240620-v1:0", "claude-3-5-sonnet"), ("GPT-4o", "gpt-4o"),
        ("projects/p/locations/l/publishers/google/models/gemini-2.5-flash", "gemini-2.5-flash"),
        ("claude-3-5-haiku-latest", "claude-3-5-haiku"), ("models/gemini-2.5-pro", "gemini-2.5-pro"),
    ])
    func aServedOrDatedNameHasItsMakersPrice(name: String, base: String) {
        let price = PriceTable.builtIn.price(of: name)
        #expect(price != nil)
        #expect(price == PriceTable.builtIn.price(of: base))
    }

    @Test(arguments: [
        "gpt-4o-2024-05-13-FC", "my-gpt-4o", "gpt-4o-custom", "us.anthropic.claude-sonnet-4-5-20250929-v1:0",
        "ft:gpt-4o", "",
        "groq/gpt-4o", "-20250929", "gpt-4o-20", "claude", "/", "openai/",
    ])
    func noPriceIsGuessed(name: String) {
        #expect(PriceTable.builtIn.price(of: name) == nil)
    }

    @Test func aDatedNameOfItsOwnIsNotItsBase() {
        #expect(PriceTable.builtIn.price(of: "gpt-4o-2024-05-13")?.rates.input == 5_000_000)
        #expect(PriceTable.builtIn.price(of: "gpt-4o")?.rates.input == 2_500_000)
        #expect(PriceTable.builtIn.count >= 90)
    }

    @Test func aPriceCanBeSet() {
        var table = PriceTable.builtIn
        table.set(ModelPrice(rates: TokenRates(input: 1, output: 2)), for: "House-Model")
        #expect(table.price(of: "House-Model")?.rates.output == 2)
    }
}
