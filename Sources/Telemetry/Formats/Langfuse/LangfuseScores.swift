extension LangfuseDecoder {
    /// People's annotations are feedback; what a program judged is an evaluation.
    func score(_ places: Places, _ context: inout FormatContext, trace whole: Places?) -> QueuedRecord? {
        let document = context.document
        var record = Record()
        let traceNode = places[.trace] ?? whole?[.id]
        record.traceHash = context.hash(traceNode)
        record.traceText = context.keep(traceNode)
        record.spanHash = context.hash(places[.id])
        let time =
            context.time(places[.timestamp]) ?? context.time(places[.created]) ?? context.time(whole?[.timestamp])
        record.time = time ?? 0
        record.hasTime = time != nil
        let value = document.number(places[.value], scale: 6, -1_000_000_000...1_000_000_000)
        let isHuman = places[.source].map { document.equals($0, "ANNOTATION") || document.equals($0, "APP") } ?? false
        let isFeedback = isHuman || isUserFeedback(places, document)
        if isFeedback, let value {
            record.kind = .feedback
            switch value {
            case ...0: record.ratedPositive = false
            case 1..<500_000: record.ratedPositive = false
            case 500_001...1_000_000, 4_000_000...5_000_000: record.ratedPositive = true
            case 1_000_001...2_000_000: record.ratedPositive = false
            default: record.ratedPositive = nil
            }
        } else {
            record.kind = .eval
            record.evalName = context.symbol(places[.name], .evalName)
            record.evalLabel = context.symbol(places[.stringValue], .evalName)
            if let value, (0...1_000_000).contains(value) { record.evalScore = value }
            guard record.evalScore != nil || !record.evalLabel.isAbsent else {
                context.texts.removeAll(keepingCapacity: true)
                return nil
            }
        }
        context.note(isFeedback ? .score : .evalScore, "scores[].value", places[.value])
        return context.finished(record)
    }

    /// A score that the interface received and whose name says that a user gave it.
    private func isUserFeedback(_ places: Places, _ document: borrowing JSONDocument) -> Bool {
        guard let source = places[.source], document.equals(source, "API"), let name = document.string(places[.name])
        else { return false }
        let word = name.lowercased()
        return ["feedback", "thumb", "rating", "user"].contains { word.contains($0) }
    }
}
