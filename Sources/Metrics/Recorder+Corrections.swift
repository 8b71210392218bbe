import Statistics
package import Telemetry

/// What is known of a request beyond what it was counted as. Numbers are differences, negative where less is true than was
/// said; a request counted as one stays one.
package struct Amendment: Sendable, Equatable {
    package var inputTokens: Int64 = 0
    package var outputTokens: Int64 = 0
    package var cachedInputTokens: Int64 = 0
    /// Whether it said, and says now, how many tokens it took.
    package var hadTokens = false
    package var hasTokens = false
    /// Nano-dollars.
    package var cost: Int64 = 0
    /// Whether its cost was known, and is now.
    package var wasPriced = false
    package var isPriced = false
    package var successBefore: Bool?
    package var successAfter: Bool?
    /// What it was counted as having failed with, and what it failed with.
    package var errorTypeBefore = Symbol.absent
    package var errorTypeAfter = Symbol.absent
    /// Output tokens as they are now: a success without any is no completion.
    package var outputTokensAfter: Int64?

    package init() {}

    fileprivate var changesOutcome: Bool { successBefore != successAfter }
    /// Whether the request counts as completed now; nil where that has not changed: completion is judged by the outcome only
    /// where the record says nothing better.
    fileprivate func completion(of record: borrowing Record) -> Bool? {
        guard changesOutcome, record.completed == nil, record.hasFinalOutput == nil else { return nil }
        return successAfter == true && (outputTokensAfter ?? 1) > 0
    }

    fileprivate var tokensKnown: Int64 { (hasTokens ? 1 : 0) - (hadTokens ? 1 : 0) }
    fileprivate var costKnown: Int64 { (isPriced ? 1 : 0) - (wasPriced ? 1 : 0) }
}

// What a store tells later of requests that were counted, and what it holds of the time before the window shown first.
extension Recorder {
    /// Counts a record of the time before what was read first: into every slot still kept and all totals, as no late one.
    ///
    /// - Parameters: as of `record`.
    package mutating func fillIn(
        _ record: borrowing Record, bytes: RawSpan, cost: Int64?, names: () -> SymbolNames
    ) {
        if record.kind == .request, record.traceHash != 0,
            index.contains(record.traceHash, discriminator: discriminator(record))
        {
            read += 1
            duplicates += 1
            return
        }
        // Before what, is known once something was counted.
        if timeline.origin == nil { countBatch() }
        if historyIndex == nil { historyIndex = RequestIndex() }
        swapIndices()
        isFillingIn = true
        self.record(record, bytes: bytes, cost: cost, names: names, judgedUpTo: .min)
        isFillingIn = false
        swapIndices()
        timeline.noteHistory(at: record.time)
    }

    /// Whether a request is remembered, but not among the newest.
    func onlyHistoryHolds(_ traceHash: UInt64) -> Bool {
        guard traceHash != 0, let historyIndex, index.find(traceHash) == nil else { return false }
        return historyIndex.find(traceHash) != nil
    }

    mutating func swapIndices() {
        // Taken out, so that neither is copied.
        guard var other = historyIndex.take() else { return }
        swap(&index, &other)
        historyIndex = other
    }

    /// The model that a request was counted with; nil once it is forgotten.
    package func model(ofRequest traceHash: UInt64) -> Symbol? {
        guard traceHash != 0 else { return nil }
        if let place = index.find(traceHash) { return index[place].model }
        return historyIndex.flatMap { other in other.find(traceHash).map { other[$0].model } }
    }

    /// Takes in a rating that was changed, of which it is not known what it said before: what it says of its request's
    /// completion holds, but it is not one more.
    package mutating func amend(learned record: borrowing Record) {
        let isOfHistory = onlyHistoryHolds(record.traceHash)
        if isOfHistory { swapIndices() }
        defer { if isOfHistory { swapIndices() } }
        guard record.traceHash != 0, let place = index.find(record.traceHash) else { return }
        var entry = index[place]
        guard !entry.state.contains(.excluded) else { return }
        amend(&entry, Signals(record))
        index[place] = entry
        for place in counts.indices { counts[place].amend(learned: record) }
    }

