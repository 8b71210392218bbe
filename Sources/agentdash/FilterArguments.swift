import ArgumentParser
import Metrics
import Query

/// Which requests a command looks at.
struct FilterArguments: ParsableArguments {
    @Option(
        name: .customLong("where"),
        help: ArgumentHelp(
            "Count only requests for which this is true: 'model = gpt-4o and latency > 5s'.", valueName: "condition"))
    var condition: String?

    /// What is asked for; nil: everything.
    /// - Throws: `ExitCode` 2, having shown where the condition is wrong.
    func filter() throws -> RecordFilter? {
        guard let condition else { return nil }
        do throws(QueryError) {
            return try RecordFilter(condition)
        } catch {
            Complaint.write("--where: \(error.message)")
            // The line and the marks below it; what is wrong was said.
            Complaint.writeLines(error.rendered.split(separator: "\n").dropLast().joined(separator: "\n"))
            throw ExitCode(2)
        }
    }
}
