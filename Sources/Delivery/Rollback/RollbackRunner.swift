import Glibc
package import Store

/// Rolls canaries back, each once.
///
/// Whoever makes a canary's file in the folder first runs its command; what came of it stays there, and nobody runs it again: not after a
/// restart, and not beside another process. A command that failed is for a person to look at.
package final class RollbackRunner {
    private let folder: StateFolder
    private var running: (record: RollbackRecord, program: RunningProgram)?

    /// ms after which a command that still runs is ended.
    private static let patience = 900_000
    /// Characters of its output that are kept.
    private static let most = 2000

    /// - Throws: when the folder can't be made.
    package init(in state: StateFolder) throws(StoreError) { folder = try state.folder("rollbacks") }

    /// What is known of a canary's rollback; nil: nobody began one.
    package func known(_ key: String) -> RollbackRecord? {
        if let record = running?.record, record.key == key { return record }
        guard let bytes = (try? DurableFile.read(folder[Self.name(key)])).flatMap(\.self) else { return nil }
        return StoredJSON.value(RollbackRecord.self, from: bytes)
    }

    /// Whether a command runs.
    package var isBusy: Bool { running != nil }

    /// Runs a record's command, unless somebody did.
    ///
    /// - Returns: false where somebody did.
    /// - Throws: when it can't be written down that it is run: then it is not.
    package func start(_ record: RollbackRecord) throws(StoreError) -> Bool {
        guard running == nil, !folder.holds(Self.name(record.key)) else { return false }
        do {
            try DurableFile.create(StoredJSON.bytes(record), Self.name(record.key), in: folder)
        } catch {
            // Between the look and now.
            if folder.holds(Self.name(record.key)) { return false }
            throw error
        }
        do {
            let program = try RunningProgram(
                record.arguments, environment: nil, input: [], patience: Self.patience, limit: 65_536)
            running = (record, program)
        } catch {
            var record = record
            record.endedAt = record.startedAt
            record.problem = error.reason(record.arguments.first ?? "")
            try keep(record)
        }
        return true
    }

    /// Looks whether the command has ended; never waits.
    ///
    /// - Parameter now: µs since 1970.
    /// - Returns: what came of it, once.
    package func look(now: Int64) -> RollbackRecord? {
        guard var record = running?.record, let end = running?.program.advance() else { return nil }
        running = nil
        record.endedAt = now
        record.status = end.status
        if end.isLate { record.problem = "ended after \(Self.patience / 60_000) minutes: it took too long" }
        let bytes = end.output + end.messages
        record.output = String(String(decoding: bytes, as: UTF8.self).suffix(Self.most))
        do {
            try keep(record)
        } catch {
            record.problem = (record.problem.map { $0 + "; " } ?? "") + error.description
        }
        return record
    }

    private func keep(_ record: RollbackRecord) throws(StoreError) {
        try DurableFile.write(StoredJSON.bytes(record), to: Self.name(record.key), in: folder)
    }

    private static func name(_ key: String) -> String { "\(key.prefix(32)).json" }
}
