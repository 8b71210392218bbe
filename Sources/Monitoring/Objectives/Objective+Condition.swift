package import Metrics
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

    /// Reads what a good request is: `success`, `latency <= 8s`, `eval_score >= 0.8`, or any condition on a request's fields.
    ///
    /// - Parameter population: which requests it is asked of; nil: all.
    /// - Throws: for what is wrong in the condition, and where.
    package init(good condition: String, among population: RecordFilter? = nil) throws(QueryError) {
        let kind = try Self.read(condition)
        guard let population else {
            self = kind
            return
        }
        self = .criterion(Criterion(try kind.good(), among: population))
    }

    /// The same of a part of the requests.
    package func among(_ population: RecordFilter) throws(QueryError) -> Objective.Kind {
        .criterion(Criterion(try good(), among: population))
    }

    private static func read(_ condition: String) throws(QueryError) -> Objective.Kind {
        let known: Objective.Kind?
        let unread: QueryError?
        do throws(QueryError) {
            (known, unread) = (try counted(condition), nil)
        } catch {
            (known, unread) = (nil, error)
        }
        if let known { return known }
        do throws(QueryError) {
            return .criterion(Criterion(.condition(try RecordFilter(condition))))
        } catch {
            // Names that only the counted forms know: what is wrong is the form.
            if unread == nil { throw Self.error(condition) }
            throw error
        }
    }

    /// What tallies count; nil for another condition on the same names.
    private static func counted(_ condition: String) throws(QueryError) -> Objective.Kind? {
        let expression = try Expression.compile(condition, Self.catalogue)
        if case .reference(let index) = expression.root { return Self.named(expression.references[index].name) }
        guard case .compare(let comparison, .reference(let index), .constant(.ratio(let limit)), _) = expression.root,
            let whole = Int64(exactly: (limit.nearestDouble * 1e6).rounded()), whole > 0
        else { return nil }
        switch (expression.references[index].name, comparison) {
        case ("latency", .less), ("latency", .lessOrEqual): return .latency(under: whole)
        case ("quality", .greater), ("quality", .greaterOrEqual): return .quality(atLeast: whole)
        case ("eval_score", .greater), ("eval_score", .greaterOrEqual): return .evalScore(atLeast: whole)
        default: return nil
        }
    }

    /// What the same asks of single requests.
    private func good() throws(QueryError) -> Criterion.Good {
        switch self {
        case .success: .condition(try RecordFilter("success"))
        case .strongCompletion: .completedStrongly
        case .weakCompletion: .completedWeakly
        case .latency(let limit): .condition(try RecordFilter("latency <= \(Self.decimal(limit))s"))
        case .quality(let least): .condition(try RecordFilter("quality >= \(Self.decimal(least))"))
        case .evalScore(let least): .evalScore(atLeast: least)
        case .satisfaction: .ratedUp
        case .criterion(let criterion): criterion.good
        }
    }

    private static func decimal(_ millionths: Int64) -> String { NumberFormat.plain(Double(millionths) / 1e6) }

    private static func error(_ condition: String) -> QueryError {
        QueryError(
            "of ratings and evals expected strong_completion, weak_completion, satisfaction or eval_score >= SCORE, alone",
            at: 0..<condition.count, in: condition)
    }
}
