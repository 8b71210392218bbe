import Metrics
import Query
import Statistics

/// What an explanation says in words, on the screen as on paper.
extension Explanation {
    /// The question.
    package var title: String {
        switch outcome {
        case .failing: "Why do requests fail"
        case .slow: "Why are requests slow"
        case .expensive: "Why are requests expensive"
        case .ratedDown: "Why are answers rated down"
        case .canary: "What is different about the canary"
        }
    }

    /// What requests with the outcome are called, and the others.
    package var names: (cases: String, others: String) {
        switch outcome {
        case .failing: ("failing", "passing")
        case .slow: ("slow", "others")
        case .expensive: ("costly", "others")
        case .ratedDown: ("down", "up")
        case .canary: ("canary", "control")
        }
    }

    /// `51 of 299 requests failed (17.1%)`.
    package var summary: String {
        let all = cases + others
        let what =
            switch outcome {
            case .failing: "requests failed"
            case .slow: "requests took longer than \(NumberFormat.duration(microseconds: threshold))"
            case .expensive: "requests cost more than \(NumberFormat.dollars(threshold.map { Double($0) / 1e9 }))"
            case .ratedDown: "rated answers were rated down"
            case .canary: "requests are the canary's"
            }
        guard all > 0 else { return nothing }
        return "\(NumberFormat.grouped(cases.rounded())) of \(NumberFormat.grouped(all.rounded())) \(what)"
            + " (\(NumberFormat.percent(cases / all)))"
            + (isSampled ? ", \(NumberFormat.grouped(Double(seen))) seen" : "")
    }

    /// Whether requests stand for others.
    private var isSampled: Bool { abs(cases + others - Double(seen)) >= 0.5 }

    private var nothing: String {
        switch outcome {
        case .failing: "no request says whether it failed"
        case .slow: "no request says how long it took"
        case .expensive: "no request has a price"
        case .ratedDown: "no answer was rated"
        case .canary: "no request is the canary's or control's"
        }
    }

    /// Why there are no rows; nil where there are some.
    package var silence: String? {
        guard rows.isEmpty, seen > 0 else { return nil }
        if hasTooFew {
            let few = casesSeen < ExplanationRule.leastCases
            return "too few to explain anything: \(few ? names.cases : names.others) "
                + "n=\(few ? casesSeen : seen - casesSeen), \(ExplanationRule.leastCases) are needed"
        }
        return
            "nothing stands out: \(NumberFormat.grouped(Double(tested))) slices looked at, \(names.cases) n=\(casesSeen)"
    }

    /// Whether it is one part of the traffic or all of it; nil where that is not asked or not known.
    package var spreadWords: String? {
        guard outcome == .failing || outcome == .slow, let spread, !hasTooFew else { return nil }
        let most = "most by \(spread.field.name), divergence \(NumberFormat.measured(spread.divergence))"
        guard spread.isEven else {
            return "localised (\(most)): not what all share"
        }
        // A few that hit all alike are everyday.
        let isOutage = outcome == .failing && cases >= 0.1 * (cases + others)
        return isOutage
            ? "everywhere: all slices alike (\(most)), look at what all share, as "
                + (isFiltered ? "what they are filtered by" : "the provider")
            : "spread as the traffic is (\(most))"
    }

    /// Requests with the outcome in the expression language; nil where it has no word for them (ratings may come later than
    /// the request) or there are none.
    package var condition: String? {
        switch outcome {
        case .failing: "success = false"
        case .slow: threshold.map { "latency > \(NumberFormat.plain(Double($0) / 1e6))s" }
        case .expensive: threshold.map { "cost > $\(NumberFormat.fixed(Double($0) / 1e9, decimals: 9))" }
        case .ratedDown: nil
        case .canary: "variant = \(QuotedText.quoted(canaryName))"
        }
    }
}
