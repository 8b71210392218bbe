import Glibc

/// One value that survives a restart: JSON with the version of its meaning, replaced as a whole.
package struct StateFile<Value: Codable & Sendable>: Sendable {
    package let name: String
    package let folder: StateFolder
    /// What this program writes, and the newest that it reads.
    package let version: Int

    /// What was found.
    package struct Found: Sendable {
        /// nil where nothing was kept, or nothing that can be read.
        package var value: Value?
        /// Why what was kept isn't used, and where it is now: one line to be shown.
        package var problem: String?
    }

    private struct Kept: Codable {
        var version: Int
        var value: Value
    }

    private struct Version: Codable {
        var version: Int
    }

    package init(_ name: String, in folder: StateFolder, version: Int) {
        self.name = name
        self.folder = folder
        self.version = version
    }

    /// What is kept. A file that is broken, or was written by a newer program, is put aside under another name: it is never
    /// overwritten, and never keeps the program from starting.
    package func load() -> Found {
        let bytes: [UInt8]
        do throws(StoreError) {
            guard let read = try DurableFile.read(folder[name]) else { return Found() }
            bytes = read
        } catch {
            return Found(problem: error.description)
        }
        guard let written = StoredJSON.value(Version.self, from: bytes)?.version, written > 0 else {
            return setAside("is broken", suffix: "broken")
        }
        guard written <= version else {
            return setAside("was written by a newer agentdash (version \(written))", suffix: "newer-\(written)")
        }
        // An older version's meaning is the concern of who raises the number.
        guard written == version, let kept = StoredJSON.value(Kept.self, from: bytes) else {
            return setAside("is broken", suffix: "broken")
        }
        return Found(value: kept.value)
    }

    /// On the disk, whole, when this returns.
    package func save(_ value: Value) throws(StoreError) {
        try DurableFile.write(StoredJSON.bytes(Kept(version: version, value: value)) + [0x0A], to: name, in: folder)
    }

    private func setAside(_ reason: String, suffix: String) -> Found {
        let taken = (2...9).first { !folder.holds("\(name).\(suffix)-\($0)") } ?? 9
        let aside = folder.holds("\(name).\(suffix)") ? "\(name).\(suffix)-\(taken)" : "\(name).\(suffix)"
        let moved = unsafe rename(folder[name], folder[aside]) == 0
        let place = moved ? "kept as \(aside)" : "it can't be put aside and will be replaced"
        return Found(problem: "\(folder[name]) \(reason): starting afresh; \(place)")
    }
}
