package import Query

extension Objective.Kind {
    /// What can be counted of a request without keeping it.
    private static let catalogue = Catalogue([
        Catalogue.Entry("success", .boolean, help: "it succeeded"),
        Catalogue.Entry(
            "strong_completion", .boolean, help: "it completed and nothing was said against it",
            aliases: [Catalogue.Alias("completed_strongly")]),
        Catalogue.Entry(
            "weak_completion", .boolean, help: "it completed at all", aliases: [Catalogue.Alias("completed")]),
        Catalogue.Entry(
            "satisfaction", .boolean, help: "it was rated well", aliases: [Catalogue.Alias("user_rated_positive")]),
        Catalogue.Entry(
            "latency", .number(.seconds), help: "how long it took",
            aliases: [Catalogue.Alias("latency_ms", unit: .milliseconds)]),
        Catalogue.Entry(
            "quality", .number(.fraction), help: "its quality score", range: 0...1,
            aliases: [Catalogue.Alias("quality_score")]),
        Catalogue.Entry("eval_score", .number(.fraction), help: "its score by an eval", range: 0...1),
    ])

    /// Names that say by themselves what is good.
    package static func named(_ name: String) -> Objective.Kind? {
        switch name {
        case "success": .success
        case "strong_completion": .strongCompletion
        case "weak_completion": .weakCompletion
        case "satisfaction": .satisfaction
        default: nil
        }
    }

    /// Reads what a good request is: `success`, `latency <= 8s`, `eval_score >= 0.8`.
    ///
    /// - Throws: for what can't be counted this way, with what can.
    package init(good condition: String) throws(QueryError) {
        let expression = try Expression.compile(condition, Self.catalogue)
        if case .reference(let index) = expression.root,
            let kind = Self.named(expression.references[index].name)
        {
            self = kind
            return
        }
        guard case .compare(let comparison, .reference(let index), .constant(.ratio(let limit)), _) = expression.root,
            let whole = Int64(exactly: (limit.nearestDouble * 1e6).rounded()), whole > 0
        else { throw Self.error(condition) }
        switch (expression.references[index].name, comparison) {
        case ("latency", .less), ("latency", .lessOrEqual): self = .latency(under: whole)
        case ("quality", .greater), ("quality", .greaterOrEqual): self = .quality(atLeast: whole)
        case ("eval_score", .greater), ("eval_score", .greaterOrEqual): self = .evalScore(atLeast: whole)
        default: throw Self.error(condition)
        }
    }

    private static func error(_ condition: String) -> QueryError {
        QueryError(
            "expected success, strong_completion, weak_completion, satisfaction, latency <= TIME, quality >= SCORE or "
                + "eval_score >= SCORE", at: 0..<condition.count, in: condition)
    }
}
