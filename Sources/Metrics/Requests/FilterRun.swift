import Query
import Telemetry

/// A filter at work on one chunk after the other. Remembers of each name what came of it.
struct FilterRun: Sendable {
    let filter: RecordFilter
    private let plan: FilterPlan
    private let fields: [FilterField]
    /// Of each text in the plan, by symbol.
    private var memos: [SymbolMemo]
    /// Whether a symbol is the attribute's name that a text is about.
    private var attributeMemos: [SymbolMemo]
    private var numbers: [Int64] = []

    init(_ filter: RecordFilter) {
        self.filter = filter
        fields = filter.fields
        var leaves = 0
        plan = FilterPlan(filter.expression.root, fields, leaves: &leaves)
        memos = [SymbolMemo](repeating: SymbolMemo(), count: leaves)
        attributeMemos = memos
    }

    /// What the filter comes to for each row of a chunk.
    mutating func truth(_ chunk: RowChunk, _ names: SymbolNames) -> RowTruth {
        truth(plan, chunk, names)
    }

    private mutating func truth(_ plan: FilterPlan, _ chunk: RowChunk, _ names: SymbolNames) -> RowTruth {
        switch plan {
        case .between(let field, let range): return between(field, range, chunk)
        case .never(let field):
            return RowTruth(yes: RowBits(count: chunk.count), known: chunk.numbers(of: field, into: &numbers))
        case .answer(let field, let isYes): return answer(field, isYes, chunk)
        case .text(let field, let term, let reference, let leaf):
            return text(field, term, reference, leaf, chunk, names)
        case .rows(let term): return rows(term, chunk, names)
        case .not(let inner): return truth(inner, chunk, names).negated
        case .all(let plans):
            var result = RowTruth(true, count: chunk.count)
            for plan in plans { result.formAnd(truth(plan, chunk, names)) }
            return result
        case .any(let plans):
            var result = RowTruth(false, count: chunk.count)
            for plan in plans { result.formOr(truth(plan, chunk, names)) }
            return result
        }
    }

    // MARK: Numbers and answers

    private mutating func between(_ field: FilterField, _ range: ClosedRange<Int64>, _ chunk: RowChunk) -> RowTruth {
        let known = chunk.numbers(of: field, into: &numbers)
        var yes = RowBits(count: chunk.count)
        for row in numbers.indices where numbers[row] >= range.lowerBound && numbers[row] <= range.upperBound {
            yes.insert(row)
        }
        yes.formIntersection(known)
        return RowTruth(yes: yes, known: known)
    }

    private func answer(_ field: FilterField, _ isYes: Bool, _ chunk: RowChunk) -> RowTruth {
        var truth = RowTruth(nil, count: chunk.count)
        guard let answers = chunk.column(RowPlace.answers) else { return truth }
        let (answer, wanted): (Answer, Bool) =
            if case .answer(let answer) = field.source { (answer, isYes) } else { (.success, !isYes) }
        for row in 0..<chunk.count {
            guard let isYes = answers[row].flatMap({ RowChunk.answer(answer, $0) }) else { continue }
            truth.known.insert(row)
            if isYes == wanted { truth.yes.insert(row) }
        }
        return truth
    }

    // MARK: Texts

    private mutating func text(
        _ field: FilterField, _ term: Term, _ reference: Int, _ leaf: Int, _ chunk: RowChunk, _ names: SymbolNames
    ) -> RowTruth {
        var values = [Value?](repeating: nil, count: fields.count)
        func holds(_ text: String) -> Bool? {
            values[reference] = .text(text)
            return term.holds(values)
        }
        // Taken out, so that it is not copied.
        var memo = SymbolMemo()
        swap(&memo, &memos[leaf])
        defer { swap(&memo, &memos[leaf]) }
        func holds(_ symbol: Symbol, _ name: (Symbol) -> String) -> Bool? {
            memo.value(of: symbol) { holds(name($0)) }
        }
        var truth = RowTruth(nil, count: chunk.count)
        func note(_ row: Int, _ isTrue: Bool?) {
            guard let isTrue else { return }
            truth.known.insert(row)
            if isTrue { truth.yes.insert(row) }
        }
        func noteEach(_ place: Int, _ name: (Symbol) -> String) {
            guard let column = chunk.column(place) else { return }
            for row in 0..<chunk.count {
                if let cell = column[row] {
                    note(row, holds(Symbol(rawValue: UInt32(truncatingIfNeeded: cell)), name))
                }
            }
        }
        switch field.source {
        case .dimension(let dimension): noteEach(RowPlace.dimensions + Int(dimension.rawValue)) { names[$0] }
        case .errorType: noteEach(RowPlace.errorType) { names[$0] }
        case .stopReason: noteEach(RowPlace.stopReason) { names[$0] }
        case .errorClass:
            noteEach(RowPlace.errorType) { ErrorClass.classify(errorType: names[$0], statusCode: nil).rawValue }
        case .tool, .failedTool, .invalidTool, .featureFlag, .flag:
            truth.known = RowBits(count: chunk.count, all: true)
            chunk.forEachOfSeveral(field.source) { row, symbol in
                let name: (Symbol) -> String =
                    field.source == .flag ? { Flags.names[Int($0.rawValue)] } : { names[$0] }
                if holds(symbol, name) == true { truth.yes.insert(row) }
            }
        case .attribute:
            guard let column = chunk.column(RowPlace.attributes) else { return truth }
            var isMeant = SymbolMemo()
            swap(&isMeant, &attributeMemos[leaf])
            defer { swap(&isMeant, &attributeMemos[leaf]) }
            for row in 0..<chunk.count {
                guard let cell = column[row] else { continue }
                let attribute = chunk.lists.attributes[RowPlace.range(cell)].first {
                    isMeant.value(of: $0.name) { names[$0] == field.argument } == true
                }
                if let attribute { note(row, holds(attribute.value) { names[$0] }) }
            }
        case .identifier(let identifier):
            identifiers(identifier, term, chunk, holds, note)
        default:
            for row in 0..<chunk.count {
                if case .text(let text)? = chunk.values(of: field, row, names).first { note(row, holds(text)) }
            }
        }
        return truth
    }

