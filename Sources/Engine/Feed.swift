import Metrics
import Telemetry

/// A source on its way to records, with the record at its head.
enum Feed {
    case lines(LineFeed)
    case database(DatabaseFeed)

    /// What the record at the head is.
    enum Standing {
        case record
        /// It lies before what was shown first, and fills in behind: counted, but neither late nor news.
        case history
        /// What was said of an earlier record has changed; it is not one more.
        case correction
    }

    /// Whether there is a record at the head.
    var hasHead: Bool {
        switch self {
        case .lines(let feed): feed.hasHead
        case .database(let feed): feed.hasHead
        }
    }

    /// Nothing to read at the moment (or ever); a head may be there all the same.
    var isIdle: Bool {
        switch self {
        case .lines(let feed): feed.isIdle
        case .database(let feed): feed.isIdle
        }
    }

    /// µs since 1970 of the head.
    var headTime: Int64 {
        switch self {
        case .lines(let feed): feed.headTime
        case .database(let feed): feed.head.time
        }
    }

    var headHasTime: Bool {
        switch self {
        case .lines(let feed): feed.headHasTime
        case .database(let feed): feed.head.hasTime
        }
    }

    var standing: Standing {
        switch self {
        case .lines(let feed): feed.isHistory ? .history : .record
        case .database(let feed): feed.standing
        }
    }

    /// Fetches the next record unless one is there, or gives up for now.
    func fill(clock: Int64) {
        switch self {
        case .lines(let feed): feed.fill()
        case .database(let feed): feed.fill(clock: clock)
        }
    }

    /// Takes the head and counts it, and what follows it in lines, as far as `run` allows.
    /// - Returns: how many were counted.
    func count(into pipeline: inout Pipeline, _ run: Run) -> Int {
        switch self {
        case .lines(let feed): return feed.count(into: &pipeline, run)
        case .database(let feed):
            feed.count(into: &pipeline, clock: run.clock)
            return 1
        }
    }

    /// Nothing comes for now: lets go of requests that have waited long enough.
    /// - Returns: whether something is still held, so that it is worth asking again.
    func settle(clock: Int64, isLive: Bool) -> Bool {
        switch self {
        case .lines(let feed): feed.settle(clock: clock, isLive: isLive)
        case .database: false
        }
    }
}
