import Query

/// Bytes as an expression and as a template: compiled and evaluated, or refused at a place that exists.
enum QueryHarness {
    /// Something of every type, and a call with every kind of argument: what windows are asked for is made of these.
    private static let catalogue = Catalogue([
        .init("requests", .number(.count), help: ""),
        .init("error_rate", .number(.fraction), help: "", range: 0...1),
        .init(
            "p95_latency", .number(.seconds), help: "",
            aliases: [.init("p95"), .init("p95_latency_ms", unit: .milliseconds)]),
        .init("cost_per_hour", .number(.dollarsPerHour), help: ""),
        .init("tokens_per_minute", .number(.tokensPerMinute), help: ""),
        .init("sentiment", .number(.plain), help: "", range: -1...1),
        .init("is_live", .boolean, help: ""),
        .init("model", .text, help: "", aliases: [.init("m")]),
        .init("errors", .number(.count), help: "", parameters: [.text(choices: [])]),
        .init("burn", .number(.plain), help: "", parameters: [.text(choices: ["success"]), .duration]),
        .init("queue_depth", .number(.count), help: "", parameters: [.text(choices: [])], isCallOptional: true),
        .init("quality_last", .number(.fraction), help: "", range: 0...1, parameters: [.count(1...1000)]),
        .init("before", .number(.plain), help: "", parameters: [.metric, .duration], isLikeItsMetric: true),
        .init("change", .number(.fraction), help: "", parameters: [.metric, .duration]),
    ])

    static func run(_ bytes: [UInt8]) {
        let text = String(decoding: bytes, as: UTF8.self)
        do throws(QueryError) {
            let expression = try Expression.compile(text, catalogue)
            for missing in [MissingPolicy.unknown, .zero] {
                let outcome = expression.evaluate(missing: missing) { _ in nil }
                let decision = expression.decision(missing: missing) { _ in nil }
                Harness.promise(decision == nil || outcome == .true, "only what holds was decided")
            }
        } catch {
            check(error, text)
        }
        do throws(QueryError) {
            _ = try Template.compile(text, catalogue).render { _ in nil }
        } catch {
            check(error, text)
        }
    }

    private static func check(_ error: QueryError, _ text: String) {
        Harness.promise(
            error.range.lowerBound >= 0 && error.range.upperBound <= text.count, "errors lie in what was written")
        Harness.promise(
            !error.rendered.unicodeScalars.contains { ($0.value < 0x20 && $0 != "\n") || $0.value == 0x7F },
            "messages are safe to print")
    }
}
