import Query
import Statistics
import Telemetry

/// One `snapshot` record, as text.
///
/// It can't carry: outcomes that are not known (they read as successes), how many requests a price is known for, cached
/// tokens, time to first token, span kinds, failed tool calls, completion and feedback, slices, and that requests were
/// sampled. Means stand for the distributions of length, sentiment and quality.
struct SnapshotRecord {
    /// The last instant of the span, µs since 1970.
    var time: Int64
    /// µs.
    var duration: Int64
    var counts: StepCounts

    /// Entries of a map that readers take.
    private static let mostNames = 256

    /// - Parameter rounding: what earlier records owe to whole numbers.
    func line(_ rounding: inout WholeCounts) -> String {
        JSONValue.members(
            ("type", .string("snapshot")), ("timestamp", .string(timestamp)),
            ("window_s", .fixed(max(1, duration), decimals: 6)),
            ("requests", .integer(rounding.whole(counts.requests, .requests))),
            ("errors", map(counts.errors) { rounding.whole($1, .error($0)) }),
            ("latency_histogram", latency(&rounding)),
            (
                "tokens",
                counts.knowsTokens
                    ? .members(
                        ("input", .integer(rounding.whole(counts.inputTokens, .input))),
                        ("output", .integer(rounding.whole(counts.outputTokens, .output)))) : nil
            ),
            ("cost_usd", counts.knowsCost ? .fixed(rounding.whole(counts.cost, .cost), decimals: 9) : nil),
            ("tool_calls", map(counts.toolCalls) { rounding.whole($1, .tool($0)) }),
            ("output_length_mean", counts.outputLength.value.map { .fixed(Int64(($0 * 1e6).rounded()), decimals: 6) }),
            ("sentiment_mean", counts.sentiment.value.map { .fixed(Int64($0.rounded()), decimals: 6) }),
            ("quality_mean", counts.quality.value.map { .fixed(Int64($0.rounded()), decimals: 6) })
        ).line
    }

    /// With microseconds only where there are any.
    private var timestamp: String {
        let text = ClockTime(time).rfc3339
        let rest = ClockTime(time).microsecond % 1000
        return rest == 0 ? text : text.dropLast() + String(1000 + rest).dropFirst() + "Z"
    }

    private func map(_ counts: [String: Int64], _ whole: (String, Int64) -> Int64) -> JSONValue? {
        let all = counts.filter { $0.value != 0 }.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
        guard !all.isEmpty else { return nil }
        var members = all.prefix(Self.mostNames - 1).map { ($0.key, $0.value) }
        let rest = all.dropFirst(Self.mostNames - 1).reduce(0) { $0 &+ $1.value }
        if rest != 0 {
            if let place = members.firstIndex(where: { $0.0 == "other" }) {
                members[place].1 &+= rest
            } else {
                members.append(("other", rest))
            }
        }
        return .object(members.map { ($0.0, .integer(whole($0.0, $0.1))) })
    }

    private func latency(_ rounding: inout WholeCounts) -> JSONValue? {
        let zeros = rounding.whole(counts.zeroLatencies, .zeroLatency)
        var buckets: [Int: Int64] = [:]
        for (bucket, count) in counts.latencies.sorted(by: { $0.key < $1.key }) where count != 0 {
            let whole = rounding.whole(count, .latency(bucket))
            if whole != 0 { buckets[bucket] = whole }
        }
        guard zeros > 0 || !buckets.isEmpty else { return nil }
        let first = buckets.keys.min() ?? 0
        let last = buckets.keys.max() ?? first - 1
        return .members(
            ("scale", .integer(6)), ("zero_count", .integer(zeros)), ("offset", .integer(Int64(first))),
            ("counts", .array((first..<last + 1).map { .integer(buckets[$0] ?? 0) })),
            ("sum", .fixed(max(0, counts.latencySum) / 1024, decimals: 3)),
            ("min", counts.fastest.map { .fixed($0, decimals: 3) }),
            ("max", counts.slowest.map { .fixed($0, decimals: 3) }))
    }
}

/// Makes whole numbers of counts in 1/1024, and owes the rest to the next of the same kind: sampled requests are fractions,
/// and their sum must not drift away.
struct WholeCounts {
    enum Kind: Hashable {
        case requests, zeroLatency, input, output, cost
        case error(String), tool(String), latency(Int)
    }

    private var owed: [Kind: Int64] = [:]

    /// The nearest whole number that is not negative. What is taken back can't be told by a record and is owed.
    mutating func whole(_ units: Int64, _ kind: Kind) -> Int64 {
        let total = units &+ (owed[kind] ?? 0)
        let whole = max(0, (total &+ 512) >> 10)
        let rest = total &- whole << 10
        owed[kind] = rest == 0 ? nil : rest
        return whole
    }
}
