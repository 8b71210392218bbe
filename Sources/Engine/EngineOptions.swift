import CPosix
package import Ingest
package import Metrics
package import Monitoring
package import Telemetry

/// What an engine is to read, and how.
package struct EngineOptions: Sendable {
    package var sources: [SourceLocation]
    /// Whether files are waited on at their ends.
    package var follows = true
    package var nowMode = EventClock.Mode.automatic
    /// Recorded data is shown at this multiple of its own pace; nil: as fast as it can be read.
    package var replaySpeed: Double?
    /// Records before this time are read at once when replaying, µs since 1970.
    package var opensAt: Int64?
    /// Followed files too large to wait for are read from so long before their newest record, µs, then a day behind it; nil:
    /// from their beginning, like others.
    package var newestFirst: Int64?
    /// Bytes from which on a file is too large to wait for.
    package var largeFile = BacklogPolicy.defaultThreshold
    /// Bytes that one file must have left to read for its lines to be decoded on a second core; nil: never, as where there
    /// is none.
    package var secondCoreFrom: Int64? = agentdash_processor_count() > 1 ? 8 << 20 : nil
    /// Read every line as this; nil recognises each.
    package var format: WireFormat?
    /// Which foreign keys are which fields of ours.
    package var map: FieldMap?
    /// Whether it is written down which key of the input filled which field.
    package var surveysFields = false
    /// Read databases through this query, whose columns are named as our fields; nil: by their known schemas.
    package var query: String?
    /// Bytes that records held one by one may take: what lists of requests and filters are made from; 0: none are held.
    package var rowBudget = 64 << 20
    /// What is counted beside the whole from the beginning; nil: nothing.
    package var filter: RecordFilter?
    package var book: RuleBook
    package var notifications = NotificationOptions()
    package var prices: PriceTable
    /// µs since 1970 now.
    package var clock: @Sendable () -> Int64

    package init(
        sources: [SourceLocation], book: RuleBook = .standard, prices: PriceTable,
        clock: @escaping @Sendable () -> Int64
    ) {
        self.sources = sources
        self.book = book
        self.prices = prices
        self.clock = clock
    }
}
