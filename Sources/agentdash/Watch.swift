import ArgumentParser
import Engine
import Metrics

/// `agentdash [FILE…]`: the screen.
struct Watch: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Watch files or a pipe on the screen (the default).",
        discussion: """
            Files are read to their end and then followed by name, through rotation; .gz and
            .zst files are read once. A pattern in quotes also takes in files that match it
            later. With --once everything there is is read and the screen printed as text,
            for a pipe or a paste; no terminal is needed.
            """)

    @Argument(help: InputArguments.files)
    var files: [String] = []

    @Option(help: ArgumentHelp("Play recorded data at a multiple of its own pace.", valueName: "60x"))
    var replay: ReplaySpeed?

    @Flag(help: "Read what is there, print the screen as text, and end.")
    var once = false

    @Option(
        help: ArgumentHelp(
            "How large --once prints it (default: COLUMNS and LINES where set, else 80x24).", valueName: "80x24"))
    var size: ScreenSize?

    @Flag(help: "Send alerts by the [route.…] of the settings. Without it nobody is told.")
    var notify = false

    @Flag(
        help: """
            Roll a canary back by [canary] on_rollback of the settings, once, where its verdict is ROLLBACK: R does on the \
            screen, asking; without a question where the settings say so. Without it agentdash only tells.
            """)
    var act = false

    @Flag(help: "No screen: judge, tell and write a line for each alert until ended, as a service does.")
    var headless = false

    @OptionGroup var input: InputArguments
    @OptionGroup var requests: FilterArguments
    @OptionGroup var screen: ScreenArguments

    func validate() throws {
        if once, replay != nil { throw ValidationError("--once has no use for --replay: it shows the end.") }
        if notify || headless || act, once || replay != nil {
            throw ValidationError(
                "--notify, --act and --headless are for what happens now: not with --once or --replay.")
        }
        if headless, requests.condition != nil {
            throw ValidationError("--headless judges everything: it has no use for --where.")
        }
        if size != nil, !once { throw ValidationError("--size is for --once: a terminal has its own.") }
    }

    func run() throws {
        var options = try input.options(
            files, whenNone: "pipe records in or name a file (agentdash --help, agentdash demo)")
        options.filter = try requests.filter()
        if once {
            options.book = DriftArguments.book(
                try screen.judged.settings(tier: screen.tier, golden: screen.golden), files: files,
                environment: ProcessEnvironment.current)
            return try PrintedScreen.run(options, screen, size: size ?? .ofEnvironment)
        }
        options.replaySpeed = replay?.value
        // A replay is a look at the past, whatever the clock says.
        if replay != nil { options.nowMode = .data }
        options.follows = replay == nil
        // Whoever wants to see everything waits for it; others see the newest hour at once.
        if screen.window != .all { options.newestFirst = max(Span.hour, screen.window.duration ?? 0) }
        if headless { return try Service.run(options, screen.judged, files: files, sends: notify, acts: act) }
        // What is said of alerts that are over is not for the next time.
        let kept = replay == nil ? files : nil
        try ScreenSession.run(options, screen, kept: kept, sends: notify, acts: act)
    }
}
