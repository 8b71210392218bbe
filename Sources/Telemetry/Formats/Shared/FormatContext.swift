/// What all readers of foreign formats share: the line's document, the table of names, the records that wait to be
/// fetched and what was learned about the input.
struct FormatContext {
    var document = JSONDocument()
    /// JSON that stood in a text of `document`.
    var nested = JSONDocument()
    var reader: TextReader
    var queue = RecordQueue()
    /// The texts of the record that is being made.
    var texts: [UInt8] = []
    var survey: FieldSurvey

    init(symbols: SymbolTable, surveysFields: Bool) {
        reader = TextReader(symbols: symbols)
        survey = FieldSurvey(isWanted: surveysFields)
    }

    var symbols: SymbolTable { reader.symbols }

    mutating func symbol(_ node: Int?, _ dimension: Dimension) -> Symbol { reader.symbol(document, node, dimension) }

    mutating func hash(_ node: Int?) -> UInt64 { reader.hash(document, node) }

    mutating func time(_ node: Int?) -> Int64? { reader.time(document, node) }

    /// Keeps a text for the record that is being made: where it then stands in `texts`, escapes and all.
    mutating func keep(_ node: Int?) -> Range<Int> {
        guard let node, document.isText(node) || document.kind(node) == .number else { return 0..<0 }
        let start = texts.count
        texts.append(contentsOf: document.bytes[document.range(node)])
        return start..<texts.count
    }

    /// Puts a record behind those that wait, with the texts kept for it.
    mutating func enqueue(_ record: consuming Record) { queue.append(finished(record)) }

    /// A record with the texts kept for it.
    mutating func finished(_ record: consuming Record) -> QueuedRecord {
        var owned = texts
        owned.append(contentsOf: repeatElement(ASCII.quote, count: UTF8Bytes.padding))
        var record = record
        record.textsAreOwned = true
        texts.removeAll(keepingCapacity: true)
        return QueuedRecord(record: record, texts: owned)
    }

    /// Loads the JSON that stands in a text into `nested`; false if it is none or too long to be worth it.
    mutating func loadNested(_ node: Int, limit: Int = 65_536) -> Bool {
        guard document.isText(node), document.range(node).count <= limit else { return false }
        let (bytes, count) = reader.plain(document, node)
        do throws(Rejection) {
            try nested.load(bytes, 0..<count)
            return true
        } catch {
            return false
        }
    }

    /// Notes where a field came from while the survey lasts.
    mutating func note(_ field: Field, _ key: StaticString, _ node: Int?, unit: StaticString = "") {
        guard survey.takesNotes, let node, document.kind(node) != .null else { return }
        survey.note(field.rawValue, key: "\(key)", unit: "\(unit)", example: document.example(node))
    }
}

extension JSONDocument {
    /// A value to show as an example.
    func example(_ node: Int) -> String {
        switch kind(node) {
        case .object: return "{…}"
        case .array: return "[…]"
        default:
            let range = range(node)
            return bytes.withBytes { SafeText.string($0, range, limit: FieldSurvey.exampleLength) }
        }
    }
}

/// A record that waits to be fetched, and the texts its ranges point into.
struct QueuedRecord {
    var record: Record
    var texts: [UInt8]
}

/// First in, first out.
struct RecordQueue {
    private var records: [QueuedRecord] = []
    private var first = 0

    var isEmpty: Bool { first == records.count }
    var count: Int { records.count - first }

    mutating func append(_ record: QueuedRecord) { records.append(record) }

    mutating func popFirst() -> QueuedRecord? {
        guard first < records.count else { return nil }
        let record = records[first]
        first += 1
        if first == records.count {
            records.removeAll(keepingCapacity: records.count < 1_024)
            first = 0
        } else if first >= 1_024 {
            records.removeSubrange(0..<first)
            first = 0
        }
        return record
    }
}
