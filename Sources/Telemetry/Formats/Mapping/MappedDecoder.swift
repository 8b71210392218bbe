/// Reads JSON of unknown shape: through a map that was given, or the one that its keys suggest, and by our own field
/// names wherever they stand at the top.
struct MappedDecoder {
    private let given: FieldMap?
    private var guesser = ShapeGuesser()
    /// Our own names, read leniently: a number may stand in quotes.
    private let identity: [FieldMap.Rule]
    /// A record came from a guess: objects of other shapes beside it are events that are no requests.
    private(set) var hasGuessed = false

    init(map: FieldMap?) {
        given = map
        identity = Field.allCases.filter { $0.isKey && FieldType($0) != nil }.map {
            FieldMap.Rule(field: $0, path: [$0.rawValue], unit: nil)
        }
    }

    var isGiven: Bool { given != nil }

    /// Adds to a native record what other keys of its object say.
    /// - Returns: whether anything was added that a native record would have said under our name.
    mutating func complete(_ node: Int, _ context: inout FormatContext, _ record: inout Record) -> Bool {
        guard record.kind == .request else { return false }
        if let given {
            apply(given, node, &context, &record, overrides: true)
            finish(&record)
            return true
        }
        let rules = guesser.map(context.document, node).rules.filter { rule in
            Field(rawValue: rule.key) == nil && !MappedValue.has(rule.field, record) && !isWeak(rule)
                && !([.endTime, .startTime, .timestamp].contains(rule.field) && record.hasTime)
        }
        guard !rules.isEmpty else { return false }
        apply(FieldMap(rules: rules), node, &context, &record, overrides: false)
        finish(&record)
        return true
    }

    private func isWeak(_ rule: FieldMap.Rule) -> Bool {
        FieldGuess.suggestions(rule.path.last ?? "").suggestions.allSatisfy(\.isWeak)
    }

    /// Reads the object at `node`.
    /// - Returns: whether it is a record; false if it is an event beside records that are.
    /// - Throws: the reason why it is neither; `rejection` where one of our own fields is of another type.
    mutating func decode(
        _ node: Int, _ context: inout FormatContext, into record: inout Record, rejection: Rejection?
    ) throws(Rejection) -> Bool {
        record.reset()
        let own = FieldMap(rules: identity.filter { rule in given?.rules.contains { $0.field == rule.field } != true })
        guard apply(own, node, &context, &record, overrides: true) else {
            throw rejection ?? Rejection(reason: .noRecordField, field: nil, offset: 0)
        }
        let map = given ?? guesser.map(context.document, node)
        guard apply(map, node, &context, &record, overrides: given != nil || map.overridesOwn) else {
            throw rejection ?? Rejection(reason: .noRecordField, field: nil, offset: 0)
        }
        finish(&record)
        guard isRecord(record) else {
            if hasGuessed, record.hasTime { return false }
            throw Rejection(reason: .noRecordField, field: nil, offset: 0)
        }
        hasGuessed = true
        return true
    }

    /// What makes a request one: how long it took, what it used or cost, or how it ended.
    private func isRecord(_ record: borrowing Record) -> Bool {
        record.latency != nil || record.inputTokens != nil || record.outputTokens != nil || record.cost != nil
            || record.success != nil || !record.errorType.isAbsent || record.statusCode != nil
    }

    /// Applies rules; false if a value that was asked for is of another type. A guess that doesn't fit is let go.
    @discardableResult
    private func apply(
        _ map: FieldMap, _ node: Int, _ context: inout FormatContext, _ record: inout Record, overrides: Bool
    ) -> Bool {
        var fits = true
        for rule in map.rules {
            guard let value = Self.find(rule.path[...], node, context.document) else { continue }
            if !overrides, MappedValue.has(rule.field, record) { continue }
            if MappedValue.read(rule, value, &context, &record) {
                note(rule, value, &context)
            } else if !rule.isGuess {
                fits = false
            }
        }
        return fits
    }

    /// The value under a path: the longest key first, so that keys with dots are found.
    private static func find(_ path: ArraySlice<String>, _ node: Int, _ document: borrowing JSONDocument) -> Int? {
        guard !path.isEmpty else { return document.kind(node) == .null ? nil : node }
        if document.kind(node) == .array {
            guard let first = path.first, let place = Int(first), place >= 0, place < 1_000 else { return nil }
            var cursor = ElementCursor(document, node)
            var current = cursor.next(document)
            for _ in 0..<place { current = cursor.next(document) }
            return current.flatMap { find(path.dropFirst(), $0, document) }
        }
        for length in stride(from: path.count, through: 1, by: -1) {
            let key = length == 1 ? path[path.startIndex] : path.prefix(length).joined(separator: ".")
            if let value = document.value(node, named: key), let found = find(path.dropFirst(length), value, document) {
                return found
            }
        }
        return nil
    }

    private func note(_ rule: FieldMap.Rule, _ value: Int, _ context: inout FormatContext) {
        guard context.survey.isOpen else { return }
        var unit = rule.unit?.rawValue ?? ""
        if case .duration? = FieldType(rule.field), rule.unit == nil {
            unit = "ms"
            if rule.isGuess {
                unit = "ms?"
                context.survey.remark(
                    "\(context.document.example(value)) under a duration's key that names no unit was taken as ms "
                        + "(--map latency_ms=KEY:s says otherwise)")
            }
        }
        context.survey.note(
            rule.field.rawValue, key: SafeText.printable(rule.key), unit: unit,
            example: context.document.example(value),
            isGuess: rule.isGuess)
    }

    /// What follows from the fields together.
    private func finish(_ record: inout Record) {
        if let start = record.startTime {
            if record.hasTime, record.latency == nil, record.time >= start {
                record.latency = min(record.time - start, NativeDecoder.maximumDuration)
            } else if !record.hasTime {
                record.time = start + (record.latency ?? 0)
                record.hasTime = true
            }
        }
        guard record.success == nil else { return }
        if !record.errorType.isAbsent || (record.statusCode ?? 0) >= 400 {
            record.success = false
        } else if let code = record.statusCode, code >= 100 {
            record.success = true
        }
    }
}

extension JSONDocument {
    /// The value under a key that is known only at run time; nil for null.
    func value(_ node: Int, named key: String) -> Int? {
        guard kind(node) == .object else { return nil }
        let count = key.utf8.count
        var cursor = MemberCursor(self, node)
        while let (place, value) = cursor.next(self) {
            let range = range(place)
            guard range.count == count, kind(value) != .null, bytes[range].elementsEqual(key.utf8) else { continue }
            return value
        }
        return nil
    }
}

extension SafeText {
    /// A text from elsewhere, safe to print, at most 200 bytes.
    static func printable(_ text: String) -> String {
        var bytes = Array(text.utf8.prefix(400))
        let count = bytes.count
        bytes.append(contentsOf: repeatElement(0, count: UTF8Bytes.padding))
        return String(decoding: bytes.withBytes { repaired($0, 0..<count, limit: 200) }, as: UTF8.self)
    }
}
