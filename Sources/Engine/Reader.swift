import Ingest
import Metrics
import Monitoring
import Telemetry

/// Reads all sources in order of time and counts what they bring. Owned by one thread.
final class Reader {
    private let names = CountedNames(SymbolTable())
    private let sources: SourceSet
    /// Those of lines, then databases.
    private var feeds: [Feed] = []
    /// The lines of `sources`, in their order; behind them those of sources that have left and still have something to give.
    private var lineFeeds: [LineFeed] = []
    private let makeFeed: (Source) -> LineFeed
    private let databases: [DatabaseFeed]
    private let sourceNames: [String]
    private var pipeline: Pipeline
    private var pacer: Pacer?
    private let speed: Double?
    private let secondCoreFrom: Int64?
    private let clock: @Sendable () -> Int64
    private let log = RejectionLog()
    private var finished = false
    private var lastArrival: Int64?
    /// Records that the last round brought.
    private(set) var brought = 0
    /// When event time is next told to the feeds, µs since 1970.
    private var nextAdvance: Int64 = .min
    /// Requests in pieces wait for the rest: worth a look each second also where nothing comes.
    private(set) var isHolding = false

    /// Bytes for rows where nothing but a filter looks at them.
    private static let leastRowBudget = 8 << 20

    /// µs without a record after which live data is judged by the clock.
    private static let silence = Span.second

    /// What a round of reading ended with.
    enum Outcome {
        /// More may be there at once.
        case busy
        /// The next record is due on the clock in so many µs.
        case due(in: Int64)
        /// Everything there is was read.
        case idle
        /// Nothing more will ever come.
        case ended

        var isFinal: Bool { if case .ended = self { true } else { false } }
        var isIdle: Bool { if case .idle = self { true } else { false } }
    }

    /// - Parameter rowBudget: bytes for records held one by one, whatever the options say; nil: as they say.
    init(_ options: EngineOptions, rowBudget: Int? = nil) {
        clock = options.clock
        let isDatabase = options.sources.map { location in
            if case .file(let path) = location {
                options.query != nil || DatabaseFeed.isDatabase(path: path)
            } else {
                false
            }
        }
        sourceNames = options.sources.map(\.displayName)
        sources = SourceSet(
            zip(options.sources, isDatabase).filter { !$1 }.map(\.0), follow: options.follows,
            backlog: BacklogPolicy(options))
        // A filter sees records by way of those that are held.
        let least = options.filter == nil ? 0 : Self.leastRowBudget
        let rowBudget = rowBudget ?? max(options.rowBudget, least)
        pipeline = Pipeline(
            mode: options.nowMode, book: options.book, prices: options.prices, names: names, rowBudget: rowBudget,
            notifications: options.notifications)
        pipeline.setFilter(options.filter)
        speed = options.replaySpeed
        pacer = options.replaySpeed.map { Pacer(speed: $0, opensAt: options.opensAt) }
        let seen = SeenMessages()
        makeFeed = { [names, log] source in
            LineFeed(source, names: names, options: options, seen: seen, log: log)
        }
        databases = zip(options.sources, isDatabase).compactMap { [names, log] location, isDatabase in
            guard isDatabase, case .file(let path) = location else { return nil }
            return DatabaseFeed(path: path, options: options, symbols: names.table) {
                log.add(line: 0, source: location.displayName, reason: $0)
            }
        }
        // The pace of a replay is the data's, not ours.
        secondCoreFrom = pacer == nil ? options.secondCoreFrom : nil
        takeInSources()
    }

    /// Makes feeds for sources that have joined, and lets go of those whose sources have left once they gave everything.
    private func takeInSources() {
        let current = sources.sources
        if lineFeeds.count == current.count, zip(lineFeeds, current).allSatisfy({ $0.source === $1 }), !feeds.isEmpty {
            return
        }
        let known = Dictionary(uniqueKeysWithValues: lineFeeds.map { (ObjectIdentifier($0.source), $0) })
        let seated = Set(current.map { ObjectIdentifier($0) })
        let leaving = lineFeeds.filter { !seated.contains(ObjectIdentifier($0.source)) && (!$0.isIdle || $0.hasHead) }
        lineFeeds = current.map { known[ObjectIdentifier($0)] ?? makeFeed($0) } + leaving
        feeds = lineFeeds.map(Feed.lines) + databases.map(Feed.database)
    }

