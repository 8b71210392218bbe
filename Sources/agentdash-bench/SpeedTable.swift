import Export

/// The speeds of all rows, and what is said of them at the end.
struct SpeedTable {
    /// One row: the times of its turns.
    struct Row {
        let workload: Workload
        let label: String
        let bytes: Int
        var records = 0
        /// Of the reading thread, in seconds.
        var processorTimes: [Double] = []
        /// By the clock, in seconds.
        var times: [Double] = []

        /// What the speed is told by.
        var seconds: Double { (workload.isByClock ? times : processorTimes).median }
        /// A megabyte is 10^6 bytes.
        var megabytesPerSecond: Double { Double(bytes) / 1e6 / seconds }
    }

    private let turns: Int
    private(set) var rows: [Row] = []
    var others: [Comparison.Result] = []

    init(turns: Int) { self.turns = turns }

    /// Runs the workloads on one file, in turns.
    /// - Parameter records: how many the file holds, if that is known: a row that finds fewer measured something else.
    mutating func measure(
        _ workloads: [Workload], path: String, label: String, records: Int?
    ) throws(BenchmarkFailure) {
        let workloads = workloads.filter(\.isPossible)
        let needsMemory = workloads.contains { $0.isInMemory }
        let bytes = needsMemory ? try PaddedBytes(reading: path) : PaddedBytes()
        let size = try PaddedBytes.size(of: path)
        var measured = workloads.map { Row(workload: $0, label: label, bytes: $0.share(of: size)) }
        for _ in 0..<turns {
            for index in measured.indices {
                let workload = measured[index].workload
                let watch = Stopwatch()
                let found = try workload.run(path: path, bytes: bytes)
                measured[index].times.append(watch.clock)
                measured[index].processorTimes.append(watch.thread)
                measured[index].records = found
                if let records, workload != .foundation, found != records {
                    throw BenchmarkFailure("\(workload.rawValue) found \(found) of \(records) records in \(label)")
                }
            }
        }
        rows += measured
    }

    func print(json: Bool) {
        Output.line(json ? document.text : text)
    }

    // MARK: As text

    private var text: String {
        var lines = [
            Columns.line(["row", "records", "MB", "MB/s", "M rec/s", "ns/rec", "±", "MB/s by clock"])
        ]
        lines += rows.map { row in
            Columns.line([
                "\(row.workload.rawValue) \(row.label)", String(row.records),
                Columns.number(Double(row.bytes) / 1e6, 0), Columns.number(row.megabytesPerSecond, 0),
                Columns.number(Double(row.records) / row.seconds / 1e6, 2),
                Columns.number(row.seconds / Double(row.records) * 1e9, 0),
                Columns.number((row.workload.isByClock ? row.times : row.processorTimes).spread * 100, 0) + "%",
                Columns.number(Double(row.bytes) / 1e6 / row.times.median, 0),
            ])
        }
        if !others.isEmpty {
            lines += ["", Columns.line(["beside it", "", "MB", "MB/s", "", "", "", "MB/s by clock"])]
            lines += others.map { other in
                switch other.outcome {
                case .absent(let reason): "\(other.name): \(reason)"
                case .measured(let bytes, let processorTime, let time):
                    Columns.line([
                        other.name, "", Columns.number(Double(bytes) / 1e6, 0),
                        Columns.number(Double(bytes) / 1e6 / processorTime, 0), "", "", "",
                        Columns.number(Double(bytes) / 1e6 / time, 0),
                    ])
                }
            }
        }
        let told = ratios.map { "\(Columns.padded($0.name, 40)) \(Columns.number($0.value, 2))x" }
        if !told.isEmpty { lines += [""] + told }
        return lines.joined(separator: "\n")
    }

    // MARK: Ratios

    private func speed(_ workload: Workload, _ label: String = "flat") -> Double? {
        rows.first { $0.workload == workload && $0.label == label }?.megabytesPerSecond
    }

    private func clockSpeed(_ workload: Workload) -> Double? {
        rows.first { $0.workload == workload && $0.label == "flat" }.map { Double($0.bytes) / $0.times.median }
    }

    private var ratios: [(name: String, value: Double)] {
        var ratios: [(name: String, value: Double)] = []
        func add(_ name: String, _ over: Double?, _ under: Double?) {
            if let over, let under, under > 0 { ratios.append((name, over / under)) }
        }
        add("scan / JSONDecoder", speed(.scan), speed(.foundation))
        add("end to end / scan", speed(.endToEnd), speed(.scan))
        add("pipe / end to end", speed(.pipe), speed(.endToEnd))
        add("two cores / end to end, both by clock", clockSpeed(.twoCore), clockSpeed(.endToEnd))
        for label in ["shuffled", "interleaved", "rich"] {
            add("scan \(label) / flat", speed(.scan, label), speed(.scan))
        }
        for other in others {
            guard case .measured(let bytes, let processorTime, _) = other.outcome else { continue }
            let against = other.isScanner ? Workload.scan : .endToEnd
            let name = against == .scan ? "scan" : "end to end"
            add("\(name) / \(other.name)", speed(against), Double(bytes) / 1e6 / processorTime)
        }
        return ratios
    }

    // MARK: As JSON

    private var document: JSONValue {
        .members(
            ("turns", .integer(Int64(turns))),
            ("rows", .array(rows.map(Self.value))),
            ("beside", others.isEmpty ? nil : .array(others.map(Self.value))),
            ("ratios", .object(ratios.map { ($0.name, .number($0.value)) })))
    }

    private static func value(_ row: Row) -> JSONValue {
        .members(
            ("row", .string(row.workload.rawValue)), ("records_of", .string(row.label)),
            ("records", .integer(Int64(row.records))), ("bytes", .integer(Int64(row.bytes))),
            ("megabytes_per_second", .number(row.megabytesPerSecond)),
            ("processor_seconds", .array(row.processorTimes.map { .number($0) })),
            ("clock_seconds", .array(row.times.map { .number($0) })))
    }

    private static func value(_ other: Comparison.Result) -> JSONValue {
        switch other.outcome {
        case .absent(let reason): .members(("name", .string(other.name)), ("absent", .string(reason)))
        case .measured(let bytes, let processorTime, let time):
            .members(
                ("name", .string(other.name)), ("bytes", .integer(Int64(bytes))),
                ("processor_seconds", .number(processorTime)), ("clock_seconds", .number(time)))
        }
    }
}

/// A plain table: the first column to the left, numbers to the right.
enum Columns {
    static func line(_ cells: [String]) -> String {
        guard let first = cells.first else { return "" }
        let line = padded(first, 24) + cells.dropFirst().map { padded($0, 10, right: true) }.joined()
        return String(line.reversed().drop { $0 == " " }.reversed())
    }

    static func padded(_ text: String, _ width: Int, right: Bool = false) -> String {
        let blanks = String(repeating: " ", count: max(0, width - text.count))
        return right ? blanks + text : text + blanks
    }

    /// A number with so many decimals; – for what is none.
    static func number(_ value: Double, _ decimals: Int) -> String {
        guard value.isFinite, abs(value) < 1e12 else { return "–" }
        var scale: Int64 = 1
        for _ in 0..<decimals { scale *= 10 }
        let scaled = Int64((abs(value) * Double(scale)).rounded())
        let sign = value < 0 && scaled > 0 ? "-" : ""
        guard decimals > 0 else { return sign + String(scaled) }
        let fraction = String(scaled % scale)
        let zeros = String(repeating: "0", count: decimals - fraction.count)
        return sign + String(scaled / scale) + "." + zeros + fraction
    }
}
