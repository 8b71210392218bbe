import Glibc

/// All sources of a run, and the one place where the reading thread waits.
///
/// The loop of its user: `wait`, and for each ready source `read` and take the lines. What has ended or waits for
/// nothing isn't looked at again, so an idle program uses no CPU.
package final class SourceSet {
    /// What a wait ended with; neither ready nor woken: the time is over.
    package struct WaitResult: Equatable, Sendable {
        /// Indices of sources that may have something, ascending.
        package var ready: [Int]
        /// The wake descriptor is readable (it is left to the caller to empty it) or was closed.
        package var isWoken: Bool

        package init(ready: [Int] = [], isWoken: Bool = false) {
            self.ready = ready
            self.isWoken = isWoken
        }
    }

    /// What is read. A wait may add sources: files that match a pattern, and the history of a large file; one that has
    /// ended and was told so may then have given its place to another.
    package private(set) var sources: [Source] = []
    /// Bytes read by sources that are no longer in the list.
    package private(set) var departedBytes: Int64 = 0
    /// The first so many sources are those that were asked for: they keep their places.
    private let givenCount: Int
    private let follows: Bool
    private let shared: SharedByFiles
    private let patience: Patience
    private var nextLook: SuspendingClock.Instant
    /// Since when files that match a pattern are gone, by their sources.
    private var goneSince: [Int: SuspendingClock.Instant] = [:]
    private var changes: ChangeWatch? { shared.changes }

    /// How long a file that matched a pattern is waited for when its name is gone.
    package struct Patience: Sendable {
        /// It was removed; a writer that still has it open may write its last.
        package var removed = Duration.seconds(10)
        /// It was moved to a name that isn't followed; its writer may not have heard of it yet.
        package var movedAway = Duration.seconds(600)

        package init() {}
    }

    /// Between two looks at files that no event tells about.
    private static let pollingInterval = Duration.milliseconds(250)
    /// Between two looks at files that inotify tells about: a link in the middle of a path changes without an event.
    private static let safetyInterval = Duration.milliseconds(1000)
    /// Between two questions to a program that had nothing due.
    private static let producerInterval = Duration.milliseconds(50)

    /// - Parameters:
    ///   - follow: false reads every file once, to its end; a file that isn't there is then an error.
    ///   - backlog: how large files are opened; nil: from their beginning, like others.
    ///   - usesNotification: false polls every file, as where inotify is not to be had.
    ///   - standardInput: the descriptor that `SourceLocation.standardInput` means.
    ///   - toolFolders: where gzip and zstd are looked for; nil: where the system has them.
    package init(
        _ locations: [SourceLocation], follow: Bool, backlog: BacklogPolicy? = nil, usesNotification: Bool = true,
        standardInput: Int32 = 0, toolFolders: [String]? = nil, patience: Patience = Patience()
    ) {
        givenCount = locations.count
        follows = follow
        self.patience = patience
        shared = SharedByFiles(
            changes: follow && usesNotification ? ChangeWatch() : nil,
            toolFolders: toolFolders ?? Compression.toolFolders,
            seesCopies: locations.contains { if case .matches = $0 { true } else { false } },
            backlog: follow ? backlog : nil)
        nextLook = .now
        sources = locations.enumerated().map { [shared] index, location in
            Source(location, index: index, follows: follow, shared: shared, standardInput: standardInput)
        }
        takeInMatches(isDue: true)
    }

    /// Whether no source will ever bring more.
    package var isExhausted: Bool {
        takeInHistory()
        return sources.allSatisfy { if case .never = $0.need { true } else { false } }
    }

    /// Waits until a source may have something, `wake` is readable, or the time is over.
    ///
    /// - Parameters:
    ///   - milliseconds: nil waits without end, 0 only looks.
    ///   - wake: a descriptor that ends the wait when it is readable; negative: none.
    ///   - held: sources that the caller doesn't want to read now, because others have to catch up; they end no wait.
    package func wait(milliseconds: Int?, wake: Int32 = -1, excluding held: Set<Int> = []) -> WaitResult {
        let deadline = milliseconds.map { SuspendingClock.now.advanced(by: .milliseconds(max($0, 0))) }
        takeInHistory()
        while true {
            var result = WaitResult()
            let isReady = sources.contains { !held.contains($0.index) && $0.mayHaveMore }
            let limit = isReady ? SuspendingClock.now : earliest(deadline, nextLookTime(excluding: held))
            var entries = entries(wake: wake, excluding: held)
            let count = unsafe poll(&entries.polled, nfds_t(entries.polled.count), SourceSet.timeout(until: limit))
            if count > 0 {
                result.isWoken = entries.polled[0].revents != 0
                for (entry, source) in zip(entries.polled.dropFirst(2), entries.sources) where entry.revents != 0 {
                    source.wake()
                }
                if entries.polled[1].revents != 0 {
                    drainChanges()
                }
            }
            let isOver = deadline.map { SuspendingClock.now >= $0 } ?? false
            // A caller that wakes up by itself takes the look along that would wake it again before its next second.
            let isDue = lookAtFiles(early: isOver ? SourceSet.safetyInterval * 9 / 10 : .zero)
            takeInHistory()
            takeInMatches(isDue: isDue)
            result.ready = sources.filter { !held.contains($0.index) && $0.mayHaveMore }.map(\.index)
            if !result.ready.isEmpty || result.isWoken || isOver { return result }
        }
    }
}