    /// Amends a request in the slot it was counted in: tokens, cost, outcome, and the tool calls and spans that the record
    /// brings. It is not counted again, and no judgement is reopened.
    /// - Parameters:
    ///   - record: names the request, and has the parts that are new; its time is used where the request is forgotten.
    ///   - bytes: what the record's text ranges point into.
    package mutating func amend(_ record: borrowing Record, bytes: RawSpan, _ amendment: Amendment) {
        countBatch()
        amendRow(record, amendment)
        let isOfHistory = onlyHistoryHolds(record.traceHash)
        if isOfHistory { swapIndices() }
        defer { if isOfHistory { swapIndices() } }
        let place = record.traceHash == 0 ? nil : index.find(record.traceHash)
        let entry = place.map { index[$0] }
        let time = entry?.time ?? record.time
        let weight = entry?.weight ?? record.weight
        var row = RequestRow()
        row.amend(amendment, weight: weight)
        let model = entry?.model ?? record.values[.model]
        let task = entry?.task ?? record.values[.taskType]
        let variant = entry?.variant ?? record.values[.variant]
        timeline.update(time) { tally in
            tally.amend(record, amendment, weight: weight, entry?.state ?? [])
            if !model.isAbsent { tally.models.update(model) { $0.add(row) } }
            if !task.isAbsent { tally.tasks.update(task) { $0.add(row) } }
        }
        if let place, let isWeak = amendment.completion(of: record) {
            if isWeak { index[place].state.insert(.weak) } else { index[place].state.remove(.weak) }
        }
        var values = record.values
        values[.model] = model
        values[.taskType] = task
        values[.variant] = variant
        slices.update(values, at: time) { $0.counts.add(row) }
        if !variant.isAbsent { arms.update(variant, at: time) { $0.amend(row, amendment, weight: weight) } }
        if amendment.changesOutcome, amendment.successAfter == false { exemplars.note(record, bytes: bytes) }
    }
}

extension RequestRow {
    /// A row of differences, to be added.
    fileprivate mutating func amend(_ amendment: Amendment, weight: Int64) {
        inputTokens = amendment.inputTokens.weighted(by: weight)
        outputTokens = amendment.outputTokens.weighted(by: weight)
        cost = amendment.cost.weighted(by: weight)
        priced = amendment.costKnown * weight
        guard amendment.changesOutcome else { return }
        for (outcome, sign) in [(amendment.successBefore, Int64(-1)), (amendment.successAfter, 1)] {
            if outcome == true { succeeded.amend(sign, weight: weight) }
            if outcome == false { failed.amend(sign, weight: weight) }
        }
    }
}

extension Count {
    fileprivate mutating func amend(_ sign: Int64, weight: Int64) {
        weighted &+= sign * weight
        raw &+= sign
    }
}

extension ArmRow {
    /// What becomes known is counted; of what only changes, its square stays as it was.
    fileprivate mutating func amend(_ row: RequestRow, _ amendment: Amendment, weight: Int64) {
        succeeded.add(row.succeeded)
        failed.add(row.failed)
        if amendment.isPriced, !amendment.wasPriced {
            cost.record(amendment.cost, weight: weight)
        } else {
            cost.sum &+= row.cost
            cost.weight &+= row.priced
        }
        if amendment.hasTokens, !amendment.hadTokens {
            tokens.record(amendment.inputTokens &+ amendment.outputTokens, weight: weight)
        } else {
            tokens.sum &+= row.inputTokens &+ row.outputTokens
            tokens.weight &+= amendment.tokensKnown * weight
        }
    }
}

extension Tally {
    fileprivate mutating func amend(
        _ record: borrowing Record, _ amendment: Amendment, weight: Int64, _ state: RequestEntry.State
    ) {
        inputTokens &+= amendment.inputTokens.weighted(by: weight)
        outputTokens &+= amendment.outputTokens.weighted(by: weight)
        cachedInputTokens &+= amendment.cachedInputTokens.weighted(by: weight)
        withTokens &+= amendment.tokensKnown * weight
        cost &+= amendment.cost.weighted(by: weight)
        priced &+= amendment.costKnown * weight
        for call in record.tools { count(tool: call, weight: weight) }
        for span in record.spans { count(span: span, weight: weight, countsTool: record.tools.isEmpty) }
        if amendment.wasPriced, amendment.successBefore == true { pricedSucceeded &-= weight }
        if amendment.isPriced, amendment.successAfter == true { pricedSucceeded &+= weight }
        if amendment.changesOutcome || amendment.errorTypeBefore != amendment.errorTypeAfter {
            if amendment.successBefore == false {
                errors.update(amendment.errorTypeBefore) { $0.amend(-1, weight: weight) }
            }
            if amendment.successAfter == false {
                errors.update(amendment.errorTypeAfter) { $0.amend(1, weight: weight) }
            }
        }
        guard amendment.changesOutcome else { return }
        var row = RequestRow()
        row.amend(amendment, weight: weight)
        succeeded.add(row.succeeded)
        failed.add(row.failed)
        guard let isWeak = amendment.completion(of: record) else { return }
        if amendment.successBefore == nil { completionKnown &+= weight }
        if amendment.successAfter == nil { completionKnown &-= weight }
        guard isWeak != state.contains(.weak) else { return }
        let change = isWeak ? weight : -weight
        completedWeakly &+= change
        if !state.contains(.negative) { completedStrongly &+= change }
    }
}
