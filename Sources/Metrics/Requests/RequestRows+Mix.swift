import Query
package import Statistics
import Telemetry

/// What the requests held of some time came with, beyond what every slot counts: how long prompts were, how many tokens they took, and
/// who asked for what.
package struct RequestMix: Sendable {
    /// Characters, tokens; weighted in 1/1024 request.
    package private(set) var inputLength = ExponentialHistogram()
    package private(set) var inputTokens = ExponentialHistogram()
    package private(set) var outputTokens = ExponentialHistogram()
    /// By intent, of requests without one by task type.
    package private(set) var intents = NameTable<Count>()
    /// Whether any of them names an intent.
    package private(set) var hasIntents = false
    package private(set) var locales = NameTable<Count>()
    /// Requests that were looked at.
    package private(set) var requests = Count()
    private var squaredWeights: Int64 = 0
    /// One in so many requests was looked at: 1 is all.
    package let stride: Int
    /// Since when every request of the time asked for is held, µs since 1970; nil: of none of it.
    package let from: Int64?

    fileprivate init(stride: Int, from: Int64?) {
        self.stride = stride
        self.from = from
    }

    /// How much of a weighted count is information.
    package var effectiveShare: Double {
        Tally.effectiveShare(of: requests.weighted, squaredWeights: squaredWeights)
    }

    fileprivate mutating func count(_ columns: MixColumns, _ row: Int, _ hints: inout (PlaceHints, PlaceHints)) {
        let weight = columns.weight?[row] ?? Record.unitWeight
        requests.add(weight: weight)
        squaredWeights &+= Tally.squared(weight)
        if let length = columns.inputLength?[row] { inputLength.record(length, weight: weight) }
        if let tokens = columns.inputTokens?[row] { inputTokens.record(tokens, weight: weight) }
        if let tokens = columns.outputTokens?[row] { outputTokens.record(tokens, weight: weight) }
        let intent = columns.intent?[row]
        if intent != nil { hasIntents = true }
        if let intent = intent ?? columns.taskType?[row] {
            let symbol = Symbol(rawValue: UInt32(truncatingIfNeeded: intent))
            intents.update(symbol, &hints.0) { $0.add(weight: weight) }
        }
        if let locale = columns.locale?[row] {
            let symbol = Symbol(rawValue: UInt32(truncatingIfNeeded: locale))
            locales.update(symbol, &hints.1) { $0.add(weight: weight) }
        }
    }
}

/// The columns that a mix is made of.
private struct MixColumns {
    let inputLength, inputTokens, outputTokens, intent, taskType, locale, weight: PackedColumn?

    init(_ chunk: RowChunk) {
        func measure(_ measure: Measure) -> PackedColumn? { chunk.column(Int(measure.rawValue)) }
        func dimension(_ dimension: Dimension) -> PackedColumn? {
            chunk.column(RowPlace.dimensions + Int(dimension.rawValue))
        }
        inputLength = measure(.inputLength)
        inputTokens = measure(.inputTokens)
        outputTokens = measure(.outputTokens)
        intent = dimension(.intent)
        taskType = dimension(.taskType)
        locale = dimension(.locale)
        weight = chunk.column(RowPlace.weight)
    }
}

/// One in so many, the same ones each time. Not every third: what comes at a beat would be seen always or never.
private struct Lot {
    private let stride: UInt64
    private var state: UInt64 = 0x9E37_79B9_7F4A_7C15

    init(_ stride: Int) { self.stride = UInt64(max(1, stride)) }

    mutating func draws() -> Bool {
        guard stride > 1 else { return true }
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return (state >> 33) % stride == 0
    }
}

extension RequestRows {
    /// As many requests tell what all of them are like.
    package static let mostMixed = 60_000

    /// What the requests came with that ended in any of these spans and pass the filter, as far as they are held.
    ///
    /// - Parameters:
    ///   - spans: µs since 1970, in any order, not overlapping.
    ///   - most: about so many are looked at; of more, one in two, three … by lot.
    package func mix(
        in spans: [Range<Int64>], where filter: RecordFilter? = nil, atMost most: Int = mostMixed
    ) -> RequestMix {
        guard let reach, let begin = spans.map(\.lowerBound).min() else { return RequestMix(stride: 1, from: nil) }
        // What was given up was given up from the oldest on: of the time before only failures are left.
        let spans = spans.compactMap { span in
            span.upperBound > reach ? max(span.lowerBound, reach)..<span.upperBound : nil
        }
        let chunks = (history + newest).filter { chunk in
            spans.contains { chunk.span.lowerBound < $0.upperBound && $0.lowerBound <= chunk.span.upperBound }
        }
        let stride = 1 + chunks.reduce(0) { $0 + $1.count } / max(1, most)
        var mix = RequestMix(stride: stride, from: spans.isEmpty ? nil : max(begin, reach))
        var run = filter.map { FilterRun($0) }
        var hints = (PlaceHints(), PlaceHints())
        var lot = Lot(stride)
        for chunk in chunks {
            var rows = chunk.requests
            if let truth = run?.truth(chunk, names) { rows.formIntersection(truth.yes) }
            let columns = MixColumns(chunk)
            rows.forEach { row in
                let time = chunk.time(row)
                guard spans.contains(where: { $0.contains(time) }) else { return }
                if lot.draws() { mix.count(columns, row, &hints) }
            }
        }
        return mix
    }
}