    /// Looks at a feed that bring no record, after which a round ends: a stream of noise alone is to be seen as one.
    private static let mostFutile = 16

    /// Counts up to `limit` records.
    func round(limit: Int) -> Outcome {
        let now = clock()
        // Several feeds put their names into one table.
        if let secondCoreFrom, feeds.count == 1 { lineFeeds.first?.lookAhead(from: secondCoreFrom) }
        var futile = 0
        var hasRested = false
        var left = min(limit, pipeline.mostUnfiltered)
        let most = left
        defer { brought = most - left }
        while left > 0 {
            // The earliest head; until which time it is; and where old records wait.
            var first: Feed?
            var bound = Int64.max
            var history: Feed?
            for feed in feeds where !feed.isIdle || feed.hasHead {
                while !feed.hasHead, !feed.isIdle {
                    feed.fill(clock: now)
                    if !feed.hasHead { futile += 1 }
                    if futile > Self.mostFutile { return .busy }
                }
                guard feed.hasHead else { continue }
                if feed.standing == .history {
                    history = feed
                } else if let earliest = first, earliest.headTime <= feed.headTime {
                    bound = min(bound, feed.headTime)
                } else {
                    // Of equal times the earlier feed's goes first.
                    if let other = first { bound = min(bound, other.headTime - 1) }
                    first = feed
                }
            }
            // What is new, of any source, goes before what is old.
            guard let first else {
                guard let history else { return ending(now) }
                if !hasRested { rest(now) }
                hasRested = true
                left -= history.count(into: &pipeline, Run(limit: left, isHistory: true, clock: now))
                continue
            }
            if pacer != nil, first.headHasTime {
                let standing = pipeline.standing(of: first.headTime)
                if let delay = pacer?.delay(of: first.headTime, standing: standing, clock: now), delay > 0 {
                    return .due(in: delay)
                }
            }
            lastArrival = now
            // The pace is asked for each record.
            let run = Run(limit: pacer == nil ? left : 1, bound: bound, horizon: nextAdvance, clock: now)
            left -= first.count(into: &pipeline, run)
            if let time = pipeline.eventTime, time >= nextAdvance { advance(to: time) }
        }
        return .busy
    }

    /// Lets go of requests that have waited long enough by the records' own time. Done at fixed times of theirs, so that it
    /// does not depend on how the input was cut.
    private func advance(to time: Int64) {
        nextAdvance = time.alignedDown(to: Judge.interval) + Judge.interval
        // History is of an earlier time, and its lines tell it.
        for feed in lineFeeds where !feed.isHistory { feed.advance(to: time) }
    }

    /// Everything new was read.
    private func rest(_ now: Int64) {
        // A pause inside a backlog is no silence: only after a while without a record does the clock decide alone.
        pipeline.rest(clock: now, isSilent: lastArrival.map { now - $0 >= Self.silence } ?? true)
    }

    private func ending(_ now: Int64) -> Outcome {
        if sources.isExhausted, databases.allSatisfy(\.isOver) {
            if !finished {
                finished = true
                pipeline.finish(clock: now)
            }
            return .ended
        }
        isHolding = feeds.reduce(false) { $1.settle(clock: now, isLive: pipeline.isLive) || $0 }
        if feeds.contains(where: { !$0.isIdle }) { return .busy }
        rest(now)
        return .idle
    }

