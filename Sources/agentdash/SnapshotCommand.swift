import ArgumentParser
import Engine
import Export
import Metrics
import Monitoring

/// `agentdash snapshot [FILE…]`: the numbers, without a terminal.
struct SnapshotCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "snapshot", abstract: "Print the numbers of files or a pipe at their end.")

    enum Format: String, CaseIterable, ExpressibleByArgument { case json, text }

    @Argument(
        help: ArgumentHelp(
            "JSON-lines files or SQLite databases; - is standard input, and so is none at all.", valueName: "file"))
    var files: [String] = []

    @Option(help: "json: one object, documented keys; text: a few lines to read.")
    var format = Format.text

    @Option(name: .shortAndLong, help: "How far back from the data's end the numbers reach.")
    var window = Window.minutes15

    @OptionGroup var input: InputArguments

    func run() throws {
        let options = try input.options(files, whenNone: "name a file or pipe records in")
        let situation: Situation
        do {
            situation = try OneReading.situation(options)
        } catch {
            Complaint.write(error.description)
            throw ExitCode(2)
        }
        let text =
            switch format {
            case .json: SnapshotDocument(situation, window: window).json.text
            case .text: SnapshotText(situation, window: window).text
            }
        guard StandardOutput.write(Array((text + "\n").utf8)) else {
            Complaint.write("standard output took no more")
            throw ExitCode(2)
        }
        if situation.snapshot.read == 0, situation.snapshot.source.rejected > 0 {
            Complaint.write("nothing in the input was a record; agentdash inspect tells how the input was understood")
            throw ExitCode(2)
        }
    }
}
