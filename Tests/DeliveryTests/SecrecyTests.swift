import Foundation
import Monitoring
import Store
import Testing

@testable import Delivery

/// Keys reach the receiver and nobody else.
struct SecrecyTests {
    private static let key = "PDKEY-5ecret-0123456789abcdefgh"

    @Test func `no argument of any process holds a secret while it is sent`() throws {
        let bench = try DeliveryBench()
        let server = try LoopbackServer { _, _ in .hang }
        bench.courier.patience = 5000
        let jira = JiraSettings(
            url: try #require(Address(server.url + "/5ecret-path")), project: "AGENT", token: Secret(Self.key),
            version: 2)
        let worker = try bench.worker([
            Route(name: "oncall", channels: [try Sample.pagerDuty(server, key: Self.key), .jira(jira)])
        ])
        _ = worker.turn([Sample.routed("a")], now: bench.now)
        while server.requests.count < 2 { usleep(2000) }
        let (commands, environments) = try Self.programs()
        let curls = commands.filter { $0.hasPrefix("curl\0") }
        #expect(curls.count >= 2)
        #expect(curls.allSatisfy { $0 == "curl\0-q\0--config\0-\0" })
        #expect(!commands.contains { $0.contains("5ecret") })
        #expect(!environments.contains { $0.contains("5ecret") })
        // Bodies hold keys: nobody else reads them.
        let bodies = try bench.courier.bodies.names()
        #expect(bodies.count == 2)
        for name in bodies {
            let attributes = try FileManager.default.attributesOfItem(atPath: bench.courier.bodies[name])
            #expect(attributes[.posixPermissions] as? Int == 0o600)
        }
        // What waits on disk holds none.
        for name in bench.waitingFiles {
            for lane in ["oncall.pagerduty", "oncall.jira"] {
                let bytes = try DurableFile.read(bench.folder.path + "/\(lane)/\(name)") ?? []
                #expect(!String(decoding: bytes, as: UTF8.self).contains("5ecret"))
            }
        }
        #expect(server.requests.contains { $0.body.contains(Self.key) })
    }

    /// Arguments and environments of the children of this process.
    private static func programs() throws -> (arguments: [String], environments: [String]) {
        var result: (arguments: [String], environments: [String]) = ([], [])
        for name in try FileManager.default.contentsOfDirectory(atPath: "/proc") where Int32(name) != nil {
            guard let status = try? String(contentsOfFile: "/proc/\(name)/stat", encoding: .utf8),
                let rest = status.range(of: ") ", options: .backwards).map({ status[$0.upperBound...] }),
                rest.split(separator: " ").dropFirst().first == "\(getpid())"
            else { continue }
            let files = ["cmdline", "environ"].map { try? DurableFile.read("/proc/\(name)/\($0)") }
            result.arguments.append(String(decoding: files[0].flatMap(\.self) ?? [], as: UTF8.self))
            result.environments.append(String(decoding: files[1].flatMap(\.self) ?? [], as: UTF8.self))
        }
        return result
    }

    @Test func `what a receiver or curl says is told without secrets`() throws {
        let bench = try DeliveryBench()
        let server = try LoopbackServer { request, _ in
            .status(403, body: "no such hook: \(request.path) \(request.body)")
        }
        let address = try #require(Address(server.url + "/services/T0/5ecretPart?x=1"))
        let routes = [
            Route(
                name: "oncall",
                channels: [.slack(SlackSettings(url: address)), try Sample.pagerDuty(server, key: Self.key)]),
            Route(
                name: "bad",
                channels: [.slack(SlackSettings(url: try #require(Address("http://127.0.0.1:99999/5ecret"))))]),
        ]
        let worker = try bench.worker(routes)
        let outcomes = bench.settle(worker, [Sample.routed("a"), Sample.routed("b", to: "bad")])
        #expect(outcomes.count == 3)
        for outcome in outcomes {
            #expect(!outcome.isDelivered)
            #expect(!"\(outcome)".contains("5ecret"), "\(outcome)")
        }
        #expect(!"\(routes)".contains("5ecret"))
        var dumped = ""
        dump(routes, to: &dumped)
        #expect(!dumped.contains("5ecret"))
    }
}
