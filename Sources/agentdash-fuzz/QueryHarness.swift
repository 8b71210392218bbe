import Metrics
import Query

/// Bytes as an expression and as a template: compiled and evaluated, or refused at a place that exists.
enum QueryHarness {
    static func run(_ bytes: [UInt8]) {
        let text = String(decoding: bytes, as: UTF8.self)
        do throws(QueryError) {
            let expression = try Expression.compile(text, WindowMetric.catalogue)
            for missing in [MissingPolicy.unknown, .zero] {
                let outcome = expression.evaluate(missing: missing) { _ in nil }
                let decision = expression.decision(missing: missing) { _ in nil }
                Harness.promise(decision == nil || outcome == .true, "only what holds was decided")
            }
        } catch {
            check(error, text)
        }
        do throws(QueryError) {
            _ = try Template.compile(text, WindowMetric.catalogue).render { _ in nil }
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
