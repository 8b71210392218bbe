import Foundation
import Store
import Testing

struct StateFileTests {
    private struct Silences: Codable, Sendable, Equatable {
        var comments: [String]
        var until: Int64
    }

    /// Goes with the test.
    private final class TemporaryFolder {
        let path = NSTemporaryDirectory() + "store-\(UUID().uuidString)"

        deinit { try? FileManager.default.removeItem(atPath: path) }
    }

    private let temporary = TemporaryFolder()
    private let folder: StateFolder

    init() throws { folder = try StateFolder(temporary.path + "/a/b") }

    private var file: StateFile<Silences> { StateFile("silences.json", in: folder, version: 3) }

    private func mode(_ path: String) throws -> Int {
        try #require(FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int)
    }

    @Test func `what is saved is loaded, by another process too, and only its owner can read it`() throws {
        let value = Silences(comments: ["deploy \u{1F680}", "\"\\\n"], until: .max)
        try file.save(Silences(comments: [], until: 0))
        try file.save(value)
        let found = file.load()
        #expect(found.value == value)
        #expect(found.problem == nil)
        #expect(try mode(folder["silences.json"]) == 0o600)
        #expect(try mode(folder.path) == 0o700)
        #expect(try folder.names() == ["silences.json"])
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["silences.json"])
    }

    @Test func `a folder given to a group makes its files the group's`() throws {
        unsafe #expect(chmod(folder.path, 0o2770) == 0)
        try file.save(Silences(comments: [], until: 0))
        #expect(try mode(folder["silences.json"]) == 0o660)
        withExtendedLifetime(try StateLock.attempt("lock", in: folder)) {}
        #expect(try mode(folder["lock"]) == 0o660)
        // What is made within is the owner's alone: what goes out through it is nobody else's.
        #expect(try mode(try folder.folder("delivery").path) & 0o777 == 0o700)
    }

    @Test func `nothing kept is no problem`() {
        #expect(file.load().value == nil)
        #expect(file.load().problem == nil)
    }

    @Test(arguments: [
        "", "{", "[]", "{\"version\":3}", "{\"version\":3,\"value\":{\"comments\":1}}", "{\"version\":0}",
    ])
    func `a broken file is told and kept aside`(text: String) throws {
        try text.write(toFile: folder["silences.json"], atomically: false, encoding: .utf8)
        let found = file.load()
        #expect(found.value == nil)
        #expect(found.problem == "\(folder["silences.json"]) is broken: starting afresh; kept as silences.json.broken")
        #expect(try String(contentsOfFile: folder["silences.json.broken"], encoding: .utf8) == text)
        #expect(file.load().problem == nil)
        // The next one doesn't replace it.
        try "x".write(toFile: folder["silences.json"], atomically: false, encoding: .utf8)
        #expect(file.load().problem?.hasSuffix("kept as silences.json.broken-2") == true)
    }

    @Test func `a newer program's file is not touched but put aside`() throws {
        try StateFile<Silences>("silences.json", in: folder, version: 4).save(Silences(comments: ["x"], until: 1))
        let found = file.load()
        #expect(found.value == nil)
        #expect(found.problem?.contains("newer agentdash (version 4)") == true)
        #expect(folder.holds("silences.json.newer-4"))
    }

    @Test func `what can't be written is said, with its reason`() throws {
        try FileManager.default.createDirectory(atPath: folder["silences.json"], withIntermediateDirectories: true)
        #expect(throws: StoreError(path: folder["silences.json"], message: "can't be written: Is a directory")) {
            try file.save(Silences(comments: [], until: 0))
        }
        #expect(file.load().problem == "\(folder["silences.json"]): is not a regular file")
    }

    @Test func `a folder that everybody may write into is refused`() throws {
        try FileManager.default.setAttributes([.posixPermissions: 0o777], ofItemAtPath: folder.path)
        #expect(throws: StoreError.self) { try StateFolder(folder.path) }
        #expect(throws: StoreError(path: "/dev/null", message: "is not a folder")) { try StateFolder("/dev/null") }
    }

    @Test(arguments: [
        (["XDG_STATE_HOME": "/s", "HOME": "/h"], "/s/agentdash"), (["HOME": "/h"], "/h/.local/state/agentdash"),
        (["XDG_STATE_HOME": "s", "HOME": "/h"], "/h/.local/state/agentdash"), ([:], nil),
    ])
    func `the usual place follows the XDG rules`(environment: [String: String], path: String?) {
        #expect(StateFolder.usualPath(environment: environment) == path)
    }

    @Test func `one holds the lock, and whoever asks is told who`() throws {
        var lock = try StateLock.attempt("lock", in: folder)
        #expect(lock != nil)
        #expect(try StateLock.attempt("lock", in: folder) == nil)
        #expect(StateLock.holder("lock", in: folder) == getpid())
        lock = nil
        #expect(StateLock.holder("lock", in: folder) == nil)
        lock = try StateLock.attempt("lock", in: folder)
        #expect(lock != nil)
    }
}
