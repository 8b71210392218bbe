import Store

/// What was sent through a channel, and what was given up: a line each, so that nothing is sent twice by whoever comes later.
struct SentJournal: Sendable {
    struct Entry: Sendable, Codable, Hashable {
        var id: String
        /// µs since 1970.
        var time: Int64
        /// How it was acknowledged; nil where it was given up.
        var delivered: String?
        /// Why it was given up.
        var failed: String?
    }

    private let folder: StateFolder
    private let name = "sent"
    private var entries: [Entry] = []
    private var places: [String: Int] = [:]

    /// Entries that are kept at least.
    static let length = 4096

    init(_ folder: StateFolder) {
        self.folder = folder
        load()
    }

    /// What is known about an id; the newest entry counts.
    subscript(id: String) -> Entry? { places[id].map { entries[$0] } }

    /// Reads what was added by others. What can't be read (a line that was being written when its process died) is passed over.
    mutating func load() {
        entries = []
        places = [:]
        let bytes = (try? DurableFile.read(folder[name])).flatMap(\.self) ?? []
        for line in bytes.split(separator: 0x0A) {
            if let entry = StoredJSON.value(Entry.self, from: line) { remember(entry) }
        }
    }

    /// On the disk when this returns. For who holds the lock.
    mutating func add(_ entry: Entry) throws(StoreError) {
        remember(entry)
        if entries.count >= 2 * Self.length {
            entries = Array(entries.suffix(Self.length))
            places = [:]
            for (place, entry) in entries.enumerated() { places[entry.id] = place }
            var bytes: [UInt8] = []
            for entry in entries { bytes += try StoredJSON.bytes(entry) + [0x0A] }
            try DurableFile.write(bytes, to: name, in: folder)
        } else {
            // A line end first: the line before may have been cut short.
            try DurableFile.append([0x0A] + StoredJSON.bytes(entry) + [0x0A], to: folder[name])
        }
    }

    private mutating func remember(_ entry: Entry) {
        places[entry.id] = entries.count
        entries.append(entry)
    }
}
