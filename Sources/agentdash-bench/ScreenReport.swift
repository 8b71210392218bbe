import Export
import Glibc
import Scenario

/// How quiet the screen is and how soon it answers, measured on a terminal from outside, with the limits it has to keep.
struct ScreenReport {
    /// One number.
    struct Row {
        let name: String
        let value: Double
        let unit: String
        let decimals: Int
        /// The most it may be; nil for programs that only stand beside.
        let limit: Double?

        /// As it is printed: two wakeups a second and a late tenth of one are two.
        var isMissed: Bool {
            let scale = [1.0, 10, 100][min(decimals, 2)]
            return limit.map { !((value * scale).rounded() <= $0 * scale) } ?? false
        }
    }

    private let program: String
    private let seconds: Double
    private let seed: UInt64
    private var rows: [Row] = []
    /// What could not be measured, and why.
    private var absent: [String] = []

    private init(seconds: Int, seed: UInt64) {
        program = Self.builtProgram
        self.seconds = Double(seconds)
        self.seed = seed
    }

    /// Measures everything. Takes about eight times `seconds`.
    static func measure(seconds: Int, megabytes: Int, seed: UInt64) throws(BenchmarkFailure) -> ScreenReport {
        var report = ScreenReport(seconds: seconds, seed: seed)
        guard ChildProcess.path(of: report.program) != nil else {
            throw BenchmarkFailure("\(report.program) is not there: swift build -c release builds it")
        }
        for (columns, rows, paint, steady) in [(80, 24, 8_000.0, 500.0), (200, 60, 24_000, 1_500)] {
            try report.steady(columns: columns, rows: rows, paint: paint, bytes: steady)
        }
        try report.busy()
        try report.answers(megabytes: max(300, megabytes))
        try report.others()
        return report
    }

    private mutating func add(_ name: String, _ value: Double, _ unit: String, _ decimals: Int, limit: Double? = nil) {
        rows.append(Row(name: name, value: value, unit: unit, decimals: decimals, limit: limit))
    }

    // MARK: agentdash

    /// A hundred records a second after ten minutes of them, then none.
    private mutating func steady(columns: Int, rows: Int, paint: Double, bytes: Double) throws(BenchmarkFailure) {
        var traffic = live(rate: 100, history: 600)
        var file = try ScratchFile.alone()
        try file.append(traffic.next(60_000))
        let screen = try PtyProgram([program, file.path, "-"], columns: columns, rows: rows, isFed: true)
        let size = "\(columns)x\(rows)"
        screen.watch(seconds: 0.9)
        add("first paint \(size)", Double(screen.bytes), "B", 0, limit: paint)
        Self.feed(screen, &traffic, rate: 100, seconds: 5)
        let before = screen.cost
        Self.feed(screen, &traffic, rate: 100, seconds: seconds)
        let spent = screen.cost - before
        add("steady \(size)", spent.bytesPerSecond, "B/s", 0, limit: bytes)
        add("100 records/s \(size)", spent.percent, "% core", 2, limit: 0.5)
        screen.watch(seconds: 3)
        let quiet = screen.cost
        screen.watch(seconds: seconds / 2)
        let idle = screen.cost - quiet
        add("idle \(size)", idle.wakeupsPerSecond, "wakeups/s", 1, limit: 2)
        add("idle \(size)", idle.bytesPerSecond, "B/s", 0, limit: bytes)
    }

    /// Five thousand records a second.
    private mutating func busy() throws(BenchmarkFailure) {
        var traffic = live(rate: 5_000, history: 10)
        let screen = try PtyProgram([program, "-"], columns: 80, rows: 24, isFed: true)
        screen.feed(traffic.next(50_000))
        Self.feed(screen, &traffic, rate: 5_000, seconds: 5)
        let before = screen.cost
        Self.feed(screen, &traffic, rate: 5_000, seconds: seconds)
        let spent = screen.cost - before
        add("5,000 records/s 80x24", spent.percent, "% core", 2, limit: 3)
        add("5,000 records/s 80x24", spent.bytesPerSecond, "B/s", 0)
    }

    /// A key while a large file is read from its beginning, as often as reading it leaves time for, until there are enough answers.
    private mutating func answers(megabytes: Int) throws(BenchmarkFailure) {
        var file = try ScratchFile.alone()
        try file.fill(.flat, bytes: megabytes * 1_000_000, rate: 100, seed: seed)
        var times: [Double] = []
        var turns = 0
        while times.count < 200, turns < 30 {
            turns += 1
            let screen = try PtyProgram([program, "--window", "all", file.path], columns: 80, rows: 24)
            guard screen.time(untilBytes: 3_000, limit: 10) != nil else { throw BenchmarkFailure("no first paint") }
            screen.watch(seconds: 0.02)
            var isHelp = false
            while times.count < 400 {
                let before = screen.cost
                screen.type(isHelp ? "\u{1B}" : "?")
                // The page of keys shares next to nothing with the overview; a second's new numbers are far fewer bytes.
                guard let time = screen.time(untilBytes: 1_000, limit: 5) else {
                    throw BenchmarkFailure("a key was not answered in 5 s")
                }
                screen.watch(seconds: 0.03)
                let spent = screen.cost - before
                // Once the file is read, an answer costs little: that one and all further ones say nothing.
                guard spent.percent > 60 else { break }
                // Escape is told from a sequence by the time that nothing follows.
                times.append(isHelp ? time - 0.025 : time)
                isHelp.toggle()
            }
        }
        guard times.count >= 100 else {
            throw BenchmarkFailure("only \(times.count) keys while the file was read: name more --megabytes")
        }
        times.sort()
        func quantile(_ share: Double) -> Double {
            times[min(times.count - 1, Int((share * Double(times.count)).rounded(.up)) - 1)] * 1000
        }
        add("key while reading, p50", quantile(0.5), "ms", 1)
        add("key while reading, p99", quantile(0.99), "ms", 1, limit: 20)
        add("keys measured", Double(times.count), "", 0)
    }

