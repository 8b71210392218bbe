import Metrics
import Telemetry

/// The users of both arms since a soak began, by groups and by buckets: a slot that is over is added up once.
struct ArmUsers: Sendable {
    private(set) var control = UserGroups()
    private(set) var canary = UserGroups()
    private var closed = (control: UserGroups(), canary: UserGroups())
    /// Start of the first slot that is not over, µs since 1970.
    private var open: Int64
    /// What there was when the step began.
    private var beforeStep = (control: RoutedRequests(), canary: RoutedRequests())

    /// - Parameter since: µs since 1970.
    init(since: Int64) { open = since.alignedDown(to: Arms.groupStep) }

    /// Takes in what came until `end`, µs since 1970.
    mutating func advance(_ arms: Arms, to end: Int64, control controlSymbol: Symbol, canary canarySymbol: Symbol) {
        func sum(_ from: Int64, _ to: Int64) -> (control: UserGroups, canary: UserGroups) {
            let table = arms.userGroups(from: from, to: to)
            return (table[controlSymbol] ?? UserGroups(), table[canarySymbol] ?? UserGroups())
        }
        let over = end.alignedDown(to: Arms.groupStep)
        if over > open {
            let groups = sum(open, over)
            closed.control.add(groups.control)
            closed.canary.add(groups.canary)
            open = over
        }
        (control, canary) = closed
        guard end > open else { return }
        let groups = sum(open, end)
        control.add(groups.control)
        canary.add(groups.canary)
    }

    /// Users move when a step begins.
    mutating func beginStep() { beforeStep = (control.routed, canary.routed) }

    /// Requests by buckets since the step began.
    var routed: (control: RoutedRequests, canary: RoutedRequests) {
        (control.routed.subtracting(beforeStep.control), canary.routed.subtracting(beforeStep.canary))
    }
}
