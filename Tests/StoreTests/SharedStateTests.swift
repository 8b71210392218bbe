import Foundation
import Store
import Synchronization
import Testing

/// What several processes keep together. Each has its own `SharedState`: the kernel's locks and the disk are between them.
struct SharedStateTests {
    private typealias Words = Set<String>

    /// One process's copy, and what it was told.
    private final class Process: Sendable {
        let told: Box<Words>
        let complained: Box<String>
        let state: SharedState<Words>

        init(_ file: StateFile<Words>) {
            let (news, problems) = (Box<Words>(), Box<String>())
            state = SharedState(
                file, join: { $0.formUnion($1) }, onNews: { news.add($0) }, onProblem: { problems.add($0) },
                retryPause: 20)
            (told, complained) = (news, problems)
        }
    }

    private final class Box<Value: Sendable>: Sendable {
        private let values = Mutex<[Value]>([])
        func add(_ value: Value) { values.withLock { $0.append(value) } }
        var all: [Value] { values.withLock { $0 } }
    }

    private func withFile(_ body: (StateFile<Words>, StateFolder) throws -> Void) throws {
        let path = NSTemporaryDirectory() + "shared-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: path) }
        let folder = try StateFolder(path)
        try body(StateFile<Words>("words.json", in: folder, version: 1), folder)
    }

    /// Waits for what another thread does.
    private func eventually(_ isSo: () -> Bool) -> Bool {
        for _ in 0..<2000 {
            if isSo() { return true }
            usleep(5000)
        }
        return isSo()
    }

    @Test func `what is kept is there for the next start`() throws {
        try withFile { file, _ in
            let first = Process(file)
            #expect(first.state.load() == nil)
            try first.state.start()
            first.state.keep(["a"])
            first.state.keep(["a", "b"])
            first.state.stop()
            #expect(Process(file).state.load() == ["a", "b"])
            // It knew all there was.
            #expect(first.told.all.isEmpty && first.complained.all.isEmpty)
        }
    }

    @Test func `two processes know together what either keeps`() throws {
        try withFile { file, _ in
            let (one, other) = (Process(file), Process(file))
            for process in [one, other] {
                _ = process.state.load()
                try process.state.start()
            }
            one.state.keep(["a"])
            #expect(eventually { file.load().value == ["a"] })
            other.state.keep(["b"])
            #expect(eventually { other.told.all.last == ["a", "b"] })
            one.state.look()
            #expect(eventually { one.told.all.last == ["a", "b"] })
            // Nothing new: nobody is told anything.
            let before = one.told.all.count
            one.state.look()
            one.state.keep(["a", "b"])
            one.state.stop()
            other.state.stop()
            #expect(one.told.all.count == before)
            #expect(file.load().value == ["a", "b"])
        }
    }

    /// Whoever has said something sees whether it is kept.
    @Test func `what is on the disk and what is not is known`() throws {
        try withFile { file, folder in
            let process = Process(file)
            _ = process.state.load()
            try process.state.start()
            process.state.keep(["a"])
            #expect(eventually { process.state.current.kept == ["a"] } && process.state.current.problem == nil)
            // A folder in the lock's place: nothing can be kept, whoever asks.
            let lock = folder["words.json.lock"]
            try FileManager.default.removeItem(atPath: lock)
            try FileManager.default.createDirectory(atPath: lock, withIntermediateDirectories: false)
            process.state.keep(["a", "b"])
            #expect(eventually { process.state.current.problem != nil } && process.state.current.kept == ["a"])
            try FileManager.default.removeItem(atPath: lock)
            #expect(eventually { process.state.current.kept == ["a", "b"] } && process.state.current.problem == nil)
            process.state.stop()
        }
    }

    @Test func `many that keep at once lose nothing`() throws {
        try withFile { file, _ in
            let processes = (0..<6).map { _ in Process(file) }
            for process in processes { try process.state.start() }
            for round in 0..<5 {
                for (i, process) in processes.enumerated() {
                    process.state.keep(Words((0...round).map { "\(i)-\($0)" }))
                }
            }
            for process in processes { process.state.stop(within: 20_000) }
            #expect(file.load().value == Words((0..<6).flatMap { i in (0..<5).map { "\(i)-\($0)" } }))
        }
    }

    @Test func `a broken file is told of, put aside, and what is kept is kept`() throws {
        try withFile { file, folder in
            try Data("{".utf8).write(to: URL(fileURLWithPath: folder["words.json"]))
            let process = Process(file)
            #expect(process.state.load() == nil)
            #expect(process.complained.all.first?.contains("is broken") == true)
            try process.state.start()
            process.state.keep(["a"])
            process.state.stop()
            #expect(file.load().value == ["a"])
            #expect(folder.holds("words.json.broken"))
        }
    }

    @Test func `what could not be kept is kept as soon as it can be`() throws {
        try withFile { file, folder in
            let process = Process(file)
            try process.state.start()
            try FileManager.default.removeItem(atPath: folder.path)
            process.state.keep(["a"])
            #expect(eventually { !process.complained.all.isEmpty })
            _ = try StateFolder(folder.path)
            #expect(eventually { file.load().value == ["a"] })
            process.state.stop()
        }
    }

    @Test func `what can't be kept is told once for each reason`() throws {
        try withFile { file, folder in
            let process = Process(file)
            try process.state.start()
            try FileManager.default.removeItem(atPath: folder.path)
            process.state.keep(["a"])
            #expect(eventually { process.complained.all.count == 1 })
            process.state.keep(["b"])
            process.state.stop()
            #expect(process.complained.all.count == 1)
            #expect(process.complained.all.first?.contains("words.json.lock") == true, "\(process.complained.all)")
        }
    }
}
