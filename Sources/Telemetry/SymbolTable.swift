/// Names to symbols, for the one thread that decodes. Each dimension keeps its own, up to `limit`.
///
/// Equal texts of two dimensions are two symbols. Names are kept safe to print: control characters as `·`, broken
/// UTF-8 as U+FFFD, at most `maximumLength` bytes.
package final class SymbolTable {
    /// Names a dimension; what comes later is `.other`.
    package static let limit = 4_096
    /// Bytes of UTF-8 a name.
    package static let maximumLength = 200

    /// One value, so that a call is one access to the object.
    private var store = SymbolStore()
    /// By status code; absent until one is asked for.
    private var statuses = [Symbol](repeating: .absent, count: 1_000)

    /// A table without names.
    package init() {}

    /// The names so far. Costs nothing to hand out; the table copies at most one chunk afterwards.
    package var names: SymbolNames { store.names }

    /// The symbol of the text in `range` (escapes already removed): `.absent` for an empty one, `.other` beyond the
    /// limit.
    /// `NativeDecoder.padding` bytes behind the range must be readable. A known name allocates nothing.
    package func intern(_ bytes: RawSpan, _ range: Range<Int>, _ dimension: Dimension) -> Symbol {
        store.intern(bytes, range, dimension)
    }

    /// The same of a text from elsewhere, such as a configuration.
    package func intern(_ text: String, _ dimension: Dimension) -> Symbol {
        let (padded, count) = Self.padded(text)
        return padded.withBytes { store.intern($0, 0..<count, dimension) }
    }

    /// The error type of a failure of which nothing but its status is known: `HTTP 503`.
    func errorType(ofStatus code: Int64) -> Symbol {
        let place = Int(clamping: code)
        guard statuses.indices.contains(place) else { return intern("HTTP \(code)", .errorType) }
        if statuses[place].isAbsent { statuses[place] = intern("HTTP \(code)", .errorType) }
        return statuses[place]
    }

    /// The symbol of a text that was interned before.
    package func lookup(_ text: String, _ dimension: Dimension) -> Symbol? {
        let (padded, count) = Self.padded(text)
        return padded.withBytes { store.lookup($0, 0..<count, dimension) }
    }

    /// The symbol of a text that was interned before; bytes as for `intern`.
    package func lookup(_ bytes: RawSpan, _ range: Range<Int>, _ dimension: Dimension) -> Symbol? {
        store.lookup(bytes, range, dimension)
    }

    /// The name, safe to print.
    package func name(of symbol: Symbol) -> String { store.names[symbol] }

    /// How often a name was folded into `.other`.
    package func folded(_ dimension: Dimension) -> Int64 { store.foldedCounts[Int(dimension.rawValue)] }

    /// How many names a dimension has.
    package func count(_ dimension: Dimension) -> Int { store.counts[Int(dimension.rawValue)] }

    private static func padded(_ text: String) -> (bytes: [UInt8], count: Int) {
        var bytes = Array(text.utf8)
        let count = bytes.count
        bytes.append(contentsOf: repeatElement(0, count: UTF8Bytes.padding))
        return (bytes, count)
    }
}

extension SymbolTable {
    /// Calls a failed request that says no error but a status by that status.
    func nameFailure(of record: inout Record) {
        guard record.success == false, record.errorType.isAbsent, record.kind == .request,
            let code = record.statusCode, code >= 400
        else { return }
        record.errorType = errorType(ofStatus: code)
    }
}
