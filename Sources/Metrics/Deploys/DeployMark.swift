package import Telemetry

/// A change of what runs: told by a `deploy` record, or seen in what requests say of themselves, or both.
package struct DeployMark: Sendable, Hashable {
    /// When it was told, else the first request that shows it; µs since 1970.
    package var time: Int64
    /// What is new, in words: "v2.4", "prompt a9f2", "back to v2.3".
    package var label: String
    /// What was told.
    package var deploy: Deploy?
    /// What changed, what names the whole first. Empty where no more is known than that something was deployed.
    package var changes: [VersionChange] = []

    package init(time: Int64, label: String, deploy: Deploy?, changes: [VersionChange] = []) {
        (self.time, self.label, self.deploy, self.changes) = (time, label, deploy, changes)
    }

    /// How many are told of, the newest.
    package static let limit = 64
}

/// One thing that is another than before.
package struct VersionChange: Sendable, Hashable {
    package var dimension: Dimension
    /// What answered most requests before; nil: nothing was named.
    package var from: String?
    /// What answers now; nil: nothing is named any more.
    package var to: String?
    /// How it came about.
    package var kind: Kind

    package enum Kind: Sendable, Hashable {
        /// Something new answers its first requests, all of them or a part.
        case starts
        /// What answered a part before answers most now.
        case takesOver
        /// What answered a part does no longer.
        case ends
        /// A record says so.
        case told
    }

    /// Whether what answers now did so before.
    package var isReturn = false
}

/// The latest `deploy` records, each once.
struct ToldDeploys: Sendable {
    /// Oldest first.
    private(set) var all: [(time: Int64, deploy: Deploy)] = []

    mutating func note(_ deploy: Deploy, at time: Int64) {
        // Told by every instance: the same deploy.
        let isKnown = all.contains {
            $0.deploy.name == deploy.name && abs($0.time - time) <= DeployDetection.sameDeploy
        }
        if isKnown { return }
        let place = all.firstIndex { $0.time > time } ?? all.endIndex
        all.insert((time, deploy), at: place)
        if all.count > DeployMark.limit { all.removeFirst() }
    }
}

extension Deploy {
    /// What it is called in few words.
    var name: String { version.isEmpty ? (promptHash.map { "prompt \($0)" } ?? "deploy") : version }
}
