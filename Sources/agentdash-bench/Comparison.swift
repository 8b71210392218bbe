import Glibc

/// Other programs on the same flat records. What is not installed is said so.
struct Comparison {
    struct Result {
        enum Outcome {
            case absent(String)
            /// Bytes read; seconds of processor time and by the clock.
            case measured(bytes: Int, processorTime: Double, time: Double)
        }

        let name: String
        /// Compared with our scanner; the others with the whole way from a file to numbers.
        var isScanner = false
        let outcome: Outcome
    }

    let folder: String
    let python: String

    /// Slow programs read only so much.
    private static let slice = 20_000_000

    func run(file: borrowing ScratchFile, records: Int) throws(BenchmarkFailure) -> [Result] {
        var part = try ScratchFile()
        try part.fill(fromFirst: Self.slice, of: file.path)
        var results = [simdjson(file, records: records), duckDB(file)]
        results.append(
            measure("jq", part, ["jq", "-n", "reduce inputs as $r ({}; .[$r.error_type // \"\"] += $r.latency_ms)"]))
        results.append(try goAccess(part))
        let query = ";SELECT error_type, count(*), avg(latency_ms) FROM agentdash_log GROUP BY error_type"
        results.append(measure("lnav", part, ["lnav", "-I", "\(folder)/lnav", "-n", "-c", query]))
        return results
    }

    /// GoAccess tells by its output's name what to write.
    private func goAccess(_ file: borrowing ScratchFile) throws(BenchmarkFailure) -> Result {
        let output = try ScratchFile(path: file.path + ".json", isTemporary: true)
        let fields = #"{"timestamp":"%dT%t.%^Z","user_id":"%h","task_type":"%U","latency_ms":"%L"}"#
        return measure(
            "goaccess", file,
            [
                "goaccess", "--log-format=\(fields)", "--date-format=%Y-%m-%d", "--time-format=%H:%M:%S",
                "--no-ip-validation", "--no-global-config", "--output=\(output.path)",
            ])
    }

    /// Runs a program with the file as its last argument.
    private func measure(_ name: String, _ file: borrowing ScratchFile, _ command: [String]) -> Result {
        guard ChildProcess.path(of: command[0]) != nil else {
            return Result(name: name, outcome: .absent("not installed"))
        }
        do throws(BenchmarkFailure) {
            let ending = try ChildProcess.run(command + [file.path])
            return Result(
                name: name,
                outcome: .measured(bytes: file.size, processorTime: ending.processorTime, time: ending.time))
        } catch {
            return Result(name: name, outcome: .absent(error.description))
        }
    }

    /// simdjson's on-demand reader, compiled here: by clang where it is there, since with Debian's g++ it is slower.
    private func simdjson(_ file: borrowing ScratchFile, records: Int) -> Result {
        guard let compiler = ["clang++", "g++"].first(where: { ChildProcess.path(of: $0) != nil }) else {
            return Result(name: "simdjson", isScanner: true, outcome: .absent("no C++ compiler"))
        }
        do throws(BenchmarkFailure) {
            var program = try ScratchFile()
            program.close()
            let source = "\(folder)/simdjson.cpp"
            _ = try ChildProcess.run([compiler, "-O3", "-std=c++17", "-o", program.path, source, "-lsimdjson"])
            let output = try ChildProcess.run([program.path, file.path, "7"]).output
            return try result("simdjson (\(compiler))", isScanner: true, file.size, output, records: records)
        } catch {
            return Result(name: "simdjson", isScanner: true, outcome: .absent(error.description))
        }
    }

    private func duckDB(_ file: borrowing ScratchFile) -> Result {
        guard ChildProcess.path(of: python) != nil,
            (try? ChildProcess.run([python, "-c", "import duckdb"])) != nil
        else { return Result(name: "duckdb", outcome: .absent("not installed (\(python) cannot import it)")) }
        do throws(BenchmarkFailure) {
            let output = try ChildProcess.run([python, "\(folder)/duckdb_read.py", file.path, "3"]).output
            return try result("duckdb", isScanner: false, file.size, output, records: nil)
        } catch {
            return Result(name: "duckdb", outcome: .absent(error.description))
        }
    }

    /// The comparison programs print three numbers: records, median processor seconds, median seconds by the clock.
    private func result(
        _ name: String, isScanner: Bool, _ bytes: Int, _ output: String, records: Int?
    ) throws(BenchmarkFailure) -> Result {
        let numbers = output.split { $0 == " " || $0 == "\n" }.compactMap { Double($0) }
        guard numbers.count == 3 else { throw BenchmarkFailure("printed no result") }
        if let records, Int(numbers[0]) != records {
            throw BenchmarkFailure("found \(Int(numbers[0])) of \(records) records")
        }
        return Result(
            name: name, isScanner: isScanner,
            outcome: .measured(bytes: bytes, processorTime: numbers[1], time: numbers[2]))
    }
}
