import Query

/// Names as the product has them, for the tests of the language.
enum SampleCatalogue {
    static let window = Catalogue([
        .init("requests", .number(.count), help: "requests in the window"),
        .init("error_rate", .number(.fraction), help: "failed / known outcomes", range: 0...1),
        .init("error_count", .number(.count), help: "failed requests"),
        .init(
            "p95_latency", .number(.seconds), help: "95th percentile",
            aliases: [.init("p95_latency_s", unit: .seconds), .init("p95_latency_ms", unit: .milliseconds)]),
        .init("cost_per_hour", .number(.dollarsPerHour), help: "spend velocity"),
        .init("cost_per_request", .number(.dollars), help: "mean cost"),
        .init(
            "output_length_drift", .number(.fraction), help: "change of the mean",
            aliases: [.init("output_length_drift_pct", unit: .percent)]),
        .init("tokens_per_minute", .number(.tokensPerMinute), help: "burn rate"),
        .init("request_rate", .number(.perSecond), help: "arrivals", aliases: [.init("rps")]),
        .init("sentiment", .number(.plain), help: "mean", range: -1...1),
        .init("total_cost", .number(.dollars), help: "spent"),
        .init("is_live", .boolean, help: "whether data arrives"),
        .init("model", .text, help: "model"),
        .init("task_type", .text, help: "kind of task", aliases: [.init("task")]),
        .init(
            "burn", .number(.plain), help: "burn rate of an objective",
            parameters: [.text(choices: ["success", "latency"]), .duration]),
        .init(
            "change", .number(.fraction), help: "against an earlier window", parameters: [.metric, .duration]),
        .init(
            "before", .number(.plain), help: "in an earlier window", parameters: [.metric, .duration],
            isLikeItsMetric: true),
        .init(
            "queue_depth", .number(.count), help: "waiting", parameters: [.text(choices: [])], isCallOptional: true),
        .init("quality_last", .number(.fraction), help: "of so many", range: 0...1, parameters: [.count(1...1000)]),
        .init("flag_rate", .number(.fraction), help: "share", range: 0...1, parameters: [.text(choices: [])]),
    ])

    /// What a dictionary of values answers, by the entry's own name.
    static func lookup(_ values: [String: Value]) -> (Reference) -> Value? {
        { values[$0.name] }
    }
}

extension Query.Expression {
    /// Compiles against the sample catalogue.
    static func sample(_ source: String) throws(QueryError) -> Query.Expression {
        try compile(source, SampleCatalogue.window)
    }
}

/// The outcome of a condition for some values.
func outcome(_ source: String, _ values: [String: Value], missing: MissingPolicy = .unknown) throws -> Outcome {
    try Query.Expression.sample(source).evaluate(missing: missing, SampleCatalogue.lookup(values))
}

/// The error that a condition is refused with; nil if it is accepted.
func refusal(_ source: String) -> QueryError? {
    do {
        _ = try Query.Expression.sample(source)
        return nil
    } catch {
        return error
    }
}
