import ArgumentParser
import Engine
import Glibc
import Ingest
import Metrics
import Monitoring
import Telemetry

extension WireFormat: ExpressibleByArgument {}

/// What every command that reads can be told.
struct InputArguments: ParsableArguments {
    /// The help of every command's files.
    static let files = ArgumentHelp(
        "Files of JSON lines (.gz, .zst too), SQLite databases, patterns in quotes; - is standard input, and so is none at all.",
        valueName: "file")

    @Option(
        help: ArgumentHelp(
            "Read every line as \(WireFormat.allCases.map(\.rawValue).joined(separator: ", ")); without it each line tells.",
            valueName: "format"))
    var from: WireFormat?

    @Option(
        help: ArgumentHelp(
            "Which keys of foreign JSON are which fields: latency_ms=duration.ms,model=engine", valueName: "field=key,…"
        ))
    var map: String?

    @Option(
        help: ArgumentHelp(
            "Read databases of any schema: a SELECT with a rowid and columns named as our fields (latency_ms, timestamp, …).",
            valueName: "select"))
    var query: String?

    @Option(
        help: ArgumentHelp(
            "What now is: the clock, the data's own time, or auto, which looks how old the data is.",
            valueName: "auto|clock|data"))
    var now = EventClock.Mode.automatic

    /// The options of an engine that reads `files`.
    /// - Throws: `ExitCode` 2, having said why, if there is nothing to read or the map makes no sense.
    func options(_ files: [String], whenNone remedy: String) throws -> EngineOptions {
        let sources = SourceLocation.named(by: files, standardInputIsTerminal: isatty(0) == 1)
        guard !sources.isEmpty else {
            Complaint.write("nothing to read: \(remedy)")
            throw ExitCode(2)
        }
        guard !files.contains("-") || isatty(0) == 0 else {
            Complaint.write("- is standard input, a terminal here: pipe records in")
            throw ExitCode(2)
        }
        var options = EngineOptions(
            sources: sources, prices: .builtIn, clock: WallClock.now)
        options.nowMode = now
        options.format = from
        options.query = query
        do {
            options.map = try map.map { try FieldMap(parsing: $0) }
        } catch let error as FieldMapError {
            Complaint.write("--map: \(error.description)")
            throw ExitCode(2)
        }
        return options
    }
}
