package import Metrics
import Monitoring
package import Telemetry

/// How the sources were understood, without judging what they say: what `agentdash inspect` prints.
package struct Inspection: Sendable {
    /// One source's formats and fields.
    package struct Source: Sendable {
        package let name: String
        package let report: FormatReport
        /// What a database was taken for, such as "Phoenix (tables spans, traces)"; nil for lines.
        package let store: String?
    }

    package let sources: [Source]
    /// Records that were read.
    package let read: Int
    /// Lines that were no records, and the newest of them.
    package let rejected: Int
    package let rejections: [InputStatus.Rejected]
    /// The types of the failures.
    package let errors: ErrorTypes

    /// Reads all sources to their ends.
    /// - Throws: `EngineError.unreadable` if one can't be read.
    package init(_ options: EngineOptions) throws(EngineError) {
        var options = options
        options.book = RuleBook(rules: [])
        options.surveysFields = true
        let (reader, situation) = try OneReading.read(options)
        sources = reader.understanding
        read = situation.snapshot.read
        rejected = situation.snapshot.source.rejected
        let snapshot = situation.snapshot
        errors = ErrorTypes(snapshot.totals(.all, parts: .names).tally.errors, snapshot.names)
        rejections = situation.snapshot.source.rejections
    }
}
