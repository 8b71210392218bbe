/// The spans of one trace as a tree: which of them count, and what they add up to.
struct SpanTree {
    let spans: [SpanFact]
    /// Spans by start, so that the order in which they came decides nothing.
    private(set) var order: [Int]
    private var nodes: [Node]
    private(set) var root = 0

    /// What is known of a span from those around it.
    private struct Node {
        /// The parent's place; −1 where it has none here.
        var parent = -1
        var children = 0
        var hasUsageBelow = false
        var hasModelBelow = false
        var isDone = false
        var cost = Cost.none
    }

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
        order = Array(spans.indices)
        nodes = [Node](repeating: Node(), count: spans.count)
        sortByStart()
        findParents()
        root =
            order.first { spans[$0].parent == 0 } ?? order.first { nodes[$0].parent < 0 } ?? order.first ?? 0
        addUp()
    }

    /// Few are sorted by insertion: they come nearly in order.
    private mutating func sortByStart() {
        let spans = spans
        func isBefore(_ a: Int, _ b: Int) -> Bool {
            spans[a].start != spans[b].start ? spans[a].start < spans[b].start : spans[a].id < spans[b].id
        }
        guard order.count <= 16 else { return order.sort(by: isBefore) }
        for end in 1..<max(1, order.count) {
            var place = end
            while place > 0, isBefore(order[place], order[place - 1]) {
                order.swapAt(place, place - 1)
                place -= 1
            }
        }
    }

    private mutating func findParents() {
        guard spans.count > 16 else {
            for place in spans.indices where spans[place].parent != 0 && spans[place].parent != spans[place].id {
                let parent = spans[place].parent
                for other in spans.indices where spans[other].id == parent {
                    nodes[place].parent = other
                    break
                }
            }
            return
        }
        let byID = spans.indices.sorted { spans[$0].id < spans[$1].id }
        for place in spans.indices where spans[place].parent != 0 && spans[place].parent != spans[place].id {
            let parent = spans[place].parent
            var low = 0
            var high = byID.count
            while low < high {
                let middle = (low + high) / 2
                if spans[byID[middle]].id < parent { low = middle + 1 } else { high = middle }
            }
            if low < byID.count, spans[byID[low]].id == parent { nodes[place].parent = byID[low] }
        }
    }

    /// From the leaves up. Spans that are each other's ancestors stand alone.
    private mutating func addUp() {
        for place in nodes.indices where nodes[place].parent >= 0 { nodes[nodes[place].parent].children += 1 }
        for leaf in nodes.indices where nodes[leaf].children == 0 && !nodes[leaf].isDone {
            var span = leaf
            while true {
                nodes[span].isDone = true
                close(span)
                let parent = nodes[span].parent
                guard parent >= 0 else { break }
                if nodes[span].hasUsageBelow || spans[span].usage.isKnown { nodes[parent].hasUsageBelow = true }
                if nodes[span].hasModelBelow || isModel(span) { nodes[parent].hasModelBelow = true }
                nodes[parent].cost = nodes[parent].cost + nodes[span].cost
                nodes[parent].children -= 1
                guard nodes[parent].children == 0 else { break }
                span = parent
            }
        }
        for span in nodes.indices where !nodes[span].isDone {
            nodes[span].parent = -1
            close(span)
        }
    }

    /// Everything below the span is added up already.
    private mutating func close(_ span: Int) {
        switch nodes[span].cost {
        case .known: break
        case .unknown: if let cost = spans[span].cost { nodes[span].cost = .known(cost) }
        case .none:
            if let cost = spans[span].cost {
                nodes[span].cost = .known(cost)
            } else if spans[span].usage.isKnown {
                nodes[span].cost = .unknown
            }
        }
    }

    private func isModel(_ span: Int) -> Bool {
        spans[span].role == .model
            || spans[span].role == .unknown && spans[span].usage.isKnown && !nodes[span].hasUsageBelow
    }

    /// Whether the span's tokens count: no span below says tokens too.
    func countsUsage(_ span: Int) -> Bool { spans[span].usage.isKnown && !nodes[span].hasUsageBelow }

    /// The kind under which a span is counted; nil for what only wraps others.
    func kind(_ span: Int) -> SpanKind? {
        if isModel(span) { return nodes[span].hasModelBelow ? nil : .model }
        switch spans[span].role {
        case .retrieval: return .retrieval
        case .tool:
            let parent = nodes[span].parent
            let isWrapped = parent >= 0 && spans[parent].role == .tool && spans[parent].tool == spans[span].tool
            return isWrapped ? nil : .tool
        default: return nil
        }
    }

    /// Nano-dollars of the whole trace; nil if part of it isn't known.
    var cost: Int64? {
        var total = Cost.none
        for span in spans.indices where nodes[span].parent < 0 { total = total + nodes[span].cost }
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
