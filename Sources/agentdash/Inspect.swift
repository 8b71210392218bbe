import ArgumentParser
import Engine
import Export
import Metrics

/// `agentdash inspect FILE`: how an input was understood.
struct Inspect: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Tell which format an input is, where each field came from, and what was rejected.")

    @Argument(help: InputArguments.files)
    var files: [String] = []

    @OptionGroup var input: InputArguments

    func run() throws {
        var options = try input.options(files, whenNone: "name a file or pipe records in")
        options.nowMode = .data
        // What is counted is not shown.
        options.rowBudget = 0
        let inspection: Inspection
        do {
            inspection = try Inspection(options)
        } catch {
            Complaint.write(error.description)
            throw ExitCode(2)
        }
        var lines: [String] = []
        for source in inspection.sources {
            lines.append(source.name)
            lines += InspectionText(source.report, store: source.store).lines
        }
        lines += InspectionText.lines(inspection.errors)
        let isStore = inspection.sources.allSatisfy { $0.store != nil }
        lines.append("\(inspection.read) records, \(inspection.rejected) \(isStore ? "rows" : "lines") rejected")
        lines += inspection.rejections.map { rejection in
            "  \(rejection.source):\(rejection.line > 0 ? "\(rejection.line):" : "") \(rejection.reason)"
        }
        try Output.write(lines.joined(separator: "\n") + "\n")
    }
}
