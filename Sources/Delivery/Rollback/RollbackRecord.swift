package import Monitoring
import Statistics

/// A rollback that somebody began: what was run for which canary, by whom, and what came of it.
package struct RollbackRecord: Sendable, Hashable, Codable {
    /// Tells canaries apart.
    package let key: String
    package let canary: String
    package let control: String
    /// The program and its arguments.
    package let arguments: [String]
    /// Who ran it.
    package let by: String
    /// µs since 1970.
    package let startedAt: Int64
    package internal(set) var endedAt: Int64?
    /// What it ended with; 128 and the signal that ended it; nil while it runs, or where it could not be started.
    package internal(set) var status: Int32?
    /// Why it did not come to its end.
    package internal(set) var problem: String?
    /// What it wrote last.
    package internal(set) var output = ""

    /// What is run for a canary.
    package init(of target: RollbackTarget, arguments: [String], by: String, at now: Int64) {
        canary = target.canaryVersion.isEmpty ? target.canaryVariant : target.canaryVersion
        control = target.controlVersion.isEmpty ? target.controlVariant : target.controlVersion
        self.arguments = arguments
        self.by = by
        startedAt = now
        // A version is rolled back once, also when only the end of its story is read again. Without versions the time at
        // which the canary began tells one from the next, as far as it is known.
        let name = target.canaryVersion.isEmpty ? "\(target.canaryVariant) \(target.since)" : target.canaryVersion
        key = SHA256.hexadecimal(Array(name.utf8))
    }

    /// Whether nothing is known of its end.
    package var isOpen: Bool { status == nil && problem == nil }

    package var hasFailed: Bool { problem != nil || (status ?? 0) != 0 }

    /// `ran deployctl rollback v2.3`, in a line, with what it wrote last.
    package var text: String {
        let command = RollbackCommand.text(arguments)
        if let problem { return "\(command): \(problem)" }
        guard let status else { return "\(command) is running" }
        let last = output.split(whereSeparator: \.isNewline).last.map { ": \($0)" } ?? ""
        return status == 0 ? "ran \(command)\(last)" : "\(command) ended with \(status)\(last)"
    }
}
