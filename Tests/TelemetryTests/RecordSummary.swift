import Telemetry

extension LineReader {
    /// All that the record of the last line says, with names and texts instead of symbols and places.
    var summary: [String] {
        let measures = [
            record.startTime, record.latency, record.timeToFirstToken, record.inputTokens, record.outputTokens,
            record.cachedInputTokens, record.cacheWriteTokens, record.reasoningTokens, record.cost, record.toolCost,
            record.computeCost, record.statusCode, record.steps, record.toolCallCount, record.redundantToolCalls,
            record.outputLength, record.inputLength, record.attachments, record.sessionNumber, record.sentiment,
            record.quality, record.evalScore, record.queueDepth, record.weight, record.time,
        ]
        let answers = [
            record.success, record.completed, record.hasFinalOutput, record.corrected, record.escalated,
            record.abandoned, record.rephrased, record.copied, record.followedUp, record.accepted,
            record.ratedPositive, record.fallbackHelped, record.hasTime, record.textsAreOwned,
        ]
        let hashes = [
            record.traceHash, record.spanHash, record.sessionHash, record.conversationHash, record.userHash,
            record.shadowOfHash,
        ]
        let symbols = [
            record.errorType, record.stopReason, record.feedbackCategory, record.evalName, record.evalLabel,
            record.fallbackAction, record.queue, record.span.operation, record.span.tool,
        ]
        let texts = [record.traceText, record.sessionText, record.traceURLText].map(text)
        let dimensions = Telemetry.Dimension.allCases.map { name(record.values[$0]) }
        let tools = record.tools.map {
            "\(name($0.name)) \($0.latency ?? -1) \(word($0.success)) \(word($0.argumentsValid))"
        }
        let spans = ([record.span] + record.spans).map {
            "\($0.kind) \(name($0.operation)) \(name($0.tool)) \($0.duration ?? -1) \(word($0.failed))"
        }
        let aggregate = record.aggregate.map { aggregate in
            let errors = aggregate.errors.map { "\(name($0.key)) \($0.value)" }.sorted()
            return "\(aggregate.requests) \(aggregate.duration) \(errors) \(aggregate.cost ?? -1)"
        }
        var all = ["\(record.kind) \(record.flags.rawValue)"]
        all += measures.map { $0.map(String.init) ?? "" }
        all += answers.map(word)
        all += hashes.map(String.init)
        all += symbols.map(name) + texts + dimensions + tools + spans
        all += record.featureFlags.map(name) + attributes.map { "\($0.key)=\($0.value)" }.sorted()
        return all + [record.deploy?.version ?? "", aggregate ?? ""]
    }

    private func word(_ answer: Bool?) -> String { answer.map { $0 ? "yes" : "no" } ?? "" }
}
