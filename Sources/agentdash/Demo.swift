import ArgumentParser
import Engine
import Glibc
import Ingest
import Metrics
import Monitoring
import Scenario
import Telemetry

/// `agentdash demo`: a story from the generator, on the screen or as records.
struct Demo: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Watch a made-up story: a deploy, a bad canary, an outage, drift, recovery.",
        discussion: Story.all.map { "  \($0.name): \($0.summary)" }.joined(separator: "\n"))

    @Option(help: ArgumentHelp("Which story: \(Story.all.map(\.name).joined(separator: ", ")).", valueName: "name"))
    var scenario = "demo"

    @Option(help: ArgumentHelp("How much faster than real time.", valueName: "60x"))
    var speed = ReplaySpeed.minuteASecond

    @Flag(help: "Write the story's records to standard output instead, all at once.")
    var print = false

    @OptionGroup var screen: ScreenArguments

    func run() throws {
        var story: Story
        do {
            story = try Story(name: scenario)
        } catch {
            Complaint.write("no scenario \"\(scenario)\"; there are: \(Story.all.map(\.name).joined(separator: ", "))")
            throw ExitCode(2)
        }
        if print {
            while let chunk = story.next() {
                guard StandardOutput.write(chunk) else { return }
            }
            return
        }
        var options = EngineOptions(
            sources: [.program(name: "demo: \(scenario)", StoryProducer(story: story))],

            prices: .builtIn, clock: WallClock.now)
        options.replaySpeed = speed.value
        options.opensAt = story.start + story.opening
        options.nowMode = .data
        try ScreenSession.run(options, screen)
    }
}

/// A story as a source of bytes.
private struct StoryProducer: ChunkProducer {
    var story: Story

    mutating func next() -> [UInt8]? { story.next() }
}

/// Bytes to standard output.
enum StandardOutput {
    /// False once nobody reads any more.
    static func write(_ bytes: [UInt8]) -> Bool {
        var written = 0
        while written < bytes.count {
            let count = unsafe bytes.withUnsafeBytes {
                unsafe Glibc.write(1, $0.baseAddress.map { unsafe $0 + written }, $0.count - written)
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return false }
            written += count
        }
        return true
    }
}
