/// A seeded story of an agent's traffic as native JSON lines, told in chunks: equal names and seeds give equal bytes on
/// every machine. Lines come in the order of their times (a request's time is its end), so nothing in a story is late.
///
/// What holds in `demo` (2026-03-10, 00:00 to 06:00 UTC, about half a request a second, $5 to $15 an hour):
///
/// | time | what happens |
/// |---|---|
/// | 00:00–02:00 | health: 97% succeed, p50 1.2 s, p95 4 s, p99 about 9 s |
/// | 02:10–03:00 | canary `v2.4` for the 5 of 100 user buckets: about +14 points of errors, latency × 1.5; rolled back |
/// | 03:20–03:45 | `refund_api` times out: errors overall peak at 15 to 20%, p95 between 10 and 30 s |
/// | 04:05–05:20 | a prompt with answers 27% longer (all requests from 04:10), sentiment −0.08, quality .90 → .83 |
/// | 05:20–06:00 | fixed |
///
/// In its slices, at all times: `task_type=code_debugging` succeeds in 60%; `user_segment=new` fails 30 points more
/// often than `returning`; 95% of `device=mobile` requests have an outcome `abandoned`; `task_type=catalog_sync`,
/// which runs from 02:00 to 05:00 only and has no user, fails in 40%. From 04:00 on `refund_eu` grows from 1% to
/// 6.5% of requests.
///
/// `lab` is described at `LabTraffic`; `steady` is the health of `demo` without an event.
package struct Story: Sendable {
    /// The time of the story's beginning, in microseconds since 1970.
    package let start: Int64
    /// Microseconds.
    package let duration: Int64
    /// How much of it has been read when a demonstration opens, in microseconds.
    package let opening: Int64

    private var shop: ShopTraffic?
    private var lab: LabTraffic?
    private var lines: PendingLines
    /// Milliseconds.
    private let chunk: Int
    private var chunksTold = 0

    /// The stories there are; the first is the default.
    package static let all = [
        StoryInfo(name: "demo", summary: "six hours of a shop's agent: a canary, an outage, a drift"),
        StoryInfo(name: "lab", summary: "fifty minutes in five phases: baseline, canary, alerts, drift, feedback"),
        StoryInfo(name: "steady", summary: "one hour in which nothing happens, 10 requests a second"),
    ]

    /// The story of this name. Another seed tells it with other users, times and numbers.
    package init(name: String, seed: UInt64? = nil) throws(UnknownStory) {
        switch name {
        case "demo":
            self.init(
                start: Self.shopOpens, duration: 6 * 3_600_000, opening: 2 * 3_600_000, chunk: 60_000,
                day: ShopDay(isEventful: true, rate: 498), seed: seed ?? 91)
        case "lab":
            self.init(labSeed: seed ?? 22)
        case "steady":
            self = .steady(ratePerSecond: 10, duration: 3_600_000_000, seed: seed ?? 1)
        default:
            throw UnknownStory(name: name)
        }
    }

    /// Healthy traffic of about `ratePerSecond` requests (1 to 1,000,000) for `duration` microseconds. Feedback and
    /// outcomes, up to ten minutes later than their requests, are held in memory until their time.
    package static func steady(ratePerSecond: Int, duration: Int64, seed: UInt64) -> Story {
        let rate = min(max(ratePerSecond, 1), 1_000_000)
        // A chunk has about 3,000 records, but lasts from one second to one minute.
        return Story(
            start: shopOpens, duration: Int(max(duration, 0) / 1_000), opening: 0,
            chunk: min(max(3_000 / rate, 1), 60) * 1_000, day: ShopDay(isEventful: false, rate: rate * 1_000),
            seed: seed)
    }

    /// The next lines, about one minute of them, each ended by a line feed; none at the end of the story.
    package mutating func next() -> [UInt8]? {
        let length = Int(duration / 1_000)
        while chunksTold * chunk < length {
            let end = (chunksTold + 1) * chunk
            shop?.advance(to: end, into: &lines)
            lab?.advance(to: end, into: &lines)
            let bytes = lines.take(chunk: chunksTold)
            chunksTold += 1
            if !bytes.isEmpty { return bytes }
        }
        return nil
    }

    /// 2026-03-10T00:00:00Z, in milliseconds.
    private static let shopOpens = 1_773_100_800_000
    /// 2026-03-09T10:00:00Z, in milliseconds.
    private static let labOpens = 1_773_050_400_000

    private init(start: Int, duration: Int, opening: Int, chunk: Int, day: ShopDay, seed: UInt64) {
        self.start = Int64(start) * 1_000
        self.duration = Int64(duration) * 1_000
        self.opening = Int64(opening) * 1_000
        self.chunk = chunk
        lines = PendingLines(start: start, end: start + duration, chunk: chunk)
        shop = ShopTraffic(start: start, day: day, seed: seed)
    }

    private init(labSeed: UInt64) {
        let duration = 5 * LabTraffic.phase
        start = Int64(Self.labOpens) * 1_000
        self.duration = Int64(duration) * 1_000
        opening = Int64(LabTraffic.phase) * 1_000
        chunk = 60_000
        lines = PendingLines(start: Self.labOpens, end: Self.labOpens + duration, chunk: chunk)
        lab = LabTraffic(start: Self.labOpens, seed: labSeed)
    }
}

/// A story's name and what it is about, in one line.
package struct StoryInfo: Sendable, Equatable {
    package let name: String
    package let summary: String
}

/// There is no story of this name.
package struct UnknownStory: Error, Equatable, CustomStringConvertible {
    package let name: String

    package var description: String {
        "no story \"\(name)\"; there are \(Story.all.map(\.name).joined(separator: ", "))"
    }
}
