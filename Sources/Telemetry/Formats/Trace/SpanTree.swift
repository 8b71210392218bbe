/// The spans of one trace as a tree: which of them count, and what they add up to.
struct SpanTree {
    let spans: [SpanFact]
    /// Spans by start, so that the order in which they came decides nothing.
    private(set) var order: [Int]
    /// The parent's place; −1 where it has none here.
    private var parents: [Int]
    private var hasUsageBelow: [Bool]
    private var hasModelBelow: [Bool]
    private var costs: [Cost]
    private(set) var root = 0

    /// What a span and all below it cost.
    private enum Cost {
        /// No cost is said, and there is nothing that costs.
        case none
        case known(Int64)
        /// Something below was paid for and its price isn't said.
        case unknown

        static func + (a: Cost, b: Cost) -> Cost {
            switch (a, b) {
            case (.none, let other), (let other, .none): other
            case (.known(let x), .known(let y)): .known(Swift.min(x + y, NativeDecoder.maximumCost))
            default: .unknown
            }
        }
    }

    /// At least one span.
    init(_ spans: [SpanFact]) {
        self.spans = spans
        let count = spans.count
        order = spans.indices.sorted { (spans[$0].start, spans[$0].id) < (spans[$1].start, spans[$1].id) }
        parents = [Int](repeating: -1, count: count)
        hasUsageBelow = [Bool](repeating: false, count: count)
        hasModelBelow = hasUsageBelow
        costs = [Cost](repeating: .none, count: count)
        findParents()
        root =
            order.first { spans[$0].parent == 0 } ?? order.first { parents[$0] < 0 } ?? order.first ?? 0
        addUp()
    }

    private mutating func findParents() {
        let spans = spans
        let byID = spans.indices.sorted { spans[$0].id < spans[$1].id }
        for (place, span) in spans.enumerated() where span.parent != 0 && span.parent != span.id {
            var low = 0
            var high = byID.count
            while low < high {
                let middle = (low + high) / 2
                if spans[byID[middle]].id < span.parent { low = middle + 1 } else { high = middle }
            }
            if low < byID.count, spans[byID[low]].id == span.parent { parents[place] = byID[low] }
        }
    }

    /// From the leaves up. Spans that are each other's ancestors stand alone.
    private mutating func addUp() {
        var children = [Int](repeating: 0, count: spans.count)
        for parent in parents where parent >= 0 { children[parent] += 1 }
        var leaves = spans.indices.filter { children[$0] == 0 }
        var isDone = [Bool](repeating: false, count: spans.count)
        while let span = leaves.popLast() {
            isDone[span] = true
            close(span)
            let parent = parents[span]
            guard parent >= 0 else { continue }
            hasUsageBelow[parent] = hasUsageBelow[parent] || hasUsageBelow[span] || spans[span].usage.isKnown
            hasModelBelow[parent] = hasModelBelow[parent] || hasModelBelow[span] || isModel(span)
            costs[parent] = costs[parent] + costs[span]
            children[parent] -= 1
            if children[parent] == 0 { leaves.append(parent) }
        }
        for span in spans.indices where !isDone[span] {
            parents[span] = -1
            close(span)
        }
    }

    /// Everything below the span is added up already.
    private mutating func close(_ span: Int) {
        switch costs[span] {
        case .known: break
        case .unknown: if let cost = spans[span].cost { costs[span] = .known(cost) }
        case .none:
            if let cost = spans[span].cost {
                costs[span] = .known(cost)
            } else if spans[span].usage.isKnown {
                costs[span] = .unknown
            }
        }
    }

    private func isModel(_ span: Int) -> Bool {
        spans[span].role == .model || spans[span].role == .unknown && spans[span].usage.isKnown && !hasUsageBelow[span]
    }

    /// Whether the span's tokens count: no span below says tokens too.
    func countsUsage(_ span: Int) -> Bool { spans[span].usage.isKnown && !hasUsageBelow[span] }

    /// The kind under which a span is counted; nil for what only wraps others.
    func kind(_ span: Int) -> SpanKind? {
        if isModel(span) { return hasModelBelow[span] ? nil : .model }
        switch spans[span].role {
        case .retrieval: return .retrieval
        case .tool:
            let parent = parents[span]
            let isWrapped = parent >= 0 && spans[parent].role == .tool && spans[parent].tool == spans[span].tool
            return isWrapped ? nil : .tool
        default: return nil
        }
    }

    /// Nano-dollars of the whole trace; nil if part of it isn't known.
    var cost: Int64? {
        var total = Cost.none
        for span in spans.indices where parents[span] < 0 { total = total + costs[span] }
        if case .known(let cost) = total { return cost }
        return nil
    }

    var usage: TokenUsage {
        var sum = TokenUsage()
        for span in spans.indices where countsUsage(span) { sum = sum + spans[span].usage }
        return sum
    }

    /// The root first, then the others by start.
    var rootFirst: [Int] { [root] + order.filter { $0 != root } }
}
