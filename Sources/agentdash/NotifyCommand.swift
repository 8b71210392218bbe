import ArgumentParser
import Configuration
import Delivery
import Glibc
import Monitoring
import Store

import enum Query.NumberFormat
import enum Query.Suggestion

extension Severity: ExpressibleByArgument {}

/// `agentdash notify`: whether alerts would arrive.
struct NotifyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "notify", abstract: "Try the routes by which alerts are sent.", subcommands: [Test.self])

    /// `agentdash notify test ROUTE`.
    struct Test: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Send a test notification through a route: 0 if all channels took it, 1 if one did not, else 2.",
            discussion: """
                It says of itself that it is a test, and is an alert of its own each time. PagerDuty and Jira keep
                it open until it is resolved: --resolve does that right behind it.
                """)

        @Argument(help: ArgumentHelp("A [route.NAME] of the configuration.", valueName: "route"))
        var route: String

        @Option(
            help: ArgumentHelp(
                "The settings that hold the route (default: agentdash/agentdash.toml in your configuration folder).",
                valueName: "file"))
        var config: String?

        @Option(help: "How urgent it says it is.")
        var severity = Severity.p3

        @Flag(help: "Resolve it right behind.")
        var resolve = false

        func run() throws {
            let (found, courier) = try prepared()
            let start = WallClock.now()
            let actions: [AlertNotification.Action] = resolve ? [.trigger, .resolve] : [.trigger]
            var isDelivered = true
            for action in actions {
                let notification = RouteTest.notification(
                    route: found.name, severity: severity, action: action, time: start)
                for channel in found.channels {
                    let report = RouteTest.send(notification, through: channel, courier, clock: WallClock.now)
                    isDelivered = isDelivered && report.isDelivered
                    try Output.write(Self.line(report, action))
                }
            }
            if !isDelivered { throw ExitCode(1) }
        }

        private static func line(_ report: RouteTest.Report, _ action: AlertNotification.Action) -> String {
            "\(report.isDelivered ? "ok    " : "FAILED") \(action.rawValue) \(report.channel): \(report.answer) "
                + "(\(NumberFormat.duration(microseconds: report.duration)))\n"
        }

        /// - Throws: `ExitCode` 2, having said what is wrong.
        private func prepared() throws -> (Route, Courier) {
            let environment = ProcessEnvironment.current
            do {
                guard let document = try ConfigurationFile.load(config, environment: environment) else {
                    throw ValidationError("there is no configuration; name a file by --config")
                }
                let routes = try RouteSettings.parse(document, secrets: .environment(environment), only: route)
                guard let found = routes.first(where: { $0.name == route }) else {
                    let names = try RouteSettings.parse(document, secrets: .unread).map(\.name)
                    let near = Suggestion.nearest(to: route, among: names).map { "; did you mean '\($0)'?" }
                    let known = names.isEmpty ? "; it has none" : "; it has \(names.joined(separator: ", "))"
                    throw ValidationError("\(document.file) has no [route.\(route)]\(near ?? known)")
                }
                let stated = try StateSettings.parse(document, environment: environment).path
                guard let path = stated ?? StateFolder.usualPath(environment: environment) else {
                    throw ValidationError("no place for what is being sent: neither XDG_STATE_HOME nor HOME is set")
                }
                return (found, Courier(bodies: try StateFolder(path).folder("delivery").folder("bodies")))
            } catch let error as ValidationError {
                Complaint.write(error.message)
            } catch let error as any CustomStringConvertible {
                Complaint.write(error.description)
            }
            throw ExitCode(2)
        }
    }
}
