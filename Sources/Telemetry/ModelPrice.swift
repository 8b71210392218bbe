/// What tokens of one model cost, in pico-dollars (10⁻¹² $) a token, which is a millionth of a dollar per million
/// tokens.
package struct TokenRates: Sendable, Hashable {
    /// Prompt tokens that no cache served.
    package var input: Int64
    /// Answered tokens, reasoning included.
    package var output: Int64
    /// nil: as `input`. 0 is a real price.
    package var cacheRead: Int64?
    /// nil: as `input`.
    package var cacheWrite: Int64?

    /// Rates as given; none is checked.
    package init(input: Int64, output: Int64, cacheRead: Int64? = nil, cacheWrite: Int64? = nil) {
        self.input = input
        self.output = output
        self.cacheRead = cacheRead
        self.cacheWrite = cacheWrite
    }
}

/// The price of one model.
package struct ModelPrice: Sendable, Hashable {
    /// Rates of requests up to the threshold.
    package var rates: TokenRates
    /// Rates of all tokens of requests with a longer prompt.
    package var longPrompt: TokenRates?
    /// Prompt tokens, cached ones included, above which `longPrompt` holds.
    package var longPromptThreshold: Int64

    /// A price, with a second tier where one is given.
    package init(rates: TokenRates, longPrompt: TokenRates? = nil, longPromptThreshold: Int64 = .max) {
        self.rates = rates
        self.longPrompt = longPrompt
        self.longPromptThreshold = longPromptThreshold
    }

    /// Cost in nano-dollars, rounded half up; nil beyond Int64.
    ///
    /// `input` includes cached and cache-written tokens. Where it is less than those, the writer can only have left
    /// them out (as Anthropic's interface does), and they are added to it.
    package func cost(input: Int64, output: Int64, cacheRead: Int64, cacheWrite: Int64) -> Int64? {
        let (cached, overflow) = cacheRead.addingReportingOverflow(cacheWrite)
        guard !overflow, input >= 0, output >= 0, cacheRead >= 0, cacheWrite >= 0 else { return nil }
        let isExclusive = input < cached
        let uncached = isExclusive ? input : input - cached
        let (prompt, tooMuch) = uncached.addingReportingOverflow(cached)
        guard !tooMuch else { return nil }
        let rates = prompt > longPromptThreshold ? longPrompt ?? self.rates : self.rates
        let picodollars =
            Int128(uncached) * Int128(rates.input) + Int128(output) * Int128(rates.output)
            + Int128(cacheRead) * Int128(rates.cacheRead ?? rates.input)
            + Int128(cacheWrite) * Int128(rates.cacheWrite ?? rates.input)
        return Int64(exactly: (picodollars + 500) / 1_000)
    }
}
