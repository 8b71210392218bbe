import Query
import Telemetry

/// The fields of held rows as expressions see them.
extension RowChunk {
    /// Writes the whole numbers of a field, of which `denominator` make one of its unit.
    /// - Returns: the rows that have one; what stands for the others means nothing.
    func numbers(of field: FilterField, into numbers: inout [Int64]) -> RowBits {
        if numbers.count != count { numbers = [Int64](repeating: 0, count: count) }
        switch field.source {
        case .measure(let measure, _): return unpack(RowPlace.measures + Int(measure.rawValue), into: &numbers)
        case .cost: return unpack(RowPlace.cost, into: &numbers)
        case .tokens:
            for row in 0..<count { numbers[row] = tokens(row) ?? 0 }
            var known = column(Int(Measure.inputTokens.rawValue))?.known(count: count) ?? RowBits(count: count)
            if let output = column(Int(Measure.outputTokens.rawValue)) { known.formUnion(output.known(count: count)) }
            return known
        case .hour:
            for row in 0..<count { numbers[row] = Self.hour(of: time(row)) }
            return RowBits(count: count, all: true)
        default: return RowBits(count: count)
        }
    }

    private func unpack(_ place: Int, into numbers: inout [Int64]) -> RowBits {
        guard let column = column(place) else { return RowBits(count: count) }
        column.unpack(into: &numbers)
        return column.known(count: count)
    }

    private func tokens(_ row: Int) -> Int64? {
        let input = column(Int(Measure.inputTokens.rawValue))?[row]
        let output = column(Int(Measure.outputTokens.rawValue))?[row]
        return input == nil && output == nil ? nil : (input ?? 0) &+ (output ?? 0)
    }

    private static func hour(of time: Int64) -> Int64 {
        (time - time.alignedDown(to: Span.day)) / Span.hour
    }

    /// A row's answer among its bits; nil if it gives none.
    static func answer(_ answer: Answer, _ bits: Int64) -> Bool? {
        let place = Int64(answer.rawValue)
        return bits >> place & 1 == 0 ? nil : bits >> (place + 16) & 1 == 1
    }

    func answer(_ answer: Answer, _ row: Int) -> Bool? {
        column(RowPlace.answers)?[row].flatMap { Self.answer(answer, $0) }
    }

    /// The text of an identifier; nil where there is none, or only its hash is kept.
    func text(of identifier: Identifier, _ row: Int) -> String? {
        let place =
            switch identifier {
            case .trace: RowPlace.traceText
            case .session: RowPlace.sessionText
            default: -1
            }
        guard place >= 0, column(place)?[row] != nil else { return nil }
        return text(place, row)
    }

    /// Calls `body` with every value of a field that rows have several of; a flag's symbol is its bit.
    func forEachOfSeveral(_ source: RecordField.Source, _ body: (Int, Symbol) -> Void) {
        let place: Int
        switch source {
        case .tool, .failedTool, .invalidTool: place = RowPlace.tools
        case .featureFlag: place = RowPlace.featureFlags
        case .flag: place = RowPlace.flags
        default: return
        }
        guard let column = column(place) else { return }
        for row in 0..<count {
            guard let cell = column[row] else { continue }
            switch source {
            case .tool: for tool in lists.tools[RowPlace.range(cell)] { body(row, tool.name) }
            case .failedTool:
                for tool in lists.tools[RowPlace.range(cell)] where tool.hasFailed { body(row, tool.name) }
            case .invalidTool:
                for tool in lists.tools[RowPlace.range(cell)] where tool.hasInvalidArguments { body(row, tool.name) }
            case .featureFlag: for flag in lists.featureFlags[RowPlace.range(cell)] { body(row, flag) }
            default:
                for bit in Flags.names.indices where cell >> Int64(bit) & 1 == 1 {
                    body(row, Symbol(rawValue: UInt32(bit)))
                }
            }
        }
    }

    /// A row's values of a field: none where it is not known, several where it may have several.
    func values(of field: FilterField, _ row: Int, _ names: SymbolNames) -> [Value] {
        func symbol(_ place: Int) -> Symbol? {
            column(place)?[row].map { Symbol(rawValue: UInt32(truncatingIfNeeded: $0)) }
        }
        func text(_ text: String?) -> [Value] { text.map { [.text($0)] } ?? [] }
        func share(_ number: Int64?) -> [Value] {
            guard let number, let denominator = field.denominator else { return [] }
            return Value.share(number, of: denominator).map { [$0] } ?? []
        }
        func listed<Element>(_ place: Int, _ list: [Element], _ name: (Element) -> Symbol?) -> [Value] {
            guard let cell = column(place)?[row] else { return [] }
            return list[RowPlace.range(cell)].compactMap { name($0).map { .text(names[$0]) } }
        }
        switch field.source {
        case .dimension(let dimension):
            return text(symbol(RowPlace.dimensions + Int(dimension.rawValue)).map { names[$0] })
        case .errorType: return text(symbol(RowPlace.errorType).map { names[$0] })
        case .stopReason: return text(symbol(RowPlace.stopReason).map { names[$0] })
        case .errorClass:
            return text(
                symbol(RowPlace.errorType).map {
                    ErrorClass.classify(errorType: names[$0], statusCode: nil).rawValue
                })
        case .measure(let measure, _): return share(column(Int(measure.rawValue))?[row])
        case .cost: return share(column(RowPlace.cost)?[row])
        case .tokens: return share(tokens(row))
        case .hour: return share(Self.hour(of: time(row)))
        case .answer(let answer): return self.answer(answer, row).map { [.boolean($0)] } ?? []
        case .failed: return answer(.success, row).map { [.boolean(!$0)] } ?? []
        case .outcome: return text(answer(.success, row).map { $0 ? "ok" : "failed" } ?? "unknown")
        case .rated: return text(answer(.ratedPositive, row).map { $0 ? "up" : "down" })
        case .queryLength:
            return text(column(Int(Measure.inputLength.rawValue))?[row].map(RecordField.band(ofInputLength:)))
        case .identifier(let identifier): return text(self.text(of: identifier, row))
        case .tool: return listed(RowPlace.tools, lists.tools) { $0.name }
        case .failedTool: return listed(RowPlace.tools, lists.tools) { $0.hasFailed ? $0.name : nil }
        case .invalidTool: return listed(RowPlace.tools, lists.tools) { $0.hasInvalidArguments ? $0.name : nil }
        case .featureFlag: return listed(RowPlace.featureFlags, lists.featureFlags) { $0 }
        case .flag:
            guard let bits = column(RowPlace.flags)?[row] else { return [] }
            return Flags.names.indices.filter { bits >> Int64($0) & 1 == 1 }.map { .text(Flags.names[$0]) }
        case .attribute:
            return Array(
                listed(RowPlace.attributes, lists.attributes) {
                    names[$0.name] == field.argument ? $0.value : nil
                }.prefix(1))
        }
    }
}
