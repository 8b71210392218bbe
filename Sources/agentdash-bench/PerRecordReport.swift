import CBenchmark
import Export
import Glibc
import Scenario

/// What one more record costs, by the difference of two sizes: what a start costs cancels out.
struct PerRecordReport {
    /// The numbers of one row.
    struct Row {
        let workload: Workload
        /// Of the smaller and the larger number of records.
        let counts: (Double, Double)
        let perRecord: Double
        let limit: Double?
        var isTooMuch: Bool { limit.map { perRecord > $0 } ?? false }
    }

    private let what: String
    private let sizes: (Int, Int)
    private var rows: [Row] = []

    private static let measured: [Workload] = [.scan, .price, .frame, .endToEnd]

    private init(_ what: String, sizes: (Int, Int)) {
        self.what = what
        self.sizes = sizes
    }

    /// Of every workload, or of those with a limit where there are limits.
    private mutating func measure(
        limits: [RowLimit], rate: Int, seed: UInt64,
        _ count: (Workload, String) throws(BenchmarkFailure) -> Double
    ) throws(BenchmarkFailure) {
        var small = try ScratchFile()
        var large = try ScratchFile()
        try small.fill(.flat, records: sizes.0, rate: rate, seed: seed)
        try large.fill(.flat, records: sizes.1, rate: rate, seed: seed)
        for workload in Self.measured {
            let limit = limits.first { $0.workload == workload }?.most
            if limit == nil, !limits.isEmpty { continue }
            let counts = (try count(workload, small.path), try count(workload, large.path))
            rows.append(
                Row(
                    workload: workload, counts: counts,
                    perRecord: (counts.1 - counts.0) / Double(sizes.1 - sizes.0), limit: limit))
        }
    }

    /// Instructions, counted by callgrind over a stripped copy of this program (valgrind trips over its debug data).
    static func instructions(limits: [RowLimit], rate: Int, seed: UInt64) throws(BenchmarkFailure) -> PerRecordReport {
        for tool in ["valgrind", "strip"] where ChildProcess.path(of: tool) == nil {
            throw BenchmarkFailure("\(tool) is not installed")
        }
        var program = try ScratchFile()
        program.close()
        _ = try ChildProcess.run(["strip", "-o", program.path, Self.ownPath])
        var report = PerRecordReport("instructions", sizes: (20_000, 60_000))
        try report.measure(limits: limits, rate: rate, seed: seed) { workload, path throws(BenchmarkFailure) in
            let ending = try ChildProcess.run([
                "valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null", program.path,
                "--only", workload.rawValue, "--read", path, "--repeat", "1",
            ])
            // "==1234== Collected : 3215252"
            let collected = ending.errors.split(separator: "\n").last { $0.contains("Collected : ") }
            guard let text = collected?.split(separator: " ").last, let count = Double(text) else {
                throw BenchmarkFailure("callgrind printed no count")
            }
            return count
        }
        return report
    }

    /// Heap allocations of the reading thread.
    static func allocations(limits: [RowLimit], rate: Int, seed: UInt64) throws(BenchmarkFailure) -> PerRecordReport {
        var report = PerRecordReport("allocations", sizes: (500_000, 1_500_000))
        try report.measure(limits: limits, rate: rate, seed: seed) { workload, path throws(BenchmarkFailure) in
            let bytes = workload.isInMemory ? try PaddedBytes(reading: path) : PaddedBytes()
            // Once before: what is set up at first use is no record's.
            _ = try workload.run(path: path, bytes: bytes)
            let before = agentdash_allocation_count()
            _ = try workload.run(path: path, bytes: bytes)
            return Double(agentdash_allocation_count() - before)
        }
        return report
    }

    private static var ownPath: String {
        var path = [CChar](repeating: 0, count: 4_096)
        let count = unsafe readlink("/proc/self/exe", &path, path.count - 1)
        return String(decoding: path.prefix(max(count, 0)).map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// Prints the rows; a row above its limit is a failure.
    func print(json: Bool) throws(BenchmarkFailure) {
        Output.line(json ? document.text : text)
        if let row = rows.first(where: \.isTooMuch), let limit = row.limit {
            throw BenchmarkFailure(
                "\(row.workload.rawValue) takes \(Columns.number(row.perRecord, 1)) \(what) a record;"
                    + " the limit is \(Columns.number(limit, 1))")
        }
    }

    private var text: String {
        let head = Columns.line([
            "\(what) of flat", "\(sizes.0 / 1_000)k", "\(sizes.1 / 1_000)k", "a record", "limit",
        ])
        let lines = rows.map { row in
            Columns.line([
                row.workload.rawValue, Self.large(row.counts.0), Self.large(row.counts.1),
                Columns.number(row.perRecord, row.perRecord < 100 ? 4 : 0),
                row.limit.map { Columns.number($0, $0 < 100 ? 4 : 0) } ?? "",
            ])
        }
        return ([head] + lines).joined(separator: "\n")
    }

    private static func large(_ count: Double) -> String {
        count < 1e7 ? Columns.number(count, 0) : Columns.number(count / 1e6, 1) + "M"
    }

    private var document: JSONValue {
        .members(
            ("what", .string(what)),
            (
                "rows",
                .array(
                    rows.map { row in
                        .members(
                            ("row", .string(row.workload.rawValue)), ("per_record", .number(row.perRecord)),
                            ("limit", row.limit.map { .number($0) }))
                    })
            ))
    }
}