    // MARK: Others beside

    private mutating func others() throws(BenchmarkFailure) {
        for (columns, rows) in [(80, 24), (200, 60)] {
            watch("htop", ["htop", "--delay=10"], columns: columns, rows: rows)
            watch("btop", ["btop", "--utf-force"], columns: columns, rows: rows)
            try goAccess(columns: columns, rows: rows)
        }
    }

    /// What one that needs no input sends and costs.
    private mutating func watch(_ name: String, _ command: [String], columns: Int, rows: Int) {
        do throws(BenchmarkFailure) {
            let screen = try PtyProgram(command, columns: columns, rows: rows)
            tell(name, screen, columns, rows) { screen.watch(seconds: $0) }
        } catch {
            absent.append(error.description)
        }
    }

    /// GoAccess follows a file that grows by a hundred records a second.
    private mutating func goAccess(columns: Int, rows: Int) throws(BenchmarkFailure) {
        var traffic = live(rate: 100, history: 600)
        var file = try ScratchFile.alone()
        try file.append(traffic.next(60_000))
        let fields = #"{"timestamp":"%dT%t.%^Z","user_id":"%h","task_type":"%U","latency_ms":"%L"}"#
        do throws(BenchmarkFailure) {
            let screen = try PtyProgram(
                [
                    "goaccess", "--log-format=\(fields)", "--date-format=%Y-%m-%d", "--time-format=%H:%M:%S",
                    "--no-ip-validation", "--no-global-config", file.path,
                ], columns: columns, rows: rows)
            var failure: BenchmarkFailure?
            tell("goaccess", screen, columns, rows) { seconds in
                for _ in 0..<Int(seconds * 10) {
                    do throws(BenchmarkFailure) { try file.append(traffic.next(10)) } catch { failure = error }
                    screen.watch(seconds: 0.1)
                }
            }
            if let failure { throw failure }
        } catch {
            absent.append(error.description)
        }
    }

    private mutating func tell(
        _ name: String, _ screen: PtyProgram, _ columns: Int, _ rows: Int, _ pass: (Double) -> Void
    ) {
        let size = "\(columns)x\(rows)"
        pass(1)
        add("\(name) first second \(size)", Double(screen.bytes), "B", 0)
        pass(3)
        let before = screen.cost
        pass(seconds / 2)
        let spent = screen.cost - before
        add("\(name) \(size)", spent.bytesPerSecond, "B/s", 0)
        add("\(name) \(size)", spent.percent, "% core", 2)
        add("\(name) \(size)", spent.wakeupsPerSecond, "wakeups/s", 2)
    }

    // MARK: Traffic

    /// Records whose time is `history` seconds behind the clock.
    private func live(rate: Int, history: Int) -> BulkTraffic {
        var now = timespec()
        _ = unsafe clock_gettime(CLOCK_REALTIME, &now)
        return BulkTraffic(.flat, ratePerSecond: rate, seed: seed, opensAt: (Int(now.tv_sec) - history) * 1_000)
    }

    private static func feed(_ screen: PtyProgram, _ traffic: inout BulkTraffic, rate: Int, seconds: Double) {
        let start = screen.clock
        for step in 1...Int(seconds * 10) {
            screen.feed(traffic.next(rate / 10))
            screen.watch(seconds: start + Double(step) / 10 - screen.clock)
        }
    }

    private static var builtProgram: String {
        var path = [CChar](repeating: 0, count: 4_096)
        let count = unsafe readlink("/proc/self/exe", &path, path.count - 1)
        let own = String(decoding: path.prefix(max(count, 0)).map { UInt8(bitPattern: $0) }, as: UTF8.self)
        return own.split(separator: "/").dropLast().map { "/" + $0 }.joined() + "/agentdash"
    }

    // MARK: Printing

    /// Prints the rows; one above its limit is a failure.
    func print(json: Bool) throws(BenchmarkFailure) {
        Output.line(json ? document.text : text)
        let missed = rows.filter(\.isMissed).map(\.name)
        if !missed.isEmpty { throw BenchmarkFailure("above the limit: \(missed.joined(separator: ", "))") }
    }

    private var text: String {
        let head = line("screen", "measured", "limit", "unit", "")
        let lines = rows.map { row in
            line(
                row.name, Columns.number(row.value, row.decimals),
                row.limit.map { Columns.number($0, row.decimals > 1 ? 1 : 0) } ?? "", row.unit,
                row.limit == nil ? "" : row.isMissed ? "MISSED" : "ok")
        }
        return ([head] + lines + absent).joined(separator: "\n")
    }

    private func line(_ name: String, _ value: String, _ limit: String, _ unit: String, _ word: String) -> String {
        let line =
            Columns.padded(name, 34) + Columns.padded(value, 10, right: true) + Columns.padded(limit, 8, right: true)
            + "  " + Columns.padded(unit, 11) + word
        return String(line.reversed().drop { $0 == " " }.reversed())
    }

    private var document: JSONValue {
        .array(
            rows.map { row in
                .members(
                    ("row", .string(row.name)), ("value", .number(row.value)), ("unit", .string(row.unit)),
                    ("limit", row.limit.map { .number($0) }))
            })
    }
}
