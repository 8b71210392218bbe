import Export

/// Runs each story in a process of its own, since memory once taken is seldom given back.
enum MemoryReport {
    static func run(json: Bool) throws(BenchmarkFailure) {
        var results: [JSONValue] = []
        let head = Columns.line(["memory", "records", "MB before", "MB peak", "folded", "seconds"])
        if !json { Output.line(head) }
        for story in MemoryStory.allCases {
            let ending = try ChildProcess.run(["/proc/self/exe", "--memory-story", story.rawValue])
            if !json { Output.line(String(ending.output.dropLast())) }
            results.append(
                .members(
                    ("story", .string(story.rawValue)), ("records", .integer(Int64(story.records))),
                    ("peak_bytes", .integer(Int64(ending.peakMemory)))))
        }
        if json { Output.line(JSONValue.array(results).text) }
    }
}
