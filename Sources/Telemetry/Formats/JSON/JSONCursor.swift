/// Walks the elements of an array; of anything else there are none.
struct ElementCursor {
    private var place: Int
    private let end: Int

    init(_ document: borrowing JSONDocument, _ node: Int?) {
        guard let node, document.kind(node) == .array else {
            (place, end) = (0, 0)
            return
        }
        place = node + 1
        end = document.next(node)
    }

    mutating func next(_ document: borrowing JSONDocument) -> Int? {
        guard place < end else { return nil }
        defer { place = document.next(place) }
        return place
    }
}

/// Walks the keys and values of an object; of anything else there are none.
struct MemberCursor {
    private var place: Int
    private let end: Int

    init(_ document: borrowing JSONDocument, _ node: Int?) {
        guard let node, document.kind(node) == .object else {
            (place, end) = (0, 0)
            return
        }
        place = node + 1
        end = document.next(node)
    }

    mutating func next(_ document: borrowing JSONDocument) -> (key: Int, value: Int)? {
        guard place < end else { return nil }
        let value = place + 1
        defer { place = document.next(value) }
        return (place, value)
    }
}

/// Walks attributes: pairs as OpenTelemetry writes them, or the members of a plain object.
struct AttributeCursor {
    private var pairs: ElementCursor
    private var members: MemberCursor

    init(_ document: borrowing JSONDocument, _ node: Int?) {
        pairs = ElementCursor(document, node)
        members = MemberCursor(document, node)
    }

    mutating func next(_ document: borrowing JSONDocument) -> (key: Int, value: Int)? {
        while let pair = pairs.next(document) {
            if document.nodes[pair].shape == .pair { return (pair + 2, pair + 4) }
            guard document.kind(pair) == .object, pair + 1 < document.next(pair) else { continue }
            let first = pair + 1
            // The usual order first.
            if document.equals(first, "key"), document.isText(first + 1), first + 2 < document.next(pair),
                document.equals(first + 2, "value")
            {
                return (first + 1, first + 3)
            }
            if let key = document.value(pair, "key"), document.isText(key), let value = document.value(pair, "value") {
                return (key, value)
            }
        }
        return members.next(document)
    }
}