// MARK: - Parts of a wait

extension SourceSet {
    /// The wake descriptor, the inotify descriptor, then one for each of `sources`. Poll ignores negative ones.
    private func entries(wake: Int32, excluding held: Set<Int>) -> (polled: [pollfd], sources: [Source]) {
        func entry(_ descriptor: Int32) -> pollfd {
            pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        }
        var polled = [entry(wake), entry(changes?.descriptor ?? -1)]
        var waiting: [Source] = []
        for source in sources where !held.contains(source.index) {
            if case .input(let descriptor) = source.need {
                polled.append(entry(descriptor))
                waiting.append(source)
            }
        }
        return (polled, waiting)
    }

    private func drainChanges() {
        switch changes?.drain() {
        case .sources(let concerned):
            for index in concerned where sources.indices.contains(index) {
                sources[index].wake()
            }
        case .anything:
            for source in sources {
                switch source.need {
                case .change, .names: source.wake()
                case .nothing, .input, .time, .never: break
                }
            }
        case nil:
            break
        }
    }

    /// When to look again without an event; nil where no source needs it.
    private func nextLookTime(excluding held: Set<Int>) -> SuspendingClock.Instant? {
        var interval: Duration?
        for source in sources where !held.contains(source.index) {
            let wanted: Duration? =
                switch source.need {
                case .change(let file): file.needsPolling ? SourceSet.pollingInterval : SourceSet.safetyInterval
                case .names: SourceSet.safetyInterval
                case .time: SourceSet.producerInterval
                case .nothing, .input, .never: nil
                }
            if let wanted {
                interval = min(interval ?? wanted, wanted)
            }
        }
        guard let interval else { return nil }
        // Never further away than the interval: it may have been set when only slower sources waited.
        nextLook = min(nextLook, .now.advanced(by: interval))
        return nextLook
    }

    /// - Parameter early: how much before its time the look may be.
    /// - Returns: false if it wasn't time to.
    private func lookAtFiles(early: Duration) -> Bool {
        guard SuspendingClock.now.advanced(by: early) >= nextLook else { return false }
        nextLook = SuspendingClock.now.advanced(by: SourceSet.safetyInterval)
        for source in sources {
            switch source.need {
            case .change(let file) where file.looksChanged(): source.wake()
            case .time: source.wake()
            case .nothing, .input, .change, .names, .never: break
            }
        }
        return true
    }

    private func earliest(
        _ first: SuspendingClock.Instant?, _ second: SuspendingClock.Instant?
    ) -> SuspendingClock.Instant? {
        guard let first, let second else { return first ?? second }
        return min(first, second)
    }

    /// Milliseconds for poll(2), rounded up so that it doesn't return just before the time; -1 is no limit.
    private static func timeout(until limit: SuspendingClock.Instant?) -> Int32 {
        guard let limit else { return -1 }
        let left = SuspendingClock.now.duration(to: limit)
        guard left > .zero else { return 0 }
        let (seconds, attoseconds) = left.components
        guard seconds < 86_400 else { return 86_400_000 }
        return Int32(seconds * 1000 + (attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000)
    }
}

// MARK: - Sources that join and leave

extension SourceSet {
    private func takeInHistory() {
        // Those that are added have none themselves.
        for source in sources {
            guard let part = source.takeHistory() else { continue }
            add { Source(part, name: source.status.name, index: $0) }
        }
    }

    private func takeInMatches(isDue: Bool) {
        for source in sources {
            guard let pattern = source.pattern else { continue }
            if isDue { dismissMembers(of: pattern) }
            let paths = follows ? pattern.newcomers(isDue: isDue) : pattern.all()
            for path in paths {
                let index = add { [follows, shared] index in
                    Source(.file(path), index: index, follows: follows, shared: shared, standardInput: -1)
                }
                pattern.join(path, source: index)
            }
            let error = SourceError(source: source.status.name, reason: .noMatch)
            source.noteMatches(follows ? nil : paths.isEmpty ? .failed(error) : .ended)
        }
    }

    /// Ends the sources of files that are gone for good.
    private func dismissMembers(of pattern: FollowedPattern) {
        for index in pattern.members.values {
            let limit: Duration
            switch sources[index].standing {
            case .present:
                goneSince[index] = nil
                continue
            case .removed: limit = patience.removed
            case .movedAway: limit = patience.movedAway
            }
            let since = goneSince[index] ?? .now
            goneSince[index] = since
            guard since.duration(to: .now) >= limit else { continue }
            goneSince[index] = nil
            sources[index].end()
            pattern.leave(source: index)
        }
    }

    /// Puts a source where one has ended that joined before, or at the end.
    @discardableResult
    private func add(_ make: (Int) -> Source) -> Int {
        let isMember = Set(sources.compactMap(\.pattern).flatMap(\.members.values))
        let vacant = sources.firstIndex { source in
            guard case .never = source.need else { return false }
            return source.index >= givenCount && source.status.state == .ended && !isMember.contains(source.index)
        }
        guard let vacant else {
            sources.append(make(sources.count))
            return sources.count - 1
        }
        departedBytes += sources[vacant].status.bytesRead
        sources[vacant] = make(vacant)
        return vacant
    }
}
