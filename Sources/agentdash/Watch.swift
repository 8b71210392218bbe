import ArgumentParser
import Engine
import Metrics

/// `agentdash [FILE…]`: the screen.
struct Watch: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Watch files or a pipe on the screen (the default).")

    @Argument(
        help: ArgumentHelp(
            "JSON-lines files or SQLite databases, read to the end and then followed; - is standard input.",
            valueName: "file"))
    var files: [String] = []

    @Option(help: ArgumentHelp("Play recorded data at a multiple of its own pace.", valueName: "60x"))
    var replay: ReplaySpeed?

    @OptionGroup var input: InputArguments
    @OptionGroup var screen: ScreenArguments

    func run() throws {
        var options = try input.options(
            files, whenNone: "pipe records in or name a file (agentdash --help, agentdash demo)")
        options.replaySpeed = replay?.value
        // A replay is a look at the past, whatever the clock says.
        if replay != nil { options.nowMode = .data }
        options.follows = replay == nil
        // Whoever wants to see everything waits for it; others see the newest hour at once.
        if screen.window != .all { options.newestFirst = max(Span.hour, screen.window.duration ?? 0) }
        try ScreenSession.run(options, screen)
    }
}