    /// Hashes are compared where the text need not be known.
    private func identifiers(
        _ identifier: Identifier, _ term: Term, _ chunk: RowChunk, _ holds: (String) -> Bool?,
        _ note: (Int, Bool?) -> Void
    ) {
        guard let hashes = chunk.column(RowPlace.identifiers + Int(identifier.rawValue)) else { return }
        let wanted: Set<Int64>?
        switch term {
        case .compare(_, .constant(.text(let text)), _, _), .compare(_, _, .constant(.text(let text)), _):
            wanted = [Int64(bitPattern: IdentifierHash.hash(text))]
        case .membership(_, let values):
            wanted = values.reduce(into: []) { wanted, value in
                if case .text(let text) = value { wanted.insert(Int64(bitPattern: IdentifierHash.hash(text))) }
            }
        default: wanted = nil
        }
        for row in 0..<chunk.count {
            guard let hash = hashes[row] else { continue }
            if let wanted {
                note(row, wanted.contains(hash))
            } else if let text = chunk.text(of: identifier, row) {
                note(row, holds(text))
            }
        }
    }

    // MARK: Row by row

    /// What needs several fields at once, or arithmetic.
    private func rows(_ term: Term, _ chunk: RowChunk, _ names: SymbolNames) -> RowTruth {
        var truth = RowTruth(nil, count: chunk.count)
        var values = [Value?](repeating: nil, count: fields.count)
        let used = term.references
        for row in 0..<chunk.count {
            var several: [(place: Int, values: [Value])] = []
            for place in used {
                let found = chunk.values(of: fields[place], row, names)
                values[place] = found.first
                if fields[place].field.hasSeveralValues { several.append((place, found)) }
            }
            guard let isTrue = Self.holds(term, &values, several[...]) else { continue }
            truth.known.insert(row)
            if isTrue { truth.yes.insert(row) }
        }
        return truth
    }

    /// Whether a condition holds for any choice among several values.
    private static func holds(
        _ term: Term, _ values: inout [Value?], _ several: ArraySlice<(place: Int, values: [Value])>
    ) -> Bool? {
        guard let first = several.first else { return term.holds(values) }
        var isKnown = true
        for value in first.values {
            values[first.place] = value
            switch holds(term, &values, several.dropFirst()) {
            case true?: return true
            case nil: isKnown = false
            default: continue
            }
        }
        return isKnown ? false : nil
    }
}

/// What came of a condition on each name that was met.
private struct SymbolMemo: Sendable {
    private var results: [Result] = []

    private enum Result: UInt8 {
        case new, no, yes, unknown
    }

    mutating func value(of symbol: Symbol, _ find: (Symbol) -> Bool?) -> Bool? {
        let place = Int(symbol.rawValue)
        if place >= results.count {
            results.append(contentsOf: repeatElement(.new, count: place + 1 - results.count))
        }
        if results[place] == .new {
            results[place] =
                switch find(symbol) {
                case nil: .unknown
                case true?: .yes
                case false?: .no
                }
        }
        switch results[place] {
        case .yes: return true
        case .no: return false
        case .new, .unknown: return nil
        }
    }
}

extension Term {
    /// Which references it has, each once.
    fileprivate var references: Set<Int> {
        switch self {
        case .constant: []
        case .reference(let index): [index]
        case .absolute(let inner), .negated(let inner), .not(let inner), .contains(let inner, _),
            .membership(let inner, _):
            inner.references
        case .arithmetic(_, let left, let right), .compare(_, let left, let right, _):
            left.references.union(right.references)
        case .all(let terms), .any(let terms): terms.reduce(into: []) { $0.formUnion($1.references) }
        }
    }
}
