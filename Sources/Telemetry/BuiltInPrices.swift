/// List prices, in dollars per million tokens.
enum BuiltInPrices {
    /// Facts of LiteLLM 1.106.2 (model_prices_and_context_window_backup.json, MIT licence), taken on this day.
    /// `claude-sonnet` without a version is the price that the requirements give (C6).
    static let date = "2026-11-21"

    /// Model, input, output, cache read, cache write; then, for models that have one, the number of thousands of
    /// prompt tokens above which all tokens cost other rates, and those four.
    static let table = """
        amazon.nova-lite-v1:0 0.06 0.24 0.015 -
        amazon.nova-micro-v1:0 0.035 0.14 0.00875 -
        amazon.nova-pro-v1:0 0.8 3.2 0.2 -
        claude-3-5-haiku 0.8 4 0.08 1
        claude-3-5-sonnet 3 15 0.3 3.75
        claude-3-7-sonnet 3 15 0.3 3.75
        claude-3-haiku 0.25 1.25 - -
        claude-3-opus 15 75 - -
        claude-3-sonnet 3 15 - -
        claude-fable-5 10 50 1 12.5
        claude-haiku-4-5 1 5 0.1 1.25
        claude-haiku-5-5 0.1 0.5 0.01 0.125 100 0.5 2.5 0.05 0.625
        claude-mythos-5 10 50 1 12.5
        claude-opus-4-1 15 75 1.5 18.75
        claude-opus-4-5 5 25 0.5 6.25
        claude-opus-4-6 5 25 0.5 6.25
        claude-opus-4-7 5 25 0.5 6.25
        claude-opus-4-8 5 25 0.5 6.25
        claude-opus-5 5 25 0.5 6.25
        claude-opus-5-5 4 20 0.2 5
        claude-sonnet 3 15 - -
        claude-sonnet-4 3 15 0.3 3.75 200 6 22.5 0.6 7.5
        claude-sonnet-4-5 3 15 0.3 3.75
        claude-sonnet-4-6 3 15 0.3 3.75
        claude-sonnet-5 2 10 0.2 2.5
        claude-sonnet-5-5 2 10 0.1 2.5
        codestral-2508 0.3 0.9 0.03 -
        command-a-03-2025 2.5 10 - -
        command-r-08-2024 0.15 0.6 - -
        command-r-plus-08-2024 2.5 10 - -
        command-r7b-12-2024 0.0375 0.15 - -
        deepseek-chat 0.28 0.42 0.028 0
        deepseek-reasoner 0.28 0.42 0.028 -
        deepseek-v3.2 0.28 0.4 0.028 -
        deepseek-v4-flash 0.3 1.2 0.006 0
        deepseek-v4-pro 1.32 3.96 0.044 0
        devstral-medium 0.4 2 0.04 -
        gemini-2.0-flash 0.15 0.6 - -
        gemini-2.5-flash 0.3 2.5 0.03 -
        gemini-2.5-flash-lite 0.1 0.4 0.01 -
        gemini-2.5-pro 1.25 10 0.125 - 200 2.5 15 0.25 0.25
        gemini-3-flash-preview 0.5 3 0.05 -
        gemini-3.1-flash-lite 0.25 1.5 0.025 -
        gemini-3.1-pro-preview 2 12 0.2 - 200 4 18 0.4 0.25
        gemini-3.5-flash 1.5 9 0.15 -
        gemini-3.5-flash-lite 0.3 2.5 0.03 -
        gemini-3.8-flash 0.75 3.75 0.075 -
        glm-4.6 0.6 2.2 0.11 0
        glm-4.7 0.6 2.2 0.11 0
        glm-5 1 3.2 0.2 0
        glm-5.3 1.4 4.4 0.26 0
        gpt-3.5-turbo 0.5 1.5 - -
        gpt-3.5-turbo-0125 0.5 1.5 - -
        gpt-3.5-turbo-1106 1 2 - -
        gpt-4 30 60 - -
        gpt-4-0125-preview 10 30 - -
        gpt-4-0613 30 60 - -
        gpt-4-1106-preview 10 30 - -
        gpt-4-turbo 10 30 - -
        gpt-4.1 2 8 0.5 -
        gpt-4.1-mini 0.4 1.6 0.1 -
        gpt-4.1-nano 0.1 0.4 0.025 -
        gpt-4o 2.5 10 1.25 -
        gpt-4o-2024-05-13 5 15 - -
        gpt-4o-mini 0.15 0.6 0.075 -
        gpt-5 1.25 10 0.125 -
        gpt-5-codex 1.25 10 0.125 -
        gpt-5-mini 0.25 2 0.025 -
        gpt-5-nano 0.05 0.4 0.005 -
        gpt-5-pro 15 120 - -
        gpt-5.1 1.25 10 0.125 -
        gpt-5.1-codex 1.25 10 0.125 -
        gpt-5.1-codex-mini 0.25 2 0.025 -
        gpt-5.2 1.75 14 0.175 -
        gpt-5.2-codex 1.75 14 0.175 -
        gpt-5.3-codex 1.75 14 0.175 -
        gpt-5.4 2.5 15 0.25 - 272 5 22.5 0.5 -
        gpt-5.4-mini 0.75 4.5 0.075 -
        gpt-5.4-nano 0.2 1.25 0.02 -
        gpt-5.5 5 30 0.5 - 272 10 45 1 -
        gpt-5.6 4 20 0.4 5 272 8 30 0.8 10
        grok-4.3 1.25 2.5 0.2 - 200 2.5 5 0.4 -
        grok-4.5 2 6 0.3 - 200 4 12 0.6 -
        grok-4.7 2 6 0.5 - 200 4 12 1 -
        grok-code-fast-1 1 2 0.2 - 200 2 4 0.4 -
        kimi-k2.5 0.6 3 0.1 -
        kimi-k3 3 15 0.3 -
        mistral-large-2402 4 12 - -
        mistral-large-3 0.5 1.5 0.05 -
        mistral-medium 1.5 7.5 0.15 -
        mistral-small 0.15 0.6 0.015 -
        mistral-small-2402 1 3 - -
        o1 15 60 7.5 -
        o3 2 8 0.5 -
        o3-mini 1.1 4.4 0.55 -
        o3-pro 20 80 - -
        o4-mini 1.1 4.4 0.275 -
        text-embedding-3-large 0.13 0 - -
        text-embedding-3-small 0.02 0 - -
        """
}
