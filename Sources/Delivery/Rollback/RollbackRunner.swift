import Glibc
package import Store

/// Rolls canaries back, each once.
///
/// Whoever makes a canary's file in the folder first runs its command; what came of it stays there, and nobody runs it again: not after a
/// restart, and not beside another process. A command that failed is for a person to look at. One that still runs when this
/// process ends goes on, and what it writes stands beside the file.
package final class RollbackRunner {
    private let folder: StateFolder
    private var running: RollbackRecord?
    private var program: DetachedProgram?
    /// The newest record that was looked for, and that there was none.
    private var seen: (key: String, record: RollbackRecord?)?

    /// ms after which a command that still runs is ended.
    private static let patience = 900_000
    /// Characters of its output that are kept in its record.
    private static let most = 2000

    /// What became of the wish to run something.
    package enum Start: Sendable {
        case started
        /// Somebody ran it.
        case knownBefore
        /// Another command runs.
        case busy
    }

    /// - Throws: when the folder can't be made.
    package init(in state: StateFolder) throws(StoreError) { folder = try state.folder("rollbacks") }

    /// What is known of a canary's rollback; nil: nobody began one.
    package func known(_ key: String) -> RollbackRecord? {
        if let running, running.key == key { return running }
        // What is there does not change but by this process or once, when another one's command ends.
        if let seen, seen.key == key, let record = seen.record, !record.isOpen { return record }
        let record = read(Self.name(key))
        seen = (key, record)
        return record
    }

    /// When anything was run last, µs since 1970; nil: never.
    package var newest: Int64? {
        let names = ((try? folder.names()) ?? []).filter { $0.hasSuffix(".json") }
        return names.compactMap { read($0)?.startedAt }.max()
    }

    /// Whether a command runs.
    package var isBusy: Bool { running != nil }

    /// Runs a record's command, unless somebody did.
    ///
    /// - Throws: when it can't be written down that it is run: then it is not.
    package func start(_ record: RollbackRecord) throws(StoreError) -> Start {
        guard running == nil else { return .busy }
        guard !folder.holds(Self.name(record.key)) else { return .knownBefore }
        do {
            try DurableFile.create(StoredJSON.bytes(record), Self.name(record.key), in: folder)
        } catch {
            // Between the look and now.
            if folder.holds(Self.name(record.key)) { return .knownBefore }
            throw error
        }
        do {
            program = try DetachedProgram(
                record.arguments, writingTo: folder[Self.outputName(record.key)], patience: Self.patience)
            running = record
        } catch {
            var record = record
            record.endedAt = record.startedAt
            record.problem = error.reason(record.arguments.first ?? "")
            try keep(record)
        }
        return .started
    }

    /// Looks whether the command has ended; never waits.
    ///
    /// - Parameter now: µs since 1970.
    /// - Returns: what came of it, once.
    package func look(now: Int64) -> RollbackRecord? {
        guard var record = running, let end = program?.advance() else { return nil }
        running = nil
        program = nil
        record.endedAt = now
        record.status = end.status
        if end.isLate { record.problem = "ended after \(Self.patience / 60_000) minutes: it took too long" }
        let bytes = (try? DurableFile.read(folder[Self.outputName(record.key)])).flatMap(\.self) ?? []
        record.output = String(String(decoding: bytes.suffix(4 * Self.most), as: UTF8.self).suffix(Self.most))
        do {
            try keep(record)
        } catch {
            record.problem = (record.problem.map { $0 + "; " } ?? "") + error.description
        }
        return record
    }

    /// Where a command's output stands.
    package func outputPath(_ key: String) -> String { folder[Self.outputName(key)] }

    private func keep(_ record: RollbackRecord) throws(StoreError) {
        seen = nil
        try DurableFile.write(StoredJSON.bytes(record), to: Self.name(record.key), in: folder)
    }

    private func read(_ name: String) -> RollbackRecord? {
        guard let bytes = (try? DurableFile.read(folder[name])).flatMap(\.self) else { return nil }
        return StoredJSON.value(RollbackRecord.self, from: bytes)
    }

    private static func name(_ key: String) -> String { "\(key.prefix(32)).json" }
    private static func outputName(_ key: String) -> String { "\(key.prefix(32)).out" }
}