    /// Waits for input, `wake` or the time to be over.
    /// - Parameters:
    ///   - limit: µs, rounded up to whole ms and an hour at most; nil waits for as long as it takes.
    ///   - onlyForTime: no input ends the wait.
    func wait(atMost limit: Int64?, wake: Int32, onlyForTime: Bool = false) {
        let held = onlyForTime ? Set(lineFeeds.map(\.source.index)) : []
        // Nothing tells of a database's change: a look each second.
        let isAsking = !onlyForTime && databases.contains { !$0.isOver }
        let limit = isAsking ? min(limit ?? Span.second, Span.second) : limit
        let milliseconds = limit.map { Int((max(1, min($0, Span.hour)) + 999) / 1000) }
        let ready = sources.wait(milliseconds: milliseconds, wake: wake, excluding: held).ready
        takeInSources()
        for index in ready { lineFeeds[index].wake() }
        guard isAsking else { return }
        let now = clock()
        for database in databases { database.wake(clock: now) }
    }

    var isLive: Bool { pipeline.isLive }

    /// Time of the last judgement, µs since 1970.
    var judgedUpTo: Int64 { pipeline.judgedUpTo }

    /// Whether a second thread decodes at the moment.
    var isLookingAhead: Bool { lineFeeds.contains(where: \.isLookingAhead) }

    /// What each source was taken for, by its name.
    var understanding: [Inspection.Source] {
        lineFeeds.map { .init(name: $0.status.name, report: $0.understanding, store: nil) }
            + databases.map { .init(name: $0.name, report: $0.report, store: $0.store) }
    }

    /// The first error of a source that can't be read any more: what the others bring is not the whole.
    var failure: String? {
        if let failed = states.first(where: { $0.state == .failed }) {
            return failed.lastError
        }
        return databases.lazy.compactMap { if case .failed(let reason) = $0.state { reason } else { nil } }.first
    }

    /// Counts what passes the filter beside the whole; nil ends that.
    func setFilter(_ filter: RecordFilter?) { pipeline.setFilter(filter) }

    /// Shows the filter up to `limit` records that it has not seen.
    /// - Returns: whether there are more.
    func advanceFilter(limit: Int) -> Bool { pipeline.advanceFilter(limit: limit, clock: clock()) }

    /// Judges by other rules, and tells by another policy, from the next judgement on.
    func adopt(_ book: RuleBook, _ policy: NotificationPolicy) { pipeline.adopt(book, policy) }

    /// What is usual is learned anew from here on.
    func rebaseline() { pipeline.rebaseline() }

    /// Takes in what was said about alerts.
    /// - Returns: whether anything was.
    func takeOrders() -> Bool { pipeline.takeOrders(clock: clock()) }

    func situation() -> Situation {
        pipeline.situation(status: status, clock: clock(), ended: finished)
    }

    private var states: [SourceStatus] {
        // Of several feeds none is in other hands.
        feeds.count == 1 ? lineFeeds.map(\.status) : sources.sources.map(\.status)
    }

    private var status: InputStatus {
        let states = states
        var status = InputStatus(name: Self.name(of: sourceNames), state: state(of: states))
        status.rejected = log.count
        status.rejections = log.newest
        status.bytesRead = states.reduce(sources.departedBytes) { $0 + $1.bytesRead }
        let sizes = states.compactMap { state in state.size.map { max(0, $0 - state.start) } }
        status.bytesTotal = sizes.count == feeds.count ? sizes.reduce(sources.departedBytes, +) : nil
        status.bytesUnread = states.reduce(0) { $0 + $1.unread }
        status.note = states.lazy.filter { $0.state != .failed }.compactMap(\.lastError).first
        status.lastArrival = lastArrival
        status.foldedNames = names.folded
        return status
    }

    private static func name(of names: [String]) -> String {
        switch names.count {
        case 0: "nothing"
        case 1: names[0]
        default: "\(names[0]) +\(names.count - 1)"
        }
    }

    private func state(of states: [SourceStatus]) -> InputStatus.State {
        if let error = failure { return .failed(error) }
        if finished { return .ended }
        if let speed { return .replaying(speed: speed) }
        if let missing = states.first(where: { $0.state == .waiting }) { return .waiting(missing.name) }
        for database in databases {
            if database.state == .missing { return .waiting(database.name) }
            if case .blocked(let reason) = database.state { return .blocked(reason) }
        }
        return feeds.contains { !$0.isIdle } ? .catchingUp : .following
    }
}
