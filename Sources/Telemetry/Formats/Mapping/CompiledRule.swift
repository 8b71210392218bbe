/// A rule whose path is ready to be looked for.
struct CompiledRule {
    let rule: FieldMap.Rule
    /// The key is one of our own names.
    let isOurs: Bool
    /// The key's name means many things.
    let isWeak: Bool
    /// For each place in the path the keys that may stand there: the longest first, so that keys with dots are found.
    private let steps: [[Step]]

    private struct Step {
        var key: [UInt8]
        var length: Int
        /// The element of an array.
        var place: Int?
    }

    private static let maximumPlace = 1_000

    init(_ rule: FieldMap.Rule) {
        self.rule = rule
        isOurs = Field(rawValue: rule.key) != nil
        isWeak = FieldGuess.suggestions(rule.path.last ?? "").suggestions.allSatisfy(\.isWeak)
        let path = rule.path
        steps = path.indices.map { start in
            (1...path.count - start).reversed().map { length in
                let key = path[start..<start + length].joined(separator: ".")
                let place = length == 1 ? Int(key).flatMap { (0..<Self.maximumPlace).contains($0) ? $0 : nil } : nil
                return Step(key: Array(key.utf8), length: length, place: place)
            }
        }
    }

    /// The value under the path; nil where there is none, or null.
    func find(_ node: Int, _ document: borrowing JSONDocument) -> Int? { find(0, node, document) }

    private func find(_ start: Int, _ node: Int, _ document: borrowing JSONDocument) -> Int? {
        guard start < steps.count else { return document.kind(node) == .null ? nil : node }
        for step in steps[start] {
            var next: Int?
            if document.kind(node) == .array {
                if let place = step.place { next = element(place, node, document) }
            } else {
                next = document.value(node, named: step.key)
            }
            if let next, let found = find(start + step.length, next, document) { return found }
        }
        return nil
    }

    private func element(_ place: Int, _ node: Int, _ document: borrowing JSONDocument) -> Int? {
        var cursor = ElementCursor(document, node)
        for _ in 0..<place { _ = cursor.next(document) }
        return cursor.next(document)
    }
}

extension JSONDocument {
    /// The value under a key that is known only at run time; nil for null.
    func value(_ node: Int, named key: [UInt8]) -> Int? {
        guard kind(node) == .object else { return nil }
        var cursor = MemberCursor(self, node)
        while let (place, value) = cursor.next(self) {
            let start = Int(nodes[place].start)
            guard Int(nodes[place].end) - start == key.count, kind(value) != .null else { continue }
            var isSame = true
            for offset in 0..<key.count where bytes[start + offset] != key[offset] {
                isSame = false
                break
            }
            if isSame { return value }
        }
        return nil
    }
}
