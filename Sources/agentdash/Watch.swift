import ArgumentParser
import Engine
import Glibc
import Ingest
import Metrics
import Monitoring
import Telemetry

/// `agentdash [FILE…]`: the screen.
struct Watch: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Watch files or a pipe on the screen (the default).")

    @Argument(
        help: ArgumentHelp(
            "JSON-lines files, read to the end and then followed; - is standard input.", valueName: "file"))
    var files: [String] = []

    @Option(help: ArgumentHelp("Play recorded data at a multiple of its own pace.", valueName: "60x"))
    var replay: ReplaySpeed?

    @Option(
        help: ArgumentHelp(
            "What now is: the clock, the data's own time, or auto, which looks how old the data is.",
            valueName: "auto|clock|data"))
    var now = EventClock.Mode.automatic

    @OptionGroup var screen: ScreenArguments

    func run() throws {
        let sources = SourceLocation.named(by: files, standardInputIsTerminal: isatty(0) == 1)
        guard !sources.isEmpty else {
            Complaint.write("nothing to read: pipe records in or name a file (agentdash --help, agentdash demo)")
            throw ExitCode(2)
        }
        guard !files.contains("-") || isatty(0) == 0 else {
            Complaint.write("- is standard input, a terminal here: pipe records in")
            throw ExitCode(2)
        }
        var options = EngineOptions(
            sources: sources, rules: RulePack.conservative.rules, prices: .builtIn, clock: WallClock.now)
        options.replaySpeed = replay?.value
        // A replay is a look at the past, whatever the clock says.
        options.nowMode = replay == nil ? now : .data
        options.follows = replay == nil
        try ScreenSession.run(options, screen)
    }
}
