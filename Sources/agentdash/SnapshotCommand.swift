import ArgumentParser
import Canvas
import Configuration
import Engine
import Export
import Metrics
import Monitoring
import Terminal

/// `agentdash snapshot [FILE…]`: the numbers, without a terminal.
struct SnapshotCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "snapshot", abstract: "Print the numbers of files or a pipe at their end.",
        discussion: """
            FORMATS
              text        a few lines to read or to paste into a chat
              line        one line of at most 80 columns: tmux's status bar, a prompt
              json        one object with documented, stable keys
              csv         one number a row: metric,dimension,name,statistic,value,unit,n
              html        one page that loads nothing, for an incident; --theme colours it
              prometheus  the text exposition format, for a textfile collector
              records     native snapshot records, one each --every; read back, they give
                          the same requests, errors, percentiles, tokens and cost

            FILE is a file of JSON lines (.gz and .zst too), an SQLite database, a
            pattern in quotes, or - for standard input, which is also read where no
            FILE is named.

            EXAMPLES
              agentdash snapshot --window 1h day.jsonl
              agentdash snapshot --format html --theme daylight day.jsonl > incident.html
              agentdash snapshot --format json --window all '/var/log/agent/*.jsonl.gz'
              tail -n 5000 live.jsonl | agentdash snapshot --format line --now clock
              tail -f live.jsonl | agentdash snapshot --format records > minutes.jsonl
            """)

    enum Format: String, CaseIterable, ExpressibleByArgument {
        case text, line, json, csv, html, prometheus, records

        /// Whether it tells who asked for what.
        var tellsInputMix: Bool { self != .line && self != .records }
    }

    @Argument(help: InputArguments.files)
    var files: [String] = []

    @Option(help: "How the numbers are written; see above.")
    var format = Format.text

    @Option(
        name: .shortAndLong,
        help: "How far back from the data's end the numbers reach: 15m if nothing is said, and all for records.")
    var window: Window?

    @Option(help: ArgumentHelp("Time that one of the records covers: 5s to 30s, minutes, hours.", valueName: "60s"))
    var every = RecordStep.minute

    @Option(help: ArgumentHelp("Whose colours an html page has: a theme's name or file.", valueName: "name|file"))
    var theme = "midnight"

    @Option(help: DriftArguments.golden)
    var golden: String?

    @OptionGroup var input: InputArguments
    @OptionGroup var requests: FilterArguments
    @OptionGroup var judged: RuleArguments

    func run() throws {
        var options = try input.options(files, whenNone: "name a file or pipe records in")
        options.filter = try requests.filter()
        options.book = DriftArguments.book(
            try judged.settings(golden: golden), files: files, environment: ProcessEnvironment.current)
        // Only a filter, an example of what fires in a slice, and what users ask for or a deploy
        // has changed look at single requests here.
        if options.filter == nil, !options.book.hasSlices, !format.tellsInputMix { options.rowBudget = 0 }
        // What is wrong with a theme is said before anything is read.
        let palette = format == .html ? try ThemeChoice.palette(theme) : .plain
        if format == .records { return try writeRecords(options) }
        let whole = try Reading.situation(options)
        let situation = whole.filtered?.situation ?? whole
        let window = window ?? .minutes15
        let text =
            switch format {
            case .json: SnapshotDocument(situation, window: window).json.text + "\n"
            case .text, .records: SnapshotText(situation, window: window).text + "\n"
            case .line:
                StatusLine(situation, window: window, glyphs: .ofLocale, clock: WallClock.now()).text() + "\n"
            case .csv: SnapshotTable(situation, window: window).text
            case .html: SnapshotPage(situation, window: window, palette: palette).text
            case .prometheus: Exposition(situation, window: window).text
            }
        try Output.write(text)
        try Reading.complainOfNothing(whole)
    }

    /// With the window all, each step is written as soon as it is over; else the window is known at the end only.
    private func writeRecords(_ options: EngineOptions) throws {
        if let window, window != .all {
            let situation = try Reading.situation(options)
            let snapshot = (situation.filtered?.situation ?? situation).snapshot
            try Output.write(SnapshotRecords.window(window, of: snapshot, every: every.duration))
            return try Reading.complainOfNothing(situation)
        }
        var records = SnapshotRecords(every: every.duration)
        var isWritten = true
        let situation = try Reading.situation(options) { situation in
            isWritten = Output.isWritten(records.over((situation.filtered?.situation ?? situation).snapshot))
            return isWritten
        }
        guard isWritten else { throw Output.complaint() }
        try Output.write(records.rest((situation.filtered?.situation ?? situation).snapshot))
        try Reading.complainOfNothing(situation)
    }
}

/// `60s`, `5m`, `1h`: how much time a record covers.
struct RecordStep: ExpressibleByArgument {
    /// µs.
    let duration: Int64

    static let minute = RecordStep(duration: Span.minute)

    private init(duration: Int64) { self.duration = duration }

    init?(argument: String) {
        let units = ["s": Span.second, "m": Span.minute, "h": Span.hour]
        guard let last = argument.last, let unit = units[String(last)], let number = Int64(argument.dropLast()),
            (1...86_400).contains(number), SnapshotRecords.isStep(number * unit)
        else { return nil }
        duration = number * unit
    }

    /// As it is shown in help.
    var defaultValueDescription: String { "\(duration / Span.second)s" }
}
