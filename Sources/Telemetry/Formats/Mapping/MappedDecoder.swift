/// Reads JSON of unknown shape: through a map that was given, or the one that its keys suggest, and by our own field
/// names wherever they stand at the top.
struct MappedDecoder {
    private let given: [CompiledRule]?
    private var guesser = ShapeGuesser()
    /// Our own names, read leniently: a number may stand in quotes.
    private let own: [FieldMap.Rule]
    private let ownKeys: KeyIndex
    /// A record came from a guess: objects of other shapes beside it are events that are no requests.
    private(set) var hasGuessed = false

    init(map: FieldMap?) {
        given = map?.rules.map(CompiledRule.init)
        own = Field.allCases.filter { field in
            field.isKey && FieldType(field) != nil && map?.rules.contains { $0.field == field } != true
        }.map { FieldMap.Rule(field: $0, path: [$0.rawValue], unit: nil) }
        ownKeys = KeyIndex(own.map(\.key))
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
        let rules = guesser.map(context.document, node).rules.filter { compiled in
            let field = compiled.rule.field
            return !compiled.isOurs && !compiled.isWeak && !MappedValue.has(field, record)
                && !([.endTime, .startTime, .timestamp].contains(field) && record.hasTime)
        }
        guard !rules.isEmpty else { return false }
        apply(rules, node, &context, &record, overrides: false)
        finish(&record)
        return true
    }

    /// Reads the object at `node`.
    /// - Returns: whether it is a record; false if it is an event beside records that are.
    /// - Throws: the reason why it is neither; `rejection` where one of our own fields is of another type.
    mutating func decode(
        _ node: Int, _ context: inout FormatContext, into record: inout Record, rejection: Rejection?
    ) throws(Rejection) -> Bool {
        record.reset()
        let failure = rejection ?? Rejection(reason: .noRecordField, field: nil, offset: 0)
        let guess = given == nil ? guesser.map(context.document, node) : ShapeGuesser.Guess()
        if !guess.overridesOwn, !applyOwn(node, &context, &record) { throw failure }
        let overrides = given != nil || guess.overridesOwn
        guard apply(given ?? guess.rules, node, &context, &record, overrides: overrides) else { throw failure }
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

    /// Reads what stands under our own names; false if a value is of another type.
    private func applyOwn(_ node: Int, _ context: inout FormatContext, _ record: inout Record) -> Bool {
        var cursor = MemberCursor(context.document, node)
        while let (key, value) = cursor.next(context.document) {
            guard context.document.kind(value) != .null, let place = ownKeys.find(context.document, key) else {
                continue
            }
            guard MappedValue.read(own[place], value, &context, &record) else { return false }
            note(own[place], value, &context)
        }
        return true
    }

    /// Applies rules; false if a value that was asked for is of another type. A guess that doesn't fit is let go.
    @discardableResult
    private func apply(
        _ rules: [CompiledRule], _ node: Int, _ context: inout FormatContext, _ record: inout Record, overrides: Bool
    ) -> Bool {
        var fits = true
        for compiled in rules {
            guard let value = compiled.find(node, context.document) else { continue }
            if !overrides, MappedValue.has(compiled.rule.field, record) { continue }
            if MappedValue.read(compiled.rule, value, &context, &record) {
                note(compiled.rule, value, &context)
            } else if !compiled.rule.isGuess {
                fits = false
            }
        }
        return fits
    }

    private func note(_ rule: FieldMap.Rule, _ value: Int, _ context: inout FormatContext) {
        guard context.survey.takesNotes else { return }
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

extension SafeText {
    /// A text from elsewhere, safe to print, at most 200 bytes.
    static func printable(_ text: String) -> String {
        var bytes = Array(text.utf8.prefix(400))
        let count = bytes.count
        bytes.append(contentsOf: repeatElement(0, count: UTF8Bytes.padding))
        return String(decoding: bytes.withBytes { repaired($0, 0..<count, limit: 200) }, as: UTF8.self)
    }
}
