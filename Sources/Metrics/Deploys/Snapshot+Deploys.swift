import Telemetry

extension Snapshot {
    /// What changed of what runs, oldest first, at most `DeployMark.limit`: told by records and seen in requests.
    ///
    /// Worked out from the history whenever it is asked for (up to a few ms): whoever needs it several times keeps it.
    package var deploys: [DeployMark] {
        DeployDetection.marks(releases, told: toldDeploys.all, until: now ?? .max - 1, names)
    }

    /// What undoes the newest deploy that says so.
    package var rollbackCommand: String? {
        let end = now ?? .max
        return toldDeploys.all.last { $0.time <= end && $0.deploy.rollbackCommand?.isEmpty == false }?.deploy
            .rollbackCommand
    }

    /// Which releases answered in the last `duration` µs, the most frequent first; whole spans of 5 minutes.
    package func releases(lasting duration: Int64) -> [ReleaseCount] {
        guard let now else { return [] }
        return releases.counts(from: now - duration, to: limit(now)).filter { $0.first <= now }
    }

    /// The same of any time before, µs since 1970; nothing of a span that reaches into it from either side.
    package func releases(in times: Range<Int64>) -> [ReleaseCount] {
        let step = Releases.step
        let from = (times.lowerBound + step - 1).alignedDown(to: step)
        let to = times.upperBound.alignedDown(to: step)
        return from < to ? releases.counts(from: from, to: to) : []
    }
}
