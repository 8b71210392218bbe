import Telemetry

/// Makes marks of what was told and what was seen: what belongs to one deploy is one mark.
struct DeployDetection {
    private let names: SymbolNames
    private var marks: [Draft] = []
    /// Of each dimension what answered most, from when on.
    private var mains: [Dimension: [(time: Int64, value: Symbol)]] = [:]

    /// What happens within this time is one deploy: a record of it and the first requests, the version and its prompt.
    static let sameDeploy = 10 * Span.minute

    private struct Draft {
        var time: Int64
        var deploy: Deploy?
        var changes: [VersionChange] = []
    }

    /// - Parameters:
    ///   - told: oldest first.
    ///   - end: what came later is not looked at, µs since 1970.
    static func marks(
        _ releases: Releases, told: [(time: Int64, deploy: Deploy)], until end: Int64, _ names: SymbolNames
    ) -> [DeployMark] {
        var detection = DeployDetection(names: names)
        let slots = releases.slots(upTo: end)
        var found: [ReleaseWalk.Found] = []
        for dimension in Release.dimensions {
            let walk = ReleaseWalk(slots, dimension)
            found += walk.found
            detection.mains[dimension] = walk.mains
        }
        for (time, deploy) in told where time <= end { detection.marks.append(Draft(time: time, deploy: deploy)) }
        for change in found.sorted(by: { ($0.time, $0.dimension.rawValue) < ($1.time, $1.dimension.rawValue) }) {
            detection.add(change)
        }
        return Array(
            detection.marks.map(detection.mark).sorted { ($0.time, $0.label) < ($1.time, $1.label) }
                .suffix(DeployMark.limit))
    }

    private init(names: SymbolNames) { self.names = names }

    private func name(_ symbol: Symbol) -> String? { symbol.isAbsent ? nil : names.label(symbol) }

    // MARK: What was seen

    private mutating func add(_ found: ReleaseWalk.Found) {
        let change = VersionChange(
            dimension: found.dimension, from: name(found.from), to: name(found.to), kind: found.kind,
            isReturn: found.isReturn)
        let near = marks.indices.filter {
            abs(marks[$0].time - found.time) <= Self.sameDeploy && Self.accepts(marks[$0], change)
        }
        // What was told knows best.
        let place =
            near.first { marks[$0].deploy != nil }
            ?? near.min { abs(marks[$0].time - found.time) < abs(marks[$1].time - found.time) }
        guard let place else {
            marks.append(Draft(time: found.time, changes: [change]))
            return
        }
        if let same = marks[place].changes.firstIndex(where: { $0.dimension == change.dimension }) {
            marks[place].changes[same].isReturn = marks[place].changes[same].isReturn || change.isReturn
        } else {
            marks[place].changes.append(change)
        }
        if marks[place].deploy == nil { marks[place].time = min(marks[place].time, found.time) }
    }

    /// Whether a change may be a part of a deploy: of each dimension there is one.
    private static func accepts(_ mark: Draft, _ change: VersionChange) -> Bool {
        if let same = mark.changes.first(where: { $0.dimension == change.dimension }), same.to != change.to {
            // Where versions begin to be named at all, all of them are new at once.
            return same.from == nil && change.from == nil
        }
        guard let deploy = mark.deploy else { return true }
        switch change.dimension {
        case .agentVersion: return deploy.version.isEmpty || deploy.version == change.to
        case .promptHash: return deploy.promptHash.map { $0 == change.to } ?? true
        case .model: return deploy.model.map { $0 == change.to } ?? true
        default: return true
        }
    }

    // MARK: What is told of it

    private func mark(_ draft: Draft) -> DeployMark {
        var changes = draft.changes
        if let deploy = draft.deploy {
            func tell(_ dimension: Dimension, _ to: String?) {
                guard let to, !to.isEmpty, !changes.contains(where: { $0.dimension == dimension }) else { return }
                let before = main(dimension, before: draft.time)
                // It is there already: nothing new. Of prompts and models many may answer: then nobody knows.
                guard before != to, before != nil || dimension == .agentVersion else { return }
                changes.append(VersionChange(dimension: dimension, from: before, to: to, kind: .told))
            }
            // Where requests say which prompt they had, their word counts.
            tell(.agentVersion, deploy.version)
            tell(.promptHash, deploy.promptHash)
            tell(.model, deploy.model)
        }
        let order = Release.dimensions
        changes.sort { (order.firstIndex(of: $0.dimension) ?? 0) < (order.firstIndex(of: $1.dimension) ?? 0) }
        return DeployMark(
            time: draft.time, label: Self.label(draft.deploy, changes), deploy: draft.deploy, changes: changes)
    }

    private func main(_ dimension: Dimension, before time: Int64) -> String? {
        mains[dimension]?.last { $0.time < time }.flatMap { name($0.value) }
    }

    private static func label(_ deploy: Deploy?, _ changes: [VersionChange]) -> String {
        let first = changes.first
        let isReturn = first?.isReturn ?? false
        if let deploy { return (isReturn ? "back to " : "") + deploy.name }
        guard let first else { return "deploy" }
        if first.dimension == .variant {
            return first.kind == .ends ? "\(first.from ?? "variant") ends" : "\(first.to ?? "variant") starts"
        }
        let to = first.to ?? "none"
        let what =
            switch first.dimension {
            case .promptVersion, .promptHash: "prompt \(to)"
            case .indexVersion: "index \(to)"
            default: to
            }
        return (isReturn ? "back to " : "") + what
    }
}
